// How often an agent may start a transaction (RFC 8445 §14.2).
#pragma once

#include <algorithm>

#include "portico/platform/time.h"

namespace portico::ice {

/// Transactions that may start at once, before Ta holds them apart. RFC 8445 paces from the first on, to spare NATs
/// and slow links; four small packets spare them as well, and a lone 50 ms is longer than all else in a connect.
inline constexpr int kCheckBurst = 4;

/// On average one transaction every Ta. It keeps one time: that at which all that was spent is earned back.
class Pacer {
 public:
  explicit Pacer(Duration interval) : interval_(interval) {}

  [[nodiscard]] bool allows(Time now) const { return !started_ || now >= nextAllowed(); }
  [[nodiscard]] Time nextAllowed() const { return started_ ? paidAt_ - interval_ * (kCheckBurst - 1) : Time::min(); }
  void spend(Time now) {
    paidAt_ = (started_ ? std::max(paidAt_, now) : now) + interval_;
    started_ = true;
  }
  [[nodiscard]] Duration interval() const { return interval_; }

 private:
  Duration interval_;
  Time paidAt_{};
  bool started_ = false;
};

}  // namespace portico::ice
