// The inside of a Loop. All that is made with a Loop shares it, so that what outlives the Loop finds it closed, not
// gone.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "native/datagram_io.h"
#include "native/idle_spin.h"
#include "native/inbox.h"
#include "native/interface_watch.h"
#include "native/poller.h"
#include "native/resolver.h"
#include "native/source_table.h"
#include "platform/timer_queue.h"
#include "portico/native/loop.h"

namespace portico {

namespace tls {
class TrustStore;
}

class LoopCore final : private EventSource {
 public:
  explicit LoopCore(const LoopOptions& options);
  ~LoopCore() override;
  LoopCore(const LoopCore&) = delete;
  LoopCore& operator=(const LoopCore&) = delete;

  /// The Loop is gone: nothing runs any more.
  void close();
  [[nodiscard]] bool isClosed() const { return closed_; }

  /// One turn that waits until `limit` at most (none: for ever). Inside a callback nothing happens.
  void turn(std::optional<Time> limit);
  [[nodiscard]] bool isTurning() const { return turning_; }

  void stop() { stopped_ = true; }
  /// Whether stop() was called since the last time that this was asked.
  bool takeStop() { return std::exchange(stopped_, false); }

  /// While callbacks run: the time at which their round began.
  Time now();
  /// now() and `duration`, or the end of time.
  Time timeAfter(Duration duration);
  void defer(std::function<void()> task);

  [[nodiscard]] const LoopOptions& options() const { return options_; }
  Poller& poller() { return *poller_; }
  SourceTable& sources() { return sources_; }
  TimerQueue& timers() { return timers_; }
  Inbox& inbox() { return *inbox_; }
  Resolver& resolver() { return resolver_; }
  InterfaceWatch& interfaceWatch() { return interfaceWatch_; }
  /// Made when the first socket needs it.
  DatagramIo& datagramIo();
  /// Read when the first TLS connection needs it.
  Result<std::shared_ptr<tls::TrustStore>> trustStore();
  /// For tests: I/O that misbehaves.
  void setDatagramIo(std::unique_ptr<DatagramIo> io) { datagramIo_ = std::move(io); }
  /// One batch of received datagrams, for the socket whose turn it is.
  std::vector<Datagram>& batch() { return batch_; }

 private:
  void onReady(Interest ready) override;
  void refreshNow();
  [[nodiscard]] std::optional<Duration> timeToWait(std::optional<Time> limit);
  /// Finds what is ready: by looking for a while where that promises something, then by sleeping.
  void wait(std::optional<Duration> timeout);
  void runDeferred();

  const LoopOptions options_;
  std::unique_ptr<Poller> poller_;
  IdleSpin spin_;
  SourceTable sources_;
  TimerQueue timers_;
  std::shared_ptr<Inbox> inbox_;
  Resolver resolver_;
  InterfaceWatch interfaceWatch_;
  std::unique_ptr<DatagramIo> datagramIo_;
  std::shared_ptr<tls::TrustStore> trustStore_;
  std::vector<ReadyDescriptor> ready_;
  std::vector<Datagram> batch_;
  std::vector<std::function<void()>> deferred_;
  std::uint64_t inboxToken_ = 0;
  Time now_;
  bool wasReady_ = false;  ///< something was, since the loop last slept
  bool turning_ = false;
  bool stopped_ = false;
  bool closed_ = false;
};

}  // namespace portico
