// One UDP port for any number of peers: a Host in front of another, whose sockets with the same local address are one.
//
//     SharingHost shared(loop);
//     IceGatherer first(shared, {.portLow = 3478, .portHigh = 3478}), second(shared, …);
//
// Who a datagram is for is known by the address that it came from; where that is new, or shared by several, the
// receivers are asked (UdpReceiver::claims). What nobody claims is dropped and counted. Two connections between the
// same two ports can't be told apart once they carry data: a peer that shares a port, too, needs a connection's other
// end on another.
#pragma once

#include <map>
#include <memory>
#include <tuple>

#include "portico/platform/host.h"

namespace portico {

class SharedUdp;

/// Belongs to the thread of `host`, which outlives it. It may be destroyed before its sockets.
class SharingHost final : public Host {
 public:
  explicit SharingHost(Host& host) : host_(host) {}

  Time now() override { return host_.now(); }
  std::int64_t unixSeconds() override { return host_.unixSeconds(); }
  void randomBytes(MutableByteView out) override { host_.randomBytes(out); }
  void defer(std::function<void()> task) override { host_.defer(std::move(task)); }
  std::unique_ptr<Timer> createTimer(std::function<void(Time now)> onTimeout) override {
    return host_.createTimer(std::move(onTimeout));
  }
  std::vector<NetworkInterface> networkInterfaces() override { return host_.networkInterfaces(); }
  /// The socket that is open already for these options, or a new one.
  Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions& options, UdpReceiver& receiver) override;
  /// Others may have the same port anyway.
  Result<std::unique_ptr<UdpSocket>> openMulticast(const MulticastOptions& options, UdpReceiver& receiver) override {
    return host_.openMulticast(options, receiver);
  }
  /// Connections are not shared.
  Result<std::unique_ptr<TcpStream>> openTcp(const TcpOptions& options, StreamReceiver& receiver) override {
    return host_.openTcp(options, receiver);
  }
  std::unique_ptr<Cancellable> resolve(const std::string& name,
                                       std::function<void(Result<std::vector<IpAddress>>)> onResolved) override {
    return host_.resolve(name, std::move(onResolved));
  }

  std::weak_ptr<void>& commonService() override { return host_.commonService(); }

 private:
  using Key = std::tuple<SocketAddress, std::uint16_t, std::uint16_t>;

  Host& host_;
  std::map<Key, std::weak_ptr<SharedUdp>> sockets_;
};

}  // namespace portico
