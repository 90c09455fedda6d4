// IP addresses and ports, parsed and printed without the help of a host.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "portico/platform/bytes.h"

namespace portico {

enum class IpFamily : std::uint8_t { v4 = 4, v6 = 6 };

/// An IPv4 or IPv6 address. An IPv6 address may carry a scope (interface index) for fe80::/10.
class IpAddress {
 public:
  IpAddress() = default;  ///< 0.0.0.0

  static IpAddress fromV4(std::uint32_t hostOrder);
  static IpAddress fromV6(std::span<const std::byte, 16> networkOrder, std::uint32_t scope = 0);
  static IpAddress any(IpFamily family);
  static IpAddress loopback(IpFamily family);

  /// Dotted quad, or RFC 4291 §2.2 text with an optional numeric %scope. Anything else, names included: nullopt.
  static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] IpFamily family() const { return family_; }
  [[nodiscard]] bool isV4() const { return family_ == IpFamily::v4; }
  [[nodiscard]] bool isV6() const { return family_ == IpFamily::v6; }
  /// Network order: 4 bytes or 16.
  [[nodiscard]] ByteView bytes() const { return ByteView(bytes_.data(), isV4() ? 4 : 16); }
  [[nodiscard]] std::uint32_t v4() const;  ///< host order; 0 for IPv6
  [[nodiscard]] std::uint32_t scope() const { return scope_; }

  [[nodiscard]] bool isAny() const;
  [[nodiscard]] bool isLoopback() const;   ///< 127/8, ::1
  [[nodiscard]] bool isLinkLocal() const;  ///< 169.254/16, fe80::/10
  [[nodiscard]] bool isMulticast() const;
  [[nodiscard]] bool isV4Mapped() const;   ///< ::ffff:0:0/96
  [[nodiscard]] bool isSiteLocal() const;  ///< fec0::/10, deprecated by RFC 3879

  /// RFC 5952 text for IPv6, with %scope where there is one.
  [[nodiscard]] std::string toString() const;

  friend bool operator==(const IpAddress& a, const IpAddress& b) {
    return a.family_ == b.family_ && a.scope_ == b.scope_ && a.bytes_ == b.bytes_;
  }
  /// An order for maps; it means nothing.
  friend bool operator<(const IpAddress& a, const IpAddress& b);

 private:
  std::array<std::byte, 16> bytes_{};
  std::uint32_t scope_ = 0;
  IpFamily family_ = IpFamily::v4;
};

struct SocketAddress {
  IpAddress ip;
  std::uint16_t port = 0;

  /// "192.0.2.1:5000", "[2001:db8::1]:5000".
  static std::optional<SocketAddress> parse(std::string_view text);
  [[nodiscard]] std::string toString() const;

  friend bool operator==(const SocketAddress& a, const SocketAddress& b) { return a.port == b.port && a.ip == b.ip; }
  friend bool operator<(const SocketAddress& a, const SocketAddress& b) {
    return a.port != b.port ? a.port < b.port : a.ip < b.ip;
  }
};

}  // namespace portico

template <>
struct std::hash<portico::SocketAddress> {
  std::size_t operator()(const portico::SocketAddress& address) const noexcept;
};
