// IPv4 addresses that are spelled as IPv6 ones: each is a way around a list of IPv4 networks.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "portico/platform/socket_address.h"

namespace portico::bridge {

/// IPv4-mapped (RFC 4291 §2.5.5.2) and IPv4-compatible (§2.5.5.1) addresses are IPv4: they come out as such. `::` and
/// `::1` are not of these. A scope is dropped. Everything else stays as it is.
IpAddress normalise(const IpAddress& address);

/// The IPv4 addresses that a packet to an IPv6 address may end up at.
class EmbeddedAddresses {
 public:
  /// Of 6to4 (RFC 3056 §2), Teredo (RFC 4380 §4), NAT64 (RFC 6052 §2.2, RFC 8215) and ISATAP (RFC 5214 §6.1).
  explicit EmbeddedAddresses(const IpAddress& address);
  [[nodiscard]] std::span<const IpAddress> all() const { return std::span(found_).first(count_); }

 private:
  void add(std::uint32_t address) { found_[count_++] = IpAddress::fromV4(address); }

  std::array<IpAddress, 4> found_;
  std::size_t count_ = 0;
};

}  // namespace portico::bridge
