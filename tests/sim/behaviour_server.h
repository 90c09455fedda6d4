// A STUN server for NAT behaviour discovery (RFC 5780 §6) on a simulated machine: two addresses, two ports.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/stun/attributes.h"
#include "tests/sim/world.h"

namespace portico::sim {

class BehaviourServer final {
 public:
  /// At both ports of both addresses, "203.0.113.9" and "203.0.113.10", which `machine` has.
  BehaviourServer(Machine& machine, std::string_view primary, std::string_view alternate, std::uint16_t port = 3478,
                  std::uint16_t alternatePort = 3479);
  ~BehaviourServer();

  [[nodiscard]] std::uint64_t requests() const { return requests_; }

  bool ignoresChangeRequest = false;            ///< answers from where it was asked, as one of RFC 8489 alone must not
  bool refusesChangeRequest = false;            ///< answers 420
  bool alternateSilent = false;                 ///< the other address is named, but a firewall is before it
  std::optional<SocketAddress> liesAboutOther;  ///< in OTHER-ADDRESS

 private:
  class Socket;
  void answer(std::size_t at, const Datagram& datagram);

  std::array<std::unique_ptr<Socket>, 4> sockets_;  ///< by 2 · address + port
  std::uint64_t requests_ = 0;
};

}  // namespace portico::sim
