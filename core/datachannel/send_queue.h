// The messages of one channel that the association had no room for.
#pragma once

#include <cstddef>
#include <vector>

#include "core/sctp/association.h"
#include "portico/platform/bytes.h"
#include "portico/platform/time.h"

namespace portico::datachannel {

struct QueuedMessage {
  ByteVector bytes;
  sctp::Ppid ppid = sctp::Ppid::binary;
  std::size_t userBytes = 0;  ///< of `bytes`: 0 for DCEP and for the zero byte of an empty message
  Time queuedAt{};

  /// What it costs while it waits. The second part is what a message takes beside its bytes, so that a queue full of
  /// small messages is bounded, too.
  [[nodiscard]] std::size_t cost() const { return bytes.size() + kCostBesideBytes; }
  static constexpr std::size_t kCostBesideBytes = 96;
};

/// First in, first out. A vector with a moving front: an empty one owns nothing, as most channels' are.
class SendQueue {
 public:
  [[nodiscard]] bool empty() const { return front_ == messages_.size(); }
  [[nodiscard]] std::size_t size() const { return messages_.size() - front_; }
  [[nodiscard]] std::size_t cost() const { return cost_; }
  [[nodiscard]] const QueuedMessage& front() const { return messages_[front_]; }

  void push(QueuedMessage message);
  void pop();
  void clear();

  std::size_t credit = 0;  ///< SendScheduler's: bytes that this queue may still hand over in its turn
  bool scheduled = false;  ///< SendScheduler's: it is in the round

 private:
  std::vector<QueuedMessage> messages_;
  std::size_t front_ = 0;
  std::size_t cost_ = 0;
};

}  // namespace portico::datachannel
