// Any number of peers on one UDP port (portico/sharing_host.h).
#include <gtest/gtest.h>

#include "tests/peers/peer.h"
#include "tests/sim/stun_server.h"

namespace portico::test {
namespace {

constexpr std::uint16_t kPort = 3478;

struct Sharing : testing::Test {
  sim::World world;
  sim::Machine& server = world.addMachine("server", "203.0.113.1");
  SharingHost shared{server};
  std::vector<std::unique_ptr<Peer>> served;
  std::vector<std::unique_ptr<Peer>> clients;

  /// A client on a machine of its own, and its peer on the server's one port.
  void add(const PeerOptions& more = {}) {
    PeerOptions options = more;
    options.gather.portLow = options.gather.portHigh = kPort;
    served.push_back(std::make_unique<Peer>(shared, options));
    const std::size_t number = clients.size();
    sim::Machine& machine =
        world.addMachine("client" + std::to_string(number), "198.51.100." + std::to_string(number + 1));
    clients.push_back(std::make_unique<Peer>(machine, more));
  }

  void connect() {
    for (auto* peers : {&served, &clients}) {
      for (const auto& peer : *peers) peer->gatherer.gather().ignore();
    }
    ASSERT_TRUE(world.runUntil([&] { return all(IceGathererState::complete); }, 60s));
    for (std::size_t i = 0; i < served.size(); ++i) {
      signal(*clients[i], *served[i], IceRole::controlled);
      signal(*served[i], *clients[i], IceRole::controlling);
    }
    ASSERT_TRUE(world.runUntil([&] { return connected(); }, 30s));
  }

  [[nodiscard]] bool all(IceGathererState state) const {
    const auto has = [&](const auto& peer) { return peer->gatherer.state() == state; };
    return std::all_of(served.begin(), served.end(), has) && std::all_of(clients.begin(), clients.end(), has);
  }
  [[nodiscard]] bool connected() const {
    const auto up = [](const auto& peer) { return peer->sctp.state() == SctpTransportState::connected; };
    return std::all_of(served.begin(), served.end(), up) && std::all_of(clients.begin(), clients.end(), up);
  }
};

TEST_F(Sharing, TwentyPeersConnectOnOnePortAndEachGetsItsOwnMessages) {
  for (int i = 0; i < 20; ++i) add();
  connect();
  for (const auto& peer : served) {
    ASSERT_EQ(peer->gatherer.getLocalCandidates().size(), 1U);
    EXPECT_EQ(peer->gatherer.getLocalCandidates()[0].port, kPort);
  }
  std::vector<DataChannel> channels;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    channels.push_back(clients[i]->open({.label = "data"}));
    ASSERT_TRUE(world.runUntil([&] { return channels.back().readyState() == DataChannelState::open; }, 5s));
    ASSERT_TRUE(channels.back().send("from " + std::to_string(i)));
  }
  world.runFor(1s);
  for (std::size_t i = 0; i < served.size(); ++i) {
    ASSERT_EQ(served[i]->messages.size(), 1U) << i;
    EXPECT_EQ(served[i]->messages[0], "from " + std::to_string(i));
  }
}

TEST_F(Sharing, OneThatStopsLeavesTheOthersConnected) {
  for (int i = 0; i < 3; ++i) add();
  connect();
  served[0]->ice.stop().ignore();
  served[0].reset();
  world.runFor(60s);
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(clients[i]->ice.state(), IceTransportState::completed);
  }
  add();
  served.back()->gatherer.gather().ignore();
  EXPECT_TRUE(world.runUntil([&] { return served.back()->gatherer.state() == IceGathererState::complete; }, 10s));
  EXPECT_EQ(served.back()->gatherer.getLocalCandidates().at(0).port, kPort);
}

TEST_F(Sharing, EachGetsTheStunServersAnswerToItsOwnQuestion) {
  sim::Machine& stunMachine = world.addMachine("stun", "192.0.2.1");
  sim::StunServer stun(stunMachine, "192.0.2.1:3478");
  PeerOptions options;
  options.gather.iceServers = {{.urls = {"stun:192.0.2.1:3478"}}};
  for (int i = 0; i < 5; ++i) add(options);
  connect();  // each has its answer: otherwise gathering would have ended with an error of the server
  EXPECT_LT(world.elapsed(), 5s);
}

TEST_F(Sharing, AnotherSocketErrorReachesAll) {
  for (int i = 0; i < 3; ++i) add();
  connect();
  server.removeInterface("eth0");
  EXPECT_TRUE(world.runUntil(
      [&] {
        return std::all_of(served.begin(), served.end(),
                           [](const auto& peer) { return peer->ice.state() == IceTransportState::disconnected; });
      },
      5s));
}

TEST_F(Sharing, WhatNobodyClaimsIsDroppedWithoutAnAnswer) {
  add();
  connect();
  sim::Machine& stranger = world.addMachine("stranger", "192.0.2.66");
  Peer guess(stranger);
  guess.gatherer.gather().ignore();
  world.runFor(1s);
  for (const IceCandidate& candidate : served[0]->gatherer.getLocalCandidates()) {
    guess.ice.addRemoteCandidate(candidate).ignore();
  }
  guess.ice.start({"wrong", "wrongwrongwrongwrongwrong"}, IceRole::controlling).ignore();
  world.runFor(60s);
  EXPECT_EQ(guess.ice.state(), IceTransportState::failed);
  EXPECT_EQ(guess.ice.getStats().packetsReceived, 0U);
  EXPECT_TRUE(connected());
}

}  // namespace
}  // namespace portico::test
