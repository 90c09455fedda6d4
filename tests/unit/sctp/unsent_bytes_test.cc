#include "core/sctp/unsent_bytes.h"

#include <gtest/gtest.h>

namespace portico::sctp {
namespace {

void appendChunk(ByteVector& packet, std::uint32_t tsn, std::uint16_t stream, std::size_t bytes, unsigned flags = 3) {
  const std::size_t length = 16 + bytes;
  for (const std::size_t byte :
       {std::size_t{0}, std::size_t{flags}, length >> 8, length & 0xFF, std::size_t{tsn >> 24}, std::size_t{tsn >> 16},
        std::size_t{tsn >> 8}, std::size_t{tsn}, std::size_t{stream} >> 8, std::size_t{stream}}) {
    packet.push_back(static_cast<std::byte>(byte & 0xFF));
  }
  packet.resize(packet.size() + 6 + bytes);
  packet.resize((packet.size() + 3) & ~std::size_t{3});
}

ByteVector packetWith(std::uint32_t tsn, std::uint16_t stream, std::size_t bytes, unsigned flags = 3) {
  ByteVector packet(12);
  appendChunk(packet, tsn, stream, bytes, flags);
  return packet;
}

TEST(UnsentBytes, FallsByWhatEachChunkCarries) {
  UnsentBytes unsent;
  unsent.add(3, 1'500);
  unsent.add(4, 10);
  EXPECT_EQ(unsent.messages(), 2u);
  unsent.onPacket(packetWith(100, 3, 1'000, 2));
  EXPECT_EQ(unsent.of(3), 500u);
  EXPECT_EQ(unsent.messages(), 2u);
  ByteVector both = packetWith(101, 3, 500, 1);
  appendChunk(both, 102, 4, 10);
  unsent.onPacket(both);
  EXPECT_EQ(unsent.of(3), 0u);
  EXPECT_EQ(unsent.of(4), 0u);
  EXPECT_EQ(unsent.messages(), 0u);
}

TEST(UnsentBytes, RetransmissionsDoNotCountAgain) {
  UnsentBytes unsent;
  unsent.add(1, 300);
  unsent.onPacket(packetWith(7, 1, 100));
  unsent.onPacket(packetWith(7, 1, 100));
  unsent.onPacket(packetWith(6, 1, 100));
  EXPECT_EQ(unsent.of(1), 200u);
}

TEST(UnsentBytes, TsnsWrapAround) {
  UnsentBytes unsent;
  unsent.add(1, 300);
  unsent.onPacket(packetWith(0xFFFFFFFF, 1, 100));
  unsent.onPacket(packetWith(0, 1, 100));
  unsent.onPacket(packetWith(0xFFFFFFFF, 1, 100));
  EXPECT_EQ(unsent.of(1), 100u);
}

TEST(UnsentBytes, NeverFallsBelowZero) {
  UnsentBytes unsent;
  unsent.add(1, 50);
  unsent.onPacket(packetWith(7, 1, 100));
  unsent.onPacket(packetWith(8, 900, 100));
  unsent.remove(1, 10);
  EXPECT_EQ(unsent.of(1), 0u);
  EXPECT_EQ(unsent.of(900), 0u);
  EXPECT_EQ(unsent.messages(), 0u);
}

TEST(UnsentBytes, TruncatedAndOtherChunksAreLeftAlone) {
  UnsentBytes unsent;
  unsent.add(1, 100);
  const ByteVector whole = packetWith(7, 1, 100);
  for (std::size_t length = 0; length < whole.size(); ++length) unsent.onPacket(ByteView(whole).first(length));
  ByteVector sack = whole;
  sack[12] = std::byte{3};
  unsent.onPacket(sack);
  EXPECT_EQ(unsent.of(1), 100u);
  unsent.clear();
  EXPECT_EQ(unsent.of(1), 0u);
}

}  // namespace
}  // namespace portico::sctp
