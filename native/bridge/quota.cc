#include "native/bridge/quota.h"

#include "native/bridge/relay/embedded_address.h"

namespace portico::bridge {
namespace {

/// An empty group is kept for so long, or closing and opening a socket would fill its buckets anew.
constexpr Duration kKeepEmpty = std::chrono::seconds(2);

}  // namespace

Place::~Place() {
  if (quota_ != nullptr) quota_->giveBack(key_);
}

std::optional<Place> Quota::take(Time now, const std::string& key, std::size_t limit, const RateLimit& rate) {
  forgetEmpty(now);
  Group& group = groups_[key];
  group.lastTaken = now;
  if (group.sockets >= limit) return std::nullopt;
  if (!group.rates) group.rates = std::make_shared<Rates>(rate);
  ++group.sockets;
  return Place(*this, key, group.rates);
}

void Quota::giveBack(const std::string& key) {
  if (const auto group = groups_.find(key); group != groups_.end()) --group->second.sockets;
}

void Quota::forgetEmpty(Time now) {
  if (now < forgetAt_) return;
  forgetAt_ = now + kKeepEmpty;
  for (auto group = groups_.begin(); group != groups_.end();) {
    const bool old = group->second.sockets == 0 && now - group->second.lastTaken >= kKeepEmpty;
    group = old ? groups_.erase(group) : std::next(group);
  }
}

std::string addressKey(const IpAddress& address) {
  const IpAddress plain = normalise(address);
  const ByteView bytes = plain.bytes();
  return std::string(asText(bytes.first(bytes.size() == 4 ? 4 : 8)));
}

}  // namespace portico::bridge
