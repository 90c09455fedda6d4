// Where an engine has its randomness from.
#pragma once

#include "portico/platform/bytes.h"

namespace portico {

/// Cryptographically strong outside of tests.
class Random {
 public:
  virtual ~Random() = default;
  virtual void randomBytes(MutableByteView out) = 0;
};

}  // namespace portico
