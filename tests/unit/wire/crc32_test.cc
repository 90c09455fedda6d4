#include "core/wire/crc32.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

TEST(Crc32Test, OfKnownTextIsTheKnownValue) {
  EXPECT_EQ(crc32({}), 0u);
  EXPECT_EQ(crc32(asBytes("a")), 0xe8b7be43u);
  EXPECT_EQ(crc32(asBytes("123456789")), 0xcbf43926u);  // the catalogue's check value of CRC-32/ISO-HDLC
  EXPECT_EQ(crc32(asBytes("The quick brown fox jumps over the lazy dog")), 0x414fa339u);
}

TEST(Crc32Test, GoesOnFromWhatCameBefore) {
  const std::string_view text = "The quick brown fox jumps over the lazy dog";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32(asBytes(text.substr(cut)), crc32(asBytes(text.substr(0, cut)))), 0x414fa339u);
  }
}

}  // namespace
}  // namespace portico
