// Tells when the machine's addresses may have changed: by rtnetlink on Linux, by looking every few seconds elsewhere.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "native/source_table.h"
#include "platform/timer_queue.h"
#include "portico/platform/host.h"

namespace portico {

class LoopCore;

/// An address comes with a row of messages. Those of this time are one change, so that a storm costs ten looks a
/// second.
inline constexpr Duration kInterfaceCalm = std::chrono::milliseconds(100);
/// Where the system doesn't tell: a look costs some tens of microseconds.
inline constexpr Duration kInterfacePoll = std::chrono::seconds(3);

/// One for a loop, whoever watches: a descriptor or a timer, while there is anybody.
class InterfaceWatch final : private EventSource {
 public:
  explicit InterfaceWatch(LoopCore& core);
  ~InterfaceWatch() override;
  InterfaceWatch(const InterfaceWatch&) = delete;
  InterfaceWatch& operator=(const InterfaceWatch&) = delete;

  class Subscriber;
  static std::unique_ptr<Cancellable> subscribe(const std::shared_ptr<LoopCore>& core, std::function<void()> onChange);
  /// As they are; while those who watch are being told, as they were at the beginning of that, for all of them.
  /// Where the system does not say: as they were last.
  [[nodiscard]] std::vector<NetworkInterface> list();
  void close();

 private:
  void open();
  void onReady(Interest ready) override;
  void onTimeout();
  void tell();

  LoopCore& core_;
  std::set<Subscriber*> subscribers_;
  TimerEntry timer_;
  int descriptor_ = -1;
  std::uint64_t token_ = 0;
  bool waiting_ = false;
  std::vector<NetworkInterface> known_;  ///< where nobody tells, to compare with
  std::vector<NetworkInterface> listed_;
  const std::vector<NetworkInterface>* told_ = nullptr;
};

}  // namespace portico
