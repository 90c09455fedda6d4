// setConfiguration() and iceCandidatePoolSize: what counts from when on (W3C webrtc-pc §4.4.1.6, RFC 9429 §3.5.4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/peers/sdp_peer.h"
#include "tests/sim/stun_server.h"
#include "tests/sim/turn_server.h"

namespace portico::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

IceServer server(std::string url) {
  return {.urls = {std::move(url)}, .username = "user", .credential = "password"};
}

struct Configuring : testing::Test {
  SdpPair pair;
  sim::Machine& serverMachine = pair.world.addMachine("turn", "203.0.113.10");
  sim::TurnServer turn{serverMachine, "203.0.113.10:3478"};
  sim::Machine& otherMachine = pair.world.addMachine("turn2", "203.0.113.11");
  sim::TurnServer otherTurn{otherMachine, "203.0.113.11:3478"};

  [[nodiscard]] static PeerConnectionConfiguration with(std::vector<IceServer> servers, bool relayOnly = false,
                                                        std::uint8_t pool = 0) {
    PeerConnectionConfiguration configuration;
    configuration.ice.iceServers = std::move(servers);
    configuration.ice.relayOnly = relayOnly;
    configuration.iceCandidatePoolSize = pool;
    return configuration;
  }
  [[nodiscard]] static std::vector<std::string> gathered(const SdpPeer& peer) {
    std::vector<std::string> lines;
    for (const std::string& line : peer.log) {
      if (line.starts_with("candidate") || line.starts_with("gathering")) lines.push_back(line);
    }
    return lines;
  }
  [[nodiscard]] static std::optional<IceCandidatePair> selected(const SdpPeer& peer) {
    return peer.pc.sctp()->transport().iceTransport().getSelectedCandidatePair();
  }
  void makeAgain(const PeerConnectionConfiguration& alices) {
    pair.alice = std::make_unique<SdpPeer>(pair.aliceMachine, alices);
    pair.connectWires();
  }
  DataChannel connect() {
    DataChannel channel = pair.alice->open({.label = "data"});
    EXPECT_TRUE(pair.connect());
    pair.settle();
    pair.alice->log.clear();
    return channel;
  }
};

TEST_F(Configuring, NewServersCountFromTheNextRestartOnForTheSocketsThatAreThere) {
  DataChannel channel = connect();
  const std::uint16_t port = selected(*pair.alice)->local.port;
  ASSERT_TRUE(pair.alice->pc.setConfiguration(with({server("turn:203.0.113.10")})));
  pair.settle();
  EXPECT_EQ(turn.allocations(), 0u);
  EXPECT_THAT(pair.alice->log, IsEmpty());
  pair.alice->pc.restartIce();
  pair.settle();
  EXPECT_EQ(turn.allocations(), 1u);
  EXPECT_THAT(gathered(*pair.alice), ElementsAre("gathering gathering", "candidate host", "candidate relay",
                                                 "candidate end", "gathering complete", "candidate null"));
  EXPECT_THAT(pair.alice->log, Not(Contains("ice disconnected")));
  EXPECT_EQ(selected(*pair.alice)->local.port, port);
  ASSERT_TRUE(channel.send("after"));
  pair.settle();
  EXPECT_THAT(pair.bob->messages, ElementsAre("after"));
}

TEST_F(Configuring, TheNextOfferRestartsIceForNewServersAndOnlyThat) {
  connect();
  const auto fragment = [&] {
    return pair.alice->pc.sctp()->transport().iceTransport().iceGatherer().getLocalParameters().usernameFragment;
  };
  const std::string before = fragment();
  ASSERT_TRUE(pair.alice->pc.setConfiguration(with({server("turn:203.0.113.10")})));
  pair.settle();
  EXPECT_EQ(pair.alice->negotiationsNeeded, 1);
  pair.alice->negotiate();
  pair.settle();
  const std::string after = fragment();
  EXPECT_NE(after, before);
  EXPECT_EQ(turn.allocations(), 1u);
  pair.alice->negotiate();
  pair.settle();
  EXPECT_EQ(fragment(), after);
}

TEST_F(Configuring, OldServersGoWithTheRestart) {
  makeAgain(with({server("turn:203.0.113.10")}));
  connect();
  ASSERT_EQ(turn.allocations(), 1u);
  ASSERT_TRUE(pair.alice->pc.setConfiguration(with({server("turn:203.0.113.11")})));
  pair.settle();
  EXPECT_EQ(turn.allocations(), 1u);
  pair.alice->pc.restartIce();
  pair.settle();
  EXPECT_EQ(turn.allocations(), 0u);
  EXPECT_EQ(otherTurn.allocations(), 1u);
  const std::string sdp = pair.alice->pc.localDescription()->sdp;
  EXPECT_THAT(sdp, HasSubstr("203.0.113.11"));
  EXPECT_THAT(sdp, Not(HasSubstr("203.0.113.10")));
  EXPECT_THAT(pair.alice->log, Not(Contains("ice disconnected")));
}

TEST_F(Configuring, ThePolicyMayChangeToRelayedPathsOnlyAndBackWhileDataFlows) {
  DataChannel channel = connect();
  int sent = 0;
  for (const bool relayOnly : {true, false, true}) {
    ASSERT_TRUE(pair.alice->pc.setConfiguration(with({server("turn:203.0.113.10")}, relayOnly)));
    pair.alice->pc.restartIce();
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(channel.send(std::to_string(sent++)));
      pair.world.runFor(20ms);
    }
    EXPECT_EQ(selected(*pair.alice)->local.type, relayOnly ? "relay" : "host");
    EXPECT_TRUE(pair.connected());
    const std::string sdp = pair.alice->pc.localDescription()->sdp;
    if (relayOnly) {
      EXPECT_THAT(sdp, Not(HasSubstr("typ host")));
    }
  }
  EXPECT_THAT(pair.alice->log, Not(Contains("ice disconnected")));
  EXPECT_EQ(pair.bob->messages.size(), static_cast<std::size_t>(sent));
}

TEST_F(Configuring, NewCredentialsOfAServerLeaveTheAddressThatItHasGiven) {
  makeAgain(with({server("turn:203.0.113.10")}, true));
  DataChannel channel = connect();
  IceServer renewed = server("turn:203.0.113.10");
  renewed.credential = "another password";
  ASSERT_TRUE(pair.alice->pc.setConfiguration(with({renewed}, true)));
  pair.alice->pc.restartIce();
  pair.settle();
  EXPECT_EQ(turn.allocations(), 1u);
  EXPECT_EQ(selected(*pair.alice)->local.type, "relay");
  ASSERT_TRUE(channel.send("after"));
  pair.settle();
  EXPECT_THAT(pair.bob->messages, ElementsAre("after"));
}

TEST_F(Configuring, ConfiguringNothingAnewAsksNoServers) {
  PeerConnectionConfiguration nothing;
  nothing.ice = IceGatherOptions{};
  makeAgain(nothing);
  connect();
  ASSERT_TRUE(pair.alice->pc.setConfiguration(nothing));
  EXPECT_TRUE(pair.alice->pc.getConfiguration().ice.iceServers->empty());
  pair.alice->pc.restartIce();
  pair.settle();
  EXPECT_THAT(gathered(*pair.alice), ElementsAre("gathering gathering", "candidate host", "candidate end",
                                                 "gathering complete", "candidate null"));
  EXPECT_TRUE(pair.connected());
}

TEST_F(Configuring, ARelayInUseStaysUntilAnotherPairTakesItsPlace) {
  makeAgain(with({server("turn:203.0.113.10")}, true));
  DataChannel channel = connect();
  ASSERT_EQ(selected(*pair.alice)->local.address, "203.0.113.10");
  ASSERT_TRUE(pair.alice->pc.setConfiguration(with({server("turn:203.0.113.11")}, true)));
  pair.alice->pc.restartIce();
  pair.world.runFor(1s);
  EXPECT_EQ(selected(*pair.alice)->local.address, "203.0.113.11");
  EXPECT_THAT(pair.alice->log, Not(Contains("ice disconnected")));
  pair.world.runFor(30s);
  EXPECT_EQ(turn.allocations(), 0u);
  ASSERT_TRUE(channel.send("on"));
  pair.settle();
  EXPECT_THAT(pair.bob->messages, ElementsAre("on"));
}

TEST_F(Configuring, BeforeTheFirstGatheringItCountsAtOnce) {
  pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.alice->pc.setConfiguration(with({server("turn:203.0.113.10")}, true)));
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(selected(*pair.alice)->local.type, "relay");
}

TEST_F(Configuring, APoolIsGatheredInAdvanceAndToldWithTheDescription) {
  makeAgain(with({server("turn:203.0.113.10")}, false, 1));
  pair.settle();
  EXPECT_EQ(turn.allocations(), 1u);
  EXPECT_THAT(pair.alice->log, IsEmpty());
  EXPECT_EQ(pair.alice->pc.iceGatheringState(), IceGathererState::fresh);
  pair.alice->negotiates = false;
  pair.alice->open({.label = "data"});
  const SessionDescription offer = *pair.await(pair.alice->pc.createOffer());
  EXPECT_THAT(offer.sdp, Not(HasSubstr("a=candidate")));
  ASSERT_TRUE(pair.await(pair.alice->pc.setLocalDescription(offer)));
  pair.world.runFor(1ms);
  EXPECT_THAT(gathered(*pair.alice), ElementsAre("gathering gathering", "candidate host", "candidate relay",
                                                 "candidate end", "gathering complete", "candidate null"));
  pair.alice->send(*pair.alice->pc.localDescription());
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(turn.allocations(), 1u);
}

TEST_F(Configuring, APoolServesAnAnswererAsWell) {
  pair.bob = std::make_unique<SdpPeer>(pair.bobMachine, with({server("turn:203.0.113.10")}, true, 4));
  pair.bob->polite = true;
  pair.connectWires();
  pair.settle();
  connect();
  EXPECT_EQ(selected(*pair.bob)->local.type, "relay");
}

TEST_F(Configuring, APoolOfOtherServersIsGatheredAnewAndOneThatIsNotWantedGoes) {
  makeAgain(with({server("turn:203.0.113.10")}, false, 1));
  pair.settle();
  const SessionDescription offered = *pair.await(pair.alice->pc.createOffer());
  ASSERT_TRUE(pair.alice->pc.setConfiguration(with({server("turn:203.0.113.11")}, false, 1)));
  pair.settle();
  EXPECT_EQ(turn.allocations(), 0u);
  EXPECT_EQ(otherTurn.allocations(), 1u);
  ASSERT_TRUE(pair.alice->pc.setConfiguration(with({server("turn:203.0.113.11")}, false, 0)));
  pair.settle();
  EXPECT_EQ(otherTurn.allocations(), 0u);
  EXPECT_THAT(pair.alice->log, IsEmpty());
  connect();
}

TEST_F(Configuring, AnOfferMadeBeforeThePoolChangedIsGood) {
  makeAgain(with({}, false, 1));
  pair.alice->negotiates = false;
  DataChannel channel = pair.alice->open({.label = "data"});
  const SessionDescription offer = *pair.await(pair.alice->pc.createOffer());
  ASSERT_TRUE(pair.alice->pc.setConfiguration(with({server("turn:203.0.113.11")}, false, 2)));
  ASSERT_TRUE(pair.await(pair.alice->pc.setLocalDescription(offer)));
  pair.alice->send(*pair.alice->pc.localDescription());
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.alice->pc.setConfiguration(with({}, false, 1)).error().code, Error::InvalidModification);
}

TEST_F(Configuring, APoolIsFreedWithItsConnection) {
  makeAgain(with({server("turn:203.0.113.10")}, false, 1));
  pair.settle();
  ASSERT_EQ(turn.allocations(), 1u);
  pair.alice->pc.close();
  pair.settle();
  EXPECT_EQ(turn.allocations(), 0u);
  makeAgain(with({server("turn:203.0.113.10")}, false, 1));
  pair.alice.reset();  // before it has begun
  pair.settle();
  EXPECT_EQ(turn.allocations(), 0u);
}

TEST_F(Configuring, WhoHasToldRelaysAloneHidesItsAddressesAfterwardsAndHasTcp) {
  pair.aliceMachine.iceTcp = true;
  const auto hiding = [](bool relayOnly) {
    PeerConnectionConfiguration configuration = with({server("turn:203.0.113.10")}, relayOnly);
    configuration.ice.mdns = MdnsPolicy::hide;
    return configuration;
  };
  makeAgain(hiding(true));
  connect();
  ASSERT_TRUE(pair.alice->pc.setConfiguration(hiding(false)));
  pair.alice->pc.restartIce();
  pair.settle();
  std::vector<std::string> hosts;
  for (const IceCandidate& one : pair.alice->pc.sctp()->transport().iceTransport().iceGatherer().getLocalCandidates()) {
    if (one.type == "host") hosts.push_back(one.protocol + ' ' + one.address);
  }
  EXPECT_THAT(hosts, testing::UnorderedElementsAre(testing::MatchesRegex("udp .*[.]local"),
                                                   testing::MatchesRegex("tcp .*[.]local")));
}

}  // namespace
}  // namespace portico::test
