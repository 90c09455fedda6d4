// `--ping N`: N round trips, one after the other, on the channel `ping`; the peer sends back what it gets.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "native/command/transfer.h"

namespace portico::command {

/// Microseconds.
struct PingResult {
  std::uint64_t n = 0;
  std::int64_t p50 = 0;
  std::int64_t p90 = 0;
  std::int64_t p99 = 0;
  std::int64_t max = 0;
};

class Ping final : public ChannelUser {
 public:
  Ping(std::uint32_t rounds, std::size_t messageBytes, std::function<void(const Result<PingResult>&)> onDone);

  void onOpen(DataChannel channel, std::uint64_t maxMessageBytes) override;
  void onMessage(const DataChannelMessage& message) override;
  void onClose() override;
  [[nodiscard]] bool unfinished() const override { return !finished_; }

 private:
  void sendNext();
  void finish(const Result<PingResult>& result);
  [[nodiscard]] PingResult evaluate();

  std::uint32_t rounds_;
  ByteVector message_;
  std::function<void(const Result<PingResult>&)> onDone_;
  std::optional<DataChannel> channel_;
  std::vector<std::int64_t> times_;
  Stopwatch stopwatch_;
  bool finished_ = false;
};

}  // namespace portico::command
