// Addresses on TURN servers, as sockets: what the agent sends from one is wrapped for the server and leaves on the
// socket beneath, and what comes from the server there is unwrapped (RFC 8656). A client for each server on each
// socket.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ice/agent.h"
#include "core/stack/event_queue.h"
#include "core/turn/client.h"
#include "core/turn/deframer.h"
#include "core/wire/random.h"
#include "portico/platform/host.h"
#include "portico/platform/time.h"

namespace portico {

/// Clients: four servers on four sockets, and every one is a port that a server keeps for us.
inline constexpr std::size_t kMaxRelays = 16;

class PacketSender {
 public:
  virtual ~PacketSender() = default;
  virtual void sendPackets(ice::SocketId socket, std::span<const OutgoingDatagram> batch) = 0;
};

/// Connections and listeners, as the owner of the stack has them.
class Streams {
 public:
  virtual ~Streams() = default;
  /// Begins to connect.
  virtual Result<ice::SocketId> openStream(const TcpOptions& options) = 0;
  /// False: nothing was taken, for too much waits already.
  virtual bool sendStream(ice::SocketId stream, ByteView bytes) = 0;
  virtual void closeStream(ice::SocketId stream) = 0;
  /// UdpSocket::reserveServer()
  virtual bool reserveServer(ice::SocketId socket, const SocketAddress& server) = 0;
  virtual void closeListener(ice::SocketId listener) = 0;
  /// An id that no socket, stream or listener has or will have.
  virtual ice::SocketId newSocketId() = 0;
};

struct TurnServer {
  SocketAddress address;
  std::string url;
  std::string username;
  std::string password;
  bool tcp = false;
  std::optional<std::string> tlsServerName;  ///< TLS over TCP, with a server of this name

  friend bool operator==(const TurnServer&, const TurnServer&) = default;
};

class Relays {
 public:
  Relays(Random& random, ice::Agent& agent, EventQueue& events, Streams& streams)
      : random_(random), agent_(agent), events_(events), streams_(streams) {}

  // Sockets and servers -----------------------------------------------------------------------------------------------
  void addSocket(Time now, ice::SocketId id, const SocketAddress& local, std::uint16_t localPreference);
  void removeSocket(Time now, ice::SocketId id, const std::string& why);
  /// False where no socket is of its family.
  bool addServer(Time now, const TurnServer& server);
  /// Some server has not said yes or no.
  [[nodiscard]] bool pending() const;
  /// Asks again where there is no relayed address; true if there was anybody to ask.
  bool renew(Time now);
  /// Of other servers the relayed addresses go, but for one that is in use: that is kept until another pair is.
  void keepOnly(Time now, const std::vector<TurnServer>& servers);
  void doubt(Time now, ice::SocketId socket);
  void stop(Time now);
  void clear();

  // In ----------------------------------------------------------------------------------------------------------------
  /// The datagram comes from a TURN server and is not an answer to the agent's own question.
  [[nodiscard]] bool concerns(ice::SocketId socket, const SocketAddress& remote, ByteView payload) const;
  struct Inner {
    ice::SocketId socket = 0;
    Datagram datagram;  ///< views the outer one
  };
  std::optional<Inner> handleInput(Time now, ice::SocketId socket, const Datagram& datagram);

  /// What came on a stream may be the data of several packets: `take(Inner)` is called for each.
  template <typename Take>
  void handleStream(Time now, ice::SocketId stream, ByteView bytes, Take take) {
    Relay* relay = findStream(stream);
    if (relay == nullptr) return;
    const bool whole = relay->deframer.push(bytes, [&](MutableByteView message) {
      const auto data = relay->client->handleInput(now, message);
      if (!data) return;
      const ice::SocketId relayed = data->peer.ip.isV4() ? relay->v4 : relay->v6;
      if (relayed != 0) take(Inner{relayed, Datagram{data->peer, data->payload}});
    });
    if (!whole) relay->client->disconnect("what it sends is no TURN");
    collect(now);
  }
  void onStreamWritable(ice::SocketId stream);
  void onStreamClosed(Time now, ice::SocketId stream, const std::string& why);

  // Out ---------------------------------------------------------------------------------------------------------------
  [[nodiscard]] static bool owns(ice::SocketId socket) { return socket >= kFirstRelayedSocket; }
  void send(Time now, ice::SocketId relayed, std::span<const OutgoingDatagram> batch);
  /// Data flows to `remote` from now on: a channel is worth its request.
  void expectTraffic(Time now, ice::SocketId socket, const SocketAddress& remote);
  void flush(PacketSender& sender);

  // Time --------------------------------------------------------------------------------------------------------------
  void handleTimeout(Time now);
  [[nodiscard]] std::optional<Time> nextTimeout() const;
  void releaseBuffers();

 private:
  /// The host counts its sockets from 1.
  static constexpr ice::SocketId kFirstRelayedSocket = 0x80000000;

  struct Socket {
    ice::SocketId id = 0;
    SocketAddress local;
    std::uint16_t localPreference = 0;
  };
  struct Relay {
    Socket socket;
    TurnServer server;      ///< its address is where an ALTERNATE-SERVER led
    SocketAddress askedAt;  ///< and this is where it began
    std::unique_ptr<turn::Client> client;
    ice::SocketId v4 = 0;  ///< as the agent knows them; 0: there is none
    ice::SocketId v6 = 0;
    ice::SocketId stream = 0;  ///< to a server over TCP
    bool retired = false;      ///< goes when it carries nothing any more
    bool full = false;         ///< the stream takes nothing at present
    turn::Deframer deframer;
  };

  bool startClient(Time now, const Socket& socket, const TurnServer& server, const SocketAddress& askedAt,
                   int redirects);
  void collect(Time now);
  void onAllocated(Time now, Relay& relay, const turn::Allocated& allocated);
  void onRedirected(Time now, const Relay& relay, const SocketAddress& alternate);
  void onEnded(Time now, Relay& relay, const turn::Ended& ended);
  void dropRetired(Time now);
  void dropSockets(Time now, Relay& relay, const std::string& why);
  void reportError(const Relay& relay, int code, std::string text);
  /// That has a UDP socket of ours.
  [[nodiscard]] const Relay* find(ice::SocketId socket, const SocketAddress& server) const;
  /// By the same protocol.
  [[nodiscard]] const Relay* find(ice::SocketId socket, const TurnServer& server) const;
  [[nodiscard]] Relay* findStream(ice::SocketId stream);
  [[nodiscard]] Relay* find(ice::SocketId relayed);

  Random& random_;
  ice::Agent& agent_;
  EventQueue& events_;
  Streams& streams_;
  std::vector<Socket> sockets_;
  std::vector<TurnServer> servers_;
  std::vector<Relay> relays_;
  ice::SocketId nextRelayed_ = kFirstRelayedSocket;
  std::vector<OutgoingDatagram> batch_;  ///< reused by flush()
};

}  // namespace portico
