// TURN in a whole peer: what is gathered, what is relayed, and what happens when a server refuses, forgets or dies.
#include <gtest/gtest.h>

#include <map>

#include "tests/peers/relaying.h"

namespace portico::test {
namespace {

TEST_F(Relaying, GathersARelayedCandidateThatSaysWhereItIsFrom) {
  make(with({turn("turn:203.0.113.10")}), {});
  ASSERT_TRUE(gather());
  EXPECT_EQ(typesOf(*alice), (std::vector<std::string>{"host", "relay", "srflx"}));
  for (const IceCandidate& candidate : alice->gatherer.getLocalCandidates()) {
    if (candidate.type != "relay") continue;
    EXPECT_EQ(candidate.address, "203.0.113.10");
    EXPECT_EQ(candidate.relatedAddress, "198.51.100.1");
    EXPECT_NE(candidate.relatedPort, std::uint16_t{0});
    EXPECT_EQ(candidate.url, "turn:203.0.113.10");
    EXPECT_EQ(candidate.priority >> 24, 0u) << "RFC 8445 §5.1.2.2: the last resort";
  }
  EXPECT_TRUE(problems.empty());
}

TEST_F(Relaying, TheServerTellsTheMappedAddressWhileItStillAsksForAPassword) {
  machineA.setLinks({.delay = 25ms});
  make(with({turn("turn:203.0.113.10")}), {});
  std::map<std::string, Duration> found;
  const Time began = world.now();
  alice->gatherer.onIceCandidate([&](const std::optional<IceCandidate>& candidate) {
    if (candidate) found[candidate->type] = world.now() - began;
  });
  ASSERT_TRUE(gather());
  EXPECT_LT(found["srflx"], 55ms);
  EXPECT_GT(found["relay"], 100ms);
}

TEST_F(Relaying, GatheringDoesNotWaitForATurnServerThatAnswersNoBindingRequest) {
  server.answersBinding = false;
  make(with({turn("turn:203.0.113.10")}), {});
  ASSERT_TRUE(gather(1s));
  EXPECT_EQ(typesOf(*alice), (std::vector<std::string>{"host", "relay", "srflx"})) << "the allocation tells it, too";
  EXPECT_TRUE(problems.empty());
}

TEST_F(Relaying, PeersBehindSymmetricNatsMeetThroughTurnAlone) {
  const PeerOptions stunOnly = with({{.urls = {"stun:203.0.113.10"}}});
  make(stunOnly, stunOnly);
  ASSERT_TRUE(gather());
  EXPECT_FALSE(connect(60s));

  const PeerOptions both = with({{.urls = {"stun:203.0.113.10"}}, turn("turn:203.0.113.10")});
  make(both, both);
  ASSERT_TRUE(gather());
  ASSERT_TRUE(connect() && completed());
  EXPECT_TRUE(talk());
  EXPECT_TRUE(selectedTypes(*alice).find("relay") != std::string::npos ||
              selectedTypes(*bob).find("relay") != std::string::npos)
      << selectedTypes(*alice) << ", " << selectedTypes(*bob);
}

// Its permission is for the address of the other's NAT, which only that one's server-reflexive candidate tells.
TEST_F(Relaying, OneSidesServerIsEnough) {
  make(with({turn("turn:203.0.113.10")}), with({{.urls = {"stun:203.0.113.10"}}}));
  ASSERT_TRUE(gather());
  ASSERT_TRUE(connect() && completed());
  EXPECT_TRUE(talk());
  EXPECT_EQ(selectedTypes(*alice).substr(0, 8), "relay to");
}

TEST_F(Relaying, ADirectPathIsPreferredWhereThereIsOne) {
  Pair pair(1, with({turn("turn:203.0.113.10")}), with({turn("turn:203.0.113.10")}));
  sim::TurnServer near(pair.world.addMachine("turn", "203.0.113.10"), "203.0.113.10:3478");
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.alice->ice.state() == IceTransportState::completed; }, 5s));
  EXPECT_EQ(selectedTypes(*pair.alice), "host to host");
  EXPECT_EQ(near.counters.channelBinds, 0u);
}

TEST_F(Relaying, RelayOnlyOffersAndUsesNothingElse) {
  const PeerOptions hidden = with({turn("turn:203.0.113.10"), {.urls = {"stun:203.0.113.10"}}}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather());
  EXPECT_EQ(typesOf(*alice), std::vector<std::string>{"relay"});
  const IceCandidate candidate = alice->gatherer.getLocalCandidates().front();
  EXPECT_EQ(candidate.relatedAddress, "0.0.0.0") << "nor is it told from where the relay is used";
  EXPECT_EQ(candidate.relatedPort, std::uint16_t{9});
  bool direct = false;
  world.observe([&](const sim::PacketEvent& event) {
    if (event.packet.from.ip == sim::ip("198.51.100.1")) direct = direct || event.packet.to != server.address();
  });
  ASSERT_TRUE(connect() && completed());
  EXPECT_TRUE(talk());
  EXPECT_EQ(selectedTypes(*alice), "relay to relay");
  EXPECT_FALSE(direct);
  world.observe({});
}

TEST_F(Relaying, DataGoesOnAChannelOnceThePairIsSelected) {
  const PeerOptions hidden = with({turn("turn:203.0.113.10")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather() && connect());
  world.runFor(2s);
  ASSERT_TRUE(talk());
  EXPECT_EQ(server.counters.channelBinds, 2u);
  const std::uint64_t indications = server.counters.indications;
  const std::uint64_t onChannels = server.counters.channelData;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(channel->send(std::string(16'384, 'x')));
  ASSERT_TRUE(world.runUntil([&] { return bob->messages.size() >= 51; }, 60s));
  EXPECT_EQ(server.counters.indications, indications);
  EXPECT_GT(server.counters.channelData, onChannels + 50 * 14);
}

TEST_F(Relaying, IndicationsServeWhereTheServerBindsNoChannels) {
  server.bindsNoChannels = true;
  const PeerOptions hidden = with({turn("turn:203.0.113.10")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather() && connect());
  EXPECT_TRUE(talk());
  EXPECT_EQ(server.counters.channelData, 0u);
}

TEST_F(Relaying, LastsForHoursWithShortLifetimesAndNonces) {
  server.lifetime = 90s;
  server.nonceLifetime = 10min;
  const PeerOptions hidden = with({turn("turn:203.0.113.10")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather() && connect());
  for (int hour = 0; hour < 6; ++hour) {
    world.runFor(1h);
    ASSERT_TRUE(talk()) << hour;
  }
  EXPECT_EQ(server.counters.expired, 0u);
  EXPECT_GT(server.counters.stale, 0u);
  EXPECT_EQ(server.allocations(), 2u);
}

TEST_F(Relaying, AWrongPasswordIsToldWithAllThatIsKnownOfIt) {
  make(with({turn("turn:203.0.113.10", "wrong")}), {});
  ASSERT_TRUE(gather());
  EXPECT_EQ(typesOf(*alice), (std::vector<std::string>{"host", "srflx"})) << "who one is, it tells everybody";
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].errorCode, 401);
  EXPECT_EQ(problems[0].errorText, "As the test wants it");
  EXPECT_EQ(problems[0].url, "turn:203.0.113.10");
  EXPECT_EQ(problems[0].address, "192.168.1.2");
  EXPECT_NE(problems[0].port, 0);
}

TEST_F(Relaying, EachFailureHasItsCode) {
  int machines = 0;
  const auto codeFor = [&](auto&& breakIt) {
    const std::string address = "203.0.113." + std::to_string(100 + machines++);
    sim::TurnServer broken(world.addMachine(address, address), address + ":3478");
    breakIt(broken);
    problems.clear();
    make(with({turn("turn:" + address)}), {});
    EXPECT_TRUE(gather(10s));
    stopBoth();
    return problems.size() == 1 ? problems[0].errorCode : -1;
  };
  EXPECT_EQ(codeFor([](sim::TurnServer& s) { s.refusesEverybody = true; }), 401);
  for (const int code : {403, 437, 440, 442, 486, 508}) {
    EXPECT_EQ(codeFor([&](sim::TurnServer& s) { s.allocateError = code; }), code);
  }
  EXPECT_EQ(codeFor([](sim::TurnServer& s) { s.findsEveryNonceStale = true; }), 438);
  EXPECT_EQ(codeFor([](sim::TurnServer& s) { s.silent = true; }), 701);
}

TEST_F(Relaying, ServersThatCanNotBeUsedAreToldAndTheOthersServe) {
  PeerOptions options = with({turn("turn:203.0.113.10"),
                              turn("turns:203.0.113.10"),
                              turn("turn:nowhere.example.org"),
                              {.urls = {"turn:203.0.113.10"}}});
  make(options, {});
  ASSERT_TRUE(gather());
  EXPECT_EQ(typesOf(*alice), (std::vector<std::string>{"host", "relay", "srflx"}));
  EXPECT_EQ(problems.size(), 3u);
  for (const IceCandidateError& problem : problems) EXPECT_FALSE(problem.errorText.empty());
}

TEST_F(Relaying, SeveralServersServeAtOnceAndOneByTwoNamesOnce) {
  sim::TurnServer second(world.addMachine("second", "203.0.113.11"), "203.0.113.11:3478");
  make(with({turn("turn:203.0.113.10"), turn("turn:203.0.113.11"), turn("turn:203.0.113.10?transport=udp")}), {});
  ASSERT_TRUE(gather());
  EXPECT_EQ(server.allocations(), 1u);
  EXPECT_EQ(second.allocations(), 1u);
  EXPECT_TRUE(problems.empty());
}

TEST_F(Relaying, AnotherServerIsFollowedAndACircleLeft) {
  sim::TurnServer second(world.addMachine("second", "203.0.113.11"), "203.0.113.11:3478");
  server.alternate = second.address();
  make(with({turn("turn:203.0.113.10")}), {});
  ASSERT_TRUE(gather());
  EXPECT_EQ(second.allocations(), 1u);
  EXPECT_EQ(server.allocations(), 0u);
  EXPECT_EQ(typesOf(*alice), (std::vector<std::string>{"host", "relay", "srflx", "srflx"}));
  stopBoth();

  second.alternate = server.address();
  make(with({turn("turn:203.0.113.10")}), {});
  ASSERT_TRUE(gather());
  EXPECT_EQ(typesOf(*alice), (std::vector<std::string>{"host", "srflx"}));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].errorCode, 300);
}

TEST_F(Relaying, RelaysIPv6FromAServerThatHasBoth) {
  serverMachine.addInterface("eth1", "2001:db8::10", world.internet());
  server.secondFamily = sim::ip("2001:db8::10");
  sim::Machine& six = world.addMachine("six", "2001:db8::2");
  make(with({turn("turn:203.0.113.10")}, true), {});
  bob = std::make_unique<Peer>(six);
  ASSERT_TRUE(gather());
  EXPECT_EQ(typesOf(*alice), (std::vector<std::string>{"relay", "relay"}));
  ASSERT_TRUE(connect() && completed());
  EXPECT_TRUE(talk());
  EXPECT_EQ(alice->ice.getSelectedCandidatePair()->local.address, "2001:db8::10");
}

TEST_F(Relaying, StoppingGivesTheAllocationsBack) {
  const PeerOptions hidden = with({turn("turn:203.0.113.10")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather() && connect());
  EXPECT_EQ(server.allocations(), 2u);
  stopBoth();
  EXPECT_EQ(server.allocations(), 0u);
  EXPECT_EQ(server.counters.deleted, 2u);
}

TEST_F(Relaying, ClosingAGathererGivesItsAllocationBack) {
  make(with({turn("turn:203.0.113.10")}), {});
  alice->gatherer.gather().ignore();
  ASSERT_TRUE(world.runUntil([&] { return server.allocations() == 1; }, 5s));
  alice->gatherer.close();
  world.runFor(1s);
  EXPECT_EQ(server.allocations(), 0u);
}

TEST_F(Relaying, AServerThatDiesEndsTheConnectionWithASentence) {
  const PeerOptions hidden = with({turn("turn:203.0.113.10")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather() && connect());
  server.die();
  EXPECT_TRUE(world.runUntil([&] { return alice->ice.state() == IceTransportState::disconnected; }, 20s));
  EXPECT_TRUE(world.runUntil([&] { return alice->ice.state() == IceTransportState::failed; }, 60s));
  ASSERT_FALSE(alice->errors.empty());
  EXPECT_FALSE(alice->errors.front().message.empty());
}

TEST_F(Relaying, AnAllocationThatTheServerForgotIsSaidToBeTheReasonAndComesBackWithARestart) {
  server.lifetime = 20s;  // refreshed, and so missed, before consent runs out
  const PeerOptions hidden = with({turn("turn:203.0.113.10")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather() && connect());
  server.forget();
  ASSERT_TRUE(world.runUntil([&] { return alice->ice.state() == IceTransportState::failed; }, 120s));
  ASSERT_FALSE(alice->errors.empty());
  EXPECT_NE(alice->errors.front().message.find("203.0.113.10:3478"), std::string::npos)
      << alice->errors.front().message;
  ASSERT_TRUE(world.runUntil([&] { return bob->ice.state() == IceTransportState::failed; }, 120s));

  const Result<IceParameters> alices = alice->ice.restart();
  const Result<IceParameters> bobs = bob->ice.restart();
  ASSERT_TRUE(alices && bobs);
  alice->gatherer.onIceCandidate(
      [&](const std::optional<IceCandidate>& candidate) { bob->ice.addRemoteCandidate(candidate).ignore(); });
  bob->gatherer.onIceCandidate(
      [&](const std::optional<IceCandidate>& candidate) { alice->ice.addRemoteCandidate(candidate).ignore(); });
  alice->ice.start(*bobs).ignore();
  bob->ice.start(*alices).ignore();
  EXPECT_TRUE(world.runUntil(
      [&] {
        return alice->ice.state() == IceTransportState::completed && bob->ice.state() == IceTransportState::completed;
      },
      30s));
  EXPECT_EQ(server.allocations(), 2u);
}

TEST_F(Relaying, ARestartKeepsTheAllocations) {
  const PeerOptions hidden = with({turn("turn:203.0.113.10")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather() && connect());
  const Result<IceParameters> alices = alice->ice.restart();
  const Result<IceParameters> bobs = bob->ice.restart();
  ASSERT_TRUE(alices && bobs);
  for (const IceCandidate& candidate : bob->gatherer.getLocalCandidates()) {
    EXPECT_EQ(candidate.usernameFragment, bobs->usernameFragment);
    alice->ice.addRemoteCandidate(candidate).ignore();
  }
  for (const IceCandidate& candidate : alice->gatherer.getLocalCandidates()) {
    bob->ice.addRemoteCandidate(candidate).ignore();
  }
  alice->ice.start(*bobs).ignore();
  bob->ice.start(*alices).ignore();
  EXPECT_TRUE(talk());
  ASSERT_TRUE(world.runUntil([&] { return alice->ice.state() == IceTransportState::completed; }, 10s));
  EXPECT_TRUE(talk());
  EXPECT_EQ(server.counters.allocated, 2u);
}

TEST_F(Relaying, ForbiddenPeersEndInFailureAndNotInALoop) {
  server.forbidsPeers = true;
  const PeerOptions hidden = with({turn("turn:203.0.113.10")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather());
  EXPECT_FALSE(connect(100s));
  EXPECT_EQ(alice->ice.state(), IceTransportState::failed);
  EXPECT_LT(server.counters.requests, 40u);
}

TEST_F(Relaying, RelayOnlyWithoutAServerFailsWithASentence) {
  make(with({}, true), with({}, true));
  ASSERT_TRUE(gather());
  EXPECT_TRUE(alice->gatherer.getLocalCandidates().empty());
  EXPECT_FALSE(connect(100s));
  ASSERT_FALSE(alice->errors.empty());
  EXPECT_EQ(alice->errors.front().message, "only relayed candidates may be used, and no TURN server gave one");
}

TEST_F(Relaying, AFailureSaysThatNoServerHasAnsweredOverUdp) {
  natA.uplink().setConnected(false);
  make(with({turn("turn:203.0.113.10")}), with({{.urls = {"stun:203.0.113.10"}}}));
  ASSERT_TRUE(gather());
  EXPECT_FALSE(connect(100s));
  ASSERT_FALSE(alice->errors.empty() || bob->errors.empty());
  EXPECT_NE(alice->errors.front().message.find("TURN over TCP or TLS may get through"), std::string::npos)
      << alice->errors.front().message;
  EXPECT_EQ(bob->errors.front().message.find("TURN over TCP"), std::string::npos) << bob->errors.front().message;
}

// The relay is not all that there is, so that another sentence is due than where nothing is left.
TEST_F(Relaying, ALostRelayIsNamedAlsoWhereThereAreOtherSockets) {
  server.lifetime = 20s;
  make(with({turn("turn:203.0.113.10")}), with({{.urls = {"stun:203.0.113.10"}}}));
  ASSERT_TRUE(gather() && connect() && completed());
  server.forget();
  ASSERT_TRUE(world.runUntil([&] { return alice->ice.state() == IceTransportState::failed; }, 120s));
  ASSERT_FALSE(alice->errors.empty());
  EXPECT_NE(alice->errors.front().message.find("203.0.113.10:3478"), std::string::npos)
      << alice->errors.front().message;
}

}  // namespace
}  // namespace portico::test
