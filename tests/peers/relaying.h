// Two peers that only a TURN server brings together, and what tests ask of them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/peers/peer.h"
#include "tests/sim/turn_server.h"

namespace portico::test {

inline IceServer turn(std::string url, std::string credential = "password") {
  return {.urls = {std::move(url)}, .username = "user", .credential = std::move(credential)};
}

inline PeerOptions with(std::vector<IceServer> servers, bool relayOnly = false) {
  PeerOptions options;
  options.gather.iceServers = std::move(servers);
  options.gather.relayOnly = relayOnly;
  return options;
}

inline std::vector<std::string> typesOf(const Peer& peer) {
  std::vector<std::string> types;
  for (const IceCandidate& candidate : peer.gatherer.getLocalCandidates()) types.push_back(candidate.type);
  std::sort(types.begin(), types.end());
  return types;
}

inline std::string selectedTypes(const Peer& peer) {
  const auto pair = peer.ice.getSelectedCandidatePair();
  return pair ? pair->local.type + " to " + pair->remote.type : "none";
}

/// Two private networks whose NATs let nothing through that TURN does not, and a server in the internet between them.
struct Relaying : testing::Test {
  sim::World world;
  sim::Machine& serverMachine = world.addMachine("turn", "203.0.113.10");
  sim::TurnServer server{serverMachine, "203.0.113.10:3478"};
  sim::NatOptions symmetric{.mapping = sim::NatBehaviour::addressAndPortDependent,
                            .filtering = sim::NatBehaviour::addressAndPortDependent,
                            .preservePorts = false};
  sim::Nat& natA = world.addNat("198.51.100.1", symmetric);
  sim::Nat& natB = world.addNat("198.51.100.2", symmetric);
  sim::Machine& machineA = world.addMachine("alice", "192.168.1.2", natA.inside());
  sim::Machine& machineB = world.addMachine("bob", "192.168.2.2", natB.inside());
  std::unique_ptr<Peer> alice;
  std::unique_ptr<Peer> bob;
  std::vector<IceCandidateError> problems;
  std::optional<DataChannel> channel;

  void make(const PeerOptions& forAlice, const PeerOptions& forBob) {
    alice = std::make_unique<Peer>(machineA, forAlice);
    bob = std::make_unique<Peer>(machineB, forBob);
    alice->gatherer.onIceCandidateError([&](const IceCandidateError& error) { problems.push_back(error); });
    channel = alice->open({.label = "data"});
  }
  bool gather(Duration limit = 30s) {
    alice->gatherer.gather().ignore();
    bob->gatherer.gather().ignore();
    return world.runUntil(
        [&] {
          return alice->gatherer.state() == IceGathererState::complete &&
                 bob->gatherer.state() == IceGathererState::complete;
        },
        limit);
  }
  bool connect(Duration limit = 30s) {
    signal(*bob, *alice, IceRole::controlling);
    signal(*alice, *bob, IceRole::controlled);
    return world.runUntil([&] { return channel->readyState() == DataChannelState::open && !bob->incoming.empty(); },
                          limit);
  }
  bool completed() {
    return world.runUntil(
        [&] {
          return alice->ice.state() == IceTransportState::completed && bob->ice.state() == IceTransportState::completed;
        },
        10s);
  }
  /// A message each way.
  bool talk(Duration limit = 5s) {
    const std::size_t atAlice = alice->messages.size();
    const std::size_t atBob = bob->messages.size();
    if (!channel->send("to bob") || !bob->incoming.front().send("to alice")) return false;
    return world.runUntil([&] { return alice->messages.size() > atAlice && bob->messages.size() > atBob; }, limit);
  }
  void stopBoth() {
    alice->ice.stop().ignore();
    bob->ice.stop().ignore();
    world.runFor(1s);
  }
};

}  // namespace portico::test
