#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/unit/sctp/simulated_pair.h"

namespace portico::sctp::test {
namespace {

using namespace std::chrono_literals;

TEST(AssociationConnect, ComesUpWhenBothSidesConnectAtOnce) {
  Pair pair({.delay = 25ms});
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.a.connects, 1);
  EXPECT_EQ(pair.b.connects, 1);
  EXPECT_TRUE(pair.a.association->connected());
  EXPECT_EQ(pair.a.association->inboundStreams(), kDefaultStreams);
  EXPECT_EQ(pair.a.association->outboundStreams(), kDefaultStreams);
}

TEST(AssociationConnect, MessagesGoBothWays) {
  Pair pair({.delay = 5ms});
  ASSERT_TRUE(pair.connect());
  const ByteVector payload = makePayload(5000, 1);
  ASSERT_TRUE(pair.a.send(3, payload).value());
  ASSERT_TRUE(pair.b.send(4, payload, {}, Ppid::string).value());
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.messages.size() == 1 && pair.b.messages.size() == 1; }));
  EXPECT_EQ(pair.b.messages[0].stream, 3);
  EXPECT_EQ(pair.b.messages[0].ppid, Ppid::binary);
  EXPECT_EQ(pair.b.messages[0].payload, payload);
  EXPECT_EQ(pair.a.messages[0].stream, 4);
  EXPECT_EQ(pair.a.messages[0].ppid, Ppid::string);
}

TEST(AssociationConnect, AnInitThatComesBeforeConnectIsAnsweredByConnect) {
  Pair pair({.delay = 10ms});
  pair.a.connect();
  pair.host.runFor(100ms);
  EXPECT_EQ(pair.b.sentPackets, 0u);
  for (int i = 0; i < 10; ++i) pair.b.input(makePayload(100, 1));
  EXPECT_EQ(pair.b.association->droppedPackets(), 7u);  // four are kept, the INIT among them
  pair.b.connect();
  // The INIT that was kept, and ours, need no retransmission: two round trips.
  EXPECT_TRUE(pair.host.runUntil([&] { return pair.a.connects == 1 && pair.b.connects == 1; }, 50ms));
}

TEST(AssociationConnect, EitherSideMayBeSecondsLate) {
  for (const bool leftFirst : {true, false}) {
    Pair pair({.delay = 10ms});
    Peer& first = leftFirst ? pair.a : pair.b;
    Peer& second = leftFirst ? pair.b : pair.a;
    first.connect();
    pair.host.runFor(10s);
    second.connect();
    EXPECT_TRUE(pair.host.runUntil([&] { return first.connects == 1 && second.connects == 1; }, 5s));
  }
}

TEST(AssociationConnect, AMillisecondApartIsACollisionThatStillGivesOneAssociation) {
  for (int offset = 1; offset < 60; offset += 7) {
    Pair pair({.delay = 20ms});
    pair.a.connect();
    pair.host.runFor(std::chrono::milliseconds(offset));
    pair.b.connect();
    ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.connects > 0 && pair.b.connects > 0; }, 1s)) << offset;
    pair.host.runFor(5s);
    EXPECT_EQ(pair.a.connects, 1) << offset;
    EXPECT_EQ(pair.b.connects, 1) << offset;
    EXPECT_FALSE(pair.a.closed || pair.b.closed) << offset;
    ASSERT_TRUE(pair.a.send(0, makePayload(10, 0)).value());
    EXPECT_TRUE(pair.host.runUntil([&] { return pair.b.messages.size() == 1; }, 1s)) << offset;
  }
}

TEST(AssociationConnect, ComesUpWhenThreeInTenPacketsAreLostInEachDirection) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    Pair pair({.loss = 0.3, .delay = 75ms}, {}, {}, seed);
    ASSERT_TRUE(pair.connect()) << seed;
  }
}

TEST(AssociationConnect, ComesUpOverAWireThatReordersAndDuplicates) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    Pair pair({.duplicate = 0.5, .delay = 5ms, .jitter = 100ms}, {}, {}, seed);
    ASSERT_TRUE(pair.connect()) << seed;
    pair.host.runFor(2s);
    EXPECT_FALSE(pair.a.closed || pair.b.closed) << seed;
  }
}

TEST(AssociationConnect, TheSmallerNumberOfStreamsOfEachDirectionIsAgreed) {
  Options few;
  few.streams = 256;
  Pair pair({.delay = 1ms}, few, {});
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.a.association->inboundStreams(), 256);
  EXPECT_EQ(pair.a.association->outboundStreams(), 256);
  EXPECT_EQ(pair.b.association->inboundStreams(), 256);
  EXPECT_EQ(pair.b.association->outboundStreams(), 256);
}

TEST(AssociationConnect, SixtyFiveThousandStreamsCanBeHad) {
  Options all;
  all.streams = 65'535;
  Pair pair({.delay = 1ms}, all, all);
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.a.association->outboundStreams(), 65'535);
  ASSERT_TRUE(pair.a.send(65'534, makePayload(100, 1)).value());
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.b.messages.size() == 1; }));
  EXPECT_EQ(pair.b.messages[0].stream, 65'534);
}

TEST(AssociationConnect, PortsOtherThanTheDefaultAreUsed) {
  Options left;
  left.localPort = 6001;
  Options right;
  right.localPort = 6002;
  Pair pair({.delay = 1ms}, left, right);
  ASSERT_TRUE(pair.a.association->connect(pair.host.now(), 6002));
  ASSERT_TRUE(pair.b.association->connect(pair.host.now(), 6001));
  pair.a.flush();
  pair.b.flush();
  EXPECT_TRUE(pair.host.runUntil([&] { return pair.a.connects == 1 && pair.b.connects == 1; }));
}

TEST(AssociationConnect, APeerOnAnotherPortIsNotHeard) {
  Options wrong;
  wrong.localPort = 6002;
  Pair pair({.delay = 1ms}, {}, wrong);
  EXPECT_FALSE(pair.connect());
}

TEST(AssociationConnect, SilenceEndsInCloseWithAReason) {
  Pair pair({.loss = 1});
  pair.a.connect();
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.closed.has_value(); }, 120s));
  EXPECT_EQ(pair.a.closed->code, Error::Network);
  EXPECT_NE(pair.a.closed->message.find("did not answer"), std::string::npos);
  EXPECT_FALSE(pair.a.association->connected());
}

TEST(AssociationConnect, ConnectingTwiceIsAnInvalidState) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  const Result<void> again = pair.a.association->connect(pair.host.now());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Error::InvalidState);
}

TEST(AssociationConnect, TheInitOffersForwardTsnAndReconfigAndNothingElse) {
  Pair pair;
  ByteVector init;
  pair.a.onPacketSent = [&](ByteView packet) {
    if (init.empty()) init = toVector(packet);
  };
  pair.a.connect();
  ASSERT_GE(init.size(), 32u);
  std::vector<unsigned> parameters;
  ByteVector extensions;
  for (std::size_t at = 32; at + 4 <= init.size();) {
    const unsigned type = std::to_integer<unsigned>(init[at]) << 8 | std::to_integer<unsigned>(init[at + 1]);
    const std::size_t length =
        std::to_integer<std::size_t>(init[at + 2]) << 8 | std::to_integer<std::size_t>(init[at + 3]);
    ASSERT_GE(length, 4u);
    parameters.push_back(type);
    const auto begin = init.begin() + static_cast<std::ptrdiff_t>(at);
    if (type == 0x8008) extensions.assign(begin + 4, begin + static_cast<std::ptrdiff_t>(length));
    at += (length + 3) & ~std::size_t{3};
  }
  EXPECT_EQ(parameters, (std::vector<unsigned>{0xC000, 0x8008}));
  EXPECT_EQ(extensions, (ByteVector{std::byte{192}, std::byte{130}}));
}

TEST(AssociationConnect, AHundredPairsLiveInOneProcess) {
  FakeHost host(1);
  std::vector<std::unique_ptr<Peer>> peers;
  for (std::uint32_t i = 0; i < 200; ++i) {
    peers.push_back(std::make_unique<Peer>(host, Options{}, WireOptions{.loss = 0.05, .delay = 10ms}, i + 1));
  }
  for (std::size_t i = 0; i < peers.size(); i += 2) {
    peers[i]->other = peers[i + 1].get();
    peers[i + 1]->other = peers[i].get();
    peers[i]->connect();
    peers[i + 1]->connect();
  }
  const auto all = [&](const auto& predicate) { return std::all_of(peers.begin(), peers.end(), predicate); };
  ASSERT_TRUE(host.runUntil([&] { return all([](const auto& peer) { return peer->connects == 1; }); }));
  for (std::uint32_t i = 0; i < peers.size(); ++i) ASSERT_TRUE(peers[i]->send(1, makePayload(3000, i)).value());
  ASSERT_TRUE(host.runUntil([&] { return all([](const auto& peer) { return peer->messages.size() == 1; }); }));
  for (std::uint32_t i = 0; i < peers.size(); ++i) EXPECT_EQ(peers[i ^ 1]->messages[0].payload, makePayload(3000, i));
}

}  // namespace
}  // namespace portico::sctp::test
