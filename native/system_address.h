// Addresses as the system calls want them.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "portico/platform/socket_address.h"

namespace portico {

union SystemAddress {
  sockaddr base;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

/// Writes `address` and returns its length.
socklen_t toSystem(const SocketAddress& address, SystemAddress& out);
/// Nothing for a family that is not IP.
std::optional<SocketAddress> fromSystem(const sockaddr* address);

}  // namespace portico
