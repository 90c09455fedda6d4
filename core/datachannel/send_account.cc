#include "core/datachannel/send_account.h"

#include <algorithm>

namespace portico::datachannel {

void SendAccount::accepted(std::size_t userBytes) {
  accepted_ += userBytes;
  above_ = above_ || bufferedAmount() > threshold_;
}

void SendAccount::handed(std::size_t userBytes, std::size_t wireBytes) {
  if (userBytes == 0 && wireBytes > 0) {
    if (!overhead_.empty() && overhead_.back().end == handedWire_) {
      overhead_.back().end += wireBytes;
    } else {
      overhead_.push_back({handedWire_, handedWire_ + wireBytes});
    }
  }
  handedUser_ += userBytes;
  handedWire_ += wireBytes;
}

bool SendAccount::update(std::size_t unsentWireBytes) {
  const std::uint64_t unsent = std::min<std::uint64_t>(unsentWireBytes, handedWire_);
  const std::uint64_t unsentUser = std::min(unsent - overheadFrom(handedWire_ - unsent), handedUser_);
  // Never back: what was in a packet once has left.
  left_ = std::max(left_, handedUser_ - unsentUser + gone_);
  if (!above_ || bufferedAmount() > threshold_) return false;
  above_ = false;
  return true;
}

void SendAccount::setThreshold(std::size_t bytes) {
  threshold_ = bytes;
  above_ = bufferedAmount() > threshold_;
}

/// The bytes of overhead at and after `position`; those before it are forgotten.
std::uint64_t SendAccount::overheadFrom(std::uint64_t position) {
  const auto live =
      std::find_if(overhead_.begin(), overhead_.end(), [position](const Span& span) { return span.end > position; });
  overhead_.erase(overhead_.begin(), live);
  std::uint64_t bytes = 0;
  for (const Span& span : overhead_) bytes += span.end - std::max(span.begin, position);
  return bytes;
}

}  // namespace portico::datachannel
