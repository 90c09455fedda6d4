// A program that has an mbedTLS and a usrsctp of its own: their names must be free, and Portico must not call them.
#include <cstdio>

#include "portico/native/loop.h"
#include "portico/ortc.h"

namespace {
int calls = 0;
}

extern "C" {
int mbedtls_ssl_handshake(void*) {
  return ++calls;
}
int mbedtls_pk_setup(void*, const void*) {
  return ++calls;
}
void mbedtls_sha256_init(void*) {
  ++calls;
}
void usrsctp_init_nothreads() {
  ++calls;
}
}

int main() {
  portico::Loop loop;
  const auto certificate = portico::Certificate::generate(loop);
  if (!certificate || certificate->fingerprints().empty()) return 1;
  std::printf("%s\ncalls that went astray: %d\n", certificate->fingerprints().front().value.c_str(), calls);
  return calls;
}
