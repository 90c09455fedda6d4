// What several servers' views of one local address say of the mapping (RFC 4787 §4.1, RFC 5780 §4.3).
#pragma once

#include <span>

#include "portico/nat_discovery.h"

namespace portico::nat {

struct Observation {
  SocketAddress server;
  SocketAddress mapped;
};

NatDependence inferMapping(const SocketAddress& local, std::span<const Observation> observations);

}  // namespace portico::nat
