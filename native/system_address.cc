#include "native/system_address.h"

#include <arpa/inet.h>

#include <cstring>

namespace portico {

socklen_t toSystem(const SocketAddress& address, SystemAddress& out) {
  const ByteView bytes = address.ip.bytes();
  if (address.ip.isV4()) {
    out.v4 = {};
    out.v4.sin_family = AF_INET;
    out.v4.sin_port = htons(address.port);
    std::memcpy(&out.v4.sin_addr, bytes.data(), bytes.size());
    return sizeof out.v4;
  }
  out.v6 = {};
  out.v6.sin6_family = AF_INET6;
  out.v6.sin6_port = htons(address.port);
  out.v6.sin6_scope_id = address.ip.scope();
  std::memcpy(&out.v6.sin6_addr, bytes.data(), bytes.size());
  return sizeof out.v6;
}

std::optional<SocketAddress> fromSystem(const sockaddr* address) {
  if (address == nullptr) {
    return std::nullopt;
  }
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    return SocketAddress{IpAddress::fromV4(ntohl(v4.sin_addr.s_addr)), ntohs(v4.sin_port)};
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    const auto bytes = std::as_bytes(std::span<const std::uint8_t, 16>(v6.sin6_addr.s6_addr));
    return SocketAddress{IpAddress::fromV6(bytes, v6.sin6_scope_id), ntohs(v6.sin6_port)};
  }
  return std::nullopt;
}

}  // namespace portico
