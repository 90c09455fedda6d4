// Which candidates a gatherer finds, and how peers meet through NATs with the help of a STUN server.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/peers/peer.h"
#include "tests/sim/stun_server.h"

namespace portico::test {
namespace {

std::vector<std::string> typesOf(const IceGatherer& gatherer) {
  std::vector<std::string> types;
  for (const IceCandidate& candidate : gatherer.getLocalCandidates()) types.push_back(candidate.type);
  std::sort(types.begin(), types.end());
  return types;
}

PeerOptions withStun(const std::string& url) {
  PeerOptions options;
  options.gather.iceServers = std::vector<IceServer>{{.urls = {url}}};
  return options;
}

struct Gathering : testing::Test {
  sim::World world;

  bool gather(IceGatherer& gatherer, Duration limit = 60s) {
    gatherer.gather().ignore();
    return world.runUntil([&] { return gatherer.state() == IceGathererState::complete; }, limit);
  }
};

TEST_F(Gathering, TellsEachCandidateThenTheEndThenTheState) {
  sim::Machine& machine = world.addMachine("m", "203.0.113.1");
  machine.addInterface("eth1", "2001:db8::1", world.internet());
  IceGatherer gatherer(machine, {.iceServers = std::vector<IceServer>{}});
  std::vector<std::string> log;
  gatherer.onIceCandidate(
      [&](const std::optional<IceCandidate>& candidate) { log.push_back(candidate ? candidate->address : "end"); });
  gatherer.onStateChange([&](IceGathererState state) { log.emplace_back(toString(state)); });
  EXPECT_TRUE(gatherer.getLocalCandidates().empty());
  ASSERT_TRUE(gather(gatherer));
  EXPECT_EQ(log, (std::vector<std::string>{"gathering", "2001:db8::1", "203.0.113.1", "end", "complete"}));
}

TEST_F(Gathering, TellsNothingButClosedOnceItIsClosed) {
  IceGatherer gatherer(world.addMachine("m", "203.0.113.1"), {.iceServers = std::vector<IceServer>{}});
  std::vector<std::string> log;
  gatherer.onStateChange([&](IceGathererState state) { log.emplace_back(toString(state)); });
  gatherer.gather().ignore();
  gatherer.close();
  world.runFor(1s);
  EXPECT_EQ(log, (std::vector<std::string>{"closed"}));
}

TEST_F(Gathering, LeavesOutLoopbackLinkLocalAndDeprecatedAddresses) {
  sim::Machine& machine = world.addMachine("m", "203.0.113.1");
  machine.addLoopback();
  machine.addInterface("eth0", "fe80::1", world.internet());
  machine.addInterface("eth0", "2001:db8::1", world.internet(), {.deprecated = true});
  machine.addInterface("eth0", "2001:db8::2", world.internet(), {.temporary = true});
  machine.addInterface("eth0", "2001:db8::3", world.internet());
  IceGatherer gatherer(machine, {.iceServers = std::vector<IceServer>{}});
  ASSERT_TRUE(gather(gatherer));
  std::vector<std::string> addresses;
  for (const IceCandidate& candidate : gatherer.getLocalCandidates()) addresses.push_back(candidate.address);
  std::sort(addresses.begin(), addresses.end());
  EXPECT_EQ(addresses, (std::vector<std::string>{"2001:db8::2", "203.0.113.1"}));
}

TEST_F(Gathering, UsesLoopbackWhereThereIsNothingElse) {
  sim::Machine& machine = world.addMachine("m");
  machine.addLoopback();
  IceGatherer gatherer(machine, {.iceServers = std::vector<IceServer>{}});
  ASSERT_TRUE(gather(gatherer));
  EXPECT_EQ(gatherer.getLocalCandidates().size(), 2u);
}

TEST_F(Gathering, WithoutAnInterfaceCompletesAndSaysWhy) {
  sim::Machine& machine = world.addMachine("m");
  IceGatherer gatherer(machine, {.iceServers = std::vector<IceServer>{}});
  std::vector<IceCandidateError> errors;
  gatherer.onIceCandidateError([&](const IceCandidateError& error) { errors.push_back(error); });
  ASSERT_TRUE(gather(gatherer));
  EXPECT_TRUE(gatherer.getLocalCandidates().empty());
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_FALSE(errors.front().errorText.empty());
}

TEST_F(Gathering, BindsToTheGivenAddressAndPortRange) {
  sim::Machine& machine = world.addMachine("m", "203.0.113.1");
  machine.addInterface("eth1", "203.0.113.2", world.internet());
  IceGatherer gatherer(machine, {.iceServers = std::vector<IceServer>{},
                                 .bindAddresses = {sim::ip("203.0.113.2")},
                                 .portLow = 5'000,
                                 .portHigh = 5'001});
  ASSERT_TRUE(gather(gatherer));
  ASSERT_EQ(gatherer.getLocalCandidates().size(), 1u);
  EXPECT_EQ(gatherer.getLocalCandidates().front().address, "203.0.113.2");
  EXPECT_TRUE(gatherer.getLocalCandidates().front().port == 5'000 ||
              gatherer.getLocalCandidates().front().port == 5'001);
}

TEST_F(Gathering, UsesTheInterfacesThatAreNamedAndSaysWhichThereAreWhereNoneFits) {
  sim::Machine& machine = world.addMachine("m", "203.0.113.1");
  machine.addInterface("eth1", "203.0.113.2", world.internet());
  IceGatherer named(machine, {.iceServers = std::vector<IceServer>{}, .interfaces = {"eth1"}});
  ASSERT_TRUE(gather(named));
  ASSERT_EQ(named.getLocalCandidates().size(), 1u);
  EXPECT_EQ(named.getLocalCandidates().front().address, "203.0.113.2");

  IceGatherer none(machine, {.iceServers = std::vector<IceServer>{}, .excludedInterfaces = {"eth*"}});
  std::string text;
  none.onIceCandidateError([&](const IceCandidateError& error) { text = error.errorText; });
  ASSERT_TRUE(gather(none));
  EXPECT_TRUE(none.getLocalCandidates().empty());
  EXPECT_NE(text.find("eth0, eth1"), std::string::npos) << text;
}

TEST_F(Gathering, FindsTheServerReflexiveCandidateBehindANat) {
  world.addName("stun.example.org", {sim::ip("203.0.113.10")});
  sim::StunServer server(world.addMachine("stun", "203.0.113.10"), "203.0.113.10:3478");
  sim::Nat& nat = world.addNat("198.51.100.1");
  sim::Machine& machine = world.addMachine("m", "192.168.1.2", nat.inside());
  IceGatherer gatherer(machine, {.iceServers = std::vector<IceServer>{{.urls = {"stun:stun.example.org"}}}});
  ASSERT_TRUE(gather(gatherer));
  EXPECT_EQ(typesOf(gatherer), (std::vector<std::string>{"host", "srflx"}));
  for (const IceCandidate& candidate : gatherer.getLocalCandidates()) {
    if (candidate.type != "srflx") continue;
    EXPECT_EQ(candidate.address, "198.51.100.1");
    EXPECT_EQ(candidate.relatedAddress, "192.168.1.2");
    EXPECT_EQ(candidate.url, "stun:stun.example.org");
  }
}

TEST_F(Gathering, GoesOnWithoutServersThatDoNotResolveOrAnswer) {
  sim::Machine& machine = world.addMachine("m", "203.0.113.1");
  IceGatherer gatherer(machine,
                       {.iceServers = std::vector<IceServer>{
                            {.urls = {"stun:nowhere.example.org", "stun:203.0.113.99", "turn:203.0.113.99"}}}});
  std::vector<std::string> urls;
  gatherer.onIceCandidateError([&](const IceCandidateError& error) {
    urls.push_back(error.url);
    EXPECT_FALSE(error.errorText.empty());
  });
  ASSERT_TRUE(gather(gatherer, 10s));
  EXPECT_EQ(typesOf(gatherer), std::vector<std::string>{"host"});
  std::sort(urls.begin(), urls.end());
  EXPECT_EQ(urls, (std::vector<std::string>{"stun:203.0.113.99", "stun:nowhere.example.org", "turn:203.0.113.99"}));
}

// RFC 4787: who can meet whom without a relay. Address- and port-dependent on both sides is what TURN is for; the whole
// table comes with it.
TEST_F(Gathering, PeersMeetThroughTwoNatsThatMapEndpointIndependently) {
  using sim::NatBehaviour;
  for (const NatBehaviour filtering :
       {NatBehaviour::endpointIndependent, NatBehaviour::addressDependent, NatBehaviour::addressAndPortDependent}) {
    sim::World net(5);
    sim::StunServer server(net.addMachine("stun", "203.0.113.10"), "203.0.113.10:3478");
    sim::Nat& natA = net.addNat("198.51.100.1", {.filtering = filtering});
    sim::Nat& natB = net.addNat("198.51.100.2", {.filtering = filtering});
    Peer alice(net.addMachine("alice", "192.168.1.2", natA.inside()), withStun("stun:203.0.113.10"));
    Peer bob(net.addMachine("bob", "192.168.1.2", natB.inside()), withStun("stun:203.0.113.10"));
    alice.open({.label = "data"});
    alice.gatherer.gather().ignore();
    bob.gatherer.gather().ignore();
    ASSERT_TRUE(net.runUntil(
        [&] {
          return alice.gatherer.state() == IceGathererState::complete &&
                 bob.gatherer.state() == IceGathererState::complete;
        },
        30s));
    signal(bob, alice, IceRole::controlling);
    signal(alice, bob, IceRole::controlled);
    EXPECT_TRUE(net.runUntil([&] { return !bob.incoming.empty(); }, 30s)) << static_cast<int>(filtering);
  }
}

TEST_F(Gathering, ALiteAgentIsReachedAndNeverControls) {
  PeerOptions lite;
  lite.gather.iceLite = true;
  Pair pair(1, {}, lite);
  pair.alice->open({.label = "data"});
  pair.bob->gatherer.gather().ignore();
  pair.alice->gatherer.gather().ignore();
  pair.world.runFor(100ms);
  EXPECT_TRUE(pair.bob->gatherer.getLocalParameters().iceLite);
  signal(*pair.bob, *pair.alice, IceRole::controlled);  // told wrongly: RFC 8445 §6.1.1 makes the full agent control
  signal(*pair.alice, *pair.bob, std::nullopt);
  EXPECT_TRUE(pair.world.runUntil([&] { return !pair.bob->incoming.empty(); }, 30s));
  EXPECT_EQ(pair.alice->ice.role(), IceRole::controlling);
  EXPECT_EQ(pair.bob->ice.role(), IceRole::controlled);
}

}  // namespace
}  // namespace portico::test
