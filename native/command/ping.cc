#include "native/command/ping.h"

#include <algorithm>

namespace portico::command {
namespace {

/// The number of the round, at the start of each message.
constexpr std::size_t kNumberBytes = 4;

void putNumber(ByteVector& message, std::uint32_t number) {
  for (std::size_t i = 0; i < kNumberBytes; ++i) message[i] = static_cast<std::byte>(number >> (24 - 8 * i) & 0xff);
}

}  // namespace

Ping::Ping(std::uint32_t rounds, std::size_t messageBytes, std::function<void(const Result<PingResult>&)> onDone)
    : rounds_(rounds), message_(std::max(messageBytes, kNumberBytes)), onDone_(std::move(onDone)) {
  times_.reserve(rounds_);
}

void Ping::onOpen(DataChannel channel, std::uint64_t) {
  channel_ = std::move(channel);
  sendNext();
}

void Ping::sendNext() {
  putNumber(message_, static_cast<std::uint32_t>(times_.size()));
  stopwatch_.start();
  if (auto sent = channel_->send(ByteView(message_)); !sent) finish(sent.error());
}

void Ping::onMessage(const DataChannelMessage& message) {
  if (finished_) return;
  if (!std::equal(message.data.begin(), message.data.end(), message_.begin(), message_.end())) {
    return finish(Error(Error::Data, "The peer does not send back what it gets: does it run with --echo?"));
  }
  times_.push_back(stopwatch_.elapsed().count());
  if (times_.size() == rounds_) return finish(evaluate());
  sendNext();
}

PingResult Ping::evaluate() {
  std::sort(times_.begin(), times_.end());
  const auto percentile = [this](std::size_t percent) {
    return times_[std::min(times_.size() - 1, times_.size() * percent / 100)];
  };
  PingResult result;
  result.n = times_.size();
  result.p50 = percentile(50);
  result.p90 = percentile(90);
  result.p99 = percentile(99);
  result.max = times_.back();
  return result;
}

void Ping::onClose() {
  if (!finished_) finish(Error(Error::Network, "The channel closed before the last round trip."));
}

void Ping::finish(const Result<PingResult>& result) {
  finished_ = true;
  onDone_(result);
}

}  // namespace portico::command
