#include "tests/sim/turn_server.h"

#include <array>
#include <stdexcept>

#include "core/turn/channel_data.h"
#include "core/turn/deframer.h"

namespace portico::sim {
namespace {

constexpr Duration kPermissionLifetime = std::chrono::minutes(5);  // RFC 8656 §9
constexpr Duration kChannelLifetime = std::chrono::minutes(10);    // RFC 8656 §12
constexpr std::string_view kRealm = "sim";

std::unique_ptr<UdpSocket> open(Machine& machine, const SocketAddress& local, UdpReceiver& receiver) {
  UdpOptions options;
  options.local = local;
  auto opened = machine.openUdp(options, receiver);
  if (!opened) throw std::runtime_error(opened.error().message);
  return *std::move(opened);
}

std::int64_t wholeSeconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace

class TurnServer::Allocation final : public UdpReceiver {
 public:
  Allocation(TurnServer& server, const SocketAddress& client) : server_(server), client_(client) {}

  void addRelay(const IpAddress& address) {
    sockets_[address.family()] = open(server_.machine_, SocketAddress{address, 0}, *this);
  }
  void permit(const IpAddress& peer, Time until) { permissions_[peer] = until; }
  [[nodiscard]] bool permits(Time now, const IpAddress& peer) const {
    const auto found = permissions_.find(peer);
    return found != permissions_.end() && now < found->second;
  }
  /// RFC 8656 §12.2: no number for two peers, no peer with two numbers.
  bool bind(Time now, std::uint16_t number, const SocketAddress& peer) {
    for (const auto& [other, channel] : channels_) {
      if (now < channel.until && (other == number) != (channel.peer == peer)) return false;
    }
    channels_[number] = {peer, now + kChannelLifetime};
    permit(peer.ip, now + kPermissionLifetime);
    return true;
  }
  [[nodiscard]] const SocketAddress* peerOf(Time now, std::uint16_t number) const {
    const auto found = channels_.find(number);
    return found != channels_.end() && now < found->second.until ? &found->second.peer : nullptr;
  }
  void relay(Time now, const SocketAddress& peer, ByteView payload) {
    const auto socket = sockets_.find(peer.ip.family());
    if (socket == sockets_.end() || !permits(now, peer.ip)) {
      ++server_.counters.notPermitted;
      return;
    }
    const OutgoingDatagram datagram{peer, payload};
    socket->second->send({&datagram, 1});
  }

  std::map<IpFamily, std::unique_ptr<UdpSocket>> sockets_;
  Time expires{};
  stun::TransactionId madeBy{};

 private:
  struct Channel {
    SocketAddress peer;
    Time until;
  };

  void onDatagrams(Time now, std::span<Datagram> batch) override {
    for (const Datagram& datagram : batch) {
      if (server_.dead_ || now >= expires) return;
      if (!permits(now, datagram.remote.ip)) {
        ++server_.counters.notPermitted;
        continue;
      }
      forward(now, datagram);
    }
  }
  void onSocketError(Time, const Error&) override {}
  void forward(Time now, const Datagram& datagram) {
    ByteVector room(datagram.payload.size() + 64);
    for (const auto& [number, channel] : channels_) {
      if (channel.peer != datagram.remote || now >= channel.until) continue;
      const bool stream = server_.connections_.count(client_) != 0;
      const std::size_t bytes = turn::writeChannelData(room, number, datagram.payload, stream);
      return server_.sendTo(client_, ByteView(room).first(bytes));
    }
    stun::MessageBuilder builder(room, stun::MessageClass::indication, stun::Method::data, {});
    builder.xorAddress(stun::Attribute::xorPeerAddress, datagram.remote);
    builder.attribute(stun::Attribute::data, datagram.payload);
    server_.sendTo(client_, builder.finish());
  }

  TurnServer& server_;
  SocketAddress client_;
  std::map<IpAddress, Time> permissions_;
  std::map<std::uint16_t, Channel> channels_;
};

class TurnServer::Connection final : public StreamReceiver {
 public:
  Connection(TurnServer& server, const SocketAddress& client) : server_(server), client_(client) {}

  void onStreamOpen(Time) override {}
  void onStreamBytes(Time now, ByteView bytes) override {
    if (server_.dead_) return;
    deframer_.push(bytes, [&](MutableByteView message) { server_.onMessage(now, client_, message); });
  }
  void onStreamWritable(Time) override {}
  void onStreamClosed(Time, const Error&) override { server_.allocations_.erase(client_); }

  std::unique_ptr<TcpStream> stream;

 private:
  TurnServer& server_;
  SocketAddress client_;
  turn::Deframer deframer_;
};

TurnServer::TurnServer(Machine& machine, std::string_view local)
    : machine_(machine),
      socket_(open(machine, endpoint(local), *this)),
      key_(stun::md5(asBytes("user:" + std::string(kRealm) + ":password"))) {}

TurnServer::~TurnServer() {
  machine_.listenTcp(address(), nullptr);
}

void TurnServer::listenTcp() {
  machine_.listenTcp(address(), this);
}

void TurnServer::hangUp() {
  connections_.clear();
  allocations_.clear();
}

StreamReceiver& TurnServer::acceptFrom(const SocketAddress& from) {
  return *(connections_[from] = std::make_unique<Connection>(*this, from));
}

void TurnServer::accepted(const SocketAddress& from, std::unique_ptr<TcpStream> stream) {
  connections_[from]->stream = std::move(stream);
}

void TurnServer::forget() {
  allocations_.clear();
}

void TurnServer::die() {
  dead_ = true;
}

void TurnServer::onDatagrams(Time now, std::span<Datagram> batch) {
  for (const Datagram& datagram : batch) {
    if (!dead_) onMessage(now, datagram.remote, datagram.payload);
  }
}

void TurnServer::onMessage(Time now, const SocketAddress& client, MutableByteView message) {
  if (turn::isChannelData(message)) return onChannelData(now, client, message);
  const auto parsed = stun::Message::parse(message);
  if (!parsed) return;
  if (parsed->messageClass() == stun::MessageClass::indication) onIndication(now, client, *parsed);
  if (parsed->messageClass() == stun::MessageClass::request) onRequest(now, client, *parsed);
}

// Data ----------------------------------------------------------------------------------------------------------------

void TurnServer::onChannelData(Time now, const SocketAddress& client, MutableByteView message) {
  const auto data = turn::parseChannelData(message);
  Allocation* allocation = find(now, client);
  if (!data || allocation == nullptr) return;
  const SocketAddress* peer = allocation->peerOf(now, data->channel);
  if (peer == nullptr) return;
  ++counters.channelData;
  allocation->relay(now, *peer, data->payload);
}

void TurnServer::onIndication(Time now, const SocketAddress& client, const stun::Message& message) {
  const auto peer = message.xorAddress(stun::Attribute::xorPeerAddress);
  const auto data = message.find(stun::Attribute::data);
  Allocation* allocation = find(now, client);
  if (message.method() != stun::Method::send || !peer || !data || allocation == nullptr) return;
  ++counters.indications;
  allocation->relay(now, *peer, *data);
}

TurnServer::Allocation* TurnServer::find(Time now, const SocketAddress& client) {
  const auto found = allocations_.find(client);
  if (found == allocations_.end()) return nullptr;
  if (now < found->second->expires) return found->second.get();
  ++counters.expired;
  allocations_.erase(found);
  return nullptr;
}

// Requests ------------------------------------------------------------------------------------------------------------

void TurnServer::onRequest(Time now, const SocketAddress& client, const stun::Message& request) {
  ++counters.requests;
  if (silent) return;
  if (request.method() == stun::Method::binding) {
    if (!answersBinding) return;
    std::array<std::byte, 64> room;
    stun::MessageBuilder builder(room, stun::MessageClass::success, request.method(), request.transactionId());
    builder.xorAddress(stun::Attribute::xorMappedAddress, client);
    return reply(client, builder, false);
  }
  if (!authenticated(now, client, request)) return;
  switch (request.method()) {
    case stun::Method::allocate:
      return allocate(now, client, request);
    case stun::Method::refresh:
      return refresh(now, client, request);
    case stun::Method::createPermission:
      return permit(now, client, request);
    case stun::Method::channelBind:
      return bind(now, client, request);
    default:
      return refuse(client, request, stun::kBadRequest);
  }
}

// RFC 8489 §9.2.4
bool TurnServer::authenticated(Time now, const SocketAddress& client, const stun::Message& request) {
  const bool stale = nonce_.empty() || now >= nonceEnd_;
  if (stale || findsEveryNonceStale) {
    nonce_ = "nonce-" + std::to_string(++nonces_);
    nonceEnd_ = now + nonceLifetime;
  }
  const auto nonce = request.text(stun::Attribute::nonce);
  const bool right = request.text(stun::Attribute::username) == "user" && request.verifyIntegrity(key_);
  if (!nonce || refusesEverybody || !right) {
    refuse(client, request, stun::kUnauthenticated, true);
    return false;
  }
  if (*nonce != nonce_) {
    ++counters.stale;
    refuse(client, request, stun::kStaleNonce, true);
    return false;
  }
  return true;
}

void TurnServer::allocate(Time now, const SocketAddress& client, const stun::Message& request) {
  if (alternate) {
    std::array<std::byte, 256> room;
    stun::MessageBuilder builder(room, stun::MessageClass::error, request.method(), request.transactionId());
    builder.errorCode(stun::kTryAlternate, reason);
    builder.address(stun::Attribute::alternateServer, *alternate);
    return reply(client, builder);
  }
  if (allocateError != 0) return refuse(client, request, allocateError);
  Allocation* known = find(now, client);
  if (known != nullptr && known->madeBy != request.transactionId()) {
    return refuse(client, request, stun::kAllocationMismatch);
  }
  if (known == nullptr && allocations_.size() >= quota) return refuse(client, request, stun::kAllocationQuotaReached);
  if (known == nullptr) {
    ++counters.allocated;
    known = (allocations_[client] = std::make_unique<Allocation>(*this, client)).get();
    known->addRelay(address().ip);
    if (secondFamily && request.has(stun::Attribute::additionalAddressFamily)) known->addRelay(*secondFamily);
    known->madeBy = request.transactionId();
  }
  known->expires = now + lifetime;
  std::array<std::byte, 256> room;
  stun::MessageBuilder builder(room, stun::MessageClass::success, request.method(), request.transactionId());
  for (const auto& [family, socket] : known->sockets_) {
    builder.xorAddress(stun::Attribute::xorRelayedAddress, socket->localAddress());
  }
  builder.u32(stun::Attribute::lifetime, static_cast<std::uint32_t>(wholeSeconds(lifetime)));
  builder.xorAddress(stun::Attribute::xorMappedAddress, client);
  reply(client, builder);
}

void TurnServer::refresh(Time now, const SocketAddress& client, const stun::Message& request) {
  Allocation* allocation = find(now, client);
  if (allocation == nullptr) return refuse(client, request, stun::kAllocationMismatch);
  std::uint32_t granted = static_cast<std::uint32_t>(wholeSeconds(lifetime));
  if (request.u32(stun::Attribute::lifetime) == 0U) {
    granted = 0;
    ++counters.deleted;
    allocations_.erase(client);
  } else {
    ++counters.refreshed;
    allocation->expires = now + lifetime;
  }
  std::array<std::byte, 256> room;
  stun::MessageBuilder builder(room, stun::MessageClass::success, request.method(), request.transactionId());
  builder.u32(stun::Attribute::lifetime, granted);
  reply(client, builder);
}

void TurnServer::permit(Time now, const SocketAddress& client, const stun::Message& request) {
  Allocation* allocation = find(now, client);
  const auto peer = request.xorAddress(stun::Attribute::xorPeerAddress);
  if (allocation == nullptr) return refuse(client, request, stun::kAllocationMismatch);
  if (!peer) return refuse(client, request, stun::kBadRequest);
  if (forbidsPeers) return refuse(client, request, stun::kForbidden);
  ++counters.permissions;
  allocation->permit(peer->ip, now + kPermissionLifetime);
  std::array<std::byte, 256> room;
  stun::MessageBuilder builder(room, stun::MessageClass::success, request.method(), request.transactionId());
  reply(client, builder);
}

void TurnServer::bind(Time now, const SocketAddress& client, const stun::Message& request) {
  Allocation* allocation = find(now, client);
  const auto peer = request.xorAddress(stun::Attribute::xorPeerAddress);
  const std::uint32_t number = request.u32(stun::Attribute::channelNumber).value_or(0) >> 16;
  if (allocation == nullptr) return refuse(client, request, stun::kAllocationMismatch);
  if (forbidsPeers) return refuse(client, request, stun::kForbidden);
  const bool valid = number >= turn::kFirstChannel && number <= turn::kLastChannel && peer && !bindsNoChannels;
  if (!valid || !allocation->bind(now, static_cast<std::uint16_t>(number), *peer)) {
    return refuse(client, request, stun::kBadRequest);
  }
  ++counters.channelBinds;
  std::array<std::byte, 256> room;
  stun::MessageBuilder builder(room, stun::MessageClass::success, request.method(), request.transactionId());
  reply(client, builder);
}

// Out -----------------------------------------------------------------------------------------------------------------

void TurnServer::refuse(const SocketAddress& client, const stun::Message& request, int code, bool challenge) {
  std::array<std::byte, 512> room;
  stun::MessageBuilder builder(room, stun::MessageClass::error, request.method(), request.transactionId());
  builder.errorCode(code, reason);
  if (challenge) {
    builder.text(stun::Attribute::realm, kRealm);
    builder.text(stun::Attribute::nonce, nonce_);
  }
  reply(client, builder, !challenge);
}

void TurnServer::reply(const SocketAddress& client, stun::MessageBuilder& builder, bool sign) {
  if (sign) builder.messageIntegrity(key_);
  builder.fingerprint();
  sendTo(client, builder.finish());
}

void TurnServer::sendTo(const SocketAddress& client, ByteView packet) {
  const auto connection = connections_.find(client);
  if (connection != connections_.end()) {
    connection->second->stream->send(packet);  // and drops what there is no room for, as a relay may
    return;
  }
  const OutgoingDatagram datagram{client, packet};
  socket_->send({&datagram, 1});
}

}  // namespace portico::sim
