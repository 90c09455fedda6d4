#include "native/command/flood.h"

#include <algorithm>

namespace portico::command {
namespace {

/// The channel tells when it runs low; this finds the end of the time, and of the queue, beside that.
constexpr Duration kLookInterval = std::chrono::milliseconds(5);

}  // namespace

Flood::Flood(Host& host, SctpTransport transport, DataChannel channel, std::chrono::microseconds duration,
             std::size_t messageBytes, TransferObserver& observer)
    : transport_(std::move(transport)),
      channel_(std::move(channel)),
      duration_(duration),
      message_(messageBytes),
      observer_(observer),
      host_(host) {
  for (std::size_t i = 0; i < message_.size(); ++i) message_[i] = static_cast<std::byte>(i & 0xff);
}

void Flood::start() {
  channel_.setBufferedAmountLowThreshold(kLowWaterBytes);
  timer_ = host_.createTimer([this](Time) { feed(); });
  stopwatch_.start();
  feed();
}

void Flood::feed() {
  if (finished_) return;
  // The clock is read once for each round: it would cost more than a message of 100 bytes does.
  timeIsUp_ = timeIsUp_ || stopwatch_.elapsed() >= duration_;
  while (!timeIsUp_ && channel_.bufferedAmount() < kHighWaterBytes) {
    // In rounds of at most 256 KiB or 256 messages, so that small messages do not hold up the loop for long.
    for (std::size_t i = 0; i < 256 && i * message_.size() < 256 * 1024; ++i) {
      if (auto sent = channel_.send(ByteView(message_)); !sent) {
        finished_ = true;
        timer_->cancel();
        return observer_.onFailed(Direction::send, sent.error());
      }
      ++messages_;
    }
    timeIsUp_ = stopwatch_.elapsed() >= duration_;
  }
  if (timeIsUp_ && transport_.drained()) return finish();
  if (cadence_.due()) observer_.onProgress(Direction::send, count());
  timer_->set(host_.now() + kLookInterval);
}

void Flood::finish() {
  finished_ = true;
  timer_->cancel();
  observer_.onDone(Direction::send, count());
}

void Flood::onClose() {
  if (finished_) return;
  finished_ = true;
  timer_->cancel();
  observer_.onFailed(Direction::send, Error(Error::Network, "The channel closed before all was delivered."));
}

TransferCount Flood::count() const {
  TransferCount count;
  count.label = channel_.label();
  count.bytes = messages_ * message_.size();
  if (!finished_) count.bytes -= std::min<std::uint64_t>(count.bytes, channel_.bufferedAmount());
  count.messages = messages_;
  count.seconds = stopwatch_.seconds();
  return count;
}

}  // namespace portico::command
