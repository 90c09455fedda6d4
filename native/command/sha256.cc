#include "native/command/sha256.h"

#include <mbedtls/sha256.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#define PORTICO_HAS_SHA_NI 1
#endif

namespace portico::command {

using DigestBytes = std::array<unsigned char, 32>;

class Sha256::Digest {
 public:
  virtual ~Digest() = default;
  virtual void update(ByteView bytes) = 0;
  virtual DigestBytes finish() = 0;
};

class Sha256::PortableDigest final : public Sha256::Digest {
 public:
  PortableDigest() {
    mbedtls_sha256_init(&context_);
    mbedtls_sha256_starts(&context_, 0);
  }
  ~PortableDigest() override { mbedtls_sha256_free(&context_); }
  PortableDigest(const PortableDigest&) = delete;
  PortableDigest& operator=(const PortableDigest&) = delete;

  void update(ByteView bytes) override {
    mbedtls_sha256_update(&context_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }
  DigestBytes finish() override {
    DigestBytes digest{};
    mbedtls_sha256_finish(&context_, digest.data());
    return digest;
  }

 private:
  mbedtls_sha256_context context_;
};

#if PORTICO_HAS_SHA_NI
namespace {

constexpr std::size_t kBlockBytes = 64;

alignas(16) constexpr std::array<std::uint32_t, 64> kRoundConstants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using State = std::array<std::uint32_t, 8>;

bool processorHasShaNi() {
  // __builtin_cpu_supports knows "sha" only from g++ 14 on: CPUID leaf 7, EBX bit 29.
  unsigned eax = 7;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  unsigned highest = 0;
  __asm__("cpuid" : "=a"(highest), "=b"(ebx), "=c"(ecx), "=d"(edx) : "a"(0U), "c"(0U));
  if (highest < eax) return false;
  __asm__("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx) : "c"(0U));
  return (ebx >> 29 & 1) != 0 && __builtin_cpu_supports("sse4.1") != 0 && __builtin_cpu_supports("ssse3") != 0;
}

// The instructions keep the working variables as {a,b,e,f} and {c,d,g,h}, two rounds to a step.
__attribute__((target("sha,sse4.1,ssse3"))) void compress(State& state, const std::byte* data, std::size_t blocks) {
  const __m128i swapBytes = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const __m128i dcba = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state.data()));
  const __m128i hgfe = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state.data() + 4));
  const __m128i cdab = _mm_shuffle_epi32(dcba, 0xb1);
  const __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1b);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);

  for (; blocks > 0; --blocks, data += kBlockBytes) {
    const __m128i abefBefore = abef;
    const __m128i cdghBefore = cdgh;
    __m128i words[4];  // std::array would drop the vector type's attributes
    for (std::size_t i = 0; i < 4; ++i) {
      words[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data + 16 * i)), swapBytes);
    }
#pragma GCC unroll 16
    for (std::size_t i = 0; i < 16; ++i) {
      if (i >= 4) {
        // FIPS 180-4 §6.2.2 step 1: W(t) from W(t-16), W(t-15), W(t-7) and W(t-2), four at a time.
        const __m128i w7 = _mm_alignr_epi8(words[(i + 3) % 4], words[(i + 2) % 4], 4);
        const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(words[i % 4], words[(i + 1) % 4]), w7);
        words[i % 4] = _mm_sha256msg2_epu32(sum, words[(i + 3) % 4]);
      }
      const __m128i constants = _mm_load_si128(reinterpret_cast<const __m128i*>(kRoundConstants.data() + 4 * i));
      const __m128i input = _mm_add_epi32(words[i % 4], constants);
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, input);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(input, 0x0e));
    }
    abef = _mm_add_epi32(abef, abefBefore);
    cdgh = _mm_add_epi32(cdgh, cdghBefore);
  }

  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data()), _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data() + 4), _mm_alignr_epi8(dchg, feba, 8));
}

}  // namespace

class Sha256::ShaNiDigest final : public Sha256::Digest {
 public:
  void update(ByteView bytes) override {
    total_ += bytes.size();
    if (held_ > 0) {
      const std::size_t taken = std::min(kBlockBytes - held_, bytes.size());
      std::memcpy(block_.data() + held_, bytes.data(), taken);
      held_ += taken;
      bytes = bytes.subspan(taken);
      if (held_ < kBlockBytes) return;
      compress(state_, block_.data(), 1);
      held_ = 0;
    }
    const std::size_t blocks = bytes.size() / kBlockBytes;
    if (blocks > 0) compress(state_, bytes.data(), blocks);
    bytes = bytes.subspan(blocks * kBlockBytes);
    if (!bytes.empty()) std::memcpy(block_.data(), bytes.data(), bytes.size());
    held_ = bytes.size();
  }

  DigestBytes finish() override {
    // FIPS 180-4 §5.1.1: a one bit, zeros, and the length in bits.
    const std::uint64_t bits = total_ * 8;
    std::array<std::byte, 2 * kBlockBytes> tail{};
    tail[0] = std::byte{0x80};
    const std::size_t zeros = (held_ < 56 ? 56 : 56 + kBlockBytes) - held_;
    for (std::size_t i = 0; i < 8; ++i) tail[zeros + i] = static_cast<std::byte>(bits >> (56 - 8 * i) & 0xff);
    update(ByteView(tail.data(), zeros + 8));
    DigestBytes digest{};
    for (std::size_t i = 0; i < digest.size(); ++i) {
      digest[i] = static_cast<unsigned char>(state_[i / 4] >> (24 - 8 * (i % 4)) & 0xff);
    }
    return digest;
  }

 private:
  State state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, kBlockBytes> block_{};
  std::size_t held_ = 0;
  std::uint64_t total_ = 0;
};
#endif

Sha256::Sha256(Engine engine) {
#if PORTICO_HAS_SHA_NI
  static const bool fast = processorHasShaNi();
  if (fast && engine == Engine::fastest) {
    digest_ = std::make_unique<ShaNiDigest>();
    return;
  }
#endif
  (void)engine;
  digest_ = std::make_unique<PortableDigest>();
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(ByteView bytes) {
  digest_->update(bytes);
}

std::string Sha256::finish() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest_->finish()) {
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 0xf]);
  }
  return text;
}

}  // namespace portico::command
