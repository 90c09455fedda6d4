#include "core/wire/byte_writer.h"

#include <gtest/gtest.h>

#include <array>

#include "core/wire/byte_reader.h"

namespace portico {
namespace {

TEST(ByteWriterTest, WritesWhatAReaderReads) {
  std::array<std::byte, 32> room{};
  ByteWriter writer(room);
  writer.u8(0xab);
  writer.u16(0x1234);
  writer.u24(0x56789a);
  writer.u32(0xdeadbeef);
  writer.u48(0x0102030405ff);
  writer.u64(0x1122334455667788);
  writer.bytes(asBytes("hi"));
  writer.zeros(2);
  ASSERT_TRUE(writer.ok());
  EXPECT_EQ(writer.size(), 28u);
  EXPECT_EQ(writer.remaining(), 4u);

  ByteReader reader(writer.written());
  EXPECT_EQ(reader.u8(), 0xabu);
  EXPECT_EQ(reader.u16(), 0x1234u);
  EXPECT_EQ(reader.u24(), 0x56789au);
  EXPECT_EQ(reader.u32(), 0xdeadbeefu);
  EXPECT_EQ(reader.u48(), 0x0102030405ffu);
  EXPECT_EQ(reader.u64(), 0x1122334455667788u);
  EXPECT_EQ(asText(reader.bytes(2)), "hi");
  EXPECT_EQ(reader.u16(), 0u);
  EXPECT_TRUE(reader.ok());
}

TEST(ByteWriterTest, WritesNothingOfWhatDoesNotFit) {
  std::array<std::byte, 4> room{};
  ByteWriter writer(MutableByteView(room).first(3));
  writer.u8(1);
  writer.u32(0xffffffff);
  EXPECT_FALSE(writer.ok());
  writer.u8(2);
  EXPECT_EQ(writer.size(), 1u);
  EXPECT_EQ(writer.remaining(), 0u);
  EXPECT_EQ(room[1], std::byte{0});
  EXPECT_EQ(room[3], std::byte{0});
}

TEST(ByteWriterTest, PatchesALengthThatWasWrittenBefore) {
  std::array<std::byte, 4> room{};
  ByteWriter writer(room);
  writer.u32(0);
  writer.patchU16(2, 0xbeef);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(ByteReader(writer.written()).u32(), 0x0000beefu);
}

TEST(ByteWriterTest, RefusesToPatchWhatWasNotWritten) {
  std::array<std::byte, 8> room{};
  ByteWriter writer(room);
  writer.u16(0);
  writer.patchU16(1, 0xffff);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(room[1], std::byte{0});
  EXPECT_EQ(room[2], std::byte{0});
}

TEST(ByteWriterTest, RefusesAReservationThatWouldOverflow) {
  std::array<std::byte, 8> room{};
  ByteWriter writer(room);
  writer.u8(1);
  EXPECT_TRUE(writer.reserve(SIZE_MAX).empty());
  EXPECT_FALSE(writer.ok());
}

}  // namespace
}  // namespace portico
