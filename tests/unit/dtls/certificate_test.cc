#include "portico/certificate.h"

#include <gtest/gtest.h>

#include "core/dtls/certificate_time.h"
#include "core/dtls/fingerprint.h"
#include "tests/unit/dtls/dtls_pair.h"
#include "tests/unit/dtls/pem_samples.h"

namespace portico::dtls {
namespace {

constexpr std::int64_t kDay = 86'400;

TEST(Certificate, HasThreeFingerprintsOfTheLengthsOfTheirHashes) {
  FakeHost host;
  const auto certificate = Certificate::generate(host);
  ASSERT_TRUE(certificate);
  const auto& fingerprints = certificate->fingerprints();
  ASSERT_EQ(fingerprints.size(), 3U);
  EXPECT_EQ(fingerprints[0].algorithm, "sha-256");
  EXPECT_EQ(fingerprints[0].value.size(), 95U);
  EXPECT_EQ(fingerprints[1].algorithm, "sha-384");
  EXPECT_EQ(fingerprints[1].value.size(), 143U);
  EXPECT_EQ(fingerprints[2].algorithm, "sha-512");
  EXPECT_EQ(fingerprints[2].value.size(), 191U);
}

TEST(Certificate, IsValidForThirtyDays) {
  FakeHost host;
  const auto certificate = Certificate::generate(host);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->expires(), host.unixSeconds() + 30 * kDay);
}

TEST(Certificate, IsAnotherOneEachTime) {
  FakeHost host;
  EXPECT_NE(Certificate::generate(host)->fingerprints(), Certificate::generate(host)->fingerprints());
}

TEST(Certificate, LoadsWhatItWrote) {
  FakeHost host;
  const auto made = Certificate::generate(host);
  ASSERT_TRUE(made);
  const auto loaded = Certificate::fromPem(made->certificatePem(), made->privateKeyPem(), host);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(toVector(loaded->der()), toVector(made->der()));
  EXPECT_EQ(loaded->fingerprints(), made->fingerprints());
  EXPECT_EQ(loaded->expires(), made->expires());
  EXPECT_EQ(loaded->certificatePem(), made->certificatePem());
}

TEST(Certificate, LoadsTheCertificatesOfOthers) {
  FakeHost host;
  const auto p256 = Certificate::fromPem(samples::kP256Certificate, samples::kP256Key, host);
  ASSERT_TRUE(p256) << p256.error().message;
  EXPECT_EQ(p256->fingerprints()[0].value, samples::kP256Sha256);
  EXPECT_EQ(p256->expires(), samples::kP256Expires);
  EXPECT_EQ(p256->certificatePem(), samples::kP256Certificate);
  EXPECT_TRUE(Certificate::fromPem(samples::kP384Certificate, samples::kP384Key, host));
}

TEST(Certificate, TakesTheLeafOfAChain) {
  FakeHost host;
  const std::string chain = std::string(samples::kP256Certificate) + std::string(samples::kRsaCertificate);
  const auto loaded = Certificate::fromPem(chain, samples::kP256Key, host);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->fingerprints()[0].value, samples::kP256Sha256);
}

struct BadPem {
  const char* name;
  std::string certificate;
  std::string key;
  Error::Code code;
};

std::string corrupted(std::string_view pem, std::size_t at, char with) {
  std::string text(pem);
  text[at] = with;
  return text;
}

std::vector<BadPem> badPems() {
  const std::string good(samples::kP256Certificate);
  const std::string key(samples::kP256Key);
  return {
      {"empty", "", "", Error::Data},
      {"empty certificate", "", key, Error::Data},
      {"empty key", good, "", Error::Data},
      {"text", "hello", "world", Error::Data},
      {"swapped", key, good, Error::Data},
      {"header without body", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", key, Error::Data},
      {"cut certificate", good.substr(0, good.size() / 2), key, Error::Data},
      {"cut key", good, key.substr(0, key.size() / 2), Error::Data},
      {"not base64", corrupted(good, 40, '*'), key, Error::Data},
      {"broken ASN.1", corrupted(good, 29, 'B'), key, Error::Data},
      {"another's key", good, std::string(samples::kP384Key), Error::Data},
      {"an encrypted key", good, std::string(samples::kP256EncryptedKey), Error::Data},
      {"huge", std::string(200'000, 'A') + good, key, Error::Data},
      {"huge key", good, std::string(200'000, 'A') + key, Error::Data},
      {"RSA", std::string(samples::kRsaCertificate), std::string(samples::kRsaKey), Error::NotSupported},
      {"RSA key", good, std::string(samples::kRsaKey), Error::NotSupported},
      {"RSA key in PKCS #1", good, std::string(samples::kRsaKeyPkcs1), Error::NotSupported},
      {"P-521", std::string(samples::kP521Certificate), std::string(samples::kP521Key), Error::NotSupported},
      {"Ed25519", std::string(samples::kEd25519Certificate), std::string(samples::kEd25519Key), Error::NotSupported},
  };
}

TEST(Certificate, RefusesPemThatIsWrongWithTheErrorThatSaysHow) {
  FakeHost host;
  for (const BadPem& bad : badPems()) {
    const auto result = Certificate::fromPem(bad.certificate, bad.key, host);
    ASSERT_FALSE(result) << bad.name;
    EXPECT_EQ(result.error().code, bad.code) << bad.name << ": " << result.error().message;
    EXPECT_FALSE(result.error().message.empty()) << bad.name;
  }
}

TEST(Certificate, ConnectsWithAP384KeyToAP256One) {
  auto host = std::make_unique<FakeHost>();
  const auto p384 = Certificate::fromPem(samples::kP384Certificate, samples::kP384Key, *host);
  const auto p256 = Certificate::fromPem(samples::kP256Certificate, samples::kP256Key, *host);
  ASSERT_TRUE(p384 && p256);
  for (const bool clientIsP384 : {true, false}) {
    DtlsPair pair(std::make_unique<FakeHost>(), clientIsP384 ? *p384 : *p256, clientIsP384 ? *p256 : *p384);
    pair.connect();
    EXPECT_TRUE(pair.connected());
  }
}

TEST(CertificateTime, ConvertsToCivilTimeAndBack) {
  EXPECT_EQ(certificateTime(0), "19700101000000");
  EXPECT_EQ(certificateTime(951'782'400), "20000229000000");
  EXPECT_EQ(certificateTime(4'102'444'799), "20991231235959");
  EXPECT_EQ(unixSeconds({2000, 2, 29, 0, 0, 0}), 951'782'400);
  EXPECT_EQ(unixSeconds({2099, 12, 31, 23, 59, 59}), 4'102'444'799);
}

TEST(CertificateTime, StaysWithinWhatACertificateCanHold) {
  EXPECT_EQ(certificateTime(-5), "19700101000000");
  EXPECT_EQ(certificateTime(999'999'999'999'999), "99991231235959");
}

}  // namespace
}  // namespace portico::dtls
