// A range of addresses, as "10.0.0.0/8".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "portico/platform/socket_address.h"

namespace portico::bridge {

struct Network {
  IpAddress base;
  unsigned bits = 0;  ///< of `base` that an address of the network shares

  /// "ADDRESS/BITS", or an address alone, which is a network of one. Refused: bits set beyond the length, and scopes.
  static std::optional<Network> parse(std::string_view text);

  [[nodiscard]] bool contains(const IpAddress& address) const;
  /// Whether it is one address, named in full.
  [[nodiscard]] bool isHost() const { return bits == 8 * base.bytes().size(); }
};

bool anyContains(std::span<const Network> networks, const IpAddress& address);

}  // namespace portico::bridge
