#include "core/dtls/aead/aes_gcm_x86.h"

#include <cstring>

#if defined(__x86_64__)

#include <cpuid.h>

#include <algorithm>

#include "core/dtls/aead/aes_gcm_vaes.h"
#include "core/dtls/aead/ghash_x86.h"

namespace portico::aead {
namespace {

constexpr std::size_t kStride = 8;  // blocks at a time: as many as hide the latency of an AES round

template <int Constant>
PORTICO_AESNI_INLINE __m128i nextRoundKey(__m128i previous, __m128i source, int lane) {
  const __m128i assist = _mm_aeskeygenassist_si128(source, Constant);
  __m128i key = _mm_xor_si128(previous, _mm_slli_si128(previous, 4));
  key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
  return _mm_xor_si128(key, lane == 3 ? _mm_shuffle_epi32(assist, 0xFF) : _mm_shuffle_epi32(assist, 0xAA));
}

template <int Constant>
PORTICO_AESNI_INLINE void expandNext(AesGcmKey& key, int at) {
  const __m128i previous = load(key.roundKeys[at - 1]);
  store(key.roundKeys[at], nextRoundKey<Constant>(previous, previous, 3));
}

// FIPS 197 §5.2.
PORTICO_AESNI void expandKey128(AesGcmKey& key, const std::uint8_t* secret) {
  store(key.roundKeys[0], load(secret));
  expandNext<0x01>(key, 1);
  expandNext<0x02>(key, 2);
  expandNext<0x04>(key, 3);
  expandNext<0x08>(key, 4);
  expandNext<0x10>(key, 5);
  expandNext<0x20>(key, 6);
  expandNext<0x40>(key, 7);
  expandNext<0x80>(key, 8);
  expandNext<0x1B>(key, 9);
  expandNext<0x36>(key, 10);
}

template <int Constant>
PORTICO_AESNI_INLINE void expandPair(AesGcmKey& key, int at, __m128i& even, __m128i& odd) {
  even = nextRoundKey<Constant>(even, odd, 3);
  store(key.roundKeys[at], even);
  if (at + 1 > static_cast<int>(kMaxRounds)) return;
  odd = nextRoundKey<0>(odd, even, 2);
  store(key.roundKeys[at + 1], odd);
}

PORTICO_AESNI void expandKey256(AesGcmKey& key, const std::uint8_t* secret) {
  __m128i even = load(secret);
  __m128i odd = load(secret + kBlockBytes);
  store(key.roundKeys[0], even);
  store(key.roundKeys[1], odd);
  expandPair<0x01>(key, 2, even, odd);
  expandPair<0x02>(key, 4, even, odd);
  expandPair<0x04>(key, 6, even, odd);
  expandPair<0x08>(key, 8, even, odd);
  expandPair<0x10>(key, 10, even, odd);
  expandPair<0x20>(key, 12, even, odd);
  expandPair<0x40>(key, 14, even, odd);
}

PORTICO_AESNI_INLINE __m128i encryptBlock(const AesGcmKey& key, __m128i block) {
  block = _mm_xor_si128(block, load(key.roundKeys[0]));
  for (int i = 1; i < key.rounds; ++i) block = _mm_aesenc_si128(block, load(key.roundKeys[i]));
  return _mm_aesenclast_si128(block, load(key.roundKeys[key.rounds]));
}

/// H = AES(0), reversed and times x, and its powers.
PORTICO_AESNI void deriveHashPowers(AesGcmKey& key) {
  std::uint64_t half[2];
  store(half, reversed(encryptBlock(key, _mm_setzero_si128())));
  const std::uint64_t carry = 0 - (half[1] >> 63);
  half[1] = half[1] << 1 | half[0] >> 63;
  half[0] = half[0] << 1;
  half[1] ^= carry & 0xC200000000000000ULL;
  half[0] ^= carry & 1;
  const __m128i h = load(half);
  __m128i power = h;
  for (std::size_t i = kHashPowers; i-- > 0;) {
    store(key.hashPowers[i], power);
    power = multiplied(power, h);
  }
  std::memset(key.hashPowers[kHashPowers], 0, kHashPadding * kBlockBytes);
}

PORTICO_AESNI_INLINE __m128i loadPartial(const std::uint8_t* from, std::size_t size) {
  std::uint8_t room[kBlockBytes] = {};
  std::memcpy(room, from, size);
  return load(room);
}

/// Encrypts or decrypts up to kStride blocks, the last of which may be short, and adds them to the hash. Full says that
/// there are kStride whole ones, so that the compiler has loops without conditions.
template <bool Sealing, bool Full>
PORTICO_AESNI_INLINE __m128i crypt(const AesGcmKey& key, __m128i counter, __m128i hash, const std::uint8_t* in,
                                   std::uint8_t* out, std::size_t count, std::size_t lastBytes) {
  const std::size_t blocks = Full ? kStride : count;
  __m128i stream[kStride];
  for (std::size_t i = 0; i < blocks; ++i) {
    const __m128i block = _mm_add_epi32(counter, _mm_set_epi32(0, 0, 0, static_cast<int>(i)));
    stream[i] = _mm_xor_si128(reversed(block), load(key.roundKeys[0]));
  }
  for (int round = 1; round < key.rounds; ++round) {
    const __m128i roundKey = load(key.roundKeys[round]);
    for (std::size_t i = 0; i < blocks; ++i) stream[i] = _mm_aesenc_si128(stream[i], roundKey);
  }
  const __m128i lastKey = load(key.roundKeys[key.rounds]);
  Product sum = zeroProduct();
  for (std::size_t i = 0; i < blocks; ++i) {
    stream[i] = _mm_aesenclast_si128(stream[i], lastKey);
    const bool whole = Full || i + 1 < blocks || lastBytes == kBlockBytes;
    const __m128i source = whole ? load(in + i * kBlockBytes) : loadPartial(in + i * kBlockBytes, lastBytes);
    const __m128i result = _mm_xor_si128(source, stream[i]);
    __m128i ciphertext = Sealing ? result : source;
    if (whole) {
      store(out + i * kBlockBytes, result);
    } else {
      std::uint8_t room[kBlockBytes];
      store(room, result);
      std::memcpy(out + i * kBlockBytes, room, lastBytes);
      if (Sealing) ciphertext = loadPartial(room, lastBytes);
    }
    __m128i block = reversed(ciphertext);
    if (i == 0) block = _mm_xor_si128(block, hash);
    addProduct(sum, block, load(key.hashPowers[kHashPowers - blocks + i]));
  }
  return reduced(sum);
}

template <bool Sealing>
PORTICO_AESNI __m128i cryptAll(const AesGcmKey& key, __m128i counter, __m128i hash, Bytes in, std::uint8_t* out) {
  constexpr std::size_t kStrideBytes = kStride * kBlockBytes;
  const std::uint8_t* from = in.data;
  std::size_t left = in.size;
  for (; left >= kStrideBytes; left -= kStrideBytes, from += kStrideBytes, out += kStrideBytes) {
    hash = crypt<Sealing, true>(key, counter, hash, from, out, kStride, kBlockBytes);
    counter = _mm_add_epi32(counter, _mm_set_epi32(0, 0, 0, kStride));
  }
  if (left == 0) return hash;
  const std::size_t blocks = (left + kBlockBytes - 1) / kBlockBytes;
  return crypt<Sealing, false>(key, counter, hash, from, out, blocks, left - (blocks - 1) * kBlockBytes);
}

PORTICO_AESNI_INLINE __m128i hashAssociated(const AesGcmKey& key, Bytes associated) {
  const __m128i h = load(key.hashPowers[kHashPowers - 1]);
  __m128i hash = _mm_setzero_si128();
  for (std::size_t at = 0; at < associated.size; at += kBlockBytes) {
    const std::size_t size = std::min(kBlockBytes, associated.size - at);
    const __m128i block = size == kBlockBytes ? load(associated.data + at) : loadPartial(associated.data + at, size);
    hash = multiplied(_mm_xor_si128(hash, reversed(block)), h);
  }
  return hash;
}

// SP 800-38D §7.1 and §7.2, for nonces of 96 bits.
template <bool Sealing>
PORTICO_AESNI void run(const AesGcmKey& key, const std::uint8_t* nonce, Bytes associated, Bytes in, std::uint8_t* out,
                       std::uint8_t* tag) {
  std::uint8_t first[kBlockBytes] = {};
  std::memcpy(first, nonce, kNonceBytes);
  first[kBlockBytes - 1] = 1;
  const __m128i base = load(first);
  const __m128i counter = _mm_add_epi32(reversed(base), _mm_set_epi32(0, 0, 0, 1));
  __m128i hash = hashAssociated(key, associated);
  if (key.level == AesGcmLevel::vaes512) {
    std::uint8_t state[kBlockBytes];
    std::uint8_t start[kBlockBytes];
    store(state, hash);
    store(start, counter);
    const auto cryptWide = Sealing ? vaesSeal : vaesOpen;
    cryptWide(key, start, state, in, out);
    hash = load(state);
  } else {
    hash = cryptAll<Sealing>(key, counter, hash, in, out);
  }
  const __m128i lengths =
      _mm_set_epi64x(static_cast<long long>(associated.size * 8), static_cast<long long>(in.size * 8));
  hash = multiplied(_mm_xor_si128(hash, lengths), load(key.hashPowers[kHashPowers - 1]));
  store(tag, _mm_xor_si128(reversed(hash), encryptBlock(key, base)));
}

}  // namespace

AesGcmLevel detectAesGcm() {
  if (!__builtin_cpu_supports("aes") || !__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("sse4.1")) {
    return AesGcmLevel::none;
  }
  // Compilers' builtins answer for the operating system too (saved registers), but not all of them know VAES.
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  constexpr unsigned kVaes = 1U << 9;
  constexpr unsigned kVpclmulqdq = 1U << 10;
  const bool vector = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (c & kVaes) != 0 && (c & kVpclmulqdq) != 0;
  return wide && vector ? AesGcmLevel::vaes512 : AesGcmLevel::aesni;
}

bool aesGcmSetKey(AesGcmKey& key, AesGcmLevel level, Bytes secret) {
  if (level == AesGcmLevel::none || (secret.size != 16 && secret.size != 32)) return false;
  key.level = level;
  key.rounds = secret.size == 16 ? 10 : kMaxRounds;
  const auto expandKey = secret.size == 16 ? expandKey128 : expandKey256;
  expandKey(key, secret.data);
  deriveHashPowers(key);
  return true;
}

void aesGcmSeal(const AesGcmKey& key, const std::uint8_t* nonce, Bytes associated, Bytes plaintext, std::uint8_t* out,
                std::uint8_t* tag) {
  run<true>(key, nonce, associated, plaintext, out, tag);
}

void aesGcmOpen(const AesGcmKey& key, const std::uint8_t* nonce, Bytes associated, Bytes ciphertext, std::uint8_t* out,
                std::uint8_t* tag) {
  run<false>(key, nonce, associated, ciphertext, out, tag);
}

}  // namespace portico::aead

#else

namespace portico::aead {

AesGcmLevel detectAesGcm() {
  return AesGcmLevel::none;
}
bool aesGcmSetKey(AesGcmKey&, AesGcmLevel, Bytes) {
  return false;
}
// Never called: no key can be made.
void aesGcmSeal(const AesGcmKey&, const std::uint8_t*, Bytes, Bytes, std::uint8_t*, std::uint8_t*) {}
void aesGcmOpen(const AesGcmKey&, const std::uint8_t*, Bytes, Bytes, std::uint8_t*, std::uint8_t*) {}

}  // namespace portico::aead

#endif
