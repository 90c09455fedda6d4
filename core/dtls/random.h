// The host's randomness in the shape in which mbedTLS asks for it.
#pragma once

#include "portico/platform/host.h"

namespace portico::dtls {

/// mbedTLS's f_rng; `host` is a portico::Host.
inline int hostRandom(void* host, unsigned char* out, std::size_t length) {
  static_cast<Host*>(host)->randomBytes({reinterpret_cast<std::byte*>(out), length});
  return 0;
}

}  // namespace portico::dtls
