// Which of the machine's addresses a gatherer uses (RFC 8445 §5.1.1.1).
#pragma once

#include <string>
#include <vector>

#include "portico/ice_gatherer.h"

namespace portico {

std::vector<NetworkInterface> usableInterfaces(const std::vector<NetworkInterface>& all,
                                               const IceGatherOptions& options);
/// For the user, where that is none.
std::string whyNoInterface(const std::vector<NetworkInterface>& all, const IceGatherOptions& options);

}  // namespace portico
