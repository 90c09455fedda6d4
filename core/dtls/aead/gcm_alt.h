/* mbedTLS includes this as the context of GCM (MBEDTLS_GCM_ALT). At most one of the two is there. */
#ifndef PORTICO_GCM_ALT_H
#define PORTICO_GCM_ALT_H

typedef struct mbedtls_gcm_context {
  void* accelerated; /* a portico::aead::AesGcmKey */
  void* portable;    /* of gcm_portable.h */
} mbedtls_gcm_context;

#endif
