// What the kernel had no room for: datagrams that wait for the socket to become writable.
#pragma once

#include <cstddef>
#include <vector>

#include "portico/platform/host.h"

namespace portico {

/// Payload bytes that one socket holds. More than a congestion window at 100 Mbit/s and 80 ms; a queue that grows
/// beyond it only adds delay, and the sender's congestion control should learn of it by a loss.
constexpr std::size_t kMaxQueuedSendBytes = 1024 * 1024;
/// Datagrams that one socket holds, for those that are small or empty.
constexpr std::size_t kMaxQueuedSendDatagrams = 4096;

class SendQueue {
 public:
  [[nodiscard]] bool empty() const { return front_ == entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return payloads_.size() - frontOffset_; }
  /// Copies `datagram` to the end. False: there is no room for it.
  bool push(const OutgoingDatagram& datagram);
  /// Up to `limit` datagrams from the front, in order and back to back in memory. Valid until push or pop.
  std::span<const OutgoingDatagram> front(std::size_t limit);
  void pop(std::size_t count);
  void clear();

 private:
  struct Entry {
    SocketAddress remote;
    std::size_t size;
  };

  std::vector<Entry> entries_;
  std::vector<std::byte> payloads_;
  std::vector<OutgoingDatagram> view_;
  std::size_t front_ = 0;        ///< first entry that is still there
  std::size_t frontOffset_ = 0;  ///< where its payload begins
};

}  // namespace portico
