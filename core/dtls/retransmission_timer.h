// RFC 6347 §4.2.4's retransmission timer, on time that is passed in.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "portico/platform/time.h"

namespace portico::dtls {

/// RFC 6347 §4.2.4.1 says one second at first; a lost flight would then cost a second of connect time. ICE has shown
/// that the path works, and its round trip is mostly well under this. Browsers start at 50 ms.
inline constexpr std::chrono::milliseconds kInitialRetransmissionTimeout{100};
/// RFC 6347 §4.2.4.1 allows up to a minute between retransmissions; the path may come back at any moment.
inline constexpr std::chrono::milliseconds kMaxRetransmissionTimeout{3'000};
/// Transmissions of one flight. With the times above it is given up after 30 seconds without an answer, as ICE's
/// consent.
inline constexpr int kMaxFlightTransmissions = 14;

class RetransmissionTimer {
 public:
  void setTime(Time now) { now_ = now; }
  [[nodiscard]] std::optional<Time> deadline() const { return final_; }
  [[nodiscard]] bool due() const { return final_ && *final_ <= now_; }

  /// mbedTLS's mbedtls_ssl_set_timer_t: 0 cancels.
  static void set(void* self, std::uint32_t intermediateMs, std::uint32_t finalMs) {
    auto& timer = *static_cast<RetransmissionTimer*>(self);
    if (finalMs == 0) {
      timer.final_.reset();
      return;
    }
    timer.intermediate_ = timer.now_ + std::chrono::milliseconds(intermediateMs);
    timer.final_ = timer.now_ + std::min<Duration>(std::chrono::milliseconds(finalMs), kMaxRetransmissionTimeout);
  }

  /// mbedTLS's mbedtls_ssl_get_timer_t: -1 cancelled, 0 nothing passed, 1 the intermediate delay, 2 the final one.
  static int get(void* self) {
    const auto& timer = *static_cast<const RetransmissionTimer*>(self);
    if (!timer.final_) return -1;
    if (timer.due()) return 2;
    return timer.intermediate_ <= timer.now_ ? 1 : 0;
  }

 private:
  Time now_{};
  Time intermediate_{};
  std::optional<Time> final_;
};

}  // namespace portico::dtls
