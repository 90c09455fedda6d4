// The loop's deadlines: an indexed heap, so that moving or cancelling a timer leaves nothing behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "portico/platform/time.h"

namespace portico {

class TimerQueue;

/// One deadline of a queue. It leaves the queue when it is destroyed.
class TimerEntry {
 public:
  TimerEntry(TimerQueue& queue, std::function<void(Time)> onTimeout);
  ~TimerEntry();
  TimerEntry(const TimerEntry&) = delete;
  TimerEntry& operator=(const TimerEntry&) = delete;

  void set(Time when);
  void cancel();

 private:
  friend class TimerQueue;
  enum class Place : std::uint8_t { nowhere, heap, due };

  void fire(Time now);
  /// Timers of the same moment fire in the order in which they were set.
  [[nodiscard]] bool before(const TimerEntry& other) const {
    return when_ != other.when_ ? when_ < other.when_ : order_ < other.order_;
  }

  TimerQueue& queue_;
  std::function<void(Time)> onTimeout_;
  Time when_;
  std::uint64_t order_ = 0;
  std::size_t position_ = 0;  ///< in the heap, or in the list of what is due
  Place place_ = Place::nowhere;
  bool* destroyed_ = nullptr;  ///< set while its callback runs
};

class TimerQueue {
 public:
  [[nodiscard]] std::optional<Time> next() const;
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  /// Fires what is due at `now`. What a callback sets, also for a moment that is past, waits for the next call.
  void fireDue(Time now);

 private:
  friend class TimerEntry;
  void insert(TimerEntry& entry, Time when);
  void take(TimerEntry& entry);
  void takeFromHeap(std::size_t position);
  void place(std::size_t position, TimerEntry* entry);
  void siftUp(std::size_t position);
  void siftDown(std::size_t position);

  std::vector<TimerEntry*> heap_;
  std::vector<TimerEntry*> due_;  ///< taken from the heap, not called yet; null: cancelled since
  std::uint64_t nextOrder_ = 0;
};

}  // namespace portico
