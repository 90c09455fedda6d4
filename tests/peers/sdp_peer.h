// A peer connection on a simulated machine, and the signalling between two of them: lines that take their time, as a
// WebSocket's would.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "portico/ortc.h"
#include "tests/sim/world.h"

namespace portico::test {

using namespace std::chrono_literals;

class SdpPeer {
 public:
  using Line = std::variant<SessionDescription, IceCandidateInit>;

  explicit SdpPeer(Host& machine, PeerConnectionConfiguration configuration = {})
      : host(machine), pc(*PeerConnection::create(machine, std::move(configuration))) {
    pc.onSignalingStateChange([this](SignalingState state) { note("signaling", toString(state)); });
    pc.onIceGatheringStateChange([this](PeerIceGatheringState state) { note("gathering", toString(state)); });
    pc.onIceConnectionStateChange([this](PeerIceConnectionState state) { note("ice", toString(state)); });
    pc.onConnectionStateChange([this](PeerConnectionState state) { note("connection", toString(state)); });
    pc.onNegotiationNeeded([this] {
      ++negotiationsNeeded;
      if (negotiates) negotiate();
    });
    pc.onIceCandidate([this](const std::optional<IceCandidate>& candidate) {
      if (!candidate) {
        note("candidate", "null");
        return;
      }
      note("candidate", candidate->candidate().empty() ? "end" : candidate->type);
      send(IceCandidateInit{candidate->candidate(), candidate->sdpMid, candidate->sdpMLineIndex,
                            candidate->usernameFragment});
    });
    pc.onDataChannel([this](DataChannel channel) {
      note("channel", channel.label());
      adopt(channel);
      incoming.push_back(channel);
    });
  }

  DataChannel open(const DataChannelParameters& parameters) {
    DataChannel channel = *pc.createDataChannel(parameters);
    adopt(channel);
    return channel;
  }

  void adopt(DataChannel channel) {
    const std::string label = channel.label();
    channel.onOpen([this, label] { note(label, "open"); });
    channel.onClose([this, label] { note(label, "close"); });
    channel.onError([this](const Error& error) { errors.push_back(error); });
    channel.onMessage([this](const DataChannelMessage& message) { messages.emplace_back(asText(message.data)); });
  }

  // Perfect negotiation, as W3C webrtc-pc §10.7 shows it.
  void negotiate() {
    makingOffer = true;
    pc.setLocalDescription().then([this, alive = life()](const Result<void>& set) {
      if (alive.expired()) return;
      makingOffer = false;
      if (!set) {
        errors.push_back(set.error());
        return;
      }
      send(*pc.localDescription());
    });
  }

  void receive(const Line& line) {
    if (const auto* candidate = std::get_if<IceCandidateInit>(&line)) {
      pc.addIceCandidate(*candidate).then([this, alive = life()](const Result<void>& added) {
        if (!alive.expired() && !added && !ignoringOffer) errors.push_back(added.error());
      });
      return;
    }
    const auto& description = std::get<SessionDescription>(line);
    const bool collision =
        description.type == SdpType::offer && (makingOffer || pc.signalingState() != SignalingState::stable);
    ignoringOffer = !polite && collision;
    if (ignoringOffer) return;
    pc.setRemoteDescription(description)
        .then([this, alive = life(), offer = description.type == SdpType::offer](const Result<void>& set) {
          if (alive.expired()) return;
          if (!set) {
            errors.push_back(set.error());
            return;
          }
          if (!offer) return;
          pc.setLocalDescription().then([this, alive = life()](const Result<void>& answered) {
            if (alive.expired()) return;
            if (answered) {
              send(*pc.localDescription());
            } else {
              errors.push_back(answered.error());
            }
          });
        });
  }

  void send(Line line) {
    if (const auto* description = std::get_if<SessionDescription>(&line)) sent.push_back(*description);
    if (const auto* candidate = std::get_if<IceCandidateInit>(&line); candidate && !trickles) return;
    if (wire) wire(std::move(line));
  }

  void note(std::string_view of, std::string_view what) { log.push_back(std::string(of) + " " + std::string(what)); }
  [[nodiscard]] bool noted(const std::string& line) const {
    return std::find(log.begin(), log.end(), line) != log.end();
  }

  /// Operations end after the peer did.
  [[nodiscard]] std::weak_ptr<int> life() const { return life_; }

  Host& host;
  PeerConnection pc;
  std::function<void(Line)> wire;
  bool negotiates = true;
  bool trickles = true;
  bool polite = false;
  bool makingOffer = false;
  bool ignoringOffer = false;
  int negotiationsNeeded = 0;
  std::vector<SessionDescription> sent;
  std::vector<std::string> log;
  std::vector<Error> errors;
  std::vector<DataChannel> incoming;
  std::vector<std::string> messages;

 private:
  std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

/// Alice and Bob (who is polite) on the internet of a world.
struct SdpPair {
  explicit SdpPair(const PeerConnectionConfiguration& alices = {}, const PeerConnectionConfiguration& bobs = {})
      : aliceMachine(world.addMachine("alice", "203.0.113.1")),
        bobMachine(world.addMachine("bob", "203.0.113.2")),
        alice(std::make_unique<SdpPeer>(aliceMachine, alices)),
        bob(std::make_unique<SdpPeer>(bobMachine, bobs)) {
    bob->polite = true;
    connectWires();
  }

  void connectWires() {
    alice->wire = [this](SdpPeer::Line line) { carry(aliceMachine, bob, std::move(line)); };
    bob->wire = [this](SdpPeer::Line line) { carry(bobMachine, alice, std::move(line)); };
  }

  /// Lines come after 5 ms, in order.
  void carry(Host& from, std::unique_ptr<SdpPeer>& to, SdpPeer::Line line) {
    underWay.push_back(from.createTimer([&to, line = std::move(line)](Time) {
      if (to) to->receive(line);
    }));
    underWay.back()->set(from.now() + 5ms);
  }

  [[nodiscard]] bool connected() const {
    return alice->pc.connectionState() == PeerConnectionState::connected &&
           bob->pc.connectionState() == PeerConnectionState::connected;
  }
  bool connect(Duration limit = 10s) {
    return world.runUntil([&] { return connected(); }, limit);
  }
  /// Lets what waits happen.
  void settle() { world.runFor(1s); }

  /// Runs the loop until an operation is done.
  template <typename T>
  Result<T> await(const Operation<T>& operation) {
    world.runUntil([&] { return operation.done(); }, 5s);
    return operation.result();
  }

  sim::World world;
  std::vector<std::unique_ptr<Timer>> underWay;
  sim::Machine& aliceMachine;
  sim::Machine& bobMachine;
  std::unique_ptr<SdpPeer> alice;
  std::unique_ptr<SdpPeer> bob;
};

}  // namespace portico::test
