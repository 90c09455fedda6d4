#include "core/stun/crypto.h"

#include <gtest/gtest.h>

#include "tests/unit/stun/hex.h"

namespace portico::stun {
namespace {

template <typename Digest>
ByteVector bytesOf(const Digest& digest) {
  return toVector(digest);
}

TEST(Crypto, HmacSha1GivesRfc2202Vectors) {
  const std::array<ByteView, 2> split = {asBytes("what do ya want "), asBytes("for nothing?")};
  EXPECT_EQ(bytesOf(hmacSha1(asBytes("Jefe"), split)), fromHex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
  const ByteVector longKey(80, std::byte{0xaa});
  const std::array<ByteView, 1> text = {asBytes("Test Using Larger Than Block-Size Key - Hash Key First")};
  EXPECT_EQ(bytesOf(hmacSha1(longKey, text)), fromHex("aa4ae5e15272d00e95705637ce8a3b55ed402112"));
}

TEST(Crypto, HmacSha256GivesRfc4231Vectors) {
  const std::array<ByteView, 1> text = {asBytes("what do ya want for nothing?")};
  EXPECT_EQ(bytesOf(hmacSha256(asBytes("Jefe"), text)),
            fromHex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
}

TEST(Crypto, Md5GivesRfc1321Vectors) {
  EXPECT_EQ(bytesOf(md5({})), fromHex("d41d8cd98f00b204e9800998ecf8427e"));
  EXPECT_EQ(bytesOf(md5(asBytes("abc"))), fromHex("900150983cd24fb0d6963f7d28e17f72"));
}

TEST(Crypto, ComparesWholeValuesOnly) {
  EXPECT_TRUE(equalInConstantTime(asBytes("same"), asBytes("same")));
  EXPECT_FALSE(equalInConstantTime(asBytes("same"), asBytes("sama")));
  EXPECT_FALSE(equalInConstantTime(asBytes("same"), asBytes("sam")));
  EXPECT_TRUE(equalInConstantTime({}, {}));
}

}  // namespace
}  // namespace portico::stun
