#include "core/wire/byte_reader.h"

#include <gtest/gtest.h>

#include <array>

namespace portico {
namespace {

std::array<std::byte, 12> countingBytes() {
  std::array<std::byte, 12> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i + 1);
  return bytes;
}

TEST(ByteReaderTest, ReadsBigEndianFieldsInOrder) {
  const auto data = countingBytes();
  ByteReader reader(data);
  EXPECT_EQ(reader.u8(), 0x01u);
  EXPECT_EQ(reader.u16(), 0x0203u);
  EXPECT_EQ(reader.u24(), 0x040506u);
  EXPECT_EQ(reader.u32(), 0x0708090au);
  EXPECT_EQ(reader.remaining(), 2u);
  EXPECT_EQ(reader.bytes(2)[1], std::byte{12});
  EXPECT_TRUE(reader.atEnd());
  EXPECT_TRUE(reader.ok());
}

TEST(ByteReaderTest, ReadsWideFields) {
  const auto data = countingBytes();
  ByteReader reader(data);
  EXPECT_EQ(reader.u48(), 0x010203040506u);
  EXPECT_EQ(ByteReader(data).u64(), 0x0102030405060708u);
}

TEST(ByteReaderTest, StaysFailedAfterAReadPastTheEnd) {
  const auto data = countingBytes();
  ByteReader reader(ByteView(data).first(3));
  EXPECT_EQ(reader.u32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0u);
  EXPECT_TRUE(reader.bytes(1).empty());
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReaderTest, RefusesALengthThatWouldOverflow) {
  const auto data = countingBytes();
  ByteReader reader(data);
  reader.u8();
  reader.skip(SIZE_MAX);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReaderTest, TakesNothingFromNothing) {
  ByteReader reader(ByteView{});
  EXPECT_TRUE(reader.bytes(0).empty());
  EXPECT_TRUE(reader.ok());
  reader.skip(1);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReaderTest, LeavesTheRestUnread) {
  const auto data = countingBytes();
  ByteReader reader(data);
  reader.skip(10);
  EXPECT_EQ(reader.rest().size(), 2u);
  EXPECT_EQ(reader.u16(), 0x0b0cu);
}

}  // namespace
}  // namespace portico
