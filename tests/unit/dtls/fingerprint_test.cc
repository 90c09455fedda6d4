#include "core/dtls/fingerprint.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace portico::dtls {
namespace {

const ByteVector kDer = toVector(asBytes("stands for a certificate"));

DtlsFingerprint right(FingerprintHash hash) {
  return computeFingerprint(hash, kDer);
}
DtlsFingerprint wrong(FingerprintHash hash) {
  return computeFingerprint(hash, asBytes("another"));
}

bool accepts(const std::vector<DtlsFingerprint>& fingerprints) {
  const auto set = FingerprintSet::select(fingerprints);
  return set && set->matches(kDer);
}

TEST(Fingerprint, IsTheHashInUpperCaseHexWithColons) {
  EXPECT_EQ(computeFingerprint(FingerprintHash::sha256, asBytes("abc")).value,
            "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD");
}

TEST(Fingerprint, MatchesEachSupportedHash) {
  for (const auto hash : {FingerprintHash::sha256, FingerprintHash::sha384, FingerprintHash::sha512}) {
    EXPECT_TRUE(accepts({right(hash)}));
    EXPECT_FALSE(accepts({wrong(hash)}));
  }
}

TEST(Fingerprint, MatchesIfOneOfSeveralDoes) {
  EXPECT_TRUE(accepts({wrong(FingerprintHash::sha256), right(FingerprintHash::sha256)}));
  EXPECT_TRUE(accepts({right(FingerprintHash::sha256), wrong(FingerprintHash::sha256)}));
  EXPECT_FALSE(accepts({wrong(FingerprintHash::sha256), wrong(FingerprintHash::sha256)}));
}

TEST(Fingerprint, OfThePreferredHashDecides) {
  EXPECT_TRUE(accepts({wrong(FingerprintHash::sha256), right(FingerprintHash::sha512)}));
  EXPECT_FALSE(accepts({right(FingerprintHash::sha256), wrong(FingerprintHash::sha512)}));
}

TEST(Fingerprint, WithAnUnknownHashIsIgnoredBesideAKnownOne) {
  EXPECT_TRUE(accepts({{"sha3-512", "whatever"}, right(FingerprintHash::sha256)}));
  EXPECT_TRUE(accepts({right(FingerprintHash::sha256), {"sha-1", "00:11"}}));
}

TEST(Fingerprint, IsReadWithoutRegardToCase) {
  DtlsFingerprint lower = right(FingerprintHash::sha256);
  std::transform(lower.value.begin(), lower.value.end(), lower.value.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  lower.algorithm = "SHA-256";
  EXPECT_TRUE(accepts({lower}));
}

TEST(Fingerprint, ListWithoutASupportedHashIsATypeError) {
  EXPECT_EQ(FingerprintSet::select({}).error().code, Error::Type);
  for (const char* algorithm : {"sha-1", "md5", "md2", "sha-224", "", "sha-256 ", "sha"}) {
    const std::vector<DtlsFingerprint> list{{algorithm, "AA:BB"}};
    EXPECT_EQ(FingerprintSet::select(list).error().code, Error::Type) << algorithm;
  }
}

TEST(Fingerprint, ListOfAbsurdLengthIsATypeError) {
  const std::vector<DtlsFingerprint> list(kMaxFingerprints + 1, right(FingerprintHash::sha256));
  EXPECT_EQ(FingerprintSet::select(list).error().code, Error::Type);
}

TEST(Fingerprint, ThatIsMalformedIsASyntaxError) {
  const std::string good = right(FingerprintHash::sha256).value;
  std::string dashes = good;
  dashes[2] = '-';
  std::string noHex = good;
  noHex[0] = 'G';
  for (const std::string& value : {std::string(), good + ":00", good.substr(3), good + ":", dashes, noHex,
                                   std::string(95, ':'), " " + good.substr(1)}) {
    const std::vector<DtlsFingerprint> list{{"sha-256", value}};
    const auto result = FingerprintSet::select(list);
    ASSERT_FALSE(result) << value;
    EXPECT_EQ(result.error().code, Error::Syntax) << value;
  }
}

}  // namespace
}  // namespace portico::dtls
