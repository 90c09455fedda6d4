#include "native/command/bridge_host.h"

#include <algorithm>
#include <map>

#include "native/bridge/relay/capsule.h"
#include "native/command/bridge_client.h"

namespace portico::command {
namespace {

/// docs/bridge.md: the bridge has at most so many contexts open.
constexpr std::size_t kMaxContexts = 256;

class Through final : public BridgeHost {
 public:
  Through(Loop& loop, const BridgeAddress& bridge, BridgeObserver observer)
      : loop_(loop), bridge_(bridge), observer_(std::move(observer)) {
    query_ = loop_.resolve(bridge_.host, [this](const Result<std::vector<IpAddress>>& addresses) {
      if (!addresses) return end(0, addresses.error().message);
      client_ = BridgeClient::connect(loop_, bridge_, *addresses,
                                      {[this](const ByteVector& message) { onMessage(message); },
                                       [this](unsigned status, const std::string& why) { end(status, why); }});
    });
  }

  [[nodiscard]] const BridgeBound& bound() const override { return bound_; }

  Time now() override { return loop_.now(); }
  std::int64_t unixSeconds() override { return loop_.unixSeconds(); }
  void randomBytes(MutableByteView out) override { loop_.randomBytes(out); }
  void defer(std::function<void()> task) override { loop_.defer(std::move(task)); }
  std::unique_ptr<Timer> createTimer(std::function<void(Time now)> onTimeout) override {
    return loop_.createTimer(std::move(onTimeout));
  }
  std::unique_ptr<Cancellable> resolve(const std::string& name,
                                       std::function<void(Result<std::vector<IpAddress>>)> onResolved) override {
    return loop_.resolve(name, std::move(onResolved));
  }

  std::vector<NetworkInterface> networkInterfaces() override {
    std::vector<NetworkInterface> interfaces;
    for (const auto& port : bound_.ports) {
      const IpAddress& address = addressOf(port).ip;
      interfaces.push_back({"bridge", address, address.isLoopback(), false, false});
    }
    return interfaces;
  }

  Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions& options, UdpReceiver& receiver) override {
    for (const auto& port : bound_.ports) {
      if (!(addressOf(port).ip == options.local.ip)) continue;
      return std::unique_ptr<UdpSocket>(std::make_unique<Socket>(*this, addressOf(port), receiver));
    }
    return Error(Error::Network, "The bridge has bound no port of that address.");
  }

 private:
  /// Of one address family. Whoever shares it stands before this Host (SharingHost).
  class Socket final : public UdpSocket {
   public:
    Socket(Through& host, const SocketAddress& local, UdpReceiver& receiver)
        : host_(host), local_(local), receiver_(receiver) {
      host_.sockets_[local_.ip.family()] = this;
    }
    ~Socket() override { host_.sockets_.erase(local_.ip.family()); }
    [[nodiscard]] SocketAddress localAddress() const override { return local_; }
    [[nodiscard]] std::uint64_t droppedDatagrams() const override { return 0; }
    void send(std::span<const OutgoingDatagram> batch) override {
      ByteVector message;
      for (const OutgoingDatagram& datagram : batch) {
        bridge::appendDatagram(message, datagram.remote, datagram.payload);
      }
      if (host_.client_) host_.client_->send(std::move(message));
    }
    [[nodiscard]] UdpReceiver& receiver() { return receiver_; }

   private:
    Through& host_;
    SocketAddress local_;
    UdpReceiver& receiver_;
  };

  /// Peers reach it where the world sees it.
  static const SocketAddress& addressOf(const BridgeBound::Port& port) { return port.seen ? *port.seen : port.bound; }

  void onMessage(ByteView message) {
    bridge::CapsuleReader reader(message);
    while (const auto capsule = reader.next()) onCapsule(*capsule);
    if (reader.malformed()) end(0, "it sent what is no capsule");
  }

  void onCapsule(const bridge::Capsule& capsule) {
    switch (capsule.type) {
      case bridge::CapsuleType::bound:
        if (const auto value = bridge::parseBound(capsule.value)) onBound(*value);
        break;
      case bridge::CapsuleType::refused:
        if (const auto value = bridge::parseRefused(capsule.value)) {
          observer_.onRefused(value->remote, static_cast<std::uint64_t>(value->reason));
        }
        break;
      case bridge::CapsuleType::compressionAssign:
        if (const auto value = bridge::parseAssign(capsule.value)) onAssign(*value);
        break;
      case bridge::CapsuleType::compressionClose:
        if (const auto context = bridge::parseContext(capsule.value)) contexts_.erase(*context);
        break;
      case bridge::CapsuleType::datagram:
        if (const auto value = bridge::parseDatagram(capsule.value)) onDatagram(*value);
        break;
      case bridge::CapsuleType::compressionAck:
        break;
    }
  }

  void onBound(const bridge::BoundValue& value) {
    if (!bound_.ports.empty()) return;  // docs/bridge.md: once
    for (const auto& endpoint : value.endpoints) bound_.ports.push_back({endpoint.bound, endpoint.seen});
    bound_.largestPayload = value.largestPayloadBytes;
    bound_.bytesPerSecond = value.bytesPerSecond;
    bound_.packetsPerSecond = value.packetsPerSecond;
    observer_.onBound();
  }

  void onAssign(const bridge::AssignValue& value) {
    ByteVector answer;
    if (value.remote && contexts_.size() < kMaxContexts && contexts_.emplace(value.context, *value.remote).second) {
      bridge::appendAck(answer, value.context);
    } else {
      bridge::appendClose(answer, value.context);
    }
    client_->send(std::move(answer));
  }

  void onDatagram(const bridge::DatagramValue& value) {
    const auto context = contexts_.find(value.context);
    const bool named = value.context == bridge::kUncompressedContext;
    if (!named && context == contexts_.end()) return;
    ByteVector payload = toVector(value.payload);
    Datagram datagram{named ? value.remote : context->second, payload};
    const auto socket = sockets_.find(datagram.remote.ip.family());
    if (socket != sockets_.end()) socket->second->receiver().onDatagrams(loop_.now(), {&datagram, 1});
  }

  void end(unsigned status, const std::string& why) {
    if (!std::exchange(ended_, true)) observer_.onEnded(status, why);
  }

  Loop& loop_;
  BridgeAddress bridge_;
  BridgeObserver observer_;
  BridgeBound bound_;
  std::map<std::uint64_t, SocketAddress> contexts_;
  std::map<IpFamily, Socket*> sockets_;
  bool ended_ = false;
  std::unique_ptr<Cancellable> query_;
  std::unique_ptr<BridgeClient> client_;
};

}  // namespace

Result<std::unique_ptr<BridgeHost>> BridgeHost::connect(Loop& loop, const BridgeAddress& bridge,
                                                        BridgeObserver observer) {
  return std::unique_ptr<BridgeHost>(std::make_unique<Through>(loop, bridge, std::move(observer)));
}

}  // namespace portico::command
