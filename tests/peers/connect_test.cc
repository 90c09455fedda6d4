// From nothing to a message: the whole stack between two machines.
#include <gtest/gtest.h>

#include "tests/peers/peer.h"

namespace portico::test {
namespace {

TEST(Connecting, TwoPeersOpenAChannelAndExchangeMessages) {
  Pair pair;
  DataChannel channel = pair.alice->open({.label = "data", .protocol = "p"});
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.world.runUntil([&] { return !pair.bob->incoming.empty(); }, 5s));
  EXPECT_TRUE(channel.send("hello"));
  ASSERT_TRUE(pair.world.runUntil([&] { return !pair.bob->messages.empty(); }, 5s));
  EXPECT_EQ(pair.bob->messages.front(), "hello");
  EXPECT_TRUE(pair.bob->texts.front());
  EXPECT_EQ(pair.bob->incoming.front().parameters().protocol, "p");

  ASSERT_TRUE(pair.bob->incoming.front().send(asBytes("there")));
  ASSERT_TRUE(pair.world.runUntil([&] { return !pair.alice->messages.empty(); }, 5s));
  EXPECT_EQ(pair.alice->messages.front(), "there");
  EXPECT_FALSE(pair.alice->texts.front());
}

TEST(Connecting, TheLayersTellTheirStatesFromTheBottomUp) {
  Pair pair;
  pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.alice->ice.state() == IceTransportState::completed; }, 5s));
  pair.world.runFor(1s);
  std::vector<std::string> log;
  for (const std::string& line : pair.alice->log) {
    if (line != "ice completed") log.push_back(line);
  }
  EXPECT_EQ(log, (std::vector<std::string>{"gatherer gathering", "gatherer complete", "ice checking", "dtls connecting",
                                           "ice connected", "dtls connected", "sctp connected", "data open"}));
}

class ConnectingRoles : public testing::TestWithParam<std::pair<DtlsRole, DtlsRole>> {};

TEST_P(ConnectingRoles, EitherSideMayBeTheDtlsClient) {
  Pair pair;
  pair.alice->gatherer.gather().ignore();
  pair.bob->gatherer.gather().ignore();
  pair.world.runFor(100ms);
  const auto [aliceRole, bobRole] = GetParam();
  signal(*pair.bob, *pair.alice, IceRole::controlling, bobRole);
  signal(*pair.alice, *pair.bob, IceRole::controlled, aliceRole);
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.connected(); }, 10s));
  const DtlsRole expected = aliceRole == DtlsRole::automatic ? DtlsRole::server : aliceRole;
  EXPECT_EQ(pair.alice->dtls.getLocalParameters().role, expected);
  EXPECT_NE(pair.bob->dtls.getLocalParameters().role, expected);
}

INSTANTIATE_TEST_SUITE_P(All, ConnectingRoles,
                         testing::Values(std::pair{DtlsRole::automatic, DtlsRole::automatic},
                                         std::pair{DtlsRole::client, DtlsRole::server},
                                         std::pair{DtlsRole::server, DtlsRole::client}));

TEST(Connecting, WorksWhenOneSideStartsLongBeforeTheOther) {
  Pair pair;
  pair.alice->open({.label = "data"});
  pair.alice->gatherer.gather().ignore();
  pair.bob->gatherer.gather().ignore();
  pair.world.runFor(100ms);
  signal(*pair.bob, *pair.alice, std::nullopt);
  pair.world.runFor(3s);
  signal(*pair.alice, *pair.bob, std::nullopt);
  EXPECT_TRUE(pair.world.runUntil([&] { return pair.connected(); }, 10s));
}

TEST(Connecting, WorksWhicheverSideStartsFirstAndHoweverTheirChecksCross) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    for (const bool controlledFirst : {true, false}) {
      Pair pair(seed);
      pair.setLinks({.delay = 5ms, .jitter = 5ms});
      pair.alice->open({.label = "data"});
      pair.alice->gatherer.gather().ignore();
      pair.bob->gatherer.gather().ignore();
      pair.world.runFor(100ms);
      const Duration gap = std::chrono::milliseconds(seed);
      if (controlledFirst) {
        signal(*pair.alice, *pair.bob, IceRole::controlled);
        pair.world.runFor(gap);
        signal(*pair.bob, *pair.alice, IceRole::controlling);
      } else {
        signal(*pair.bob, *pair.alice, IceRole::controlling);
        pair.world.runFor(gap);
        signal(*pair.alice, *pair.bob, IceRole::controlled);
      }
      EXPECT_TRUE(pair.world.runUntil([&] { return !pair.bob->incoming.empty(); }, 5s)) << seed << controlledFirst;
      pair.world.runFor(90s);
      for (const Peer* peer : {pair.alice.get(), pair.bob.get()}) {
        EXPECT_EQ(peer->ice.state(), IceTransportState::completed) << seed << controlledFirst;
        EXPECT_TRUE(peer->ice.getSelectedCandidatePair().has_value());
      }
      EXPECT_NE(pair.alice->ice.role(), pair.bob->ice.role());
    }
  }
}

TEST(Connecting, TheSameSeedGivesTheSameRun) {
  const auto run = [](std::uint64_t seed) {
    Pair pair(seed);
    pair.setLinks({.delay = 20ms, .jitter = 5ms, .loss = 0.05, .reordering = 0.05});
    DataChannel channel = pair.alice->open({.label = "data"});
    EXPECT_TRUE(pair.connect());
    pair.world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 10s);
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(channel.send(std::string(1'000, 'x')));
    EXPECT_TRUE(pair.world.runUntil([&] { return pair.bob->messages.size() == 100; }, 60s));
    return pair.world.traceHash();
  };
  const std::uint64_t first = run(7);
  EXPECT_EQ(first, run(7));
  EXPECT_NE(first, run(8));
}

// DTLS goes by a pair that works, and may be done before its nomination has come.
TEST(Connecting, TheLayersKeepThatOrderWhateverIsLost) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Pair pair(seed);
    pair.setLinks({.delay = 10ms, .jitter = 10ms, .loss = 0.2});
    pair.alice->open({.label = "data"});
    ASSERT_TRUE(pair.connect(60s)) << "seed " << seed;
    for (const Peer* peer : {pair.alice.get(), pair.bob.get()}) {
      auto from = peer->log.begin();
      for (const char* state : {"ice connected", "dtls connected", "sctp connected"}) {
        from = std::find(from, peer->log.end(), state);
        EXPECT_NE(from, peer->log.end()) << state << " comes too early, seed " << seed;
      }
    }
  }
}

TEST(Connecting, SurvivesLossOnEveryLayersHandshake) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Pair pair(seed);
    pair.setLinks({.delay = 10ms, .loss = 0.25});
    DataChannel channel = pair.alice->open({.label = "data"});
    EXPECT_TRUE(pair.connect(60s)) << "seed " << seed;
    EXPECT_TRUE(pair.world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 60s));
  }
}

TEST(Connecting, TakesFewRoundTrips) {
  // Check, nomination with it, DTLS's two flights, SCTP's two, and the message itself: with 50 ms a way, 100 ms each.
  Pair pair;
  pair.setLinks({.delay = 50ms});
  pair.alice->gatherer.gather().ignore();
  pair.bob->gatherer.gather().ignore();
  pair.world.runFor(500ms);
  DataChannel channel = pair.alice->open({.label = "data"});
  const Time begin = pair.world.now();
  signal(*pair.bob, *pair.alice, IceRole::controlling);
  signal(*pair.alice, *pair.bob, IceRole::controlled);
  ASSERT_TRUE(pair.world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 10s));
  EXPECT_LE(pair.world.now() - begin, 650ms);
}

}  // namespace
}  // namespace portico::test
