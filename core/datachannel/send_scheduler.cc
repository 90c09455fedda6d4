#include "core/datachannel/send_scheduler.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace portico::datachannel {

namespace {

/// RFC 8831 §6.4 knows four values; what is outside counts as the nearest.
std::size_t roundBytes(const Channel& channel) {
  constexpr std::uint16_t kBelowNormal = 128;
  constexpr std::uint16_t kExtraHigh = 1024;
  return kRoundBytesPerPriority * std::clamp(channel.parameters.priority, kBelowNormal, kExtraHigh);
}

}  // namespace

void SendScheduler::push(Channel& channel, QueuedMessage message) {
  cost_ += message.cost();
  channel.queue.push(std::move(message));
  if (channel.queue.scheduled) return;
  channel.queue.scheduled = true;
  channel.queue.credit = 0;
  round_.push_back(&channel);
}

void SendScheduler::run(Time now, Sink& sink) {
  if (running_) return;  // what the sink calls may lead here again
  running_ = true;
  while (!round_.empty()) {
    if (turn_ >= round_.size()) turn_ = 0;
    Channel& channel = *round_[turn_];
    if (!turnHasCredit_) channel.queue.credit += roundBytes(channel);
    turnHasCredit_ = true;
    if (!runTurn(now, sink, channel)) break;
    turnHasCredit_ = false;
    if (channel.queue.empty()) {
      leaveRound(channel);
      sink.onQueueEmpty(now, channel);
    } else {
      ++turn_;
    }
  }
  running_ = false;
}

/// False when the sink has no room; then the turn goes on where it is, the next time.
bool SendScheduler::runTurn(Time now, Sink& sink, Channel& channel) {
  while (!channel.queue.empty()) {
    const std::size_t cost = channel.queue.front().cost();
    if (cost > channel.queue.credit) return true;
    if (!sink.handOver(now, channel, channel.queue.front())) return false;
    if (channel.queue.empty()) return true;  // cleared by what the sink called
    channel.queue.credit -= cost;
    cost_ -= cost;
    channel.queue.pop();
  }
  return true;
}

void SendScheduler::clear(Channel& channel) {
  cost_ -= channel.queue.cost();
  channel.queue.clear();
}

void SendScheduler::remove(Channel& channel) {
  clear(channel);
  if (channel.queue.scheduled) leaveRound(channel);
}

void SendScheduler::leaveRound(Channel& channel) {
  const auto place = std::find(round_.begin(), round_.end(), &channel);
  if (place == round_.end()) return;
  const auto index = static_cast<std::size_t>(place - round_.begin());
  round_.erase(place);
  channel.queue.scheduled = false;
  if (index < turn_) --turn_;
  if (index == turn_) turnHasCredit_ = false;
}

}  // namespace portico::datachannel
