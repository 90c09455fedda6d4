// What Portico compiles of mbedTLS: DTLS 1.2 with ECDHE-ECDSA and AEAD suites, the hashes that WebRTC needs, and
// nothing that touches the machine. It serves native and WASM builds alike.
#ifndef PORTICO_MBEDTLS_CONFIG_H
#define PORTICO_MBEDTLS_CONFIG_H

// The compiler's side. Without MBEDTLS_HAVE_TIME nothing in mbedTLS reads a clock: timers and dates are passed in.
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_AESNI_C
#define MBEDTLS_AESCE_C
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_NO_PLATFORM_ENTROPY

// Hashes: SHA-1 and MD5 are STUN's (RFC 8489 §14.5, §9.2.2), never DTLS's.
#define MBEDTLS_MD_C
#define MBEDTLS_MD5_C
#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA224_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C

// Ciphers.
#define MBEDTLS_CIPHER_C
#define MBEDTLS_AES_C
#define MBEDTLS_GCM_C
#define MBEDTLS_GCM_ALT  // core/dtls/aead
#define MBEDTLS_CHACHA20_C
#define MBEDTLS_POLY1305_C
#define MBEDTLS_CHACHAPOLY_C

// Public keys. Signatures are deterministic (RFC 6979) inside, so a weak random source does not leak the key.
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_DP_CURVE25519_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ECDSA_DETERMINISTIC
#define MBEDTLS_HMAC_DRBG_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_OID_C
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_PK_WRITE_C

// Certificates. The peer's are kept by us as DER, not by mbedTLS in parsed form.
#define MBEDTLS_BASE64_C
#define MBEDTLS_PEM_PARSE_C
#define MBEDTLS_PEM_WRITE_C
#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_CREATE_C
#define MBEDTLS_X509_CRT_WRITE_C

// DTLS 1.2. Each handshake offers use_srtp (RFC 5764 §4.1.1): aiortc and older pion end it otherwise.
#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_SRV_C
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_PROTO_DTLS
#define MBEDTLS_SSL_DTLS_ANTI_REPLAY
#define MBEDTLS_SSL_DTLS_SRTP
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#define MBEDTLS_SSL_ALL_ALERT_MESSAGES
#define MBEDTLS_SSL_DTLS_HELLO_VERIFY
#define MBEDTLS_SSL_COOKIE_C
#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED

// Bounds, in bytes. Incoming covers a record of 4,096 and a reassembled handshake message, a peer's certificate
// chain above all; outgoing covers an SCTP packet of any path MTU in use. Both are allocated for each session.
#define MBEDTLS_SSL_IN_CONTENT_LEN 4096
#define MBEDTLS_SSL_OUT_CONTENT_LEN 2048
// Handshake fragments held while others are missing: one message of the size above, and little else.
#define MBEDTLS_SSL_DTLS_MAX_BUFFERING 8192
// Only the leaf is looked at (RFC 8122 pins it by fingerprint); a chain deeper than this is refused.
#define MBEDTLS_X509_MAX_INTERMEDIATE_CA 4

#endif
