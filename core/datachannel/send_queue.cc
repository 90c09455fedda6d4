#include "core/datachannel/send_queue.h"

#include <utility>

namespace portico::datachannel {

namespace {
/// Popped messages are moved out in one go when they are this many and half of all.
constexpr std::size_t kCompactAt = 64;
}  // namespace

void SendQueue::push(QueuedMessage message) {
  cost_ += message.cost();
  messages_.push_back(std::move(message));
}

void SendQueue::pop() {
  QueuedMessage& message = messages_[front_];
  cost_ -= message.cost();
  message.bytes = {};
  ++front_;
  if (empty()) {
    clear();
  } else if (front_ >= kCompactAt && front_ * 2 >= messages_.size()) {
    messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(front_));
    front_ = 0;
  }
}

void SendQueue::clear() {
  messages_ = {};
  front_ = 0;
  cost_ = 0;
}

}  // namespace portico::datachannel
