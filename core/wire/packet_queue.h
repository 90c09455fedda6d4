// Packets in one piece of memory, back to back: what an engine writes its output into, and what the stack hands
// to the socket without copying. Equal packets in a row stay adjacent, so that the host can send them as one.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <vector>

#include "portico/platform/bytes.h"

namespace portico {

class PacketQueue {
 public:
  [[nodiscard]] bool empty() const { return ends_.empty(); }
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] std::size_t bytes() const { return used_; }

  [[nodiscard]] MutableByteView operator[](std::size_t index) {
    assert(index < ends_.size());
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return {memory_.data() + begin, ends_[index] - begin};
  }

  void push(ByteView packet) {
    MutableByteView room = prepare(packet.size());
    std::copy(packet.begin(), packet.end(), room.begin());
    commit(packet.size());
  }

  /// Room for a packet of up to `capacity` bytes; views of earlier packets end here. Follow with commit().
  MutableByteView prepare(std::size_t capacity) {
    if (memory_.size() < used_ + capacity) memory_.resize(std::max(used_ + capacity, 2 * memory_.size()));
    return {memory_.data() + used_, capacity};
  }

  void commit(std::size_t length) {
    assert(used_ + length <= memory_.size());
    used_ += length;
    ends_.push_back(used_);
  }

  /// Keeps the memory for the next batch.
  void clear() {
    used_ = 0;
    ends_.clear();
  }

  /// Gives the memory back: for a connection that has gone idle.
  void release() {
    clear();
    memory_ = {};
    ends_ = {};
  }

 private:
  ByteVector memory_;
  std::vector<std::size_t> ends_;
  std::size_t used_ = 0;
};

}  // namespace portico
