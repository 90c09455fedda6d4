#include "core/turn/permissions.h"

#include <algorithm>
#include <utility>

namespace portico::turn {

Permissions::Use Permissions::use(Time now, const IpAddress& peer) {
  Permission* known = find(peer);
  if (known != nullptr && known->until <= now && !known->asking) {
    *known = Permission{.peer = peer};
  }
  if (known == nullptr) {
    if (all_.size() >= kMaxPermissions) return {};
    known = &all_.emplace_back(Permission{.peer = peer});
  }
  const bool fresh = known->until == Time{} && !known->asking;
  if (fresh) {
    known->asking = true;
    return {.pending = true, .ask = true};
  }
  known->used = true;
  if (!known->granted) return {.pending = known->asking};
  const bool ask = refreshDue(now, *known);
  known->asking = known->asking || ask;
  return {.granted = true, .ask = ask};
}

void Permissions::grant(const IpAddress& peer, Time asked) {
  Permission* known = find(peer);
  if (known == nullptr) {  // by a ChannelBind (RFC 8656 §12)
    if (all_.size() >= kMaxPermissions) return;
    known = &all_.emplace_back(Permission{.peer = peer});
  }
  known->granted = true;
  known->asking = false;
  known->used = false;
  // The server's time runs from when it got the request, which is later than this.
  known->until = asked + kPermissionLifetime;
  known->refreshAt = asked + kPermissionRefresh;
}

void Permissions::refuse(Time now, const IpAddress& peer) {
  Permission* known = find(peer);
  if (known == nullptr) return;
  known->granted = false;
  known->asking = false;
  known->until = now + kRefusalMemory;
}

bool Permissions::allows(Time now, const IpAddress& peer) const {
  const Permission* known = find(peer);
  return known != nullptr && known->granted && now < known->until;
}

std::optional<Time> Permissions::nextDeadline() const {
  std::optional<Time> next;
  for (const Permission& permission : all_) {
    if (permission.asking) continue;  // its request has a deadline
    const Time due = permission.granted && permission.used ? permission.refreshAt : permission.until;
    if (!next || due < *next) next = due;
  }
  return next;
}

const Permissions::Permission* Permissions::find(const IpAddress& peer) const {
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const Permission& p) { return p.peer == peer; });
  return at == all_.end() ? nullptr : &*at;
}

Permissions::Permission* Permissions::find(const IpAddress& peer) {
  return const_cast<Permission*>(std::as_const(*this).find(peer));
}

}  // namespace portico::turn
