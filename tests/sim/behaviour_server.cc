#include "tests/sim/behaviour_server.h"

#include <stdexcept>

#include "core/stun/message_builder.h"

namespace portico::sim {

class BehaviourServer::Socket final : public UdpReceiver {
 public:
  Socket(BehaviourServer& server, std::size_t number, Machine& machine, const SocketAddress& local)
      : server_(server), number_(number) {
    auto opened = machine.openUdp({local}, *this);
    if (!opened) throw std::runtime_error(opened.error().message);
    udp_ = *std::move(opened);
  }
  void onDatagrams(Time, std::span<Datagram> batch) override {
    for (const Datagram& datagram : batch) server_.answer(number_, datagram);
  }
  void onSocketError(Time, const Error&) override {}
  [[nodiscard]] UdpSocket& udp() { return *udp_; }

 private:
  BehaviourServer& server_;
  std::size_t number_;
  std::unique_ptr<UdpSocket> udp_;
};

BehaviourServer::BehaviourServer(Machine& machine, std::string_view primary, std::string_view alternate,
                                 std::uint16_t port, std::uint16_t alternatePort) {
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    const SocketAddress local{ip(i < 2 ? primary : alternate), i % 2 == 0 ? port : alternatePort};
    sockets_[i] = std::make_unique<Socket>(*this, i, machine, local);
  }
}

BehaviourServer::~BehaviourServer() = default;

void BehaviourServer::answer(std::size_t at, const Datagram& datagram) {
  const auto request = stun::Message::parse(datagram.payload);
  if (!request || request->messageClass() != stun::MessageClass::request) return;
  ++requests_;
  if (alternateSilent && at >= 2) return;
  const std::uint32_t change = request->u32(stun::Attribute::changeRequest).value_or(0);
  std::size_t from = at;
  if (!ignoresChangeRequest && !refusesChangeRequest) {
    if ((change & stun::kChangeIp) != 0) from ^= 2U;
    if ((change & stun::kChangePort) != 0) from ^= 1U;
  }
  if (alternateSilent && from >= 2) return;

  std::array<std::byte, 256> room{};
  const bool refused = change != 0 && refusesChangeRequest;
  const auto kind = refused ? stun::MessageClass::error : stun::MessageClass::success;
  stun::MessageBuilder builder(room, kind, stun::Method::binding, request->transactionId());
  if (refused) {
    builder.errorCode(stun::kUnknownAttribute, "Unknown Attribute");
  } else {
    builder.xorAddress(stun::Attribute::xorMappedAddress, datagram.remote);
    builder.address(stun::Attribute::responseOrigin, sockets_[from]->udp().localAddress());
    builder.address(stun::Attribute::otherAddress, liesAboutOther.value_or(sockets_[at ^ 3U]->udp().localAddress()));
  }
  const OutgoingDatagram response{datagram.remote, builder.finish()};
  sockets_[from]->udp().send({&response, 1});
}

}  // namespace portico::sim
