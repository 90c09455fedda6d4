#include "gcm_portable.h"

/* The configuration first, then without its replacement of GCM, then mbedTLS's file with its names changed. */
#include "mbedtls/build_info.h"
#undef MBEDTLS_GCM_ALT
#undef MBEDTLS_SELF_TEST
#define mbedtls_gcm_init portico_portable_gcm_init
#define mbedtls_gcm_setkey portico_portable_gcm_setkey
#define mbedtls_gcm_crypt_and_tag portico_portable_gcm_crypt_and_tag
#define mbedtls_gcm_auth_decrypt portico_portable_gcm_auth_decrypt
#define mbedtls_gcm_starts portico_portable_gcm_starts
#define mbedtls_gcm_update_ad portico_portable_gcm_update_ad
#define mbedtls_gcm_update portico_portable_gcm_update
#define mbedtls_gcm_finish portico_portable_gcm_finish
#define mbedtls_gcm_free portico_portable_gcm_free
#include "gcm.c"

void* portico_gcm_portable_new(int cipher, const unsigned char* key, unsigned int keyBits) {
  mbedtls_gcm_context* context = mbedtls_calloc(1, sizeof(*context));
  if (context == NULL) return NULL;
  portico_portable_gcm_init(context);
  if (portico_portable_gcm_setkey(context, (mbedtls_cipher_id_t) cipher, key, keyBits) == 0) return context;
  portico_gcm_portable_free(context);
  return NULL;
}

void portico_gcm_portable_free(void* context) {
  portico_portable_gcm_free(context);
  mbedtls_free(context);
}

int portico_gcm_portable_crypt(void* context, int mode, size_t length, const unsigned char* iv, size_t ivLength,
                               const unsigned char* add, size_t addLength, const unsigned char* input,
                               unsigned char* output, size_t tagLength, unsigned char* tag) {
  return portico_portable_gcm_crypt_and_tag(context, mode, length, iv, ivLength, add, addLength, input, output, tagLength, tag);
}

int portico_gcm_portable_open(void* context, size_t length, const unsigned char* iv, size_t ivLength,
                              const unsigned char* add, size_t addLength, const unsigned char* tag, size_t tagLength,
                              const unsigned char* input, unsigned char* output) {
  return portico_portable_gcm_auth_decrypt(context, length, iv, ivLength, add, addLength, tag, tagLength, input, output);
}
