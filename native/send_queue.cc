#include "native/send_queue.h"

#include <algorithm>

namespace portico {

bool SendQueue::push(const OutgoingDatagram& datagram) {
  if (entries_.size() - front_ >= kMaxQueuedSendDatagrams || bytes() + datagram.payload.size() > kMaxQueuedSendBytes) {
    return false;
  }
  if (frontOffset_ > kMaxQueuedSendBytes) {  // a queue that never runs empty must not grow for ever
    payloads_.erase(payloads_.begin(), payloads_.begin() + static_cast<std::ptrdiff_t>(frontOffset_));
    frontOffset_ = 0;
  }
  if (front_ > kMaxQueuedSendDatagrams) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(front_));
    front_ = 0;
  }
  entries_.push_back({datagram.remote, datagram.payload.size()});
  payloads_.insert(payloads_.end(), datagram.payload.begin(), datagram.payload.end());
  return true;
}

std::span<const OutgoingDatagram> SendQueue::front(std::size_t limit) {
  view_.clear();
  const std::size_t end = std::min(entries_.size(), front_ + limit);
  std::size_t offset = frontOffset_;
  for (std::size_t i = front_; i < end; ++i) {
    view_.push_back({entries_[i].remote, ByteView(payloads_.data() + offset, entries_[i].size)});
    offset += entries_[i].size;
  }
  return view_;
}

void SendQueue::pop(std::size_t count) {
  for (; count > 0 && !empty(); --count) {
    frontOffset_ += entries_[front_++].size;
  }
  if (empty()) {
    clear();
  }
}

void SendQueue::clear() {
  // An idle socket gives the memory back: there are thousands of them, and few ever queue.
  entries_ = {};
  payloads_ = {};
  view_ = {};
  front_ = 0;
  frontOffset_ = 0;
}

}  // namespace portico
