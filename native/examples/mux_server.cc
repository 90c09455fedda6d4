// A server that takes offers and gives answers, all from one port, as an ICE-lite agent: what a machine with a public
// address does for any number of clients. It says back what it hears. Three clients in the same program try it.
#include <functional>
#include <map>
#include <vector>

#include "native/examples/example.h"

using namespace portico;

class Server {
 public:
  Server(Host& host, const IpAddress& address, std::uint16_t port) : shared_(host) {
    configuration_.certificates = {*Certificate::generate(host)};  // one for all: each takes time to make
    configuration_.ice.iceLite = true;
    configuration_.ice.bindAddresses = {address};
    configuration_.ice.portLow = configuration_.ice.portHigh = port;
  }

  /// Of an HTTP request's body, for instance. The answer has the server's addresses in it: nothing trickles.
  Example take(SessionDescription offer, std::function<void(const SessionDescription&)> reply) {
    const int number = next_++;
    const auto made = connections_.emplace(number, *PeerConnection::create(shared_, configuration_));
    PeerConnection connection = made.first->second;
    // Who is not heard of for 30 seconds has failed (RFC 7675), and so has who never came.
    connection.onConnectionStateChange([this, number](PeerConnectionState state) {
      if (state == PeerConnectionState::failed) connections_.erase(number);
    });
    connection.onDataChannel([this, number](DataChannel channel) {
      channel.onMessage([channel](const DataChannelMessage& message) mutable { (void)channel.send(message.data); });
      channel.onClose([this, number] { connections_.erase(number); });  // a goodbye
    });
    connection.onIceGatheringStateChange([this, number, reply](PeerIceGatheringState state) {
      const auto found = connections_.find(number);
      if (state == PeerIceGatheringState::complete && found != connections_.end()) {
        reply(*found->second.localDescription());
      }
    });
    const auto taken = co_await connection.setRemoteDescription(offer);
    if (taken) (void)co_await connection.setLocalDescription();
    if (!taken) connections_.erase(number);  // no offer, or one without data channels
  }

  [[nodiscard]] SharingStats stats() const { return shared_.stats(); }

 private:
  SharingHost shared_;
  PeerConnectionConfiguration configuration_;
  std::map<int, PeerConnection> connections_;
  int next_ = 1;
};

Example visit(PeerConnection client, Server& server) {
  (void)co_await client.setLocalDescription();
  server.take(*client.localDescription(),
              [client](const SessionDescription& answer) mutable { client.setRemoteDescription(answer).ignore(); });
}

int main() {
  Loop loop;
  // A real server has a public address, and a port that its firewall lets in; 0 is any that is free.
  const IpAddress here = IpAddress::loopback(IpFamily::v4);
  Server server(loop, here, 0);
  std::vector<PeerConnection> clients;
  int answered = 0;
  for (int i = 1; i <= 3; ++i) {
    PeerConnectionConfiguration configuration;
    configuration.ice.bindAddresses = {here};
    PeerConnection client = *PeerConnection::create(loop, configuration);
    DataChannel channel = *client.createDataChannel({.label = "echo"});
    channel.onOpen([channel, i]() mutable { (void)channel.send("hello from " + std::to_string(i)); });
    channel.onMessage([&](const DataChannelMessage&) {
      if (++answered == 3) loop.stop();
    });
    clients.push_back(client);
    visit(client, server);
  }
  loop.run();
  std::cout << "Answered: " << answered << "\nPorts: " << server.stats().sockets
            << "\nConnections: " << server.stats().members << "\n";
  for (PeerConnection& client : clients) client.close();
  loop.runUntil([&] { return server.stats().members == 0; }, std::chrono::seconds(5));
  std::cout << "Connections after goodbye: " << server.stats().members << "\n";
}
