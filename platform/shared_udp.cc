#include "platform/shared_udp.h"

#include <algorithm>

#include "portico/platform/sharing_host.h"

namespace portico {

class SharedUdp::Member final : public UdpSocket {
 public:
  Member(std::shared_ptr<SharedUdp> owner, UdpReceiver& receiver) : owner_(std::move(owner)), receiver_(receiver) {}
  ~Member() override { owner_->detach(*this); }

  [[nodiscard]] SocketAddress localAddress() const override { return owner_->socket_->localAddress(); }
  void send(std::span<const OutgoingDatagram> batch) override {
    // A batch goes to few remotes, most often to one.
    const SocketAddress* last = nullptr;
    for (const OutgoingDatagram& datagram : batch) {
      if (last == nullptr || !(*last == datagram.remote)) owner_->addRoute(datagram.remote, *this);
      last = &datagram.remote;
    }
    owner_->socket_->send(batch);
  }
  [[nodiscard]] std::uint64_t droppedDatagrams() const override { return owner_->socket_->droppedDatagrams(); }

  [[nodiscard]] UdpReceiver& receiver() { return receiver_; }
  std::size_t routes = 0;

 private:
  std::shared_ptr<SharedUdp> owner_;
  UdpReceiver& receiver_;
};

Result<std::shared_ptr<SharedUdp>> SharedUdp::create(const Open& open) {
  auto shared = std::make_shared<SharedUdp>();
  Result<std::unique_ptr<UdpSocket>> socket = open(*shared);
  if (!socket) return socket.error();
  shared->socket_ = std::move(*socket);
  return shared;
}

std::unique_ptr<UdpSocket> SharedUdp::attach(UdpReceiver& receiver) {
  auto member = std::make_unique<Member>(shared_from_this(), receiver);
  members_.push_back(member.get());
  return member;
}

void SharedUdp::detach(const Member& member) {
  std::erase(members_, &member);
  if (member.routes > 0) std::erase_if(routes_, [&](const auto& route) { return route.second == &member; });
}

void SharedUdp::addRoute(const SocketAddress& remote, Member& member) {
  if (member.routes >= kMaxRoutesPerMember) return;
  if (routes_.emplace(remote, &member).second) ++member.routes;
}

bool SharedUdp::has(const Member* member) const {
  return std::find(members_.begin(), members_.end(), member) != members_.end();
}

SharedUdp::Member* SharedUdp::ownerOf(const Datagram& datagram) {
  const auto route = routes_.find(datagram.remote);
  Member* known = route == routes_.end() ? nullptr : route->second;
  if (known != nullptr && known->receiver().claims(datagram.remote, datagram.payload)) return known;
  for (Member* member : members_) {
    if (member == known || !member->receiver().claims(datagram.remote, datagram.payload)) continue;
    if (known == nullptr) addRoute(datagram.remote, *member);
    return member;
  }
  return nullptr;
}

// A receiver may destroy its socket, or any other, so nothing is believed of a member after a delivery.
void SharedUdp::onDatagrams(Time now, std::span<Datagram> batch) {
  const auto self = shared_from_this();
  std::size_t begin = 0;
  while (begin < batch.size()) {
    Member* owner = ownerOf(batch[begin]);
    std::size_t end = begin + 1;
    while (end < batch.size() && ownerOf(batch[end]) == owner) ++end;
    if (owner == nullptr) {
      unclaimed_ += end - begin;
    } else {
      owner->receiver().onDatagrams(now, batch.subspan(begin, end - begin));
    }
    begin = end;
  }
}

void SharedUdp::onSocketError(Time now, const Error& error) {
  const auto self = shared_from_this();
  for (Member* member : std::vector<Member*>(members_)) {
    if (has(member)) member->receiver().onSocketError(now, error);
  }
}

Result<std::unique_ptr<UdpSocket>> SharingHost::openUdp(const UdpOptions& options, UdpReceiver& receiver) {
  std::weak_ptr<SharedUdp>& entry = sockets_[Key{options.local, options.portLow, options.portHigh}];
  std::shared_ptr<SharedUdp> shared = entry.lock();
  if (!shared) {
    auto opened = SharedUdp::create([&](UdpReceiver& all) { return host_.openUdp(options, all); });
    if (!opened) return opened.error();
    shared = std::move(*opened);
    entry = shared;
  }
  return shared->attach(receiver);
}

}  // namespace portico
