// Who controls: roles given, in conflict, and left open.
#include <gtest/gtest.h>

#include "tests/unit/ice/hand_made.h"

namespace portico::ice {
namespace {

void expectOneOfEach(const Two& two) {
  EXPECT_NE(two.a.agent.role(), two.b.agent.role());
}

TEST(Role, IsControlledUntilTheStart) {
  Two two;
  EXPECT_EQ(two.a.agent.role(), IceRole::controlled);
  two.open();
  two.startA(IceRole::controlling);
  two.a.takeEvents();
  EXPECT_EQ(two.a.roles, (std::vector<IceRole>{IceRole::controlling}));
}

TEST(Role, TwoControllingAgentsSettleByTieBreaker) {
  Two two;
  two.open();
  two.exchange();
  two.startA(IceRole::controlling);
  two.startB(IceRole::controlling);
  ASSERT_TRUE(two.bothIn("completed"));
  expectOneOfEach(two);
}

TEST(Role, TwoControlledAgentsSettleByTieBreaker) {
  Two two;
  two.open();
  two.exchange();
  two.startA(IceRole::controlled);
  two.startB(IceRole::controlled);
  ASSERT_TRUE(two.bothIn("completed"));
  expectOneOfEach(two);
}

TEST(Role, TwoAgentsWithoutARoleSettleByTieBreaker) {
  Two two;
  two.open();
  two.exchange();
  two.startA(std::nullopt);
  two.startB(std::nullopt);
  ASSERT_TRUE(two.bothIn("completed"));
  expectOneOfEach(two);
}

TEST(Role, ConflictsSettleUnderLossToo) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Two two;
    std::mt19937 dice(seed);
    two.pipe.filter = [&](Packet&) { return dice() % 5 != 0; };
    two.open();
    two.exchange();
    const IceRole role = seed % 2 == 0 ? IceRole::controlling : IceRole::controlled;
    two.startA(role);
    two.startB(role);
    ASSERT_TRUE(two.bothIn("completed", seconds(30))) << seed;
    expectOneOfEach(two);
  }
}

// Its 487 may still be under way to the peer, which it makes the controlling one.
TEST(Role, WhoHasRefusedACheckBeforeTheStartGivesWay) {
  Two two;
  two.open();
  HandMadeCheck check = checkTo(two.a, "hand");
  check.controlled = ~0ULL;
  two.a.agent.handleInput(two.pipe.now, 1, at("192.0.2.2:2000"), check.build());
  EXPECT_EQ(answerOf(two.a), 487);
  two.a.agent.start(two.pipe.now, handMadeParameters(), IceRole::controlling);
  EXPECT_EQ(two.a.agent.role(), IceRole::controlled);
}

TEST(Role, TheLargerTieBreakerControls) {
  for (const bool theirsIsLarger : {false, true}) {
    Two two;
    two.open();
    two.a.agent.start(two.pipe.now, handMadeParameters(), IceRole::controlling);
    HandMadeCheck check = checkTo(two.a, "hand");
    check.controlling = theirsIsLarger ? ~0ULL : 0ULL;
    two.a.agent.handleInput(two.pipe.now, 1, at("192.0.2.2:2000"), check.build());
    EXPECT_EQ(answerOf(two.a), theirsIsLarger ? 0 : 487);
    EXPECT_EQ(two.a.agent.role(), theirsIsLarger ? IceRole::controlled : IceRole::controlling);
  }
  for (const bool theirsIsLarger : {false, true}) {
    Two two;
    two.open();
    two.a.agent.start(two.pipe.now, handMadeParameters(), IceRole::controlled);
    HandMadeCheck check = checkTo(two.a, "hand");
    check.controlled = theirsIsLarger ? ~0ULL : 0ULL;
    two.a.agent.handleInput(two.pipe.now, 1, at("192.0.2.2:2000"), check.build());
    EXPECT_EQ(answerOf(two.a), theirsIsLarger ? 487 : 0);
    EXPECT_EQ(two.a.agent.role(), theirsIsLarger ? IceRole::controlled : IceRole::controlling);
  }
}

TEST(Role, AnUnstartedAgentRefusesToControl) {
  Two two;
  two.open();
  for (const std::uint64_t tieBreaker : {0ULL, 1ULL, ~0ULL}) {
    HandMadeCheck check = checkTo(two.a, "hand");
    check.controlled = tieBreaker;
    two.a.agent.handleInput(two.pipe.now, 1, at("192.0.2.2:2000"), check.build());
    EXPECT_EQ(answerOf(two.a), 487);
    EXPECT_EQ(two.a.agent.role(), IceRole::controlled);
  }
  HandMadeCheck check = checkTo(two.a, "hand");
  check.controlling = 1;
  two.a.agent.handleInput(two.pipe.now, 1, at("192.0.2.2:2000"), check.build());
  EXPECT_EQ(answerOf(two.a), 0);
}

TEST(Role, InASequentialStartTheFirstControlsAndCompletes) {
  Two two;
  two.open();
  two.exchange();
  two.startA(std::nullopt);
  two.pipe.run(seconds(1));
  EXPECT_EQ(two.a.state(), "completed");
  EXPECT_EQ(two.a.agent.role(), IceRole::controlling);
  EXPECT_EQ(two.b.state(), "new");
  two.startB(std::nullopt);
  ASSERT_TRUE(two.bothIn("completed", milliseconds(10)));
  EXPECT_EQ(two.b.agent.role(), IceRole::controlled);
}

TEST(Role, ASequentialStartLongAfterStillConnects) {
  Two two;
  two.open();
  two.exchange();
  two.startA(std::nullopt);
  two.pipe.run(seconds(300));
  EXPECT_EQ(two.a.state(), "completed");  // its consent is answered all the while
  two.startB(std::nullopt);
  EXPECT_TRUE(two.bothIn("completed", milliseconds(10)));
}

TEST(Role, AChangedRoleIsTold) {
  Two two;
  two.open();
  two.exchange();
  two.startA(IceRole::controlling);
  two.startB(IceRole::controlling);
  ASSERT_TRUE(two.bothIn("completed"));
  const Peer& loser = two.a.agent.role() == IceRole::controlled ? two.a : two.b;
  EXPECT_EQ(loser.roles, (std::vector<IceRole>{IceRole::controlling, IceRole::controlled}));
}

}  // namespace
}  // namespace portico::ice
