#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/wire/crc32c.h"
#include "tests/unit/sctp/simulated_pair.h"

namespace portico::sctp::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kHeaderBytes = 12;

/// A connected pair, and the last packet with DATA that each side sent: ports and tag that the other one accepts.
struct Connected : Pair {
  Connected() : Pair({.delay = 5ms}) {
    const auto keep = [](ByteVector& packet) {
      return [&packet](ByteView sent) {
        if (sent.size() > 28 && sent[kHeaderBytes] == std::byte{0}) packet = toVector(sent);
      };
    };
    a.onPacketSent = keep(fromA);
    b.onPacketSent = keep(fromB);
    EXPECT_TRUE(connect());
    EXPECT_TRUE(a.send(1, makePayload(100, 1)).value());
    EXPECT_TRUE(b.send(1, makePayload(100, 2)).value());
    host.runFor(1s);
    EXPECT_EQ(a.messages.size() + b.messages.size(), 2u);
  }

  /// `chunk` in a packet that comes from b.
  void inject(const std::vector<unsigned>& chunk) {
    ByteVector packet(fromB.begin(), fromB.begin() + kHeaderBytes);
    for (const unsigned byte : chunk) packet.push_back(static_cast<std::byte>(byte));
    a.input(packet);
  }

  [[nodiscard]] std::uint32_t nextTsnFromB() const {
    std::uint32_t tsn = 0;
    for (std::size_t i = 16; i < 20; ++i) tsn = tsn << 8 | std::to_integer<std::uint32_t>(fromB[i]);
    return tsn + 1;
  }

  void expectStillWorks() {
    ASSERT_FALSE(a.closed || b.closed);
    const std::size_t before = b.messages.size();
    ASSERT_TRUE(a.send(2, makePayload(50, 9)).value_or(false));
    EXPECT_TRUE(host.runUntil([&] { return b.messages.size() == before + 1; }, 10s));
  }

  ByteVector fromA;
  ByteVector fromB;
};

TEST(AssociationInput, GarbageIsDropped) {
  Connected pair;
  std::mt19937 random(3);
  for (std::size_t length = 0; length < 300; ++length) {
    ByteVector garbage(length);
    for (std::byte& b : garbage) b = static_cast<std::byte>(random());
    pair.a.input(garbage);
  }
  pair.a.input(ByteVector(65'536, std::byte{1}));
  EXPECT_EQ(pair.a.association->droppedPackets(), 16u + 1u);  // shorter than a packet can be, and longer
  pair.expectStillWorks();
}

TEST(AssociationInput, AWrongVerificationTagIsDropped) {
  Connected pair;
  ByteVector abort(pair.fromB.begin(), pair.fromB.begin() + kHeaderBytes);
  abort[5] ^= std::byte{0xFF};
  for (const unsigned byte : {6u, 0u, 0u, 4u}) abort.push_back(static_cast<std::byte>(byte));
  pair.a.input(abort);
  pair.expectStillWorks();
}

TEST(AssociationInput, EveryTruncationOfAPacketIsSurvived) {
  Connected pair;
  for (std::size_t length = 0; length < pair.fromB.size(); ++length) {
    pair.a.input(ByteView(pair.fromB).first(length));
  }
  pair.expectStillWorks();
}

TEST(AssociationInput, EveryFlippedBitOfAnInitIsSurvived) {
  ByteVector init;
  {
    Pair pair;
    pair.b.onPacketSent = [&](ByteView sent) { init = toVector(sent); };
    pair.b.connect();
  }
  ASSERT_FALSE(init.empty());
  for (std::size_t bit = 0; bit < init.size() * 8; ++bit) {
    Pair pair;
    ByteVector flipped = init;
    flipped[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    pair.a.connect();
    pair.a.input(flipped);
    pair.host.runFor(100ms);
  }
}

TEST(AssociationInput, AControlChunkOfLengthZeroIsDropped) {
  for (unsigned type = 1; type < 256; ++type) {
    if (type == 64) continue;  // I-DATA, as DATA below
    Connected pair;
    pair.inject({type, 0, 0, 0});
    pair.expectStillWorks();
    ASSERT_FALSE(HasFatalFailure()) << type;
  }
}

TEST(AssociationInput, ADataChunkShorterThanItsHeaderEndsTheAssociationWithAReason) {
  Connected pair;
  pair.inject({0, 3, 0, 0});
  ASSERT_TRUE(pair.a.closed.has_value());
  EXPECT_NE(pair.a.closed->message.find("rules"), std::string::npos);
}

TEST(AssociationInput, AnUnknownChunkThatAsksToBeSkippedIsSkipped) {
  Connected pair;
  pair.inject({0xBF, 0, 0, 8, 1, 2, 3, 4});
  pair.expectStillWorks();
}

TEST(AssociationInput, WeriftsDataChunkWithoutDataIsAnEmptyMessage) {
  Connected pair;
  pair.a.other = nullptr;  // b would not believe an acknowledgement of what it did not send
  const std::uint32_t tsn = pair.nextTsnFromB();
  pair.inject({0, 3, 0, 16, tsn >> 24, tsn >> 16 & 0xFF, tsn >> 8 & 0xFF, tsn & 0xFF, 0, 1, 0, 1, 0, 0, 0, 53});
  pair.host.runFor(1s);
  EXPECT_FALSE(pair.a.closed);
  ASSERT_EQ(pair.a.messages.size(), 2u);
  EXPECT_EQ(pair.a.messages[1].ppid, Ppid::binaryEmpty);
  EXPECT_EQ(pair.a.messages[1].payload, ByteVector(1));
}

TEST(AssociationInput, AHeartbeatIsAnswered) {
  Connected pair;
  ByteVector answer;
  pair.a.onPacketSent = [&](ByteView sent) { answer = toVector(sent); };
  pair.inject({4, 0, 0, 12, 0, 1, 0, 8, 0xCA, 0xFE, 0xBA, 0xBE});
  ASSERT_EQ(answer.size(), kHeaderBytes + 12);
  EXPECT_EQ(answer[kHeaderBytes], std::byte{5});
  EXPECT_EQ(answer[kHeaderBytes + 8], std::byte{0xCA});
}

TEST(AssociationInput, ADuplicateIsAcknowledgedAndDeliveredOnce) {
  Connected pair;
  for (int i = 0; i < 10; ++i) pair.a.input(pair.fromB);
  pair.host.runFor(1s);
  EXPECT_EQ(pair.a.messages.size(), 1u);
  pair.expectStillWorks();
}

TEST(AssociationInput, AnAbortOfAiortcsKindEndsTheAssociation) {
  Connected pair;
  pair.inject({6, 0, 0, 4});
  ASSERT_TRUE(pair.a.closed.has_value());
  EXPECT_EQ(pair.a.closed->code, Error::Network);
  EXPECT_NE(pair.a.closed->message.find("aborted"), std::string::npos);
  EXPECT_FALSE(pair.a.association->connected());
}

TEST(AssociationInput, AnOldPeersInitWithUnknownParametersIsAnswered) {
  Pair pair({.delay = 1ms});
  ByteVector init;
  pair.b.onPacketSent = [&](ByteView sent) {
    if (init.empty()) init = toVector(sent);
  };
  pair.b.connect();
  // 0x8001: zero checksum acceptable (RFC 9653), unknown to usrsctp; its two high bits say skip.
  for (const unsigned byte : {0x80u, 0x01u, 0u, 8u, 0u, 0u, 0u, 1u}) init.push_back(static_cast<std::byte>(byte));
  init[kHeaderBytes + 3] = static_cast<std::byte>(init.size() - kHeaderBytes);
  bool answered = false;
  pair.a.onPacketSent = [&](ByteView sent) { answered |= sent[kHeaderBytes] == std::byte{2}; };
  pair.a.connect();
  pair.a.input(init);
  EXPECT_TRUE(answered);
}

TEST(AssociationInput, OutgoingPacketsCarryACrc32cThatIsRight) {
  Pair pair({.delay = 1ms});
  int packets = 0;
  pair.a.onPacketSent = [&](ByteView sent) {
    ByteVector packet = toVector(sent);
    std::uint32_t carried = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      carried |= std::to_integer<std::uint32_t>(packet[8 + i]) << (8 * i);
      packet[8 + i] = std::byte{0};
    }
    EXPECT_EQ(carried, crc32c(packet));
    ++packets;
  };
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.a.send(1, makePayload(50'000, 1)).value());
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.b.messages.size() == 1; }));
  EXPECT_GT(packets, 40);
}

TEST(AssociationInput, AGapThatIsNeverFilledHoldsNoMoreThanTheReceiveWindow) {
  Connected pair;
  // Single-chunk fragments of one message whose beginning never comes.
  const std::uint32_t first = pair.nextTsnFromB() + 1;
  std::vector<unsigned> chunk(16 + 1'000);
  chunk[1] = 0;  // a middle fragment
  chunk[2] = (16 + 1'000) >> 8;
  chunk[3] = (16 + 1'000) & 0xFF;
  chunk[9] = 1;
  chunk[15] = 53;
  for (std::uint32_t i = 0; i < 30'000 && !pair.a.closed; ++i) {
    const std::uint32_t tsn = first + i;
    for (unsigned shift = 0; shift < 4; ++shift) chunk[4 + shift] = tsn >> (24 - 8 * shift) & 0xFF;
    pair.inject(chunk);
  }
  EXPECT_EQ(pair.a.messages.size(), 1u);
}

TEST(AssociationInput, AMessageBehindAResetThatWaitsKeepsItsStream) {
  Connected pair;
  constexpr unsigned kStreamHigh = (kDefaultStreams - 1) >> 8;
  constexpr unsigned kStreamLow = (kDefaultStreams - 1) & 0xff;
  const std::uint32_t next = pair.nextTsnFromB();
  const auto u32 = [](std::uint32_t value, std::size_t byte) { return value >> (24 - 8 * byte) & 0xff; };
  const auto data = [&](std::uint32_t tsn, unsigned streamHigh, unsigned streamLow, unsigned sequence) {
    pair.inject({0, 3,        0, 20, u32(tsn, 0), u32(tsn, 1), u32(tsn, 2), u32(tsn, 3), streamHigh, streamLow,
                 0, sequence, 0, 0,  0,           53,          1,           2,           3,          4});
  };
  const std::uint32_t request = next - 1;  // RFC 6525 §4.1: starts at the initial TSN
  pair.inject({130,
               0,
               0,
               22,
               0,
               13,
               0,
               18,
               u32(request, 0),
               u32(request, 1),
               u32(request, 2),
               u32(request, 3),
               0,
               0,
               0,
               0,
               u32(next, 0),
               u32(next, 1),
               u32(next, 2),
               u32(next, 3),
               kStreamHigh,
               kStreamLow,
               0,
               0});
  data(next + 1, kStreamHigh, kStreamLow, 0);
  pair.host.runFor(20s);  // the memory of unused streams goes back meanwhile
  EXPECT_EQ(pair.a.association->heldStreams(), kDefaultStreams);
  EXPECT_TRUE(pair.a.incomingResets.empty());
  data(next, 0, 1, 1);
  pair.host.runFor(1s);
  ASSERT_EQ(pair.a.messages.size(), 3u);
  EXPECT_EQ(pair.a.messages[2].stream, kDefaultStreams - 1);
  EXPECT_EQ(pair.a.incomingResets, std::vector<StreamId>{kDefaultStreams - 1});
}

}  // namespace
}  // namespace portico::sctp::test
