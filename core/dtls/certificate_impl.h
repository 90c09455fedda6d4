// What a Certificate holds. Only core/dtls includes this: mbedTLS stays below.
#pragma once

#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include "portico/certificate.h"

namespace portico {

struct Certificate::Impl {
  Impl() {
    mbedtls_x509_crt_init(&certificate);
    mbedtls_pk_init(&key);
  }
  ~Impl() {
    mbedtls_x509_crt_free(&certificate);
    mbedtls_pk_free(&key);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // mbedTLS takes both by pointers to non-const, and changes neither.
  mutable mbedtls_x509_crt certificate;
  mutable mbedtls_pk_context key;
  std::string certificatePem;
  std::string privateKeyPem;
  std::vector<DtlsFingerprint> fingerprints;
  std::int64_t expires = 0;
};

}  // namespace portico
