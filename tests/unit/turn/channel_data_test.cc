#include "core/turn/channel_data.h"

#include <gtest/gtest.h>

#include "tests/unit/stun/hex.h"

namespace portico::turn {
namespace {

TEST(ChannelDataTest, IsANumberALengthAndTheData) {
  ByteVector packet = fromHex("4001 0003 616263");
  const auto data = parseChannelData(packet);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->channel, 0x4001);
  EXPECT_EQ(asText(data->payload), "abc");
}

TEST(ChannelDataTest, MayHavePaddingAndNoData) {
  ByteVector padded = fromHex("4fff 0001 61 000000");
  ASSERT_TRUE(parseChannelData(padded));
  EXPECT_EQ(asText(parseChannelData(padded)->payload), "a");
  ByteVector empty = fromHex("4000 0000");
  ASSERT_TRUE(parseChannelData(empty));
  EXPECT_TRUE(parseChannelData(empty)->payload.empty());
}

TEST(ChannelDataTest, IsRefusedWhereItEndsOutsideThePacketOrIsNone) {
  for (const char* hex :
       {"", "40", "4001", "400100", "40010001", "40010004616263", "3fff0000", "50000000", "00010000"}) {
    ByteVector packet = fromHex(hex);
    EXPECT_FALSE(parseChannelData(packet)) << hex;
  }
}

TEST(ChannelDataTest, IsPaddedOverAStreamOnly) {
  ByteVector room(16);
  const ByteView payload = asBytes("abcde");
  EXPECT_EQ(writeChannelData(room, 0x4002, payload, false), 9u);
  EXPECT_EQ(ByteVector(room.begin(), room.begin() + 9), fromHex("4002 0005 6162636465"));
  EXPECT_EQ(writeChannelData(room, 0x4002, payload, true), 12u);
  EXPECT_EQ(ByteVector(room.begin(), room.begin() + 12), fromHex("4002 0005 6162636465 000000"));
}

TEST(ChannelDataTest, WritesNothingThatDoesNotFit) {
  ByteVector room(8);
  EXPECT_EQ(writeChannelData(room, 0x4000, asBytes("abcde"), false), 0u);
  ByteVector large(70'000);
  EXPECT_EQ(writeChannelData(large, 0x4000, ByteVector(65'536), false), 0u);
}

}  // namespace
}  // namespace portico::turn
