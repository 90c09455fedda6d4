// Multiplication in GCM's field with carry-less products. For the files of this folder alone.
//
// Blocks are held byte-reversed, and the hash key times x. Then a 256-bit product of two blocks, folded twice by the
// reversed polynomial x^128 + x^127 + x^126 + x^121 + 1, is the block of GHASH: Gueron and Kounavis, "Intel Carry-Less
// Multiplication Instruction and its Usage for Computing the GCM Mode", 2010, with the fold that needs two products.
#pragma once

#include <immintrin.h>

// Functions carry their instruction sets themselves, so that no compiler flag lets them out of this folder.
#define PORTICO_AESNI __attribute__((target("sse4.1,ssse3,aes,pclmul")))
#define PORTICO_AESNI_INLINE __attribute__((target("sse4.1,ssse3,aes,pclmul"), always_inline)) inline

namespace portico::aead {

/// A product, or a sum of products, before the fold: low, middle and high 128 bits; the middle overlaps both.
struct Product {
  __m128i low;
  __m128i middle;
  __m128i high;
};

PORTICO_AESNI_INLINE __m128i byteReversal() {
  return _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

PORTICO_AESNI_INLINE __m128i reversed(__m128i block) {
  return _mm_shuffle_epi8(block, byteReversal());
}

PORTICO_AESNI_INLINE __m128i load(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

PORTICO_AESNI_INLINE void store(void* to, __m128i block) {
  _mm_storeu_si128(static_cast<__m128i*>(to), block);
}

PORTICO_AESNI_INLINE Product zeroProduct() {
  return {_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128()};
}

PORTICO_AESNI_INLINE void addProduct(Product& sum, __m128i a, __m128i b) {
  sum.low = _mm_xor_si128(sum.low, _mm_clmulepi64_si128(a, b, 0x00));
  sum.high = _mm_xor_si128(sum.high, _mm_clmulepi64_si128(a, b, 0x11));
  const __m128i cross = _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x01), _mm_clmulepi64_si128(a, b, 0x10));
  sum.middle = _mm_xor_si128(sum.middle, cross);
}

/// The fold: each step moves the low 64 bits up by the polynomial and swaps the halves of the rest.
PORTICO_AESNI_INLINE __m128i reduced(const Product& product) {
  const __m128i polynomial = _mm_set_epi64x(static_cast<long long>(0xC200000000000000ULL), 1);
  __m128i folded = _mm_clmulepi64_si128(polynomial, product.low, 0x01);
  __m128i middle = _mm_xor_si128(product.middle, _mm_xor_si128(folded, _mm_shuffle_epi32(product.low, 0x4E)));
  folded = _mm_clmulepi64_si128(polynomial, middle, 0x01);
  return _mm_xor_si128(product.high, _mm_xor_si128(folded, _mm_shuffle_epi32(middle, 0x4E)));
}

PORTICO_AESNI_INLINE __m128i multiplied(__m128i a, __m128i b) {
  Product product = zeroProduct();
  addProduct(product, a, b);
  return reduced(product);
}

}  // namespace portico::aead
