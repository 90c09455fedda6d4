// A public STUN server (RFC 8489 §12): answers Binding requests on a simulated machine.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "tests/sim/world.h"

namespace portico::sim {

class StunServer final : public UdpReceiver {
 public:
  /// Listens at `local`, "203.0.113.9:3478", which `machine` has.
  StunServer(Machine& machine, std::string_view local);

  [[nodiscard]] SocketAddress address() const { return socket_->localAddress(); }
  [[nodiscard]] std::uint64_t requests() const { return requests_; }

  bool silent = false;  ///< takes requests and answers none
  int errorCode = 0;    ///< answers with this error instead; 0: with the mapped address

 private:
  void onDatagrams(Time now, std::span<Datagram> batch) override;
  void onSocketError(Time, const Error&) override {}
  void answer(const Datagram& datagram);

  std::unique_ptr<UdpSocket> socket_;
  std::uint64_t requests_ = 0;
};

}  // namespace portico::sim
