// NAT behaviour discovery as JSON.
#pragma once

#include "core/json/json.h"
#include "portico/nat_discovery.h"

namespace portico::json {

Json toJson(const NatReport& report);
/// Of an RTCIceGatherer's options, and "filtering" and "timeoutMs". Errors: Type.
Result<NatDiscoveryOptions> natDiscoveryOptionsFrom(const Json& value);

}  // namespace portico::json
