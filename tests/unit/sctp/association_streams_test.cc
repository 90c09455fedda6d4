// Of the streams that were agreed usrsctp holds those that are used. Nothing else may show it.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "tests/unit/sctp/simulated_pair.h"

namespace portico::sctp::test {
namespace {

using namespace std::chrono_literals;

constexpr StreamId kLast = kDefaultStreams - 1;
constexpr std::uint16_t kFew = 16;

std::vector<StreamId> upTo(StreamId count) {
  std::vector<StreamId> streams(count);
  std::iota(streams.begin(), streams.end(), StreamId{0});
  return streams;
}

void reset(Peer& peer, const std::vector<StreamId>& streams) {
  peer.association->resetStreams(peer.host.now(), streams);
  peer.flush();
}

TEST(AssociationStreams, ThoseThatNobodyUsesHaveNoMemory) {
  Pair pair({.delay = 5ms});
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.a.association->heldStreams(), kFew);
  EXPECT_EQ(pair.b.association->heldStreams(), kFew);
  EXPECT_EQ(pair.a.association->outboundStreams(), kDefaultStreams);
  EXPECT_EQ(pair.b.association->inboundStreams(), kDefaultStreams);
}

TEST(AssociationStreams, EachOfThemCarriesMessagesBothWays) {
  Pair pair({.delay = 5ms});
  ASSERT_TRUE(pair.connect());
  for (StreamId stream = 0; stream <= kLast; ++stream) {
    for (Peer* peer : {&pair.a, &pair.b}) ASSERT_TRUE(peer->send(stream, makePayload(50, stream)).value());
  }
  ASSERT_TRUE(pair.host.runUntil(
      [&] { return pair.a.messages.size() == kDefaultStreams && pair.b.messages.size() == kDefaultStreams; }));
  for (StreamId stream = 0; stream <= kLast; ++stream) {
    EXPECT_EQ(pair.b.messages[stream].stream, stream);
    EXPECT_EQ(pair.b.messages[stream].payload, makePayload(50, stream));
  }
}

TEST(AssociationStreams, AHigherOneMayComeInTheMiddleOfAMessage) {
  Pair pair({.loss = 0.05, .delay = 20ms, .bytesPerSecond = 2e6});
  ASSERT_TRUE(pair.connect());
  const std::vector<StreamId> streams{3, 15, 16, 100, 1'000, kLast};
  for (const StreamId stream : streams) {
    for (Peer* peer : {&pair.a, &pair.b}) {
      ASSERT_TRUE(peer->send(stream, makePayload(200'000, stream)).value());
      ASSERT_TRUE(peer->send(stream, makePayload(10, stream)).value());
    }
    pair.host.runFor(15ms);  // a part of it is on its way
  }
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.messages.size() == 12 && pair.b.messages.size() == 12; }, 300s));
  for (Peer* peer : {&pair.a, &pair.b}) {
    std::vector<StreamId> begun;
    for (const Peer::Message& message : peer->messages) {
      const bool second = std::find(begun.begin(), begun.end(), message.stream) != begun.end();
      EXPECT_EQ(message.payload, makePayload(second ? 10 : 200'000, message.stream));
      begun.push_back(message.stream);
    }
  }
}

TEST(AssociationStreams, AMessageThatWasGivenUpOnAnUnusedOneDoesNotHoldUpTheNext) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  pair.a.wire.loss = 1;
  ASSERT_TRUE(
      pair.a
          .send(kLast, makePayload(100, 1), {.ordered = true, .maxRetransmits = std::uint16_t{0}, .maxLifetimeMs = {}})
          .value());
  pair.a.wire.loss = 0;
  pair.host.runFor(5s);  // FORWARD-TSN is what b hears of the stream first
  ASSERT_TRUE(pair.a.send(kLast, makePayload(100, 2)).value());
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.b.messages.size() == 1; }, 20s));
  EXPECT_EQ(pair.b.messages[0].payload, makePayload(100, 2));
}

TEST(AssociationStreams, ToResetAllThatAreUsedIsNotToResetAll) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  for (const StreamId count : std::vector<StreamId>{1, 15, 16, 17, 64}) {
    for (const StreamId stream : upTo(count)) ASSERT_TRUE(pair.a.send(stream, makePayload(10, stream)).value());
    pair.host.runFor(1s);
    pair.a.outgoingResets.clear();
    pair.b.incomingResets.clear();
    reset(pair.a, upTo(count));
    ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.outgoingResets.size() == count; }));
    EXPECT_EQ(pair.b.incomingResets, upTo(count));
  }
}

TEST(AssociationStreams, AnUnusedOneIsReset) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  reset(pair.a, {kLast});
  ASSERT_TRUE(pair.host.runUntil([&] { return !pair.a.outgoingResets.empty(); }));
  EXPECT_TRUE(pair.a.outgoingResets[0].second);
  EXPECT_EQ(pair.b.incomingResets, std::vector<StreamId>{kLast});
}

TEST(AssociationStreams, AfterItsResetAStreamGivesItsMemoryBack) {
  Pair pair({.delay = 10ms});
  ASSERT_TRUE(pair.connect());
  for (Peer* peer : {&pair.a, &pair.b}) ASSERT_TRUE(peer->send(kLast, makePayload(100, 1)).value());
  pair.host.runFor(20s);
  EXPECT_EQ(pair.a.association->heldStreams(), kDefaultStreams);  // their sequence numbers are there
  for (Peer* peer : {&pair.a, &pair.b}) reset(*peer, {kLast});
  pair.host.runFor(20s);
  EXPECT_EQ(pair.a.association->heldStreams(), kFew);
  EXPECT_EQ(pair.b.association->heldStreams(), kFew);
  ASSERT_TRUE(pair.a.send(kLast, makePayload(100, 2)).value());
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.b.messages.size() == 2; }));
}

TEST(AssociationStreams, ThePeersDataComesOnAnUnusedOneWhileWeShutDown) {
  Pair pair({.delay = 30ms});
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.b.send(kLast, makePayload(100'000, 1)).value());
  pair.a.association->shutdown(pair.host.now());
  pair.a.flush();
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.closed && pair.b.closed; }, 20s));
  ASSERT_EQ(pair.a.messages.size(), 1u);
  EXPECT_EQ(pair.a.messages[0].payload, makePayload(100'000, 1));
}

/// Packets of the handshake that come again, late and in any order, find what they were made for.
TEST(AssociationStreams, TheHandshakeMayComeAgain) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    Pair pair({.loss = 0.2, .delay = 10ms, .jitter = 30ms}, {}, {}, seed);
    std::vector<ByteVector> fromA;
    std::vector<ByteVector> fromB;
    pair.a.onPacketSent = [&](ByteView packet) { fromA.push_back(toVector(packet)); };
    pair.b.onPacketSent = [&](ByteView packet) { fromB.push_back(toVector(packet)); };
    ASSERT_TRUE(pair.connect());
    pair.a.onPacketSent = pair.b.onPacketSent = nullptr;
    ASSERT_TRUE(pair.a.send(20, makePayload(20'000, 0)).value());
    std::mt19937 random(seed);
    std::shuffle(fromA.begin(), fromA.end(), random);
    std::shuffle(fromB.begin(), fromB.end(), random);
    for (const ByteVector& packet : fromA) pair.b.input(packet);
    for (const ByteVector& packet : fromB) pair.a.input(packet);
    ASSERT_TRUE(pair.a.send(kLast, makePayload(20'000, 1)).value());
    ASSERT_TRUE(pair.b.send(kLast, makePayload(20'000, 2)).value());
    ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.messages.size() == 1 && pair.b.messages.size() == 2; }, 120s))
        << seed;
  }
}

}  // namespace
}  // namespace portico::sctp::test
