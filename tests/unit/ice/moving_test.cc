// From one pair to another of the same session: when, and that both sides go together.
#include <gtest/gtest.h>

#include "tests/unit/ice/hand_made.h"

namespace portico::ice {
namespace {

struct Moving : testing::Test {
  /// A has two sockets; the first has the higher preference.
  void open(AgentOptions optionsB = {}) {
    two.emplace(AgentOptions{}, std::move(optionsB));
    two->a.open(two->pipe.now, "192.0.2.1:1000", 65'535);
    two->a.open(two->pipe.now, "198.51.100.1:1000", 65'534);
    two->b.open(two->pipe.now, "192.0.2.2:2000");
    two->a.agent.endOfSources(two->pipe.now);
    two->b.agent.endOfSources(two->pipe.now);
    two->exchange();
  }
  void connect(AgentOptions optionsB = {}) {
    open(std::move(optionsB));
    two->startA();
    two->startB();
    ASSERT_TRUE(two->bothIn("completed"));
    ASSERT_EQ(two->a.agent.selectedPair()->socket, 1U);
    two->pipe.run(seconds(1));
  }
  void cutFirst() {
    two->pipe.filter = [](Packet& packet) {
      return packet.from != at("192.0.2.1:1000") && packet.to != at("192.0.2.1:1000");
    };
  }
  void loseFirst(Peer& peer) {
    peer.agent.removeSocket(two->pipe.now, 1, "the interface has gone");
    peer.sockets.erase(1);
  }
  bool bothOnSecond(Duration limit) {
    return two->pipe.runTo(
        [&] {
          const auto& a = two->a.agent.selectedPair();
          const auto& b = two->b.agent.selectedPair();
          return a && b && a->socket == 2 && b->remoteAddress == at("198.51.100.1:1000");
        },
        limit);
  }

  std::optional<Two> two;
};

TEST_F(Moving, APathThatFallsSilentIsLeftForOneThatWorksOnBothSides) {
  connect();
  cutFirst();
  EXPECT_TRUE(bothOnSecond(seconds(9)));
  two->pipe.run(seconds(60));
  EXPECT_EQ(two->a.state(), "completed");
  EXPECT_EQ(two->b.state(), "completed");
  EXPECT_TRUE(two->a.failures.empty() && two->b.failures.empty());
}

TEST_F(Moving, AMomentOfSilenceIsNoReasonToStayOnAWorsePath) {
  connect();
  cutFirst();
  ASSERT_TRUE(bothOnSecond(seconds(9)));
  two->pipe.filter = nullptr;
  EXPECT_TRUE(two->pipe.runTo(
      [&] {
        return two->a.agent.selectedPair()->socket == 1 &&
               two->b.agent.selectedPair()->remoteAddress == at("192.0.2.1:1000");
      },
      seconds(5)));
  two->pipe.run(seconds(60));
  EXPECT_EQ(two->a.state(), "completed");
  EXPECT_EQ(two->b.state(), "completed");
}

TEST_F(Moving, APathThatWorkedAnHourAgoShowsThatItDoesStillBeforeItIsUsed) {
  // B checks before A starts, so that all pairs are valid there when one is nominated.
  open();
  two->a.agent.expectRole(IceRole::controlling);
  two->startB();
  two->pipe.run(seconds(1));
  two->startA();
  ASSERT_TRUE(two->bothIn("completed"));
  two->pipe.run(seconds(3'600));
  loseFirst(two->a);
  EXPECT_TRUE(bothOnSecond(milliseconds(100)));
  two->pipe.run(seconds(60));
  EXPECT_EQ(two->a.state(), "completed");
  EXPECT_EQ(two->b.state(), "completed");
}

TEST_F(Moving, NetworksThatTakeTurnsForMinutesKeepBothSidesConnected) {
  connect();
  two->a.agent.expectPaths();
  for (int i = 0; i < 6; ++i) {
    two->pipe.run(seconds(100));
    two->a.open(two->pipe.now, "203.0.113." + std::to_string(i + 1) + ":1000",
                static_cast<std::uint16_t>(i % 2 == 0 ? 65'535 : 65'533));
    two->pipe.run(seconds(100));
    two->a.agent.removeSocket(two->pipe.now, two->a.agent.selectedPair()->socket, "gone");
    ASSERT_TRUE(two->bothIn("completed", seconds(5))) << i;
    two->pipe.run(seconds(40));
    ASSERT_EQ(two->b.state(), "completed") << i;
  }
}

TEST_F(Moving, ALostSocketIsLeftAtOnceAndTheControlledSideFollowsALowerPriority) {
  connect();
  loseFirst(two->a);
  EXPECT_TRUE(bothOnSecond(milliseconds(100)));
  two->pipe.run(milliseconds(10));
  EXPECT_EQ(two->a.states,
            (std::vector<std::string>{"checking", "connected", "completed", "disconnected", "connected", "completed"}));
}

TEST_F(Moving, TheControlledSideThatLosesItsSocketIsFollowedByTheOtherWithinSeconds) {
  connect();
  two->b.open(two->pipe.now, "203.0.113.2:2000");  // not told to A, and only tried when the first is gone
  loseFirst(two->b);
  EXPECT_TRUE(two->pipe.runTo(
      [&] {
        const auto& a = two->a.agent.selectedPair();
        return a && a->remoteAddress == at("203.0.113.2:2000") && two->b.state() == "completed";
      },
      seconds(4)));
}

TEST_F(Moving, AServerThatIsLiteFollowsAClient) {
  AgentOptions lite;
  lite.lite = true;
  connect(lite);
  loseFirst(two->a);
  EXPECT_TRUE(bothOnSecond(milliseconds(100)));
  two->pipe.run(seconds(60));
  EXPECT_EQ(two->b.state(), "completed");
}

TEST_F(Moving, ABetterPathIsTakenWhereANetworkHasComeAndIsLeftAloneOtherwise) {
  for (const bool expected : {false, true}) {
    Two pair;
    pair.a.open(pair.pipe.now, "192.0.2.1:1000", 100);
    pair.b.open(pair.pipe.now, "192.0.2.2:2000");
    pair.a.agent.endOfSources(pair.pipe.now);
    pair.b.agent.endOfSources(pair.pipe.now);
    pair.exchange();
    pair.startA();
    pair.startB();
    ASSERT_TRUE(pair.bothIn("completed"));
    if (expected) pair.a.agent.expectPaths();
    pair.a.open(pair.pipe.now, "198.51.100.1:1000", 65'535);
    pair.pipe.run(seconds(1));
    EXPECT_EQ(pair.a.agent.selectedPair()->socket, expected ? 2U : 1U);
    EXPECT_EQ(pair.b.agent.selectedPair()->remoteAddress, at(expected ? "198.51.100.1:1000" : "192.0.2.1:1000"));
    EXPECT_EQ(pair.a.state(), "completed");
  }
}

TEST_F(Moving, ADoubtedSocketIsDisconnectedAtOnceAndBackWithTheNextAnswer) {
  Two pair;
  ASSERT_TRUE(pair.connect());
  pair.a.agent.doubt(pair.pipe.now, 1);
  EXPECT_EQ(pair.a.state(), "disconnected");
  EXPECT_TRUE(pair.a.agent.selectedPair());
  pair.pipe.run(milliseconds(10));
  EXPECT_EQ(pair.a.state(), "completed");
  pair.a.agent.doubt(pair.pipe.now, 7);
  EXPECT_EQ(pair.a.state(), "completed");
}

TEST_F(Moving, NothingLeftEndsWhenConsentDoes) {
  connect();
  two->pipe.filter = [](Packet&) { return false; };
  loseFirst(two->a);
  ASSERT_TRUE(two->bothIn("failed", seconds(31)));
  const std::size_t carried = two->pipe.carried;
  two->pipe.run(seconds(600));
  EXPECT_EQ(two->pipe.carried, carried);
}

TEST_F(Moving, SocketsThatComeAndGoForEverCostNoMoreThanTheBounds) {
  Two pair;
  ASSERT_TRUE(pair.connect());
  pair.a.agent.expectPaths();
  for (int i = 0; i < 2'000; ++i) {
    const auto id = static_cast<SocketId>(pair.a.sockets.size() + 1);
    pair.a.open(pair.pipe.now, "198.51.100." + std::to_string(i % 250) + ":" + std::to_string(1'000 + i));
    pair.a.takeEvents();
    pair.pipe.run(milliseconds(3));
    ASSERT_LE(pair.a.agent.localCandidates().size(), kMaxLocalCandidates);
    ASSERT_LE(pair.a.agent.pairs().size(), kMaxCandidatePairs);
    if (i % 3 != 0) pair.a.agent.removeSocket(pair.pipe.now, id, "gone");
  }
  EXPECT_EQ(pair.a.state(), "completed");
  EXPECT_EQ(pair.b.state(), "completed");
}

}  // namespace
}  // namespace portico::ice
