// Looking for a while before sleeping: an idle processor takes some 50 µs to wake up, twice that in a round trip.
#pragma once

#include <algorithm>

#include "portico/platform/time.h"

namespace portico {

/// Decides when looking is worth it. It is after a turn that brought packets, as long as it finds the next ones; each
/// time it finds none, twice as many such turns go by before the next try, so that in the end it costs next to nothing.
class IdleSpin {
 public:
  static constexpr int kMaxSkippedTurns = 63;

  explicit IdleSpin(Duration window) : window_(window) {}

  /// How long to look now, after a turn that brought packets or did not.
  [[nodiscard]] Duration window(bool hadPackets) {
    if (!hadPackets) return Duration::zero();
    if (skip_ > 0) {
      --skip_;
      return Duration::zero();
    }
    return window_;
  }

  void tell(bool found) {
    misses_ = found ? 0 : std::min(2 * misses_ + 1, kMaxSkippedTurns);
    skip_ = misses_;
  }

 private:
  Duration window_;
  int skip_ = 0;
  int misses_ = 0;
};

}  // namespace portico
