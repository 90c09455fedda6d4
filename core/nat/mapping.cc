#include "core/nat/mapping.h"

namespace portico::nat {

NatDependence inferMapping(const SocketAddress& local, std::span<const Observation> observations) {
  bool addressesAlike = false;
  bool addressesDiffer = false;
  bool portsAlike = false;
  bool portsDiffer = false;
  bool translated = observations.empty();
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const Observation& one = observations[i];
    if (!(one.mapped == local)) translated = true;
    for (const Observation& other : observations.subspan(i + 1)) {
      if (one.server == other.server) continue;
      const bool alike = one.mapped == other.mapped;
      if (one.server.ip == other.server.ip) {
        (alike ? portsAlike : portsDiffer) = true;
      } else {
        (alike ? addressesAlike : addressesDiffer) = true;
      }
    }
  }
  if (!translated) return NatDependence::endpointIndependent;  // RFC 5780 §4.3: no NAT
  if (portsDiffer) return NatDependence::addressAndPortDependent;
  if (addressesDiffer) return portsAlike ? NatDependence::addressDependent : NatDependence::dependent;
  return addressesAlike ? NatDependence::endpointIndependent : NatDependence::unknown;
}

}  // namespace portico::nat
