// What a TrustStore has, for those who know mbedTLS.
#pragma once

#include <mbedtls/x509_crt.h>

#include "native/tls/trust_store.h"

namespace portico::tls {

struct TrustStore::Certificates {
  Certificates() { mbedtls_x509_crt_init(&chain); }
  ~Certificates() { mbedtls_x509_crt_free(&chain); }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  mbedtls_x509_crt chain;  ///< in no order
};

}  // namespace portico::tls
