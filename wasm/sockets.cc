#include "wasm/sockets.h"

#include <algorithm>
#include <cstring>

namespace portico::wasm {
namespace {

static_assert(sizeof(portico_wasm_datagram) == 32);

portico_wasm_datagram toRecord(const OutgoingDatagram& datagram) {
  portico_wasm_datagram record{};
  const ByteView address = datagram.remote.ip.bytes();
  std::memcpy(record.address, address.data(), address.size());
  record.port = datagram.remote.port;
  record.family = static_cast<std::uint16_t>(datagram.remote.ip.family());
  record.bytes = static_cast<std::uint32_t>(datagram.payload.size());
  record.payload = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(datagram.payload.data()));
  return record;
}

Datagram fromRecord(const portico_wasm_datagram& record) {
  const std::span<const std::byte, 16> address(reinterpret_cast<const std::byte*>(record.address), 16);
  std::uint32_t v4 = 0;
  for (std::size_t i = 0; i < 4; ++i) v4 = v4 << 8 | record.address[i];
  Datagram datagram;
  datagram.remote.ip = record.family == 4 ? IpAddress::fromV4(v4) : IpAddress::fromV6(address);
  datagram.remote.port = record.port;
  datagram.payload =
      MutableByteView(reinterpret_cast<std::byte*>(static_cast<std::uintptr_t>(record.payload)), record.bytes);
  return datagram;
}

}  // namespace

/// One of JavaScript's sockets, in use.
class Sockets::JsSocket final : public UdpSocket {
 public:
  JsSocket(Sockets& owner, std::int32_t number, const SocketAddress& local, UdpReceiver& receiver)
      : owner_(owner), number_(number), local_(local), receiver_(receiver) {
    owner_.open_.emplace(number_, this);
  }
  ~JsSocket() override {
    if (owner_.open_.erase(number_) == 0) return;  // it has failed
    owner_.shared_.erase(number_);
    portico_js_udp_close(number_);
  }

  [[nodiscard]] SocketAddress localAddress() const override { return local_; }
  void send(std::span<const OutgoingDatagram> batch) override {
    if (!owner_.open_.contains(number_)) return;  // it has failed
    records_.clear();
    for (const OutgoingDatagram& datagram : batch) records_.push_back(toRecord(datagram));
    portico_js_udp_send(number_, records_.data(), records_.size());
  }
  /// JavaScript counts its own.
  [[nodiscard]] std::uint64_t droppedDatagrams() const override { return 0; }
  [[nodiscard]] UdpReceiver& receiver() { return receiver_; }

 private:
  Sockets& owner_;
  std::int32_t number_;
  SocketAddress local_;
  UdpReceiver& receiver_;
  std::vector<portico_wasm_datagram> records_;
};

Sockets::Sockets() = default;
Sockets::~Sockets() = default;

void Sockets::offer(std::int32_t number, const SocketAddress& local, bool loopback) {
  offers_.push_back(Offer{number, local, loopback, false});
}

void Sockets::withdraw() {
  for (const Offer& offer : std::exchange(offers_, {})) {
    if (!offer.taken && !open_.contains(offer.number)) portico_js_udp_close(offer.number);
  }
}

std::vector<NetworkInterface> Sockets::interfaces() const {
  std::vector<NetworkInterface> interfaces;
  for (const Offer& offer : offers_) {
    interfaces.push_back({"udp" + std::to_string(offer.number), offer.local.ip, offer.loopback, false, false});
  }
  return interfaces;
}

Result<std::unique_ptr<UdpSocket>> Sockets::open(const IpAddress& local, UdpReceiver& receiver) {
  const auto offer = std::find_if(offers_.begin(), offers_.end(),
                                  [&](const Offer& each) { return !each.taken && each.local.ip == local; });
  if (offer == offers_.end()) {
    return Error(Error::Network, "No socket is bound to " + local.toString() + ": the transport offered none.");
  }
  offer->taken = true;
  std::weak_ptr<SharedUdp>& entry = shared_[offer->number];
  std::shared_ptr<SharedUdp> shared = entry.lock();
  if (!shared) {
    auto created = SharedUdp::create([&](UdpReceiver& all) -> Result<std::unique_ptr<UdpSocket>> {
      return std::unique_ptr<UdpSocket>(std::make_unique<JsSocket>(*this, offer->number, offer->local, all));
    });
    if (!created) return created.error();
    shared = std::move(*created);
    entry = shared;
  }
  return shared->attach(receiver);
}

std::int32_t Sockets::numberOf(const SocketAddress& local) const {
  const auto found =
      std::find_if(open_.begin(), open_.end(), [&](const auto& each) { return each.second->localAddress() == local; });
  return found == open_.end() ? 0 : found->first;
}

Result<std::unique_ptr<UdpSocket>> Sockets::openMulticast(const MulticastOptions& options, UdpReceiver& receiver) {
  const SocketAddress local{options.interface.address, options.group.port};
  const std::string group = options.group.ip.toString();
  const std::int32_t number = portico_js_multicast_open(onInterface(local.ip), group.c_str(), local.port);
  if (number == 0) return Error(Error::NotSupported, "There is no multicast on " + local.ip.toString() + '.');
  return std::unique_ptr<UdpSocket>(std::make_unique<JsSocket>(*this, number, local, receiver));
}

std::int32_t Sockets::onInterface(const IpAddress& address) const {
  for (const Offer& offer : offers_) {
    if (offer.local.ip == address) return offer.number;
  }
  for (const auto& [number, socket] : open_) {
    if (socket->localAddress().ip == address) return number;
  }
  return 0;
}

portico_wasm_datagram* Sockets::receiveArea(std::size_t count, std::size_t bytes) {
  const std::uint64_t wanted = std::uint64_t{count} * sizeof(portico_wasm_datagram) + bytes;
  if (wanted > SIZE_MAX / 2) portico_js_out_of_memory(SIZE_MAX);
  constexpr std::size_t kWord = sizeof(std::uint32_t);
  const std::size_t words = (static_cast<std::size_t>(wanted) + kWord - 1) / kWord + 1;
  if (area_.size() < words || area_.size() * kWord > kMaxKeptAreaBytes) {
    area_ = {};  // before there is a new one
    area_.resize(words);
  }
  return reinterpret_cast<portico_wasm_datagram*>(area_.data());
}

bool Sockets::inArea(const portico_wasm_datagram& record) const {
  const auto begin = reinterpret_cast<std::uintptr_t>(area_.data());
  const std::size_t size = area_.size() * sizeof(std::uint32_t);
  return record.payload >= begin && record.bytes <= size && record.payload - begin <= size - record.bytes;
}

void Sockets::receive(Time now, std::int32_t number, std::size_t count) {
  const auto socket = open_.find(number);
  if (socket == open_.end()) return;
  const auto* records = reinterpret_cast<const portico_wasm_datagram*>(area_.data());
  batch_.clear();
  const std::size_t room = area_.size() * sizeof(std::uint32_t) / sizeof(portico_wasm_datagram);
  for (std::size_t i = 0; i < std::min(count, room); ++i) {
    if (inArea(records[i])) batch_.push_back(fromRecord(records[i]));
  }
  socket->second->receiver().onDatagrams(now, batch_);
}

void Sockets::fail(Time now, std::int32_t number, const Error& error) {
  const auto found = open_.find(number);
  if (found == open_.end()) return;
  JsSocket* socket = found->second;
  open_.erase(found);
  shared_.erase(number);
  socket->receiver().onSocketError(now, error);
}

}  // namespace portico::wasm
