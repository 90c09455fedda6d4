// Which of the machine's addresses a gatherer uses (RFC 8445 §5.1.1.1).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "portico/ice_gatherer.h"

namespace portico {

/// Whether loopback is taken where there is nothing else.
enum class LastResort : std::uint8_t { loopback, none };
std::vector<NetworkInterface> usableInterfaces(const std::vector<NetworkInterface>& all,
                                               const IceGatherOptions& options,
                                               LastResort lastResort = LastResort::loopback);
/// For the user, where that is none.
std::string whyNoInterface(const std::vector<NetworkInterface>& all, const IceGatherOptions& options);

}  // namespace portico
