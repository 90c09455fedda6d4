#include "tests/sim/scheduler.h"

#include <algorithm>
#include <stdexcept>

namespace portico::sim {

SourceId Scheduler::add(Source& source) {
  if (freeSlots_.empty()) {
    freeSlots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = freeSlots_.back();
  freeSlots_.pop_back();
  slots_[slot].source = &source;
  return SourceId{slot, slots_[slot].generation};
}

void Scheduler::remove(SourceId id) {
  if (!alive(id)) return;
  slots_[id.slot].source = nullptr;
  ++slots_[id.slot].generation;
  freeSlots_.push_back(id.slot);
}

void Scheduler::at(Time when, Phase phase, SourceId id) {
  const std::uint64_t order = static_cast<std::uint64_t>(phase) << 60 | asked_++;
  heap_.push_back(Entry{std::max(when, now_), order, id});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

Scheduler::Entry Scheduler::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), later);
  const Entry entry = heap_.back();
  heap_.pop_back();
  return entry;
}

std::optional<Time> Scheduler::next() {
  if (!tasks_.empty()) return now_;
  while (!heap_.empty() && !alive(heap_.front().id)) pop();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().when;
}

void Scheduler::enter(Time when) {
  if (when != now_) {
    now_ = when;
    eventsAtNow_ = 0;
  }
  if (++eventsAtNow_ > kMaxEventsPerInstant)
    throw std::runtime_error("simulated time stands still: an endless exchange");
}

bool Scheduler::step() {
  const std::optional<Time> when = next();
  if (!when) return false;
  enter(*when);
  if (!tasks_.empty()) {
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    task();
    return true;
  }
  const Entry entry = pop();
  slots_[entry.id.slot].source->fire(now_);
  return true;
}

void Scheduler::advanceTo(Time when) {
  if (when <= now_) return;
  now_ = when;
  eventsAtNow_ = 0;
}

}  // namespace portico::sim
