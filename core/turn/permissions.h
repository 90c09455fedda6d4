// Which peers' addresses the server lets in (RFC 8656 §9): by IP address, for five minutes each.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "portico/platform/socket_address.h"
#include "portico/platform/time.h"

namespace portico::turn {

inline constexpr std::size_t kMaxPermissions = 128;                       ///< as many as ICE keeps candidates of a peer
inline constexpr Duration kPermissionLifetime = std::chrono::minutes(5);  ///< RFC 8656 §9
inline constexpr Duration kPermissionRefresh = std::chrono::minutes(4);
/// What was refused is not asked for again so soon: a server's policy does not change, its load does.
inline constexpr Duration kRefusalMemory = std::chrono::minutes(1);

class Permissions {
 public:
  struct Use {
    bool granted = false;  ///< data may go
    bool pending = false;  ///< data may go soon
    bool ask = false;      ///< the caller is to send a CreatePermission request now
  };
  /// Data is to go to `peer`. All false: it was refused, or there are too many.
  Use use(Time now, const IpAddress& peer);
  /// The request that was sent at `asked` succeeded.
  void grant(const IpAddress& peer, Time asked);
  void refuse(Time now, const IpAddress& peer);
  [[nodiscard]] bool allows(Time now, const IpAddress& peer) const;

  /// Forgets what has expired, and calls `ask(peer)` for what is in use and wants to be refreshed.
  template <typename Ask>
  void poll(Time now, Ask ask) {
    std::erase_if(all_, [&](const Permission& p) { return p.until <= now && !p.asking; });
    for (Permission& permission : all_) {
      if (refreshDue(now, permission)) {
        permission.asking = true;
        ask(permission.peer);
      }
    }
  }
  [[nodiscard]] std::optional<Time> nextDeadline() const;
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  void clear() { all_.clear(); }

 private:
  struct Permission {
    IpAddress peer;
    bool granted = false;
    bool asking = false;
    bool used = false;  ///< since it was granted
    Time until{};       ///< granted: its end; refused: when it may be asked for again
    Time refreshAt{};
  };
  [[nodiscard]] static bool refreshDue(Time now, const Permission& permission) {
    return permission.granted && permission.used && !permission.asking && permission.refreshAt <= now;
  }
  [[nodiscard]] const Permission* find(const IpAddress& peer) const;
  [[nodiscard]] Permission* find(const IpAddress& peer);

  std::vector<Permission> all_;
};

}  // namespace portico::turn
