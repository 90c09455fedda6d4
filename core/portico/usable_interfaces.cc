#include "core/portico/usable_interfaces.h"

#include <algorithm>

namespace portico {
namespace {

using Interfaces = std::vector<NetworkInterface>;

bool matches(const std::string& name, const std::string& pattern) {
  if (pattern.empty() || pattern.back() != '*') return name == pattern;
  return name.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
}

bool anyMatches(const std::string& name, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches(name, pattern); });
}

bool allowed(const std::string& name, const IceGatherOptions& options) {
  return (options.interfaces.empty() || anyMatches(name, options.interfaces)) &&
         !anyMatches(name, options.excludedInterfaces);
}

bool isBound(const IpAddress& address, const IceGatherOptions& options) {
  return std::any_of(options.bindAddresses.begin(), options.bindAddresses.end(), [&](const IpAddress& bound) {
    return bound == address || (bound.isAny() && bound.family() == address.family());
  });
}

// RFC 8445 §5.1.1.1: no loopback, no site-local, no IPv4-mapped addresses. Link-local IPv6 is left out as well: it
// needs a scope, which a candidate cannot carry.
bool fitsCandidate(const IpAddress& address) {
  return !address.isSiteLocal() && !address.isV4Mapped() && !(address.isV6() && address.isLinkLocal());
}

// RFC 8445 §5.1.1.1: where there is a temporary address, the permanent ones of that interface stay private.
void keepPermanentPrivate(Interfaces& usable) {
  const Interfaces before = usable;
  std::erase_if(usable, [&](const NetworkInterface& candidate) {
    return !candidate.temporary && candidate.address.isV6() &&
           std::any_of(before.begin(), before.end(), [&](const NetworkInterface& other) {
             return other.temporary && other.name == candidate.name && other.address.isV6();
           });
  });
}

}  // namespace

Interfaces usableInterfaces(const Interfaces& all, const IceGatherOptions& options, LastResort lastResort) {
  Interfaces usable;
  Interfaces loopback;
  for (const NetworkInterface& interface : all) {
    if (interface.down || interface.deprecated) continue;
    if (interface.address.isMulticast() || interface.address.isAny()) continue;
    if (!allowed(interface.name, options)) continue;
    if (!options.bindAddresses.empty()) {
      if (isBound(interface.address, options)) usable.push_back(interface);
      continue;
    }
    if (!fitsCandidate(interface.address)) continue;
    const bool named =
        std::find(options.interfaces.begin(), options.interfaces.end(), interface.name) != options.interfaces.end();
    const bool last = (interface.loopback || interface.address.isLoopback()) && !named;
    (last ? loopback : usable).push_back(interface);
  }
  if (!options.bindAddresses.empty()) return usable;
  const bool nothingElse = usable.empty() && lastResort == LastResort::loopback;
  if (options.includeLoopback || nothingElse) usable.insert(usable.end(), loopback.begin(), loopback.end());
  keepPermanentPrivate(usable);
  return usable;
}

std::string whyNoInterface(const Interfaces& all, const IceGatherOptions& options) {
  if (options.interfaces.empty() && options.excludedInterfaces.empty()) {
    return "No network interface with a usable address is up.";
  }
  std::vector<std::string> names;
  for (const NetworkInterface& interface : all) {
    if (interface.down) continue;
    if (std::find(names.begin(), names.end(), interface.name) == names.end()) names.push_back(interface.name);
  }
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return "No network interface that may be used has a usable address. There are: " +
         (list.empty() ? std::string("none") : list) + '.';
}

}  // namespace portico
