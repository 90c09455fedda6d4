// mbedTLS's GCM functions, over the processor's instructions where there are any and over mbedTLS's own code elsewhere.
//
// DTLS uses the functions that do a whole record, with nonces of 12 bytes (RFC 5288 §3). The ones that work in pieces
// give MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED, which mbedTLS allows an alternative implementation.
extern "C" {  // this header of mbedTLS's does not say it itself
#include <mbedtls/constant_time.h>
}
#include <mbedtls/error.h>
#include <mbedtls/gcm.h>
#include <mbedtls/platform.h>
#include <mbedtls/platform_util.h>

#include <cstring>

#include "core/dtls/aead/aes_gcm_x86.h"
#include "core/dtls/aead/gcm_portable.h"

namespace {

using portico::aead::AesGcmKey;
using portico::aead::kNonceBytes;
using portico::aead::kTagBytes;

constexpr std::size_t kMinTagBytes = 4;                       // as mbedTLS's own
constexpr std::uint64_t kMaxPlaintextBytes = 0xFFFFFFFE0ULL;  // SP 800-38D §5.2.1.1

const AesGcmKey& keyOf(const mbedtls_gcm_context& context) {
  return *static_cast<const AesGcmKey*>(context.accelerated);
}

bool badLengths(std::size_t length, std::size_t nonceLength, std::size_t tagLength) {
  return nonceLength == 0 || tagLength < kMinTagBytes || tagLength > kTagBytes ||
         std::uint64_t{length} > kMaxPlaintextBytes;
}

}  // namespace

extern "C" {

void mbedtls_gcm_init(mbedtls_gcm_context* ctx) {
  *ctx = {nullptr, nullptr};
}

void mbedtls_gcm_free(mbedtls_gcm_context* ctx) {
  if (ctx == nullptr) return;
  if (ctx->accelerated != nullptr) {
    mbedtls_platform_zeroize(ctx->accelerated, sizeof(AesGcmKey));
    mbedtls_free(ctx->accelerated);
  }
  if (ctx->portable != nullptr) portico_gcm_portable_free(ctx->portable);
  mbedtls_gcm_init(ctx);
}

int mbedtls_gcm_setkey(mbedtls_gcm_context* ctx, mbedtls_cipher_id_t cipher, const unsigned char* key,
                       unsigned int keybits) {
  mbedtls_gcm_free(ctx);
  const auto level = portico::aead::detectAesGcm();
  const bool ours = cipher == MBEDTLS_CIPHER_ID_AES && (keybits == 128 || keybits == 256);
  if (ours && level != portico::aead::AesGcmLevel::none) {
    ctx->accelerated = mbedtls_calloc(1, sizeof(AesGcmKey));
    if (ctx->accelerated == nullptr) return MBEDTLS_ERR_CIPHER_ALLOC_FAILED;
    portico::aead::aesGcmSetKey(*static_cast<AesGcmKey*>(ctx->accelerated), level, {key, keybits / 8});
    return 0;
  }
  ctx->portable = portico_gcm_portable_new(cipher, key, keybits);
  return ctx->portable == nullptr ? MBEDTLS_ERR_GCM_BAD_INPUT : 0;
}

int mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context* ctx, int mode, size_t length, const unsigned char* iv, size_t iv_len,
                              const unsigned char* add, size_t add_len, const unsigned char* input,
                              unsigned char* output, size_t tag_len, unsigned char* tag) {
  if (ctx->portable != nullptr) {
    return portico_gcm_portable_crypt(ctx->portable, mode, length, iv, iv_len, add, add_len, input, output, tag_len,
                                      tag);
  }
  if (ctx->accelerated == nullptr || badLengths(length, iv_len, tag_len)) return MBEDTLS_ERR_GCM_BAD_INPUT;
  if (iv_len != kNonceBytes) return MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
  unsigned char fullTag[kTagBytes];
  const auto run = mode == MBEDTLS_GCM_ENCRYPT ? portico::aead::aesGcmSeal : portico::aead::aesGcmOpen;
  run(keyOf(*ctx), iv, {add, add_len}, {input, length}, output, fullTag);
  std::memcpy(tag, fullTag, tag_len);
  return 0;
}

int mbedtls_gcm_auth_decrypt(mbedtls_gcm_context* ctx, size_t length, const unsigned char* iv, size_t iv_len,
                             const unsigned char* add, size_t add_len, const unsigned char* tag, size_t tag_len,
                             const unsigned char* input, unsigned char* output) {
  if (ctx->portable != nullptr) {
    return portico_gcm_portable_open(ctx->portable, length, iv, iv_len, add, add_len, tag, tag_len, input, output);
  }
  unsigned char expected[kTagBytes];
  const int code = mbedtls_gcm_crypt_and_tag(ctx, MBEDTLS_GCM_DECRYPT, length, iv, iv_len, add, add_len, input, output,
                                             tag_len, expected);
  if (code != 0) return code;
  if (mbedtls_ct_memcmp(tag, expected, tag_len) == 0) return 0;
  mbedtls_platform_zeroize(output, length);  // nobody may use what is not authentic
  return MBEDTLS_ERR_GCM_AUTH_FAILED;
}

int mbedtls_gcm_starts(mbedtls_gcm_context*, int, const unsigned char*, size_t) {
  return MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
}
int mbedtls_gcm_update_ad(mbedtls_gcm_context*, const unsigned char*, size_t) {
  return MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
}
int mbedtls_gcm_update(mbedtls_gcm_context*, const unsigned char*, size_t, unsigned char*, size_t, size_t*) {
  return MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
}
int mbedtls_gcm_finish(mbedtls_gcm_context*, unsigned char*, size_t, size_t*, unsigned char*, size_t) {
  return MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
}

}  // extern "C"
