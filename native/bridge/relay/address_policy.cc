#include "native/bridge/relay/address_policy.h"

#include <algorithm>

#include "native/bridge/relay/denied_networks.h"
#include "native/bridge/relay/embedded_address.h"

namespace portico::bridge {

bool AddressPolicy::permits(const SocketAddress& endpoint) const {
  if (!permitsPort(endpoint.port) || !permitsAddress(endpoint.ip)) return false;
  const EmbeddedAddresses embedded(endpoint.ip);
  const auto inside = embedded.all();
  return std::all_of(inside.begin(), inside.end(), [this](const IpAddress& ip) { return permitsAddress(ip); });
}

bool AddressPolicy::permitsAddress(const IpAddress& address) const {
  // Credentials for the whole cloud account are there: a network around it was not meant to include it.
  if (isMetadataService(address)) {
    return std::any_of(options_.allow.begin(), options_.allow.end(),
                       [&](const Network& network) { return network.isHost() && network.contains(address); });
  }
  if (anyContains(options_.allow, address)) return true;
  return !isDeniedRange(address) && std::find(own_.begin(), own_.end(), address) == own_.end();
}

bool AddressPolicy::permitsPort(std::uint16_t port) const {
  const auto& ports = options_.allowPorts;
  return port >= kFirstUnprivilegedPort || (port != 0 && std::find(ports.begin(), ports.end(), port) != ports.end());
}

}  // namespace portico::bridge
