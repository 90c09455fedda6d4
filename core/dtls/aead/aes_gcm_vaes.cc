#include "core/dtls/aead/aes_gcm_vaes.h"

#if defined(__x86_64__)

#include "core/dtls/aead/ghash_x86.h"

#define PORTICO_VAES_SET "sse4.1,ssse3,aes,pclmul,avx512f,avx512bw,avx512vl,avx512dq,vaes,vpclmulqdq"
#define PORTICO_VAES __attribute__((target(PORTICO_VAES_SET)))
#define PORTICO_VAES_INLINE __attribute__((target(PORTICO_VAES_SET), always_inline)) inline

namespace portico::aead {
namespace {

constexpr std::size_t kLaneBytes = 64;  // a register: four blocks
constexpr std::size_t kLanes = 4;
constexpr std::size_t kStrideBytes = kLanes * kLaneBytes;

struct WideProduct {
  __m512i low;
  __m512i middle;
  __m512i high;
};

PORTICO_VAES_INLINE __m512i broadcast(const std::uint8_t* block) {
  return _mm512_broadcast_i32x4(load(block));
}

PORTICO_VAES_INLINE void addProduct(WideProduct& sum, __m512i a, __m512i b) {
  constexpr int kXorOfThree = 0x96;
  sum.low = _mm512_xor_si512(sum.low, _mm512_clmulepi64_epi128(a, b, 0x00));
  sum.high = _mm512_xor_si512(sum.high, _mm512_clmulepi64_epi128(a, b, 0x11));
  sum.middle = _mm512_ternarylogic_epi64(sum.middle, _mm512_clmulepi64_epi128(a, b, 0x01),
                                         _mm512_clmulepi64_epi128(a, b, 0x10), kXorOfThree);
}

PORTICO_VAES_INLINE __m128i sumOfBlocks(__m512i four) {
  const __m256i two = _mm256_xor_si256(_mm512_castsi512_si256(four), _mm512_extracti64x4_epi64(four, 1));
  return _mm_xor_si128(_mm256_castsi256_si128(two), _mm256_extracti128_si256(two, 1));
}

/// Which bytes of register `lane` lie within `bytes`.
PORTICO_VAES_INLINE __mmask64 maskOf(std::size_t lane, std::size_t bytes) {
  const std::size_t begin = lane * kLaneBytes;
  if (bytes >= begin + kLaneBytes) return ~__mmask64{0};
  return (__mmask64{1} << (bytes - begin)) - 1;
}

/// `Lanes` registers, of which the last may be filled in part: `bytes` in all. Bytes that are not there count as zeros
/// in the hash, and the powers are chosen so that the last block meets H.
template <bool Sealing, int Rounds, std::size_t Lanes, bool Whole>
PORTICO_VAES_INLINE __m128i cryptLanes(const AesGcmKey& key, __m512i counter, __m128i hash, const std::uint8_t* in,
                                       std::uint8_t* out, std::size_t bytes) {
  const __m512i reversal = _mm512_broadcast_i32x4(byteReversal());
  const __m512i four = _mm512_broadcast_i32x4(_mm_set_epi32(0, 0, 0, 4));
  __m512i stream[Lanes];
  __m512i source[Lanes];
  const __m512i firstKey = broadcast(key.roundKeys[0]);
  for (std::size_t i = 0; i < Lanes; ++i) {
    stream[i] = _mm512_xor_si512(_mm512_shuffle_epi8(counter, reversal), firstKey);
    counter = _mm512_add_epi32(counter, four);
    source[i] = Whole ? _mm512_loadu_si512(in + i * kLaneBytes)
                      : _mm512_maskz_loadu_epi8(maskOf(i, bytes), in + i * kLaneBytes);
  }
  for (int round = 1; round < Rounds; ++round) {
    const __m512i roundKey = broadcast(key.roundKeys[round]);
    for (std::size_t i = 0; i < Lanes; ++i) stream[i] = _mm512_aesenc_epi128(stream[i], roundKey);
  }
  const __m512i lastKey = broadcast(key.roundKeys[Rounds]);
  const std::size_t blocks = (bytes + kBlockBytes - 1) / kBlockBytes;
  const std::uint8_t* powers = key.hashPowers[kHashPowers - blocks];
  WideProduct sum{_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
  for (std::size_t i = 0; i < Lanes; ++i) {
    const __m512i result = _mm512_xor_si512(source[i], _mm512_aesenclast_epi128(stream[i], lastKey));
    __m512i ciphertext = Sealing ? result : source[i];
    if (Whole) {
      _mm512_storeu_si512(out + i * kLaneBytes, result);
    } else {
      const __mmask64 mask = maskOf(i, bytes);
      _mm512_mask_storeu_epi8(out + i * kLaneBytes, mask, result);
      ciphertext = _mm512_maskz_mov_epi8(mask, ciphertext);
    }
    __m512i hashed = _mm512_shuffle_epi8(ciphertext, reversal);
    if (i == 0) hashed = _mm512_xor_si512(hashed, _mm512_zextsi128_si512(hash));
    addProduct(sum, hashed, _mm512_loadu_si512(powers + i * kLaneBytes));
  }
  return reduced({sumOfBlocks(sum.low), sumOfBlocks(sum.middle), sumOfBlocks(sum.high)});
}

template <bool Sealing, int Rounds>
PORTICO_VAES void cryptAll(const AesGcmKey& key, const std::uint8_t* firstCounter, std::uint8_t* state, Bytes in,
                           std::uint8_t* out) {
  const __m512i offsets = _mm512_set_epi32(0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0);
  const __m512i stride = _mm512_broadcast_i32x4(_mm_set_epi32(0, 0, 0, 16));
  __m512i counter = _mm512_add_epi32(broadcast(firstCounter), offsets);
  __m128i hash = load(state);
  const std::uint8_t* from = in.data;
  std::size_t left = in.size;
  for (; left >= kStrideBytes; left -= kStrideBytes, from += kStrideBytes, out += kStrideBytes) {
    hash = cryptLanes<Sealing, Rounds, 4, true>(key, counter, hash, from, out, kStrideBytes);
    counter = _mm512_add_epi32(counter, stride);
  }
  switch ((left + kLaneBytes - 1) / kLaneBytes) {
    case 4:
      hash = cryptLanes<Sealing, Rounds, 4, false>(key, counter, hash, from, out, left);
      break;
    case 3:
      hash = cryptLanes<Sealing, Rounds, 3, false>(key, counter, hash, from, out, left);
      break;
    case 2:
      hash = cryptLanes<Sealing, Rounds, 2, false>(key, counter, hash, from, out, left);
      break;
    case 1:
      hash = cryptLanes<Sealing, Rounds, 1, false>(key, counter, hash, from, out, left);
      break;
    default:
      break;
  }
  store(state, hash);
}

constexpr int kRounds128 = 10;
constexpr int kRounds256 = 14;

template <bool Sealing>
void crypt(const AesGcmKey& key, const std::uint8_t* counter, std::uint8_t* hash, Bytes in, std::uint8_t* out) {
  const auto cryptWith = key.rounds == kRounds128 ? cryptAll<Sealing, kRounds128> : cryptAll<Sealing, kRounds256>;
  cryptWith(key, counter, hash, in, out);
}

}  // namespace

void vaesSeal(const AesGcmKey& key, const std::uint8_t* counter, std::uint8_t* hash, Bytes in, std::uint8_t* out) {
  crypt<true>(key, counter, hash, in, out);
}

void vaesOpen(const AesGcmKey& key, const std::uint8_t* counter, std::uint8_t* hash, Bytes in, std::uint8_t* out) {
  crypt<false>(key, counter, hash, in, out);
}

}  // namespace portico::aead

#endif
