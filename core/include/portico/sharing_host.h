// One UDP port for any number of peers: a Host in front of another, whose sockets with the same local address and ports
// are one.
//
//     SharingHost shared(loop);
//     PeerConnectionConfiguration configuration;
//     configuration.ice.iceLite = true;
//     configuration.ice.portLow = configuration.ice.portHigh = 3478;
//     PeerConnection first = *PeerConnection::create(shared, configuration), second = …
//
// Who a datagram is for is found in constant time, and nobody else hears of it (core/mux/shared_udp.h):
//   - a STUN request is for the peer whose username fragment it names, wherever it comes from;
//   - an answer is for the peer that asked, by its transaction where several ask one server;
//   - all else is for the peer to which the address that it comes from belongs.
// What belongs to nobody is dropped without an answer, and counted.
//
// Two connections between the same two ports can't be told apart once they carry data: the older keeps the address for
// as long as its peer is heard of there. A client that shares a port, too, needs another for each server port.
//
// A TURN server over UDP gives one address for each port of ours (RFC 8656 §2.2), so that one peer of a port can have
// it; for others it is an IceCandidateError that says so. TURN over TCP has no such limit.
#pragma once

#include <map>
#include <memory>
#include <tuple>

#include "portico/platform/host.h"

namespace portico {

class SharedTcp;
class SharedUdp;

/// Of all sockets that are open now.
struct SharingStats {
  std::size_t sockets = 0;
  std::size_t members = 0;               ///< gatherers that share them, once for each socket
  std::size_t routes = 0;                ///< remote addresses that belong to a member
  std::uint64_t unclaimedDatagrams = 0;  ///< dropped: nobody's
};

/// Belongs to the thread of `host`, which outlives it. It may be destroyed before its sockets.
class SharingHost final : public Host {
 public:
  explicit SharingHost(Host& host) : host_(host) {}

  [[nodiscard]] SharingStats stats() const;

  Time now() override { return host_.now(); }
  std::int64_t unixSeconds() override { return host_.unixSeconds(); }
  void randomBytes(MutableByteView out) override { host_.randomBytes(out); }
  void defer(std::function<void()> task) override { host_.defer(std::move(task)); }
  std::unique_ptr<Timer> createTimer(std::function<void(Time now)> onTimeout) override {
    return host_.createTimer(std::move(onTimeout));
  }
  std::vector<NetworkInterface> networkInterfaces() override { return host_.networkInterfaces(); }
  std::unique_ptr<Cancellable> watchNetworkInterfaces(std::function<void()> onChange) override {
    return host_.watchNetworkInterfaces(std::move(onChange));
  }
  /// The socket that is open already for these options, or a new one.
  Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions& options, UdpReceiver& receiver) override;
  /// Others may have the same port anyway.
  Result<std::unique_ptr<UdpSocket>> openMulticast(const MulticastOptions& options, UdpReceiver& receiver) override {
    return host_.openMulticast(options, receiver);
  }
  /// Connections that we make are not shared.
  Result<std::unique_ptr<TcpStream>> openTcp(const TcpOptions& options, StreamReceiver& receiver) override {
    return host_.openTcp(options, receiver);
  }
  /// The listener that is open already for these options, or a new one: a connection goes to whom its first packet
  /// names.
  Result<std::unique_ptr<TcpListener>> listenTcp(const TcpListenOptions& options, StreamAcceptor& acceptor) override;
  [[nodiscard]] bool hasTcp() const override { return host_.hasTcp(); }
  std::unique_ptr<Cancellable> resolve(const std::string& name,
                                       std::function<void(Result<std::vector<IpAddress>>)> onResolved) override {
    return host_.resolve(name, std::move(onResolved));
  }

  std::weak_ptr<void>& commonService() override { return host_.commonService(); }

 private:
  using Key = std::tuple<SocketAddress, std::uint16_t, std::uint16_t>;

  Host& host_;
  std::map<Key, std::weak_ptr<SharedUdp>> sockets_;
  std::map<Key, std::weak_ptr<SharedTcp>> listeners_;
};

}  // namespace portico
