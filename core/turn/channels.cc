#include "core/turn/channels.h"

#include <algorithm>

namespace portico::turn {

std::uint16_t Channels::use(Time now, const SocketAddress& peer) {
  Channel* channel = find(peer);
  if (channel == nullptr || channel->boundUntil <= now) return 0;
  channel->used = true;
  return channel->number;
}

std::uint16_t Channels::want(Time now, const SocketAddress& peer) {
  Channel* channel = find(peer);
  if (channel == nullptr) {
    if (all_.size() >= kMaxChannels) return 0;
    channel = &all_.emplace_back(Channel{.number = freeNumber(), .peer = peer});
  }
  const bool bound = channel->boundUntil > now;
  if (channel->asking || bound || channel->retryAt > now) return 0;
  beginAsking(*channel, now);
  return channel->number;
}

void Channels::beginAsking(Channel& channel, Time now) {
  channel.asking = true;
  // The server may bind it although its answer is lost.
  channel.freeAt = now + kChannelLifetime + kChannelQuarantine;
}

void Channels::bind(std::uint16_t number, Time asked) {
  Channel* channel = find(number);
  if (channel == nullptr) return;
  channel->asking = false;
  channel->used = false;
  channel->boundUntil = asked + kChannelLifetime;
  channel->refreshAt = asked + kChannelRefresh;
}

void Channels::refuse(Time now, std::uint16_t number) {
  Channel* channel = find(number);
  if (channel == nullptr) return;
  channel->asking = false;
  channel->boundUntil = Time{};
  channel->retryAt = now + kChannelRetry;
}

const SocketAddress* Channels::peerOf(std::uint16_t number) const {
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const Channel& c) { return c.number == number; });
  return at == all_.end() ? nullptr : &at->peer;
}

std::optional<Time> Channels::nextDeadline() const {
  std::optional<Time> next;
  for (const Channel& channel : all_) {
    if (channel.asking) continue;  // its request has a deadline
    const bool refresh = channel.used && channel.refreshAt < channel.boundUntil;
    const Time due = refresh ? channel.refreshAt : channel.freeAt;
    if (!next || due < *next) next = due;
  }
  return next;
}

Channels::Channel* Channels::find(const SocketAddress& peer) {
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const Channel& c) { return c.peer == peer; });
  return at == all_.end() ? nullptr : &*at;
}

Channels::Channel* Channels::find(std::uint16_t number) {
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const Channel& c) { return c.number == number; });
  return at == all_.end() ? nullptr : &*at;
}

// There are 4,096 numbers and kMaxChannels entries, so that one is free.
std::uint16_t Channels::freeNumber() {
  do {
    const std::uint16_t number = next_;
    next_ = number == kLastChannel ? kFirstChannel : static_cast<std::uint16_t>(number + 1);
    if (find(number) == nullptr) return number;
  } while (true);
}

}  // namespace portico::turn
