// The ranges that are nobody's on the internet, and the addresses that clouds give their secrets at.
#pragma once

#include <span>

#include "native/bridge/relay/network.h"

namespace portico::bridge {

/// Of the IANA registries of special-purpose addresses (RFC 6890), all that are not global; multicast and reserved.
std::span<const Network> deniedNetworks();
bool isDeniedRange(const IpAddress& address);
/// The addresses of metadata services, some of which are in no private range.
std::span<const Network> metadataServices();
bool isMetadataService(const IpAddress& address);

}  // namespace portico::bridge
