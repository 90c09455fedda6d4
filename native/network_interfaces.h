// The machine's addresses.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "portico/platform/host.h"

namespace portico {

/// Their addresses; those of interfaces that are off or not connected are `down`. nullopt: the system did not say, as
/// where the process has no descriptor left to ask with.
std::optional<std::vector<NetworkInterface>> listNetworkInterfaces();

/// Takes into `interfaces` what a text of Linux's /proc/net/if_inet6 says of their IPv6 addresses: which are temporary
/// and deprecated. Addresses that are not to be used, because duplicate address detection goes on or has failed (RFC
/// 4862 §5.4), are removed.
void applyInet6Flags(std::string_view procText, std::vector<NetworkInterface>& interfaces);

}  // namespace portico
