// Bytes and packets each second.
#pragma once

#include <cstdint>

#include "portico/platform/time.h"

namespace portico::bridge {

/// 0: no limit.
struct RateLimit {
  std::uint64_t bytesPerSecond = 0;
  std::uint64_t packetsPerSecond = 0;
};

/// The stricter of each.
RateLimit strictest(const RateLimit& a, const RateLimit& b);

/// A token bucket. It holds a quarter of a second's worth: the largest burst.
class Bucket {
 public:
  /// `atLeast`: what a full bucket must allow, however low the rate.
  Bucket(std::uint64_t perSecond, std::uint64_t atLeast);
  void refill(Time now);
  [[nodiscard]] bool has(std::uint64_t amount) const {
    return perSecond_ == 0 || level_ >= static_cast<double>(amount);
  }
  void take(std::uint64_t amount) { level_ -= static_cast<double>(amount); }

 private:
  double perSecond_;
  double capacity_;
  double level_;
  Time last_;
  bool started_ = false;
};

/// Both limits, for one direction.
class RateLimiter {
 public:
  explicit RateLimiter(const RateLimit& limit);
  void refill(Time now);
  [[nodiscard]] bool has(std::size_t bytes) const { return bytes_.has(bytes) && packets_.has(1); }
  void take(std::size_t bytes);

 private:
  Bucket bytes_;
  Bucket packets_;
};

/// Of a socket, a token or a client address.
struct Rates {
  explicit Rates(const RateLimit& each) : limit(each), out(each), in(each) {}
  RateLimit limit;
  RateLimiter out;
  RateLimiter in;
};

}  // namespace portico::bridge
