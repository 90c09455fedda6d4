#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/unit/sctp/simulated_pair.h"

namespace portico::sctp::test {
namespace {

using namespace std::chrono_literals;

void reset(Peer& peer, std::vector<StreamId> streams) {
  peer.association->resetStreams(peer.host.now(), streams);
  peer.flush();
}

TEST(AssociationReset, BothSidesHearOfAnOutgoingReset) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  reset(pair.a, {3, 5});
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.outgoingResets.size() == 2; }));
  EXPECT_EQ(pair.a.outgoingResets, (std::vector<std::pair<StreamId, bool>>{{3, true}, {5, true}}));
  EXPECT_EQ(pair.b.incomingResets, (std::vector<StreamId>{3, 5}));
  EXPECT_TRUE(pair.b.outgoingResets.empty());
}

TEST(AssociationReset, QueuedMessagesAreDeliveredBeforeTheReset) {
  Pair pair({.loss = 0.1, .delay = 20ms});
  ASSERT_TRUE(pair.connect());
  for (std::uint32_t i = 0; i < 40; ++i) ASSERT_TRUE(pair.a.send(3, makePayload(20'000, i)).value());
  std::size_t messagesAtReset = 0;
  pair.b.onEvent = [&] {
    if (!pair.b.incomingResets.empty() && messagesAtReset == 0) messagesAtReset = pair.b.messages.size();
  };
  reset(pair.a, {3});
  ASSERT_TRUE(pair.host.runUntil([&] { return !pair.a.outgoingResets.empty(); }, 300s));
  EXPECT_EQ(messagesAtReset, 40u);
}

TEST(AssociationReset, AStreamIsUsedAnewAfterItsReset) {
  Pair pair({.loss = 0.1, .delay = 10ms});
  ASSERT_TRUE(pair.connect());
  for (std::uint32_t round = 1; round <= 5; ++round) {
    ASSERT_TRUE(pair.a.send(7, makePayload(3'000, round)).value());
    ASSERT_TRUE(pair.host.runUntil([&] { return pair.b.messages.size() == round; }));
    reset(pair.a, {7});
    ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.outgoingResets.size() == round; }, 60s)) << round;
    EXPECT_TRUE(pair.a.outgoingResets.back().second);
    EXPECT_EQ(pair.b.messages.back().payload, makePayload(3'000, round));
  }
}

TEST(AssociationReset, ManyRequestsAtOnceAreAllPerformedUnderLoss) {
  Pair pair({.loss = 0.2, .delay = 30ms});
  ASSERT_TRUE(pair.connect());
  for (StreamId stream = 0; stream < 300; ++stream) reset(pair.a, {stream});
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.outgoingResets.size() == 300; }, 300s));
  EXPECT_TRUE(
      std::all_of(pair.a.outgoingResets.begin(), pair.a.outgoingResets.end(), [](const auto& r) { return r.second; }));
  std::sort(pair.b.incomingResets.begin(), pair.b.incomingResets.end());
  pair.b.incomingResets.erase(std::unique(pair.b.incomingResets.begin(), pair.b.incomingResets.end()),
                              pair.b.incomingResets.end());
  EXPECT_EQ(pair.b.incomingResets.size(), 300u);
}

TEST(AssociationReset, AllStreamsAtOnceAreNamedOneByOne) {
  Options few;
  few.streams = 4;
  Pair pair({.delay = 10ms}, few, few);
  ASSERT_TRUE(pair.connect());
  reset(pair.a, {0, 1, 2, 3});
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.outgoingResets.size() == 4; }));
  EXPECT_EQ(pair.b.incomingResets, (std::vector<StreamId>{0, 1, 2, 3}));
}

TEST(AssociationReset, BothSidesMayResetAtTheSameTime) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    Pair pair({.loss = 0.15, .delay = 20ms}, {}, {}, seed);
    ASSERT_TRUE(pair.connect());
    for (StreamId stream = 0; stream < 10; ++stream) {
      ASSERT_TRUE(pair.a.send(stream, makePayload(2'000, stream)).value());
      ASSERT_TRUE(pair.b.send(stream, makePayload(2'000, stream)).value());
      reset(pair.a, {stream});
      reset(pair.b, {stream});
    }
    ASSERT_TRUE(pair.host.runUntil(
        [&] { return pair.a.outgoingResets.size() >= 10 && pair.b.outgoingResets.size() >= 10; }, 120s))
        << seed;
    EXPECT_EQ(pair.a.messages.size(), 10u);
    EXPECT_EQ(pair.b.messages.size(), 10u);
  }
}

TEST(AssociationReset, AMessageOnAStreamThatIsBeingResetWaitsForIt) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  reset(pair.a, {3});
  EXPECT_FALSE(pair.a.send(3, makePayload(10, 1)).value());
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.writables > 0; }));
  EXPECT_TRUE(pair.a.send(3, makePayload(10, 1)).value());
  EXPECT_TRUE(pair.host.runUntil([&] { return pair.b.messages.size() == 1; }));
}

TEST(AssociationReset, AStreamOutsideTheNegotiatedOnesIsRefused) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  reset(pair.a, {kDefaultStreams});
  EXPECT_EQ(pair.a.outgoingResets, (std::vector<std::pair<StreamId, bool>>{{kDefaultStreams, false}}));
}

}  // namespace
}  // namespace portico::sctp::test
