// The sockets that JavaScript has bound: on offer until a gatherer takes them, and shared where it offers one again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/mux/shared_udp.h"
#include "portico/platform/host.h"
#include "wasm/module.h"

namespace portico::wasm {

/// Memory for a batch that is kept for the next. The bridge's messages and a wake-up's datagrams are below it; what a
/// larger one took is given back after it.
inline constexpr std::size_t kMaxKeptAreaBytes = 1024 * 1024;

class Sockets {
 public:
  Sockets();
  ~Sockets();
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  void offer(std::int32_t number, const SocketAddress& local, bool loopback);
  /// Closes those of the offer that nobody has taken, now or before.
  void withdraw();
  [[nodiscard]] std::vector<NetworkInterface> interfaces() const;
  Result<std::unique_ptr<UdpSocket>> open(const IpAddress& local, UdpReceiver& receiver);

  Result<std::unique_ptr<UdpSocket>> openMulticast(const MulticastOptions& options, UdpReceiver& receiver);
  /// Of the open one that is bound there, or 0.
  [[nodiscard]] std::int32_t numberOf(const SocketAddress& local) const;

  /// Memory for a batch; see module.h.
  portico_wasm_datagram* receiveArea(std::size_t count, std::size_t bytes);
  /// All of it.
  [[nodiscard]] ByteView area() const { return std::as_bytes(std::span(area_)); }
  void receive(Time now, std::int32_t number, std::size_t count);
  void fail(Time now, std::int32_t number, const Error& error);

 private:
  class JsSocket;
  [[nodiscard]] std::int32_t onInterface(const IpAddress& address) const;
  [[nodiscard]] bool inArea(const portico_wasm_datagram& record) const;
  struct Offer {
    std::int32_t number;
    SocketAddress local;
    bool loopback;
    bool taken;
  };

  std::vector<Offer> offers_;
  std::unordered_map<std::int32_t, JsSocket*> open_;
  std::unordered_map<std::int32_t, std::weak_ptr<SharedUdp>> shared_;
  std::vector<std::uint32_t> area_;  ///< words, so that the records are aligned
  std::vector<Datagram> batch_;
};

}  // namespace portico::wasm
