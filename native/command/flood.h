// `--flood`: messages of one size, as fast as the channel takes them, for some time.
#pragma once

#include <chrono>

#include "native/command/transfer.h"
#include "portico/platform/host.h"
#include "portico/sctp_transport.h"

namespace portico::command {

class Flood {
 public:
  Flood(Host& host, SctpTransport transport, DataChannel channel, std::chrono::microseconds duration,
        std::size_t messageBytes, TransferObserver& observer);

  void start();
  /// Also when the channel has room again.
  void feed();
  void onClose();
  [[nodiscard]] bool unfinished() const { return !finished_; }

 private:
  void finish();
  [[nodiscard]] TransferCount count() const;

  SctpTransport transport_;
  DataChannel channel_;
  std::chrono::microseconds duration_;
  ByteVector message_;
  TransferObserver& observer_;
  std::uint64_t messages_ = 0;
  Stopwatch stopwatch_;
  Cadence cadence_;
  std::unique_ptr<Timer> timer_;
  Host& host_;
  bool timeIsUp_ = false;
  bool finished_ = false;
};

}  // namespace portico::command
