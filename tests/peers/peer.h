// A whole peer on a simulated machine, and the signalling between two of them: all of API.md's objects, put together as
// a program would.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "portico/ortc.h"
#include "tests/sim/world.h"

namespace portico::test {

using namespace std::chrono_literals;

struct PeerOptions {
  IceGatherOptions gather{.iceServers = std::vector<IceServer>{}};
  SctpOptions sctp;
};

class Peer {
 public:
  explicit Peer(Host& machine, const PeerOptions& options = {})
      : gatherer(machine, options.gather), ice(gatherer), dtls(ice), sctp(dtls, options.sctp) {
    gatherer.onStateChange([this](IceGathererState state) { note("gatherer", toString(state)); });
    ice.onStateChange([this](IceTransportState state) { note("ice", toString(state)); });
    dtls.onStateChange([this](DtlsTransportState state) { note("dtls", toString(state)); });
    sctp.onStateChange([this](SctpTransportState state) { note("sctp", toString(state)); });
    ice.onError([this](const Error& error) { errors.push_back(error); });
    dtls.onError([this](const Error& error) { errors.push_back(error); });
    sctp.onError([this](const Error& error) { errors.push_back(error); });
    sctp.onDataChannel([this](DataChannel channel) {
      note("channel", channel.label());
      adopt(channel);
      incoming.push_back(channel);
    });
  }

  DataChannel open(const DataChannelParameters& parameters) {
    DataChannel channel = *sctp.createDataChannel(parameters);
    adopt(channel);
    return channel;
  }

  /// Events of the channel go to the log, its messages to `messages`.
  void adopt(DataChannel channel) {
    const std::string label = channel.label();
    channel.onOpen([this, label] { note(label, "open"); });
    channel.onClosing([this, label] { note(label, "closing"); });
    channel.onClose([this, label] { note(label, "close"); });
    channel.onError([this](const Error& error) { errors.push_back(error); });
    channel.onMessage([this](const DataChannelMessage& message) {
      messages.emplace_back(asText(message.data));
      texts.push_back(message.text);
    });
  }

  void note(std::string_view of, std::string_view what) { log.push_back(std::string(of) + " " + std::string(what)); }

  IceGatherer gatherer;
  IceTransport ice;
  DtlsTransport dtls;
  SctpTransport sctp;
  std::vector<std::string> log;
  std::vector<Error> errors;
  std::vector<DataChannel> incoming;
  std::vector<std::string> messages;
  std::vector<bool> texts;
};

/// Tells `to` all about `from` that signalling would, and starts it.
inline void signal(Peer& from, Peer& to, std::optional<IceRole> role, DtlsRole remoteDtlsRole = DtlsRole::automatic) {
  for (const IceCandidate& candidate : from.gatherer.getLocalCandidates())
    to.ice.addRemoteCandidate(candidate).ignore();
  to.ice.addRemoteCandidate(std::nullopt).ignore();
  to.ice.start(from.gatherer.getLocalParameters(), role).ignore();
  DtlsParameters dtls = from.dtls.getLocalParameters();
  dtls.role = remoteDtlsRole;
  to.dtls.start(dtls).ignore();
  to.sctp.start(SctpTransport::getCapabilities()).ignore();
}

/// Two peers on the internet of a world, not connected yet.
struct Pair {
  explicit Pair(std::uint64_t seed = 1, const PeerOptions& aliceOptions = {}, const PeerOptions& bobOptions = {})
      : world(seed),
        aliceMachine(world.addMachine("alice", "203.0.113.1")),
        bobMachine(world.addMachine("bob", "203.0.113.2")),
        alice(std::make_unique<Peer>(aliceMachine, aliceOptions)),
        bob(std::make_unique<Peer>(bobMachine, bobOptions)) {}

  void setLinks(const sim::LinkOptions& options) { aliceMachine.setLinks(options); }

  /// alice controls.
  void start() {
    alice->gatherer.gather().ignore();
    bob->gatherer.gather().ignore();
    world.runUntil(
        [&] {
          return alice->gatherer.state() == IceGathererState::complete &&
                 bob->gatherer.state() == IceGathererState::complete;
        },
        60s);
    signal(*bob, *alice, IceRole::controlling);
    signal(*alice, *bob, IceRole::controlled);
  }

  bool connect(Duration limit = 30s) {
    start();
    return world.runUntil([&] { return connected(); }, limit);
  }

  [[nodiscard]] bool connected() const {
    return alice->sctp.state() == SctpTransportState::connected && bob->sctp.state() == SctpTransportState::connected;
  }

  sim::World world;
  sim::Machine& aliceMachine;
  sim::Machine& bobMachine;
  std::unique_ptr<Peer> alice;
  std::unique_ptr<Peer> bob;
};

}  // namespace portico::test
