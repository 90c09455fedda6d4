#include "native/bridge/relay/refusals.h"

#include <algorithm>

namespace portico::bridge {

bool RefusalPacer::mayTell(Time now, const SocketAddress& destination) {
  const auto known = toldAt_.find(destination);
  if (known != toldAt_.end()) {
    if (now - known->second < kRefusalInterval) return false;
    known->second = now;
    return true;
  }
  if (toldAt_.size() >= kMaxRefusedDestinations) {
    if (now < fullUntil_) return false;
    forgetOld(now);
    if (toldAt_.size() >= kMaxRefusedDestinations) return false;
  }
  toldAt_.emplace(destination, now);
  return true;
}

/// A walk over all of them, at most one each time the oldest has become old.
void RefusalPacer::forgetOld(Time now) {
  Time oldest = now;
  for (auto entry = toldAt_.begin(); entry != toldAt_.end();) {
    if (now - entry->second >= kRefusalInterval) {
      entry = toldAt_.erase(entry);
    } else {
      oldest = std::min(oldest, entry->second);
      ++entry;
    }
  }
  fullUntil_ = oldest + kRefusalInterval;
}

}  // namespace portico::bridge
