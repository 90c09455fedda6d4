// What a peer can make an agent keep, send and do.
#include <gtest/gtest.h>

#include "core/ice/agent_state.h"
#include "tests/unit/ice/hand_made.h"

namespace portico::ice {
namespace {

SocketAddress numbered(unsigned i) {
  return {IpAddress::fromV4(0xc6120000U + i), 1'000};  // 198.18.0.0/15
}

TEST(Bounds, CandidatesOverTheBoundAreAQuotaError) {
  Two two;
  two.open();
  two.startA();
  for (unsigned i = 0; i < kMaxRemoteCandidates; ++i) {
    ASSERT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidateAt(numbered(i + 1).toString())));
  }
  const auto result = two.a.agent.addRemoteCandidate(two.pipe.now, candidateAt("192.0.2.2:2000"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Error::QuotaExceeded);
  EXPECT_EQ(two.a.agent.remoteCandidates().size(), kMaxRemoteCandidates);
  EXPECT_EQ(two.a.agent.counters().overBound, 1U);
}

TEST(Bounds, ChecksOfManyCandidatesArePaced) {
  Two two;
  two.open();
  for (unsigned i = 0; i < kMaxRemoteCandidates; ++i) {
    ASSERT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidateAt(numbered(i + 1).toString())));
  }
  two.startA();
  two.pipe.run(milliseconds(999));
  EXPECT_LE(two.pipe.carried, 4U + 19U);  // a burst, then one every 50 ms; the first repetition is after a second
  EXPECT_GE(two.pipe.carried, 20U);
}

TEST(Bounds, ManyDeadCandidatesDoNotOutlastPatienceByMuch) {
  Two two;
  two.open();
  for (unsigned i = 0; i < kMaxRemoteCandidates; ++i) {
    ASSERT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidateAt(numbered(i + 1).toString())));
  }
  two.startA();
  two.pipe.run(milliseconds(79'000));
  EXPECT_EQ(two.a.state(), "failed");
}

TEST(Bounds, AFloodOfRightChecksFromEverywhereIsAnsweredAndBounded) {
  Two two;
  two.open();
  two.a.agent.start(two.pipe.now, handMadeParameters(), IceRole::controlled);
  HandMadeCheck check = checkTo(two.a, "hand");
  check.useCandidate = true;
  const ByteVector packet = check.build();
  std::size_t answers = 0;
  for (unsigned i = 0; i < 5'000; ++i) {
    two.a.agent.handleInput(two.pipe.now, 1, numbered(i), packet);
    while (const auto out = sent(two.a)) answers += isRequest(*out) ? 0 : 1;
  }
  EXPECT_EQ(answers, 5'000U);
  EXPECT_EQ(two.a.agent.remoteCandidates().size(), kMaxRemoteCandidates);
  EXPECT_GE(two.a.agent.counters().overBound, 5'000U - kMaxRemoteCandidates);
}

TEST(Bounds, AFloodOfEarlyChecksIsAnsweredAndForgotten) {
  Two two;
  two.open();
  const ByteVector packet = checkTo(two.a, "hand").build();
  for (unsigned i = 0; i < 1'000; ++i) {
    two.a.agent.handleInput(two.pipe.now, 1, numbered(i), packet);
    EXPECT_EQ(answerOf(two.a), 0);
  }
  EXPECT_EQ(two.a.agent.counters().overBound, 1'000U - kMaxEarlyChecks);
  two.a.agent.start(two.pipe.now, handMadeParameters(), IceRole::controlled);
  EXPECT_EQ(two.a.agent.remoteCandidates().size(), kMaxEarlyChecks);
}

TEST(Bounds, AFloodOfForgedChecksDoesNotKeepTwoAgentsApart) {
  Two two;
  two.open();
  two.exchange();
  HandMadeCheck forged = checkTo(two.a, "hand");
  forged.password = "a guess at the password";
  for (unsigned i = 0; i < 1'000; ++i) two.pipe.inject(numbered(i), at("192.0.2.1:1000"), forged.build());
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("completed", milliseconds(50)));
  EXPECT_GE(two.a.agent.counters().unauthenticated, 900U);
}

TEST(Bounds, WhatNobodyDrainsDoesNotGrow) {
  Two two;
  two.open();
  const ByteVector packet = checkTo(two.a, "hand").build();
  for (unsigned i = 0; i < 3'000; ++i) two.a.agent.handleInput(two.pipe.now, 1, numbered(1), packet);
  std::size_t queued = 0;
  while (two.a.agent.pollTransmit()) ++queued;
  EXPECT_EQ(queued, kMaxQueuedTransmits);
}

TEST(Bounds, SocketsOverTheBoundAreCountedAndNotUsed) {
  Two two;
  for (unsigned i = 0; i < kMaxLocalCandidates + 5; ++i) two.a.open(two.pipe.now, numbered(i + 1).toString());
  EXPECT_EQ(two.a.agent.localCandidates().size(), kMaxLocalCandidates);
  EXPECT_EQ(two.a.agent.counters().overBound, 5U);
}

TEST(Bounds, AnAgentIsAFewKilobytes) {
  EXPECT_LE(sizeof(AgentState), 4'096U);
}

}  // namespace
}  // namespace portico::ice
