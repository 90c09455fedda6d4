#include "wasm/host.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "platform/host_name.h"
#include "wasm/sockets.h"
#include "wasm/streams.h"

namespace portico::wasm {
namespace {

/// setTimeout() takes more than this, about 24 days, for none at all.
constexpr double kMaxTimerDelayMs = 2'147'483'647;
/// How much before its time a timer may fire: JavaScript's clocks are rounded, each in its own way.
constexpr Duration kTimerSlack = std::chrono::milliseconds(2);

}  // namespace

class WasmHost::HostTimer final : public Timer {
 public:
  HostTimer(TimerQueue& queue, std::function<void(Time)> onTimeout) : entry_(queue, std::move(onTimeout)) {}
  void set(Time when) override { entry_.set(when); }
  void cancel() override { entry_.cancel(); }

 private:
  TimerEntry entry_;
};

class WasmHost::Query final : public Cancellable {
 public:
  using Callback = std::function<void(Result<std::vector<IpAddress>>)>;
  Query(WasmHost& host, std::int32_t number, Callback callback)
      : callback(std::move(callback)), host_(host), number_(number) {
    host_.queries_.emplace(number_, this);
  }
  ~Query() override {
    if (host_.queries_.erase(number_) > 0) portico_js_cancel_resolve(number_);
  }
  Callback callback;

 private:
  WasmHost& host_;
  std::int32_t number_;
};

WasmHost::WasmHost() : sockets_(std::make_unique<Sockets>()), streams_(std::make_unique<Streams>()) {}
WasmHost::~WasmHost() = default;

Time WasmHost::now() {
  return Time(Duration(std::llround(portico_js_now() * 1000)));
}

std::int64_t WasmHost::unixSeconds() {
  return static_cast<std::int64_t>(portico_js_unix_seconds());
}

void WasmHost::randomBytes(MutableByteView out) {
  portico_js_random(reinterpret_cast<std::uint8_t*>(out.data()), out.size());
}

void WasmHost::defer(std::function<void()> task) {
  tasks_.push_back(std::move(task));
  if (!std::exchange(scheduled_, true)) portico_js_schedule();
}

std::unique_ptr<Timer> WasmHost::createTimer(std::function<void(Time now)> onTimeout) {
  return std::make_unique<HostTimer>(timers_, std::move(onTimeout));
}

std::vector<NetworkInterface> WasmHost::networkInterfaces() {
  return sockets_->interfaces();
}

Result<std::unique_ptr<UdpSocket>> WasmHost::openUdp(const UdpOptions& options, UdpReceiver& receiver) {
  return sockets_->open(options.local.ip, receiver);
}

Result<std::unique_ptr<UdpSocket>> WasmHost::openMulticast(const MulticastOptions& options, UdpReceiver& receiver) {
  return sockets_->openMulticast(options, receiver);
}

Result<std::unique_ptr<TcpStream>> WasmHost::openTcp(const TcpOptions& options, StreamReceiver& receiver) {
  return streams_->open(options, sockets_->numberOf(options.beside), receiver);
}

std::unique_ptr<Cancellable> WasmHost::resolve(const std::string& name,
                                               std::function<void(Result<std::vector<IpAddress>>)> onResolved) {
  const std::int32_t number = nextQuery_++;
  auto query = std::make_unique<Query>(*this, number, std::move(onResolved));
  if (auto known = resolveLocally(name)) {
    defer([this, number, result = std::move(*known)] { this->onResolved(number, result); });
  } else {
    portico_js_resolve(number, name.c_str());
  }
  return query;
}

void WasmHost::onResolved(std::int32_t query, Result<std::vector<IpAddress>> addresses) {
  const auto found = queries_.find(query);
  if (found == queries_.end()) return;
  const auto callback = std::move(found->second->callback);
  queries_.erase(found);
  callback(std::move(addresses));
}

// Timers first, as in the native loop; what tasks defer waits for a turn of its own.
void WasmHost::run() {
  const Time time = now();
  // When nobody asked for this turn, the timer has fired, which counts once. It may have done so too early.
  if (!std::exchange(scheduled_, false) || (armed_ && *armed_ - time < kTimerSlack)) armed_.reset();
  timers_.fireDue(time);
  for (const auto& task : std::exchange(tasks_, {})) task();
  armTimer();
}

void WasmHost::armTimer() {
  const std::optional<Time> next = timers_.next();
  if (next == armed_) return;
  armed_ = next;
  if (next) {
    const std::chrono::duration<double, std::milli> delay = *next - now();
    portico_js_set_timer(std::clamp(delay.count(), 0.0, kMaxTimerDelayMs));
  } else {
    portico_js_set_timer(-1);
  }
}

}  // namespace portico::wasm
