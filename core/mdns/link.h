// What the two halves of the engine share: where packets go, and how many of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "portico/platform/bytes.h"
#include "portico/platform/socket_address.h"
#include "portico/platform/time.h"

namespace portico::mdns {

inline constexpr std::uint16_t kPort = 5353;

/// One interface and one address family: a socket that is in the family's group. Its owner numbers it.
using LinkId = std::uint32_t;
struct Link {
  LinkId id = 0;
  IpFamily family = IpFamily::v4;
};
using Links = std::vector<Link>;

struct Transmit {
  LinkId link = 0;
  std::optional<SocketAddress> to;  ///< absent: the group
  ByteVector packet;
};
using Outbox = std::vector<Transmit>;

/// So many packets a second.
class Budget {
 public:
  explicit Budget(std::size_t perSecond) : perSecond_(perSecond) {}

  /// When something may be sent; `now` at the earliest.
  [[nodiscard]] Time nextAllowed(Time now) const { return used_ < perSecond_ ? now : std::max(now, renewal_); }
  [[nodiscard]] bool allows(Time now) {
    if (now >= renewal_) used_ = 0;
    return used_ < perSecond_;
  }
  void spend(Time now, std::size_t packets) {
    if (used_ == 0) renewal_ = now + std::chrono::seconds(1);
    used_ += packets;
  }

 private:
  std::size_t perSecond_;
  std::size_t used_ = 0;
  Time renewal_{};  ///< of what may be used
};

}  // namespace portico::mdns
