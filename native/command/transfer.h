// What moves data on a channel, and how it tells of it: files, floods and plain messages count alike.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "portico/data_channel.h"

namespace portico::command {

/// What may wait in a channel: enough to keep a fast path busy between two turns of the loop, and little beside the
/// 16 MiB at which the library refuses.
inline constexpr std::size_t kHighWaterBytes = 4 * 1024 * 1024;
/// Below it, more is queued.
inline constexpr std::size_t kLowWaterBytes = 1024 * 1024;
/// Of a file. Every peer takes 64 KiB (RFC 8841 §6).
inline constexpr std::size_t kChunkBytes = 64 * 1024;

enum class Direction { send, receive };

struct TransferCount {
  std::string label;
  std::uint64_t bytes = 0;
  std::uint64_t total = 0;  ///< 0: not known
  std::uint64_t messages = 0;
  double seconds = 0;
  std::string sha256;  ///< of a file, once it is whole
};

class TransferObserver {
 public:
  virtual ~TransferObserver() = default;
  virtual void onProgress(Direction direction, const TransferCount& count) = 0;
  virtual void onDone(Direction direction, const TransferCount& count) = 0;
  virtual void onFailed(Direction direction, const Error& error) = 0;
};

/// What has a channel's messages to itself. All calls come from the loop.
class ChannelUser {
 public:
  virtual ~ChannelUser() = default;
  /// `maxMessageBytes`: what the peer takes at most; 0 for any size.
  virtual void onOpen(DataChannel channel, std::uint64_t maxMessageBytes) = 0;
  virtual void onMessage(const DataChannelMessage& message) = 0;
  virtual void onBufferedAmountLow() {}
  virtual void onClose() {}
  /// Whether stopping now would lose something.
  [[nodiscard]] virtual bool unfinished() const { return false; }
};

/// Since start().
class Stopwatch {
 public:
  void start() { start_ = Clock::now(); }
  [[nodiscard]] std::chrono::microseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start_);
  }
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

/// At most ten a second.
class Cadence {
 public:
  bool due() {
    if (since_.elapsed() < std::chrono::milliseconds(100)) return false;
    since_.start();
    return true;
  }

 private:
  Stopwatch since_;
};

}  // namespace portico::command
