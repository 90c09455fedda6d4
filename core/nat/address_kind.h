// What an address can be used for, by the range that it is in (the IANA special-purpose registries, RFC 6890).
#pragma once

#include <cstdint>

#include "portico/platform/socket_address.h"

namespace portico::nat {

enum class AddressKind : std::uint8_t {
  global,       ///< reachable from anywhere, as far as its range says
  privateUse,   ///< RFC 1918
  sharedUse,    ///< RFC 6598: behind the provider's NAT, or an overlay that borrows the range
  uniqueLocal,  ///< RFC 4193
  linkLocal,    ///< RFC 3927, RFC 4291
  loopback,
  translation,    ///< RFC 7335: 464XLAT's own, on an IPv6-only network
  documentation,  ///< RFC 5737, RFC 3849
  unusable,       ///< no unicast address: any, multicast, broadcast, reserved
};

AddressKind kindOf(const IpAddress& address);

}  // namespace portico::nat
