#include "core/wire/crc32c.h"

#include <gtest/gtest.h>

#include <vector>

namespace portico {
namespace {

using Function = std::uint32_t (*)(ByteView, std::uint32_t);

class Crc32cTest : public testing::TestWithParam<Function> {
 protected:
  static std::uint32_t of(ByteView data, std::uint32_t previous = 0) { return GetParam()(data, previous); }
};

/// The definition, one bit at a time.
std::uint32_t byDefinition(ByteView data) {
  std::uint32_t state = 0xffffffff;
  for (const std::byte b : data) {
    state ^= std::to_integer<std::uint32_t>(b);
    for (int bit = 0; bit < 8; ++bit) state = (state >> 1) ^ ((state & 1) != 0 ? 0x82f63b78u : 0u);
  }
  return ~state;
}

ByteVector patterned(std::size_t size) {
  ByteVector data(size);
  std::uint32_t state = 12345;
  for (std::byte& b : data) {
    state = state * 1664525 + 1013904223;
    b = static_cast<std::byte>(state >> 24);
  }
  return data;
}

TEST_P(Crc32cTest, OfKnownDataIsTheKnownValue) {
  EXPECT_EQ(of({}), 0u);
  EXPECT_EQ(of(asBytes("123456789")), 0xe3069283u);  // the catalogue's check value of CRC-32/ISCSI
  // RFC 3720 appendix B.4, read in the byte order of the value.
  EXPECT_EQ(of(ByteVector(32, std::byte{0x00})), 0x8a9136aau);
  EXPECT_EQ(of(ByteVector(32, std::byte{0xff})), 0x62a8ab43u);
  ByteVector ascending;
  for (int i = 0; i < 32; ++i) ascending.push_back(static_cast<std::byte>(i));
  EXPECT_EQ(of(ascending), 0x46dd794eu);
  const ByteVector descending(ascending.rbegin(), ascending.rend());
  EXPECT_EQ(of(descending), 0x113fdb5cu);
}

TEST_P(Crc32cTest, FollowsTheDefinitionAtEveryLengthAndAlignment) {
  const ByteVector data = patterned(1600);
  for (std::size_t size = 0; size <= 1500; size += size < 900 ? 1 : 13) {
    const std::size_t offset = size % 9;
    const ByteView part = ByteView(data).subspan(offset, size);
    ASSERT_EQ(of(part), byDefinition(part)) << size << " bytes from " << offset;
  }
}

TEST_P(Crc32cTest, GoesOnFromWhatCameBefore) {
  const ByteVector data = patterned(1200);
  const std::uint32_t whole = byDefinition(data);
  for (std::size_t cut = 0; cut <= data.size(); cut += 37) {
    EXPECT_EQ(of(ByteView(data).subspan(cut), of(ByteView(data).first(cut))), whole);
  }
}

INSTANTIATE_TEST_SUITE_P(Fastest, Crc32cTest, testing::Values(&crc32c));
INSTANTIATE_TEST_SUITE_P(ByTable, Crc32cTest, testing::Values(&crc32cByTable));

}  // namespace
}  // namespace portico
