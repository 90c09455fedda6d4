// Where datagrams may go, and come from: what is in nobody's private network.
#pragma once

#include <vector>

#include "native/bridge/relay/network.h"

namespace portico::bridge {

/// Below it are the ports of services that answer anybody: a datagram with a forged meaning does harm there.
inline constexpr std::uint16_t kFirstUnprivilegedPort = 1024;
/// STUN and TURN, and what they also use to get through firewalls (and QUIC, for a relay over it).
inline constexpr std::uint16_t kDefaultAllowedPorts[] = {443, 3478};

struct AddressPolicyOptions {
  std::vector<Network> allow;  ///< what is denied otherwise
  std::vector<std::uint16_t> allowPorts{std::begin(kDefaultAllowedPorts), std::end(kDefaultAllowedPorts)};
};

class AddressPolicy {
 public:
  explicit AddressPolicy(AddressPolicyOptions options) : options_(std::move(options)) {}

  /// The bridge's own, which are denied, whatever network they are of.
  void setOwnAddresses(std::vector<IpAddress> addresses) { own_ = std::move(addresses); }

  /// For an endpoint whose address came out of normalise().
  [[nodiscard]] bool permits(const SocketAddress& endpoint) const;

 private:
  [[nodiscard]] bool permitsAddress(const IpAddress& address) const;
  [[nodiscard]] bool permitsPort(std::uint16_t port) const;

  AddressPolicyOptions options_;
  std::vector<IpAddress> own_;
};

}  // namespace portico::bridge
