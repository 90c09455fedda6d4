// Randomness that is the same in each run, and never the same twice in one.
#pragma once

#include "core/wire/random.h"

namespace portico {

class CountingRandom final : public Random {
 public:
  void randomBytes(MutableByteView out) override {
    for (std::byte& b : out) b = static_cast<std::byte>(next_++);
  }

 private:
  unsigned next_ = 1;
};

}  // namespace portico
