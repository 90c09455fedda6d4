// The host of a WebAssembly module: JavaScript's clock, randomness, timer, sockets and names, behind the seam.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "platform/timer_queue.h"
#include "portico/platform/host.h"
#include "wasm/module.h"

namespace portico::wasm {

class Sockets;
class Streams;

class WasmHost final : public Host {
 public:
  WasmHost();
  ~WasmHost() override;
  WasmHost(const WasmHost&) = delete;
  WasmHost& operator=(const WasmHost&) = delete;

  Time now() override;
  std::int64_t unixSeconds() override;
  void randomBytes(MutableByteView out) override;
  void defer(std::function<void()> task) override;
  std::unique_ptr<Timer> createTimer(std::function<void(Time now)> onTimeout) override;
  /// Those of the sockets on offer.
  std::vector<NetworkInterface> networkInterfaces() override;
  /// Takes the first socket on offer that has this address.
  Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions& options, UdpReceiver& receiver) override;
  /// On the interface of a socket that is on offer or in use.
  Result<std::unique_ptr<UdpSocket>> openMulticast(const MulticastOptions& options, UdpReceiver& receiver) override;
  Result<std::unique_ptr<TcpStream>> openTcp(const TcpOptions& options, StreamReceiver& receiver) override;
  std::unique_ptr<Cancellable> resolve(const std::string& name,
                                       std::function<void(Result<std::vector<IpAddress>>)> onResolved) override;

  // What JavaScript calls; see module.h.
  void run();
  void onResolved(std::int32_t query, Result<std::vector<IpAddress>> addresses);
  [[nodiscard]] Sockets& sockets() { return *sockets_; }
  [[nodiscard]] Streams& streams() { return *streams_; }
  /// After every call in: the timer that JavaScript keeps follows the queue.
  void armTimer();

 private:
  class HostTimer;
  class Query;

  std::vector<std::function<void()>> tasks_;
  bool scheduled_ = false;
  TimerQueue timers_;
  std::optional<Time> armed_;
  std::unordered_map<std::int32_t, Query*> queries_;
  std::int32_t nextQuery_ = 1;
  std::unique_ptr<Sockets> sockets_;
  std::unique_ptr<Streams> streams_;
};

}  // namespace portico::wasm
