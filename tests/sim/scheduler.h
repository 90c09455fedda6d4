// Virtual time: one heap of deadlines and one queue of tasks. Nothing in here waits.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "portico/platform/time.h"

namespace portico::sim {

/// Something that time happens to.
class Source {
 public:
  virtual ~Source() = default;
  virtual void fire(Time now) = 0;
};

/// Names a source for as long as it is registered, and nothing after that.
struct SourceId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
};

/// At one instant packets move first, then sockets get what has come (so that they get all of it at once), then timers
/// fire.
enum class Phase : std::uint8_t { links, deliveries, timers };

class Scheduler {
 public:
  explicit Scheduler(Time start) : now_(start) {}

  [[nodiscard]] Time now() const { return now_; }

  SourceId add(Source& source);
  void remove(SourceId id);
  [[nodiscard]] bool alive(SourceId id) const { return slots_[id.slot].generation == id.generation; }

  /// A deadline in the past is met at once. A deadline can't be taken back: the source has to see that it is stale.
  void at(Time when, Phase phase, SourceId id);
  /// Runs after the event of now, in the order of posting.
  void post(std::function<void()> task) { tasks_.push_back(std::move(task)); }

  /// Drops what was posted: it may hold objects that need the world.
  void dropTasks() { std::exchange(tasks_, {}).clear(); }

  /// When the next event is due; nullopt where there is none.
  std::optional<Time> next();
  /// Goes to the next event and runs it; false where there is none. Throws std::runtime_error when time has stood
  /// still for kMaxEventsPerInstant events: two parties that answer each other for ever.
  bool step();
  /// Lets time pass in which nothing happens.
  void advanceTo(Time when);

  static constexpr std::uint64_t kMaxEventsPerInstant = 2'000'000;

 private:
  struct Entry {
    Time when;
    std::uint64_t order;  // the phase in the upper bits, then the order of asking: ties break the same way in every run
    SourceId id;
  };
  struct Slot {
    Source* source = nullptr;
    std::uint32_t generation = 0;
  };

  static bool later(const Entry& a, const Entry& b) { return a.when != b.when ? a.when > b.when : a.order > b.order; }
  void enter(Time when);
  Entry pop();

  Time now_;
  std::uint64_t asked_ = 0;
  std::uint64_t eventsAtNow_ = 0;
  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> freeSlots_;
  std::deque<std::function<void()>> tasks_;
};

}  // namespace portico::sim
