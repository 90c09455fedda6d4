// The simulator's randomness: small, fast and the same on every machine, which the standard library's distributions
// are not.
#pragma once

#include <cstdint>

#include "portico/platform/bytes.h"

namespace portico::sim {

/// SplitMix64 (Steele, Lea, Flood 2014). Never for anything real.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  /// 0 to `limit`, both included. (The bias of a remainder is of no interest here.)
  std::uint64_t upTo(std::uint64_t limit) { return limit == UINT64_MAX ? next() : next() % (limit + 1); }

  bool chance(double probability) {
    if (probability <= 0) return false;
    constexpr double kScale = 1.0 / 9007199254740992.0;  // 2^53
    return static_cast<double>(next() >> 11) * kScale < probability;
  }

  void fill(MutableByteView out) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i, word >>= 8) {
      if (i % 8 == 0) word = next();
      out[i] = static_cast<std::byte>(word & 0xff);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace portico::sim
