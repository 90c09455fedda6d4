// When a request over UDP is sent again, and when it is given up (RFC 8489 §6.2.1).
#pragma once

#include "portico/platform/time.h"

namespace portico::stun {

struct RetransmissionPlan {
  Duration rto = std::chrono::milliseconds(500);  ///< the first wait; each next one is twice as long
  int sends = 7;                                  ///< Rc: the first transmission counts
  int lastWait = 16;                              ///< Rm: RTOs from the last transmission to the end
};

class Retransmission {
 public:
  enum class Due { nothing, resend, giveUp };

  /// The request went out at `now`.
  explicit Retransmission(Time now, RetransmissionPlan plan = {});

  /// What is due at `now`. After `resend` the next deadline counts from the one that was due, so that a host that is
  /// late does not stretch the plan; after a long sleep what was missed is not made up for.
  Due poll(Time now);
  [[nodiscard]] Time deadline() const { return deadline_; }
  [[nodiscard]] bool firstOnly() const { return sent_ == 1; }
  /// No more transmissions: only the wait for the answer remains (RFC 8445 §7.3.1.4's cancelled check).
  void stopSending();

 private:
  RetransmissionPlan plan_;
  Time deadline_;
  Duration wait_;
  int sent_ = 1;
};

}  // namespace portico::stun
