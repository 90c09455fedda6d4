// A socket of a simulated machine that remembers what came: for tests of the simulator, and for bare servers.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/world.h"

namespace portico::sim {

class TestSocket final : public UdpReceiver {
 public:
  struct Received {
    Time when;
    SocketAddress from;
    std::string text;
  };

  /// Bound to `local`, "10.0.0.1:5000"; throws std::runtime_error where that can't be had.
  TestSocket(Machine& machine, std::string_view local) {
    UdpOptions options;
    options.local = endpoint(local);
    auto opened = machine.openUdp(options, *this);
    if (!opened) throw std::runtime_error(opened.error().message);
    socket_ = *std::move(opened);
  }

  void send(const SocketAddress& to, std::string_view text) {
    const OutgoingDatagram datagram{to, asBytes(text)};
    socket_->send({&datagram, 1});
  }
  void send(std::string_view to, std::string_view text) { send(endpoint(to), text); }

  [[nodiscard]] SocketAddress address() const { return socket_->localAddress(); }
  [[nodiscard]] UdpSocket& socket() { return *socket_; }
  void close() { socket_.reset(); }

  /// Called after a batch was noted; may close this socket.
  std::function<void()> onBatch;
  bool echo = false;  ///< sends everything back to where it came from

  std::vector<Received> received;
  std::vector<std::size_t> batches;  ///< how many datagrams each call brought
  std::vector<Error> errors;

 private:
  void onDatagrams(Time now, std::span<Datagram> batch) override {
    batches.push_back(batch.size());
    for (const Datagram& datagram : batch) {
      received.push_back(Received{now, datagram.remote, std::string(asText(datagram.payload))});
      if (echo) send(datagram.remote, asText(datagram.payload));
    }
    if (onBatch) onBatch();
  }
  void onSocketError(Time, const Error& error) override { errors.push_back(error); }

  std::unique_ptr<UdpSocket> socket_;
};

}  // namespace portico::sim
