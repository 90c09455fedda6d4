#include "platform/timer_queue.h"

#include <utility>

namespace portico {

TimerEntry::TimerEntry(TimerQueue& queue, std::function<void(Time)> onTimeout)
    : queue_(queue), onTimeout_(std::move(onTimeout)) {}

TimerEntry::~TimerEntry() {
  cancel();
  if (destroyed_ != nullptr) {
    *destroyed_ = true;
  }
}

void TimerEntry::set(Time when) {
  if (place_ == Place::heap && when == when_) {
    return;
  }
  queue_.take(*this);
  queue_.insert(*this, when);
}

void TimerEntry::cancel() {
  queue_.take(*this);
}

void TimerEntry::fire(Time now) {
  // The callback may destroy this timer, and with it the function that runs: that is held here meanwhile.
  struct Running {
    explicit Running(TimerEntry& timer) : entry(timer), callback(std::move(timer.onTimeout_)) {
      entry.destroyed_ = &destroyed;
    }
    ~Running() {
      if (!destroyed) {
        entry.onTimeout_ = std::move(callback);
        entry.destroyed_ = nullptr;
      }
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    TimerEntry& entry;
    std::function<void(Time)> callback;
    bool destroyed = false;
  };
  Running running(*this);
  running.callback(now);
}

std::optional<Time> TimerQueue::next() const {
  return heap_.empty() ? std::nullopt : std::optional<Time>(heap_.front()->when_);
}

void TimerQueue::fireDue(Time now) {
  due_.clear();
  while (!heap_.empty() && heap_.front()->when_ <= now) {
    TimerEntry* entry = heap_.front();
    takeFromHeap(0);
    entry->place_ = TimerEntry::Place::due;
    entry->position_ = due_.size();
    due_.push_back(entry);
  }
  for (std::size_t i = 0; i < due_.size(); ++i) {
    if (TimerEntry* entry = std::exchange(due_[i], nullptr)) {
      entry->place_ = TimerEntry::Place::nowhere;
      entry->fire(now);
    }
  }
}

void TimerQueue::insert(TimerEntry& entry, Time when) {
  entry.when_ = when;
  entry.order_ = nextOrder_++;
  entry.place_ = TimerEntry::Place::heap;
  heap_.push_back(&entry);
  entry.position_ = heap_.size() - 1;
  siftUp(entry.position_);
}

void TimerQueue::take(TimerEntry& entry) {
  if (entry.place_ == TimerEntry::Place::heap) {
    takeFromHeap(entry.position_);
  } else if (entry.place_ == TimerEntry::Place::due) {
    due_[entry.position_] = nullptr;
  }
  entry.place_ = TimerEntry::Place::nowhere;
}

void TimerQueue::takeFromHeap(std::size_t position) {
  TimerEntry* last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) {
    return;
  }
  place(position, last);
  siftUp(position);
  siftDown(last->position_);
}

void TimerQueue::place(std::size_t position, TimerEntry* entry) {
  heap_[position] = entry;
  entry->position_ = position;
}

void TimerQueue::siftUp(std::size_t position) {
  TimerEntry* entry = heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!entry->before(*heap_[parent])) {
      break;
    }
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, entry);
}

void TimerQueue::siftDown(std::size_t position) {
  TimerEntry* entry = heap_[position];
  for (std::size_t child = 2 * position + 1; child < heap_.size(); child = 2 * position + 1) {
    if (child + 1 < heap_.size() && heap_[child + 1]->before(*heap_[child])) {
      ++child;
    }
    if (!heap_[child]->before(*entry)) {
      break;
    }
    place(position, heap_[child]);
    position = child;
  }
  place(position, entry);
}

}  // namespace portico
