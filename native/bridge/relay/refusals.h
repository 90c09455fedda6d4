// When to tell a client that its datagrams are refused: at most once a second for each destination.
#pragma once

#include <unordered_map>

#include "portico/platform/socket_address.h"
#include "portico/platform/time.h"

namespace portico::bridge {

inline constexpr Duration kRefusalInterval = std::chrono::seconds(1);
/// Destinations that one client hears of in a second. A client that tries more than that is scanning.
inline constexpr std::size_t kMaxRefusedDestinations = 256;

class RefusalPacer {
 public:
  /// Whether to say it now, which is then taken as said.
  bool mayTell(Time now, const SocketAddress& destination);

 private:
  void forgetOld(Time now);

  std::unordered_map<SocketAddress, Time> toldAt_;
  Time fullUntil_{};
};

}  // namespace portico::bridge
