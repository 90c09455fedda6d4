#include "tests/sim/stun_server.h"

#include <array>
#include <stdexcept>

#include "core/stun/message_builder.h"

namespace portico::sim {

StunServer::StunServer(Machine& machine, std::string_view local) {
  UdpOptions options;
  options.local = endpoint(local);
  auto opened = machine.openUdp(options, *this);
  if (!opened) throw std::runtime_error(opened.error().message);
  socket_ = *std::move(opened);
}

void StunServer::onDatagrams(Time, std::span<Datagram> batch) {
  for (const Datagram& datagram : batch) answer(datagram);
}

void StunServer::answer(const Datagram& datagram) {
  const auto request = stun::Message::parse(datagram.payload);
  if (!request || request->messageClass() != stun::MessageClass::request ||
      request->method() != stun::Method::binding) {
    return;
  }
  ++requests_;
  if (silent) return;

  std::array<std::byte, 256> room{};
  const auto kind = errorCode == 0 ? stun::MessageClass::success : stun::MessageClass::error;
  stun::MessageBuilder builder(room, kind, stun::Method::binding, request->transactionId());
  if (errorCode == 0) {
    builder.xorAddress(stun::Attribute::xorMappedAddress, datagram.remote);
  } else {
    builder.errorCode(errorCode, "As the test wants it");
  }
  builder.fingerprint();
  const OutgoingDatagram response{datagram.remote, builder.finish()};
  socket_->send({&response, 1});
}

}  // namespace portico::sim
