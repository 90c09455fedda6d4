// Which of our addresses is tried first (RFC 8421).
#pragma once

#include <vector>

#include "portico/platform/host.h"

namespace portico {

/// Local preferences fall in this order: IPv6 has a head start, then the families take turns, so that neither holds up
/// the other where it does not work (§4, §5). In a family the interfaces take turns, each with its first address first
/// (§3).
std::vector<NetworkInterface> inOrderOfPreference(const std::vector<NetworkInterface>& interfaces);

}  // namespace portico
