// Interfaces come and go under traffic: what each policy makes of it, and that a reliable channel loses nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/peers/sdp_peer.h"
#include "tests/sim/stun_server.h"

namespace portico::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

PeerConnectionConfiguration with(NetworkChangePolicy policy) {
  PeerConnectionConfiguration configuration;
  configuration.ice.networkChangePolicy = policy;
  return configuration;
}

/// Alice at home behind a NAT, with a mobile network at hand; Bob in the internet. She offers, and so controls.
struct Roaming : testing::Test {
  sim::World world;
  sim::Nat& home = world.addNat("198.51.100.1");
  sim::Nat& mobile = world.addNat("198.51.100.2");
  sim::Machine& aliceMachine = world.addMachine("alice");
  sim::Machine& bobMachine = world.addMachine("bob", "203.0.113.2");
  std::unique_ptr<SdpPeer> alice;
  std::unique_ptr<SdpPeer> bob;
  std::vector<std::unique_ptr<Timer>> underWay;
  std::vector<NetworkChange> changes;
  std::optional<DataChannel> channel;
  std::unique_ptr<Timer> clock;
  std::size_t sent = 0;
  bool wired = true;

  void carry(Host& from, std::unique_ptr<SdpPeer>& to, SdpPeer::Line line) {
    if (!wired) return;
    underWay.push_back(from.createTimer([&to, line = std::move(line)](Time) {
      if (to) to->receive(line);
    }));
    underWay.back()->set(from.now() + 5ms);
  }

  void make(NetworkChangePolicy policy, NetworkChangePolicy bobs = NetworkChangePolicy::none) {
    aliceMachine.quietRemoval = true;
    aliceMachine.addInterface("wlan0", "192.168.1.2", home.inside());
    alice = std::make_unique<SdpPeer>(aliceMachine, with(policy));
    bob = std::make_unique<SdpPeer>(bobMachine, with(bobs));
    bob->polite = true;
    alice->wire = [this](SdpPeer::Line line) { carry(aliceMachine, bob, std::move(line)); };
    bob->wire = [this](SdpPeer::Line line) { carry(bobMachine, alice, std::move(line)); };
    alice->pc.onNetworkChange([this](const NetworkChange& change) { changes.push_back(change); });
    channel = alice->open({.label = "data"});
  }
  void connect(NetworkChangePolicy policy, NetworkChangePolicy bobs = NetworkChangePolicy::none) {
    make(policy, bobs);
    ASSERT_TRUE(world.runUntil([&] { return channel->readyState() == DataChannelState::open; }, 10s));
    world.runFor(1s);
    alice->log.clear();
    bob->log.clear();
    flood();
  }
  /// A message each millisecond, from now on.
  void flood() {
    clock = aliceMachine.createTimer([this](Time now) {
      if (channel->send(std::to_string(sent))) ++sent;
      clock->set(now + 1ms);
    });
    clock->set(aliceMachine.now());
  }
  void addMobile() { aliceMachine.addInterface("wwan0", "10.0.0.2", mobile.inside()); }

  [[nodiscard]] bool up() const {
    const auto fine = [](const SdpPeer& peer) {
      const PeerIceConnectionState state = peer.pc.iceConnectionState();
      return state == PeerIceConnectionState::connected || state == PeerIceConnectionState::completed;
    };
    return fine(*alice) && fine(*bob);
  }
  /// All that was sent has come, in order and once.
  void expectAll(Duration limit = 30s) {
    clock.reset();
    EXPECT_TRUE(world.runUntil([&] { return bob->messages.size() == sent; }, limit))
        << bob->messages.size() << " of " << sent;
    for (std::size_t i = 0; i < bob->messages.size(); ++i) ASSERT_EQ(bob->messages[i], std::to_string(i));
    EXPECT_THAT(alice->errors, IsEmpty());
    EXPECT_THAT(bob->errors, IsEmpty());
  }
  [[nodiscard]] std::string ufrag(const SdpPeer& peer) const {
    return peer.pc.sctp()->transport().iceTransport().iceGatherer().getLocalParameters().usernameFragment;
  }
  [[nodiscard]] IceCandidatePair pair() const {
    return *alice->pc.sctp()->transport().iceTransport().getSelectedCandidatePair();
  }
};

TEST_F(Roaming, ByDefaultANewInterfaceIsToldAndNothingElseHappens) {
  connect(NetworkChangePolicy::none);
  addMobile();
  world.runFor(5s);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_THAT(changes[0].added, ElementsAre(sim::ip("10.0.0.2")));
  EXPECT_THAT(changes[0].removed, IsEmpty());
  EXPECT_FALSE(changes[0].restartNeeded);
  EXPECT_THAT(alice->log, IsEmpty());
  EXPECT_THAT(bob->log, IsEmpty());
  expectAll();
}

TEST_F(Roaming, ByDefaultALostPathIsDisconnectedAtOnceAndARestartTakesTheNetworksThatAreThere) {
  connect(NetworkChangePolicy::none);
  aliceMachine.removeInterface("wlan0");
  world.runFor(10ms);
  EXPECT_EQ(alice->pc.iceConnectionState(), PeerIceConnectionState::disconnected);
  addMobile();
  world.runFor(1s);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_THAT(changes[0].removed, ElementsAre(sim::ip("192.168.1.2")));
  EXPECT_TRUE(changes[0].restartNeeded);
  EXPECT_EQ(alice->negotiationsNeeded, 1);
  alice->pc.restartIce();
  EXPECT_TRUE(world.runUntil([&] { return up(); }, 10s));
  EXPECT_EQ(pair().remote.address, "203.0.113.2");
  expectAll();
}

TEST_F(Roaming, ARestartByHandTakesANewInterfaceWhileTheOldPathGoesOn) {
  connect(NetworkChangePolicy::none);
  addMobile();
  world.runFor(1s);
  alice->pc.restartIce();
  world.runFor(2s);
  EXPECT_THAT(alice->log, Contains("gathering complete"));
  EXPECT_EQ(std::count(alice->log.begin(), alice->log.end(), "candidate host"), 2);
  EXPECT_THAT(alice->log, Not(Contains("ice disconnected")));
  EXPECT_THAT(alice->log, Not(Contains("ice checking")));
  EXPECT_TRUE(up());
  expectAll();
}

TEST_F(Roaming, FromHomeToTheStreetWithoutARestartAndWithoutSignalling) {
  connect(NetworkChangePolicy::gather);
  wired = false;
  const std::string before = ufrag(*alice);
  addMobile();
  world.runFor(2s);
  EXPECT_THAT(alice->log, Contains("candidate host"));
  EXPECT_THAT(alice->log, Not(Contains("candidate end")));
  EXPECT_EQ(pair().local.address, "198.51.100.1");
  aliceMachine.removeInterface("wlan0");
  ASSERT_TRUE(
      world.runUntil([&] { return alice->pc.iceConnectionState() == PeerIceConnectionState::disconnected; }, 10ms));
  EXPECT_TRUE(world.runUntil([&] { return up(); }, 1s));
  world.runFor(60s);
  EXPECT_TRUE(up());
  EXPECT_EQ(ufrag(*alice), before);
  EXPECT_EQ(pair().local.address, "198.51.100.2");
  EXPECT_THAT(bob->log, Not(Contains("ice failed")));
  expectAll();
}

TEST_F(Roaming, TheSideThatIsControlledRoamsAsWell) {
  make(NetworkChangePolicy::gather);
  alice->negotiates = false;
  bob->negotiates = true;
  const DataChannel bobs = bob->open({.label = "bob's"});
  ASSERT_TRUE(world.runUntil([&] { return up() && channel->readyState() == DataChannelState::open; }, 10s));
  world.runFor(1s);
  flood();
  wired = false;
  addMobile();
  world.runFor(2s);
  aliceMachine.removeInterface("wlan0");
  world.runFor(5s);
  ASSERT_TRUE(up());
  EXPECT_EQ(pair().local.address, "198.51.100.2");
  world.runFor(60s);
  EXPECT_TRUE(up());
  expectAll();
}

TEST_F(Roaming, WhenTheOnlyNetworkGoesAndAnotherComesThePolicyRestarts) {
  connect(NetworkChangePolicy::restart);
  const std::string before = ufrag(*alice);
  aliceMachine.removeInterface("wlan0");
  world.runFor(3s);
  EXPECT_EQ(alice->negotiationsNeeded, 1) << "there is nothing to restart on";
  addMobile();
  EXPECT_TRUE(world.runUntil([&] { return up(); }, 5s));
  EXPECT_EQ(alice->negotiationsNeeded, 2);
  EXPECT_NE(ufrag(*alice), before);
  world.runFor(60s);
  EXPECT_TRUE(up());
  EXPECT_EQ(alice->negotiationsNeeded, 2);
  expectAll();
}

TEST_F(Roaming, ACableThatIsPulledIsNoNetworkToRestartOn) {
  connect(NetworkChangePolicy::restart);
  aliceMachine.setCarrier("wlan0", false);
  world.runFor(3s);
  EXPECT_EQ(alice->pc.iceConnectionState(), PeerIceConnectionState::disconnected);
  EXPECT_EQ(alice->negotiationsNeeded, 1);
  addMobile();
  EXPECT_TRUE(world.runUntil([&] { return up(); }, 5s));
  EXPECT_TRUE(std::any_of(changes.begin(), changes.end(), [](const NetworkChange& one) { return !one.added.empty(); }));
  expectAll();
}

TEST_F(Roaming, ACableThatIsPutBackIsGoneOnWithWithoutARestart) {
  connect(NetworkChangePolicy::restart);
  aliceMachine.setCarrier("wlan0", false);
  world.runFor(5s);
  aliceMachine.setCarrier("wlan0", true);
  EXPECT_TRUE(world.runUntil([&] { return up(); }, 5s));
  EXPECT_EQ(alice->negotiationsNeeded, 1);
  expectAll();
}

TEST_F(Roaming, WhoRestartsBeforeTheNetworksAreCalmIsToldOfThemAllTheSame) {
  connect(NetworkChangePolicy::none);
  aliceMachine.removeInterface("wlan0");
  addMobile();
  world.runFor(10ms);
  alice->pc.restartIce();
  EXPECT_TRUE(world.runUntil([&] { return up(); }, 5s));
  world.runFor(1s);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_THAT(changes[0].added, ElementsAre(sim::ip("10.0.0.2")));
  EXPECT_THAT(changes[0].removed, ElementsAre(sim::ip("192.168.1.2")));
  expectAll();
}

TEST_F(Roaming, TheSameNetworkMayComeBack) {
  connect(NetworkChangePolicy::restart);
  for (int i = 0; i < 3; ++i) {
    aliceMachine.removeInterface("wlan0");
    world.runFor(2s);
    aliceMachine.addInterface("wlan0", "192.168.1.2", home.inside());
    ASSERT_TRUE(world.runUntil([&] { return up(); }, 10s)) << i;
    world.runFor(1s);
  }
  expectAll();
}

TEST_F(Roaming, BothSidesMayMoveAtOnce) {
  connect(NetworkChangePolicy::restart, NetworkChangePolicy::restart);
  aliceMachine.removeInterface("wlan0");
  bobMachine.removeInterface("eth0");
  addMobile();
  bobMachine.addInterface("eth1", "203.0.113.77", world.internet());
  world.runFor(10ms);
  EXPECT_FALSE(up());
  ASSERT_TRUE(world.runUntil([&] { return up(); }, 10s));
  EXPECT_EQ(pair().remote.address, "203.0.113.77");
  world.runFor(60s);
  EXPECT_TRUE(up());
  expectAll();
}

TEST_F(Roaming, AnInterfaceThatComesWhileGatheringCheckingOrRestartingIsUsed) {
  sim::Machine& stun = world.addMachine("stun", "203.0.113.10");
  const sim::StunServer server(stun, "203.0.113.10:3478");
  for (const int after : {0, 1, 5, 15, 26, 40}) {
    SCOPED_TRACE(after);
    const std::string number = std::to_string(10 + after);
    sim::Machine& machine = world.addMachine("carol" + number, "192.168.1." + number, home.inside());
    PeerConnectionConfiguration configuration = with(NetworkChangePolicy::gather);
    configuration.ice.iceServers = {{.urls = {"stun:203.0.113.10"}, .username = {}, .credential = {}}};
    alice = std::make_unique<SdpPeer>(machine, configuration);
    bob = std::make_unique<SdpPeer>(bobMachine);
    bob->polite = true;
    alice->wire = [&](SdpPeer::Line line) { carry(machine, bob, std::move(line)); };
    bob->wire = [&](SdpPeer::Line line) { carry(bobMachine, alice, std::move(line)); };
    const DataChannel data = alice->open({.label = "data"});
    world.runFor(std::chrono::milliseconds(after));
    machine.addInterface("wwan0", "10.0.0." + number, mobile.inside());
    ASSERT_TRUE(world.runUntil([&] { return up() && data.readyState() == DataChannelState::open; }, 10s));
    world.runFor(2s);
    const auto candidates = alice->pc.sctp()->transport().iceTransport().getLocalCandidates();
    EXPECT_EQ(std::count_if(candidates.begin(), candidates.end(), [](const auto& one) { return one.type == "srflx"; }),
              2);
    EXPECT_EQ(alice->pc.iceGatheringState(), IceGathererState::complete);
    alice->pc.restartIce();
    world.runFor(std::chrono::milliseconds(after));
    machine.removeInterface("eth0");
    world.runFor(5s);
    EXPECT_TRUE(up());
    EXPECT_THAT(alice->errors, IsEmpty());
    alice.reset();
    bob.reset();
    machine.removeInterface("wwan0");
  }
}

TEST_F(Roaming, AStormOfInterfacesCostsABoundedNumberOfCandidatesAndIsSurvived) {
  connect(NetworkChangePolicy::gather);
  const auto name = [](int i) { return "storm" + std::to_string(i); };
  for (int round = 0; round < 100; ++round) {  // within one second, two hundred interfaces come and go
    for (int i = 0; i < 200; ++i) {
      if (round % 2 == 0) {
        aliceMachine.addInterface(name(i), "10.1." + std::to_string(i) + "." + std::to_string(round + 1),
                                  mobile.inside());
      } else {
        aliceMachine.removeInterface(name(i));
      }
    }
    world.runFor(10ms);
  }
  world.runFor(3s);
  EXPECT_LE(changes.size(), 3u);
  EXPECT_LE(alice->pc.sctp()->transport().iceTransport().getLocalCandidates().size(), 64u);
  const auto told = std::count(alice->log.begin(), alice->log.end(), "candidate host");
  EXPECT_LE(told, 3 * 64);
  EXPECT_TRUE(up());
  expectAll();
}

TEST_F(Roaming, EverythingMayEndInTheHandler) {
  for (const bool destroy : {false, true}) {
    connect(NetworkChangePolicy::restart);
    alice->pc.onNetworkChange([&](const NetworkChange&) {
      if (destroy) {
        alice.reset();
      } else {
        alice->pc.close();
        alice->pc.close();
      }
    });
    clock.reset();
    channel.reset();
    aliceMachine.removeInterface("wlan0");
    addMobile();
    world.runFor(5s);
    if (!destroy) {
      EXPECT_EQ(alice->pc.connectionState(), PeerConnectionState::closed);
    }
    alice.reset();
    bob.reset();
    aliceMachine.removeInterface("wwan0");
    world.runFor(1s);
  }
}

TEST(NetworkChange, IsToldByAGathererUntilItIsClosed) {
  sim::World world;
  sim::Machine& machine = world.addMachine("alice", "203.0.113.1");
  IceGatherer gatherer(machine, {.iceServers = std::vector<IceServer>{}});
  std::vector<NetworkChange> changes;
  std::vector<std::string> candidates;
  gatherer.onNetworkChange([&](const NetworkChange& change) { changes.push_back(change); });
  gatherer.onIceCandidate(
      [&](const std::optional<IceCandidate>& one) { candidates.push_back(one ? one->address : "end"); });
  machine.addInterface("eth1", "203.0.113.5", world.internet());
  world.runFor(1s);
  EXPECT_TRUE(changes.empty()) << "before gather()";
  gatherer.gather().ignore();
  world.runFor(1s);
  machine.addInterface("eth2", "203.0.113.6", world.internet());
  machine.removeInterface("eth1");
  world.runFor(1s);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_THAT(changes[0].added, ElementsAre(sim::ip("203.0.113.6")));
  EXPECT_THAT(changes[0].removed, ElementsAre(sim::ip("203.0.113.5")));
  EXPECT_THAT(candidates, ElementsAre("203.0.113.1", "203.0.113.5", "end"));
  EXPECT_EQ(gatherer.getLocalCandidates().size(), 1u);
  gatherer.close();
  machine.addInterface("eth3", "203.0.113.7", world.internet());
  world.runFor(1s);
  EXPECT_EQ(changes.size(), 1u);
}

TEST(NetworkChange, ANewNetworkIsHiddenAndOfferedOverTcpAsTheFirstOneWas) {
  sim::World world;
  sim::Machine& machine = world.addMachine("alice", "203.0.113.1");
  machine.iceTcp = true;
  IceGatherOptions options;
  options.iceServers = std::vector<IceServer>{};
  options.tcpCandidates = TcpCandidates::both;
  options.mdns = MdnsPolicy::hide;
  options.networkChangePolicy = NetworkChangePolicy::gather;
  IceGatherer gatherer(machine, options);
  const auto offered = [&] {
    std::map<std::string, std::vector<std::string>> transports;  // of each address that is told
    for (const IceCandidate& one : gatherer.getLocalCandidates()) {
      transports[one.address].push_back(one.tcpType.value_or(one.protocol));
    }
    return transports;
  };
  const auto complete = testing::Pair(testing::EndsWith(".local"), ElementsAre("udp", "active", "passive"));
  gatherer.gather().ignore();
  world.runFor(1s);
  EXPECT_THAT(offered(), ElementsAre(complete));
  machine.addInterface("eth1", "203.0.113.5", world.internet());
  world.runFor(1s);
  EXPECT_THAT(offered(), ElementsAre(complete, complete));
  machine.removeInterface("eth0");
  world.runFor(1s);
  EXPECT_THAT(offered(), ElementsAre(complete));
  machine.addInterface("eth0", "203.0.113.1", world.internet());
  world.runFor(1s);
  EXPECT_THAT(offered(), ElementsAre(complete, complete));
}

}  // namespace
}  // namespace portico::test
