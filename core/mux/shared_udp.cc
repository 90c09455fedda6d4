#include "core/mux/shared_udp.h"

#include <algorithm>
#include <cstring>

#include "core/stun/message.h"

namespace portico {
namespace {

// RFC 7983 §7.
bool isStun(ByteView packet) {
  return packet.size() >= stun::kHeaderBytes && std::to_integer<unsigned>(packet[0]) <= 3;
}

// RFC 8489 §5: bits 4 and 8 of the type.
stun::MessageClass classOf(ByteView packet) {
  const auto high = std::to_integer<unsigned>(packet[0]) & 1U;
  const auto low = std::to_integer<unsigned>(packet[1]) >> 4 & 1U;
  return static_cast<stun::MessageClass>(high << 1 | low);
}

stun::TransactionId transactionOf(ByteView packet) {
  stun::TransactionId id;
  std::memcpy(id.data(), packet.data() + stun::kHeaderBytes - id.size(), id.size());
  return id;
}

// RFC 5780 §4.4: the answer is to come from an address that nobody has sent to.
bool asksForAnotherSource(ByteView request) {
  const auto message = stun::Message::parse(request);
  return message && message->has(stun::Attribute::changeRequest);
}

}  // namespace

class SharedUdp::Member final : public UdpSocket {
 public:
  Member(std::shared_ptr<SharedUdp> owner, UdpReceiver& receiver) : owner_(std::move(owner)), receiver_(receiver) {}
  ~Member() override { owner_->detach(*this); }

  [[nodiscard]] SocketAddress localAddress() const override { return owner_->local_; }
  void send(std::span<const OutgoingDatagram> batch) override {
    if (owner_->failed()) return;
    // A batch goes to few remotes, most often to one.
    const SocketAddress* taken = nullptr;
    for (const OutgoingDatagram& datagram : batch) {
      if (isStun(datagram.payload)) {
        owner_->noteStun(datagram, *this);
      } else if (taken == nullptr || !(*taken == datagram.remote)) {
        owner_->takeRoute(datagram.remote, *this);
        taken = &datagram.remote;
      }
    }
    owner_->socket_->send(batch);
  }
  [[nodiscard]] std::uint64_t droppedDatagrams() const override {
    return owner_->failed() ? 0 : owner_->socket_->droppedDatagrams();
  }
  Result<void> setUsernameFragments(std::span<const std::string_view> given) override {
    const Result<void> named = owner_->names_.name(*this, given);
    if (named) ++owner_->changes_;
    return named;
  }
  bool reserveServer(const SocketAddress& server) override { return owner_->reserve(server, *this); }

  [[nodiscard]] UdpReceiver& receiver() { return receiver_; }

  // What the tables hold of it.
  std::vector<std::string> names;
  std::vector<SocketAddress> remotes;  ///< of its routes, the oldest first
  std::deque<stun::TransactionId> transactions;

 private:
  std::shared_ptr<SharedUdp> owner_;
  UdpReceiver& receiver_;
};

Result<std::shared_ptr<SharedUdp>> SharedUdp::create(const Open& open) {
  auto shared = std::make_shared<SharedUdp>();
  Result<std::unique_ptr<UdpSocket>> socket = open(*shared);
  if (!socket) return socket.error();
  shared->socket_ = std::move(*socket);
  shared->local_ = shared->socket_->localAddress();
  return shared;
}

std::unique_ptr<UdpSocket> SharedUdp::attach(UdpReceiver& receiver) {
  auto member = std::make_unique<Member>(shared_from_this(), receiver);
  members_.insert(member.get());
  return member;
}

void SharedUdp::detach(Member& member) {
  ++changes_;
  members_.erase(&member);
  names_.unname(member);
  for (const SocketAddress& remote : member.remotes) routes_.erase(remote);
  for (const stun::TransactionId& id : member.transactions) transactions_.erase(id);
}

// Out -----------------------------------------------------------------------------------------------------------------

void SharedUdp::noteStun(const OutgoingDatagram& datagram, Member& member) {
  const stun::MessageClass kind = classOf(datagram.payload);
  if (kind == stun::MessageClass::success) return takeRoute(datagram.remote, member);
  if (kind != stun::MessageClass::request) return;
  if (asksForAnotherSource(datagram.payload)) addTransaction(transactionOf(datagram.payload), member);
  const auto route = routes_.find(datagram.remote);
  if (route == routes_.end()) return addRoute(datagram.remote, member);
  if (route->second.member == &member) return;
  addTransaction(transactionOf(datagram.payload), member);
  if (member.receiver().holds(datagram.remote)) takeRoute(datagram.remote, member);
}

void SharedUdp::takeRoute(const SocketAddress& remote, Member& member) {
  const auto route = routes_.find(remote);
  if (route == routes_.end()) return addRoute(remote, member);
  Route& taken = route->second;
  if (taken.member == &member || taken.reserved || taken.member->receiver().holds(remote)) return;
  std::erase(taken.member->remotes, remote);
  makeRoom(member);
  taken.member = &member;
  member.remotes.push_back(remote);
  ++changes_;
}

void SharedUdp::addRoute(const SocketAddress& remote, Member& member) {
  makeRoom(member);
  routes_.emplace(remote, Route{&member, false});
  member.remotes.push_back(remote);
  ++changes_;
}

void SharedUdp::makeRoom(Member& member) {
  if (member.remotes.size() < kMaxRoutesPerMember) return;
  const auto oldest = std::find_if(member.remotes.begin(), member.remotes.end(),
                                   [&](const SocketAddress& remote) { return !routes_.at(remote).reserved; });
  routes_.erase(*oldest);
  member.remotes.erase(oldest);
}

void SharedUdp::addTransaction(const stun::TransactionId& id, Member& member) {
  if (!transactions_.emplace(id, &member).second) return;  // sent again
  member.transactions.push_back(id);
  if (member.transactions.size() <= kMaxTransactionsPerMember) return;
  transactions_.erase(member.transactions.front());
  member.transactions.pop_front();
}

bool SharedUdp::reserve(const SocketAddress& server, Member& member) {
  const auto route = routes_.find(server);
  if (route == routes_.end()) {
    addRoute(server, member);
  } else if (route->second.member != &member) {
    if (route->second.reserved) return false;
    std::erase(route->second.member->remotes, server);
    routes_.erase(route);
    addRoute(server, member);
  }
  routes_.at(server).reserved = true;
  return true;
}

// In ------------------------------------------------------------------------------------------------------------------

SharedUdp::Member* SharedUdp::ownerOf(const Datagram& datagram) const {
  if (isStun(datagram.payload)) {
    switch (classOf(datagram.payload)) {
      case stun::MessageClass::request:
        return names_.find(datagram.payload,
                           [&](Member& member) { return member.receiver().authenticates(datagram.payload); });
      case stun::MessageClass::indication:
        break;
      case stun::MessageClass::success:
      case stun::MessageClass::error:
        const auto asked = transactions_.find(transactionOf(datagram.payload));
        if (asked != transactions_.end()) return asked->second;
    }
  }
  const auto route = routes_.find(datagram.remote);
  return route == routes_.end() ? nullptr : route->second.member;
}

// What is delivered may destroy any member, and may make the remote of the next datagram somebody's: the peer's first
// DTLS flight is right behind its check.
void SharedUdp::onDatagrams(Time now, std::span<Datagram> batch) {
  const auto self = shared_from_this();
  std::size_t begin = 0;
  Member* owner = batch.empty() ? nullptr : ownerOf(batch[0]);
  while (begin < batch.size()) {
    std::size_t end = begin + 1;
    Member* next = nullptr;
    while (end < batch.size() && (next = ownerOf(batch[end])) == owner) ++end;
    const std::uint64_t before = changes_;
    if (owner == nullptr) {
      unclaimed_ += end - begin;
    } else {
      owner->receiver().onDatagrams(now, batch.subspan(begin, end - begin));
    }
    if (end < batch.size()) owner = changes_ == before ? next : ownerOf(batch[end]);
    begin = end;
  }
}

void SharedUdp::onSocketError(Time now, const Error& error) {
  const auto self = shared_from_this();
  const Error why(error.code, error.message);  // it may be the socket's
  socket_.reset();                             // so that a member may bind the port anew from inside its handler
  for (Member* member : std::vector<Member*>(members_.begin(), members_.end())) {
    if (members_.count(member) != 0) member->receiver().onSocketError(now, why);
  }
}

std::size_t SharedUdp::TransactionHash::operator()(const stun::TransactionId& id) const noexcept {
  // Ours, and random (RFC 8489 §5).
  std::size_t hash = 0;
  std::memcpy(&hash, id.data(), sizeof hash);
  return hash;
}

}  // namespace portico
