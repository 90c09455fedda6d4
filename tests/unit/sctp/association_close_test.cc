#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/unit/sctp/simulated_pair.h"

namespace portico::sctp::test {
namespace {

using namespace std::chrono_literals;

TEST(AssociationClose, AbortIsHeardByThePeerAndNotByItsCaller) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  pair.a.association->abort(pair.host.now());
  pair.a.flush();
  EXPECT_FALSE(pair.a.association->connected());
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.b.closed.has_value(); }, 1s));
  EXPECT_EQ(pair.b.closed->code, Error::Network);
  pair.host.runFor(5s);
  EXPECT_FALSE(pair.a.closed);
}

TEST(AssociationClose, AbortBeforeConnectAndTwiceIsHarmless) {
  Pair pair({.delay = 10ms});
  pair.a.association->abort(pair.host.now());
  pair.a.association->abort(pair.host.now());
  EXPECT_FALSE(pair.a.association->connect(pair.host.now()));
  EXPECT_TRUE(pair.a.association->output().empty());
}

TEST(AssociationClose, ShutdownDeliversEverythingFirstAndClosesBothSides) {
  Pair pair({.loss = 0.1, .delay = 20ms});
  ASSERT_TRUE(pair.connect());
  for (std::uint32_t i = 0; i < 50; ++i) ASSERT_TRUE(pair.a.send(1, makePayload(10'000, i)).value());
  pair.a.association->shutdown(pair.host.now());
  pair.a.flush();
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.closed && pair.b.closed; }, 300s));
  EXPECT_EQ(pair.b.messages.size(), 50u);
}

TEST(AssociationClose, ADestroyedAssociationSaysNothing) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  pair.host.runFor(1s);
  const std::uint64_t before = pair.a.sentPackets;
  pair.a.association.reset();
  pair.host.runFor(1s);
  EXPECT_EQ(pair.a.sentPackets, before);
  EXPECT_FALSE(pair.b.closed);
}

TEST(AssociationClose, APeerThatFallsSilentIsGivenUp) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  pair.a.wire.loss = 1;
  ASSERT_TRUE(pair.a.send(1, makePayload(100, 1)).value());
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.closed.has_value(); }, 180s));
  EXPECT_GT(pair.host.now(), Time(1h) + 20s);
}

TEST(AssociationClose, SurvivesAnOutageOfTwentySeconds) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  pair.a.wire.loss = 1;
  pair.b.wire.loss = 1;
  ASSERT_TRUE(pair.a.send(1, makePayload(100'000, 1)).value());
  pair.host.runFor(20s);
  pair.a.wire.loss = 0;
  pair.b.wire.loss = 0;
  EXPECT_TRUE(pair.host.runUntil([&] { return pair.b.messages.size() == 1; }, 10s));
}

TEST(AssociationClose, AnIdleAssociationStaysUpForAnHourWithFewPackets) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  pair.host.runFor(1h);
  EXPECT_FALSE(pair.a.closed || pair.b.closed);
  EXPECT_LT(pair.a.sentPackets, 500u);
  ASSERT_TRUE(pair.a.send(1, makePayload(100, 1)).value());
  EXPECT_TRUE(pair.host.runUntil([&] { return pair.b.messages.size() == 1; }, 1s));
}

TEST(AssociationClose, DestroyingInAnyCallbackIsSafe) {
  for (int event = 1; event <= 12; ++event) {
    Pair pair({.delay = 10ms});
    int left = event;
    pair.b.onEvent = [&] {
      if (--left == 0) pair.b.association.reset();
    };
    pair.a.connect();
    pair.b.connect();
    pair.host.runFor(100ms);
    for (std::uint32_t i = 0; i < 5; ++i) {
      if (pair.a.association->connected()) static_cast<void>(pair.a.send(1, makePayload(500, i)));
      if (pair.b.association && pair.b.association->connected()) static_cast<void>(pair.b.send(1, makePayload(500, i)));
    }
    pair.a.association->resetStreams(pair.host.now(), std::vector<StreamId>{1});
    pair.a.flush();
    pair.host.runFor(1s);
    pair.a.association->abort(pair.host.now());
    pair.a.flush();
    pair.host.runFor(1s);
    EXPECT_TRUE(event > 8 || !pair.b.association) << event;
  }
}

TEST(AssociationClose, DestroyingBothFromTheTimerOfTheProcessIsSafe) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  pair.a.wire.loss = 1;
  ASSERT_TRUE(pair.a.send(1, makePayload(100, 1)).value());
  pair.a.onEvent = [&] {  // only a tick can tell that the peer is silent
    pair.b.association.reset();
    pair.a.association.reset();
  };
  ASSERT_TRUE(pair.host.runUntil([&] { return !pair.a.association; }, 180s));
  pair.host.runFor(1s);
}

TEST(AssociationClose, AbortInsideACallbackSilencesWhatWaits) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.b.messages.empty());
  pair.b.onEvent = [&] { pair.b.association->abort(pair.host.now()); };
  for (std::uint32_t i = 0; i < 5; ++i) ASSERT_TRUE(pair.a.send(1, makePayload(100, i)).value());
  pair.host.runFor(1s);
  EXPECT_EQ(pair.b.messages.size(), 1u);
  EXPECT_FALSE(pair.b.closed);
  EXPECT_TRUE(pair.a.closed.has_value());
}

TEST(AssociationClose, SctpStartsAndEndsAgainAndAgain) {
  for (std::uint32_t round = 0; round < 20; ++round) {
    Pair pair({.delay = 1ms}, {}, {}, round);
    ASSERT_TRUE(pair.connect());
    ASSERT_TRUE(pair.a.send(1, makePayload(100, round)).value());
    ASSERT_TRUE(pair.host.runUntil([&] { return pair.b.messages.size() == 1; }));
  }
}

TEST(AssociationClose, AssociationsComeAndGoWhileOneStays) {
  Pair staying({.delay = 1ms});
  ASSERT_TRUE(staying.connect());
  for (std::uint32_t round = 0; round < 50; ++round) {
    Peer left(staying.host, {}, {.delay = 1ms}, round);
    Peer right(staying.host, {}, {.delay = 1ms}, round);
    left.other = &right;
    right.other = &left;
    left.connect();
    right.connect();
    ASSERT_TRUE(staying.host.runUntil([&] { return left.connects == 1 && right.connects == 1; }));
    left.other = nullptr;
    right.other = nullptr;
    staying.host.runFor(10ms);
  }
  ASSERT_TRUE(staying.a.send(1, makePayload(100, 1)).value());
  EXPECT_TRUE(staying.host.runUntil([&] { return staying.b.messages.size() == 1; }));
}

TEST(AssociationClose, TheTickMovesToAHostThatStillLives) {
  Pair staying({.delay = 1ms});
  {
    FakeHost early(9);
    Peer first(early, {}, {}, 1);
    first.connect();
    ASSERT_TRUE(staying.connect());
  }
  staying.a.wire.loss = 1;
  ASSERT_TRUE(staying.a.send(1, makePayload(100, 1)).value());
  staying.a.wire.loss = 0;
  EXPECT_TRUE(staying.host.runUntil([&] { return staying.b.messages.size() == 1; }, 5s));
}

}  // namespace
}  // namespace portico::sctp::test
