// Our AES-GCM against the vectors of its specification, and against mbedTLS's own on random input.
#include <gtest/gtest.h>
#include <mbedtls/cipher.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "core/dtls/aead/aes_gcm_x86.h"
#include "core/dtls/aead/gcm_portable.h"

namespace portico::aead {
namespace {

using Octets = std::vector<std::uint8_t>;

Octets hex(const std::string& text) {
  Octets out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return out;
}

Bytes view(const Octets& octets) {
  return {octets.data(), octets.size()};
}

struct Sealed {
  Octets ciphertext;
  Octets tag = Octets(kTagBytes);
  friend bool operator==(const Sealed&, const Sealed&) = default;
};

/// One of the implementations that this machine has; level none is mbedTLS's.
class Cipher {
 public:
  Cipher(AesGcmLevel level, const Octets& key) {
    if (level == AesGcmLevel::none) {
      portable_ = portico_gcm_portable_new(MBEDTLS_CIPHER_ID_AES, key.data(), static_cast<unsigned>(key.size() * 8));
    } else {
      EXPECT_TRUE(aesGcmSetKey(key_, level, view(key)));
    }
  }
  ~Cipher() {
    if (portable_ != nullptr) portico_gcm_portable_free(portable_);
  }
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;

  Sealed seal(const Octets& nonce, const Octets& associated, const Octets& plaintext) const {
    return run(1, nonce, associated, plaintext);
  }
  Sealed open(const Octets& nonce, const Octets& associated, const Octets& ciphertext) const {
    return run(0, nonce, associated, ciphertext);
  }
  [[nodiscard]] const AesGcmKey& key() const { return key_; }

 private:
  Sealed run(int encrypt, const Octets& nonce, const Octets& associated, const Octets& in) const {
    constexpr std::size_t kGuard = 80;  // wider than a register: a store beyond the end is seen
    Sealed out;
    out.ciphertext = Octets(in.size() + kGuard, 0xEE);
    if (portable_ != nullptr) {
      portico_gcm_portable_crypt(portable_, encrypt, in.size(), nonce.data(), nonce.size(), associated.data(),
                                 associated.size(), in.data(), out.ciphertext.data(), kTagBytes, out.tag.data());
    } else {
      const auto function = encrypt == 1 ? aesGcmSeal : aesGcmOpen;
      function(key_, nonce.data(), view(associated), view(in), out.ciphertext.data(), out.tag.data());
    }
    EXPECT_TRUE(std::all_of(out.ciphertext.end() - kGuard, out.ciphertext.end(),
                            [](std::uint8_t octet) { return octet == 0xEE; }));
    out.ciphertext.resize(in.size());
    return out;
  }

  AesGcmKey key_{};
  void* portable_ = nullptr;
};

std::vector<AesGcmLevel> levels() {
  std::vector<AesGcmLevel> all{AesGcmLevel::none};
  const AesGcmLevel best = detectAesGcm();
  if (best >= AesGcmLevel::aesni) all.push_back(AesGcmLevel::aesni);
  if (best >= AesGcmLevel::vaes512) all.push_back(AesGcmLevel::vaes512);
  return all;
}

struct Vector {
  const char* name;
  std::string key;
  std::string nonce;
  std::string associated;
  std::string plaintext;
  std::string ciphertext;
  std::string tag;
};

// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B: those with nonces of 96 bits.
std::vector<Vector> specificationVectors() {
  const std::string zero16(32, '0');
  const std::string nonce = "cafebabefacedbaddecaf888";
  const std::string key = "feffe9928665731c6d6a8f9467308308";
  const std::string plaintext =
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
  const std::string with128 =
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
      "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985";
  const std::string with256 =
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
  const std::string associated = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
  const std::string zero12(24, '0');
  return {
      {"1", zero16, zero12, "", "", "", "58e2fccefa7e3061367f1d57a4e7455a"},
      {"2", zero16, zero12, "", zero16, "0388dace60b6a392f328c2b971b2fe78", "ab6e47d42cec13bdf53a67b21257bddf"},
      {"3", key, nonce, "", plaintext, with128, "4d5c2af327cd64a62cf35abd2ba6fab4"},
      {"4", key, nonce, associated, plaintext.substr(0, 120), with128.substr(0, 120),
       "5bc94fbc3221a5db94fae95ae7121a47"},
      {"13", zero16 + zero16, zero12, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
      {"14", zero16 + zero16, zero12, "", zero16, "cea7403d4d606b6e074ec5d3baf39d18",
       "d0d1c8a799996bf0265b98b5d48ab919"},
      {"15", key + key, nonce, "", plaintext, with256, "b094dac5d93471bdec1a502270e3cc6c"},
      {"16", key + key, nonce, associated, plaintext.substr(0, 120), with256.substr(0, 120),
       "76fc6ece0f4e1768cddf8853bb2d551b"},
  };
}

TEST(AesGcm, GivesTheSpecificationsVectorsAtEachLevel) {
  for (const AesGcmLevel level : levels()) {
    for (const Vector& vector : specificationVectors()) {
      const Cipher cipher(level, hex(vector.key));
      const Sealed sealed = cipher.seal(hex(vector.nonce), hex(vector.associated), hex(vector.plaintext));
      EXPECT_EQ(sealed.ciphertext, hex(vector.ciphertext)) << "case " << vector.name << ", level " << int(level);
      EXPECT_EQ(sealed.tag, hex(vector.tag)) << "case " << vector.name << ", level " << int(level);
      const Sealed opened = cipher.open(hex(vector.nonce), hex(vector.associated), hex(vector.ciphertext));
      EXPECT_EQ(opened.ciphertext, hex(vector.plaintext)) << "case " << vector.name << ", level " << int(level);
      EXPECT_EQ(opened.tag, hex(vector.tag)) << "case " << vector.name << ", level " << int(level);
    }
  }
}

class Random {
 public:
  Octets octets(std::size_t size) {
    Octets out(size);
    for (std::uint8_t& octet : out) octet = static_cast<std::uint8_t>(engine_() & 0xFF);
    return out;
  }
  std::size_t below(std::size_t limit) { return engine_() % limit; }

 private:
  std::mt19937_64 engine_{20261122};
};

void compareLevels(Random& random, std::size_t keyBytes, std::size_t size, std::size_t associatedBytes) {
  const Octets key = random.octets(keyBytes);
  const Octets nonce = random.octets(kNonceBytes);
  const Octets associated = random.octets(associatedBytes);
  const Octets plaintext = random.octets(size);
  const Sealed wanted = Cipher(AesGcmLevel::none, key).seal(nonce, associated, plaintext);
  for (const AesGcmLevel level : levels()) {
    const Cipher cipher(level, key);
    EXPECT_EQ(cipher.seal(nonce, associated, plaintext), wanted) << size << " bytes at level " << int(level);
    const Sealed opened = cipher.open(nonce, associated, wanted.ciphertext);
    EXPECT_EQ(opened.ciphertext, plaintext) << size << " bytes at level " << int(level);
    EXPECT_EQ(opened.tag, wanted.tag) << size << " bytes at level " << int(level);
  }
}

TEST(AesGcm, AgreesWithMbedTlsForEachLengthUpToAThousandBytes) {
  Random random;
  for (std::size_t size = 0; size <= 1'000; ++size) {
    compareLevels(random, size % 2 == 0 ? 16 : 32, size, 13);  // DTLS 1.2 authenticates 13 bytes
  }
}

TEST(AesGcm, AgreesWithMbedTlsForRandomLengthsAndAssociatedData) {
  Random random;
  for (int i = 0; i < 1'000; ++i) compareLevels(random, i % 2 == 0 ? 16 : 32, random.below(5'000), random.below(100));
}

TEST(AesGcm, WorksInPlace) {
  Random random;
  for (const AesGcmLevel level : levels()) {
    if (level == AesGcmLevel::none) continue;  // mbedTLS's own is not ours to test
    for (const std::size_t size : {1U, 16U, 63U, 64U, 127U, 255U, 256U, 257U, 1'200U, 1'213U}) {
      const Cipher cipher(level, random.octets(16));
      const Octets nonce = random.octets(kNonceBytes);
      const Octets plaintext = random.octets(size);
      const Sealed wanted = cipher.seal(nonce, {}, plaintext);
      Octets buffer = plaintext;
      Octets tag(kTagBytes);
      aesGcmSeal(cipher.key(), nonce.data(), {nullptr, 0}, view(buffer), buffer.data(), tag.data());
      EXPECT_EQ(buffer, wanted.ciphertext) << size;
      aesGcmOpen(cipher.key(), nonce.data(), {nullptr, 0}, view(buffer), buffer.data(), tag.data());
      EXPECT_EQ(buffer, plaintext) << size;
      EXPECT_EQ(tag, wanted.tag) << size;
    }
  }
}

TEST(AesGcm, RefusesKeysOfOtherLengths) {
  AesGcmKey key{};
  const Octets secret(64);
  for (const std::size_t size : {0U, 15U, 17U, 24U, 33U, 64U}) {
    EXPECT_FALSE(aesGcmSetKey(key, AesGcmLevel::aesni, {secret.data(), size})) << size;
  }
  EXPECT_FALSE(aesGcmSetKey(key, AesGcmLevel::none, {secret.data(), 16}));
}

/// mbedTLS's own door to it, as DTLS uses it.
class MbedTlsGcm : public testing::TestWithParam<mbedtls_cipher_type_t> {
 protected:
  void SetUp() override {
    mbedtls_cipher_init(&context_);
    const mbedtls_cipher_info_t* info = mbedtls_cipher_info_from_type(GetParam());
    ASSERT_EQ(mbedtls_cipher_setup(&context_, info), 0);
    const Octets key(32, 7);
    const auto bits = static_cast<int>(mbedtls_cipher_info_get_key_bitlen(info));
    ASSERT_EQ(mbedtls_cipher_setkey(&context_, key.data(), bits, MBEDTLS_DECRYPT), 0);
  }
  void TearDown() override { mbedtls_cipher_free(&context_); }

  Octets seal(const Octets& plaintext) {
    Octets out(plaintext.size() + kTagBytes);
    std::size_t length = 0;
    EXPECT_EQ(
        mbedtls_cipher_auth_encrypt_ext(&context_, nonce_.data(), nonce_.size(), associated_.data(), associated_.size(),
                                        plaintext.data(), plaintext.size(), out.data(), out.size(), &length, kTagBytes),
        0);
    EXPECT_EQ(length, out.size());
    return out;
  }
  int open(const Octets& sealed, Octets& plaintext) {
    std::size_t length = 0;
    return mbedtls_cipher_auth_decrypt_ext(&context_, nonce_.data(), nonce_.size(), associated_.data(),
                                           associated_.size(), sealed.data(), sealed.size(), plaintext.data(),
                                           plaintext.size(), &length, kTagBytes);
  }

  mbedtls_cipher_context_t context_;
  Octets nonce_ = Octets(kNonceBytes, 3);
  Octets associated_ = Octets(13, 5);
};

TEST_P(MbedTlsGcm, OpensWhatItSealed) {
  const Octets plaintext(1'200, 0x42);
  Octets opened(plaintext.size());
  EXPECT_EQ(open(seal(plaintext), opened), 0);
  EXPECT_EQ(opened, plaintext);
}

TEST_P(MbedTlsGcm, RefusesAnyChangedBitAndGivesNoPlaintext) {
  const Octets sealed = seal(Octets(70, 0x42));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Octets changed = sealed;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    Octets opened(70, 0xEE);
    ASSERT_EQ(open(changed, opened), MBEDTLS_ERR_CIPHER_AUTH_FAILED) << "bit " << bit;
    ASSERT_EQ(opened, Octets(70, 0)) << "bit " << bit;
  }
}

TEST_P(MbedTlsGcm, RefusesOtherAssociatedDataAndNonces) {
  const Octets sealed = seal(Octets(70, 0x42));
  Octets opened(70);
  associated_[12] = 6;
  EXPECT_EQ(open(sealed, opened), MBEDTLS_ERR_CIPHER_AUTH_FAILED);
  associated_[12] = 5;
  nonce_[0] = 4;
  EXPECT_EQ(open(sealed, opened), MBEDTLS_ERR_CIPHER_AUTH_FAILED);
}

INSTANTIATE_TEST_SUITE_P(BothKeyLengths, MbedTlsGcm,
                         testing::Values(MBEDTLS_CIPHER_AES_128_GCM, MBEDTLS_CIPHER_AES_256_GCM));

}  // namespace
}  // namespace portico::aead
