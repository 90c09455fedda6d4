#include "core/dtls/cipher_suites.h"

#include <mbedtls/ssl_ciphersuites.h>

#include <array>

namespace portico::dtls {
namespace {

constexpr std::array<int, 4> kAesFirst{MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                       MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                                       MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, 0};

constexpr std::array<int, 4> kChaChaFirst{MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                                          MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                          MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, 0};

bool hasAesInstructions() {
#if defined(__x86_64__) || defined(__i386__)
  return __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul");
#elif defined(__aarch64__)
  return true;  // nearly all have them, and mbedTLS asks at run time before it uses them
#else
  return false;
#endif
}

}  // namespace

const int* cipherSuites() {
  return hasAesInstructions() ? kAesFirst.data() : kChaChaFirst.data();
}

bool servesClientsOrder() {
  return hasAesInstructions();
}

}  // namespace portico::dtls
