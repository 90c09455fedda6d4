#include "core/stun/retransmission.h"

namespace portico::stun {

Retransmission::Retransmission(Time now, RetransmissionPlan plan) : plan_(plan), deadline_(now), wait_(plan.rto) {
  deadline_ += plan_.sends > 1 ? wait_ : plan_.rto * plan_.lastWait;
}

Retransmission::Due Retransmission::poll(Time now) {
  if (now < deadline_) return Due::nothing;
  if (sent_ >= plan_.sends) return Due::giveUp;
  ++sent_;
  wait_ *= 2;
  const Duration next = sent_ < plan_.sends ? wait_ : plan_.rto * plan_.lastWait;
  deadline_ += next;
  if (deadline_ <= now) deadline_ = now + next;
  return Due::resend;
}

void Retransmission::stopSending() {
  if (sent_ >= plan_.sends) return;
  sent_ = plan_.sends;
  deadline_ += plan_.rto * plan_.lastWait;
}

}  // namespace portico::stun
