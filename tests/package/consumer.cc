// What a user of the library writes first: two peers in one program, and a message from one to the other.
#include <cstdio>
#include <optional>
#include <string>

#include "portico/native/loop.h"
#include "portico/ortc.h"

namespace {

struct Peer {
  explicit Peer(portico::Host& host)
      : gatherer(host, {.iceServers = std::vector<portico::IceServer>{}, .includeLoopback = true}),
        ice(gatherer),
        dtls(ice),
        sctp(dtls) {}

  void connectTo(const Peer& other, portico::IceRole role) {
    for (const auto& candidate : other.gatherer.getLocalCandidates()) ice.addRemoteCandidate(candidate).ignore();
    ice.addRemoteCandidate(std::nullopt).ignore();
    ice.start(other.gatherer.getLocalParameters(), role).ignore();
    dtls.start(other.dtls.getLocalParameters()).ignore();
    sctp.start(portico::SctpTransport::getCapabilities()).ignore();
  }

  portico::IceGatherer gatherer;
  portico::IceTransport ice;
  portico::DtlsTransport dtls;
  portico::SctpTransport sctp;
};

constexpr std::chrono::seconds kPatience(30);

}  // namespace

int main() {
  portico::Loop loop;
  Peer alice(loop);
  Peer bob(loop);

  const auto gatheredA = alice.gatherer.gather();
  const auto gatheredB = bob.gatherer.gather();
  if (!loop.runUntil([&] { return gatheredA.done() && gatheredB.done(); }, kPatience)) {
    std::puts("The candidates were not gathered.");
    return 1;
  }

  std::string received;
  bob.sctp.onDataChannel([&](portico::DataChannel channel) {
    channel.onMessage([&](const portico::DataChannelMessage& message) { received = portico::asText(message.data); });
  });
  auto channel = alice.sctp.createDataChannel({.label = "greetings"});
  if (!channel) {
    std::puts(channel.error().message.c_str());
    return 1;
  }
  channel->onOpen([&] { (void)channel->send("hello"); });

  alice.connectTo(bob, portico::IceRole::controlling);
  bob.connectTo(alice, portico::IceRole::controlled);
  loop.runUntil([&] { return !received.empty(); }, kPatience);
  std::printf("received: %s\n", received.c_str());
  return received == "hello" ? 0 : 1;
}
