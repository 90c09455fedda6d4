/* mbedTLS's own GCM under other names: what runs where the processor has no AES instructions, and what the tests hold
 * our own against. */
#ifndef PORTICO_GCM_PORTABLE_H
#define PORTICO_GCM_PORTABLE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NULL without memory, or if the key can't be used. `cipher` is an mbedtls_cipher_id_t. */
void* portico_gcm_portable_new(int cipher, const unsigned char* key, unsigned int keyBits);
void portico_gcm_portable_free(void* context);

/* Return what mbedtls_gcm_crypt_and_tag and mbedtls_gcm_auth_decrypt do. */
int portico_gcm_portable_crypt(void* context, int mode, size_t length, const unsigned char* iv, size_t ivLength,
                               const unsigned char* add, size_t addLength, const unsigned char* input,
                               unsigned char* output, size_t tagLength, unsigned char* tag);
int portico_gcm_portable_open(void* context, size_t length, const unsigned char* iv, size_t ivLength,
                              const unsigned char* add, size_t addLength, const unsigned char* tag, size_t tagLength,
                              const unsigned char* input, unsigned char* output);

#ifdef __cplusplus
}
#endif

#endif
