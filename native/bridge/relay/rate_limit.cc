#include "native/bridge/relay/rate_limit.h"

#include <algorithm>

namespace portico::bridge {
namespace {

constexpr double kBurstSeconds = 0.25;
/// A full bucket lets the largest datagram of IPv4 through, or it never would.
constexpr std::uint64_t kLargestDatagramBytes = 65'507;

std::uint64_t stricter(std::uint64_t a, std::uint64_t b) {
  return a == 0 ? b : b == 0 ? a : std::min(a, b);
}

}  // namespace

RateLimit strictest(const RateLimit& a, const RateLimit& b) {
  return {stricter(a.bytesPerSecond, b.bytesPerSecond), stricter(a.packetsPerSecond, b.packetsPerSecond)};
}

Bucket::Bucket(std::uint64_t perSecond, std::uint64_t atLeast)
    : perSecond_(static_cast<double>(perSecond)),
      capacity_(std::max(perSecond_ * kBurstSeconds, static_cast<double>(atLeast))),
      level_(capacity_) {}

void Bucket::refill(Time now) {
  if (started_ && now > last_) {
    level_ = std::min(capacity_, level_ + perSecond_ * std::chrono::duration<double>(now - last_).count());
  }
  started_ = true;
  last_ = now;
}

RateLimiter::RateLimiter(const RateLimit& limit)
    : bytes_(limit.bytesPerSecond, kLargestDatagramBytes), packets_(limit.packetsPerSecond, 1) {}

void RateLimiter::refill(Time now) {
  bytes_.refill(now);
  packets_.refill(now);
}

void RateLimiter::take(std::size_t bytes) {
  bytes_.take(bytes);
  packets_.take(1);
}

}  // namespace portico::bridge
