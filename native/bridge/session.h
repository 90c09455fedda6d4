// One client: its WebSocket, its UDP ports, and the relay between them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "native/bridge/quota.h"
#include "native/bridge/relay/relay.h"
#include "native/bridge/udp_port.h"
#include "native/bridge/web_socket.h"

namespace portico::bridge {

/// Batches that one wake-up of a port reads, so that one flooded port does not keep the others waiting.
inline constexpr int kBatchesPerWakeUp = 4;

/// What all sessions use in turn.
struct SharedIo {
  std::unique_ptr<DatagramIo> datagrams;
  std::vector<Datagram> batch;
};

class Session final : public WebSocket::Handler, public std::enable_shared_from_this<Session> {
 public:
  struct Parts {
    std::uint64_t number = 0;
    std::shared_ptr<WebSocket> webSocket;
    std::vector<std::unique_ptr<UdpPort>> ports;
    std::vector<Place> places;  ///< given back with the session
    std::function<void(Session&, const std::string& reason)> onEnd;
  };

  Session(Parts parts, RelayOptions relay, SharedIo& io)
      : parts_(std::move(parts)), relay_(std::move(relay)), io_(io), openedAt_(std::chrono::steady_clock::now()) {}

  void start(const BoundValue& bound);
  void close(std::uint16_t code, std::string_view reason) { parts_.webSocket->close(code, reason); }

  [[nodiscard]] std::uint64_t number() const { return parts_.number; }
  [[nodiscard]] const std::vector<std::unique_ptr<UdpPort>>& ports() const { return parts_.ports; }
  [[nodiscard]] std::size_t queuedBytes() { return relay_.toClient().size() + parts_.webSocket->unsentBytes(); }
  [[nodiscard]] std::size_t destinations() const { return relay_.destinations(); }
  [[nodiscard]] double secondsOpen() const;
  /// With what the kernel lost, as of now.
  [[nodiscard]] Counters counters();

  void onMessage(ByteView message) override;
  void onWritten() override { flush(); }
  void onEnd(const std::string& reason) override;

 private:
  void watch(UdpPort& port);
  void onReadable(UdpPort& port);
  void sendOutgoing(Time now);
  void flush();

  Parts parts_;
  Relay relay_;
  SharedIo& io_;
  std::chrono::steady_clock::time_point openedAt_;
  bool ended_ = false;
};

}  // namespace portico::bridge
