// From send() to the association, at once or by way of the queue; and bufferedAmount.
#include <algorithm>
#include <string>

#include "core/datachannel/table_state.h"

namespace portico::datachannel {

namespace {

/// RFC 8831 §6.6: SCTP has no empty messages, so a byte of zero and a PPID of its own stand for one.
constexpr std::byte kEmptyMessage[] = {std::byte{0}};

sctp::Ppid ppidOf(bool text, bool empty) {
  if (empty) return text ? sctp::Ppid::stringEmpty : sctp::Ppid::binaryEmpty;
  return text ? sctp::Ppid::string : sctp::Ppid::binary;
}

sctp::Reliability reliabilityOf(const Channel& channel, sctp::Ppid ppid, std::optional<std::uint16_t> lifetimeMs) {
  sctp::Reliability reliability;
  if (ppid == sctp::Ppid::dcep) return reliability;  // RFC 8832 §6: ordered and reliable
  // RFC 8832 §6: before anything has come from the peer all messages are sent ordered, or they could overtake OPEN.
  reliability.ordered = channel.parameters.ordered || !channel.acknowledged;
  reliability.maxRetransmits = channel.parameters.maxRetransmits;
  reliability.maxLifetimeMs = lifetimeMs;
  return reliability;
}

}  // namespace

Result<void> ChannelTable::State::send(Time now, Channel* channel, bool text, ByteView payload) {
  if (!channel || channel->state != DataChannelState::open) {
    return Error(Error::InvalidState, "The channel is not open.");
  }
  // RFC 8841 §6: the peer's limit; 0 stands for none.
  const std::uint64_t remoteLimit = remoteMaxMessageBytes == 0 ? sctp::kMaxSendMessageBytes : remoteMaxMessageBytes;
  const std::uint64_t limit = std::min<std::uint64_t>(remoteLimit, sctp::kMaxSendMessageBytes);
  if (payload.size() > limit) {
    return Error(Error::Type, "The message is too long: at most " + std::to_string(limit) + " bytes can be sent.");
  }
  const sctp::Ppid ppid = ppidOf(text, payload.empty());
  const ByteView bytes = payload.empty() ? ByteView(kEmptyMessage) : payload;
  bool taken = false;
  if (!blocked && scheduler.empty()) {
    Result<bool> handed =
        handToAssociation(now, *channel, ppid, bytes, payload.size(), channel->parameters.maxPacketLifeTime);
    if (!handed) return handed.error();
    taken = *handed;
  }
  if (!taken) {
    if (!scheduler.empty() && scheduler.cost() + bytes.size() + QueuedMessage::kCostBesideBytes > kMaxSendQueueBytes) {
      return Error(Error::Operation, "The send queue is full: wait for bufferedAmount to fall.");
    }
    enqueue(now, *channel, ppid, bytes, payload.size());
  }
  channel->account.accepted(payload.size());
  ++channel->stats.messagesSent;
  channel->stats.bytesSent += payload.size();
  watch(*channel);
  return {};
}

/// DCEP. Not refused when the queue is full: a channel has one such message.
void ChannelTable::State::sendControl(Time now, Channel& channel, ByteView message) {
  if (!blocked && scheduler.empty()) {
    const Result<bool> handed = handToAssociation(now, channel, sctp::Ppid::dcep, message, 0, std::nullopt);
    if (!handed || *handed) return;  // an error: the association is gone, and says so itself
  }
  enqueue(now, channel, sctp::Ppid::dcep, message, 0);
}

Result<bool> ChannelTable::State::handToAssociation(Time now, Channel& channel, sctp::Ppid ppid, ByteView bytes,
                                                    std::size_t userBytes,
                                                    std::optional<std::uint16_t> lifetimeLeftMs) {
  Result<bool> handed =
      association.send(now, *channel.parameters.id, ppid, bytes, reliabilityOf(channel, ppid, lifetimeLeftMs));
  if (!handed) return handed;
  if (*handed) {
    channel.account.handed(userBytes, bytes.size());
    watch(channel);
  } else {
    blocked = true;
  }
  return handed;
}

/// The one copy of a message that has to wait.
void ChannelTable::State::enqueue(Time now, Channel& channel, sctp::Ppid ppid, ByteView bytes, std::size_t userBytes) {
  QueuedMessage message;
  message.bytes = toVector(bytes);
  message.ppid = ppid;
  message.userBytes = userBytes;
  message.queuedAt = now;
  scheduler.push(channel, std::move(message));
}

bool ChannelTable::State::handOver(Time now, Channel& channel, const QueuedMessage& message) {
  const std::size_t userBytes = message.userBytes;
  std::optional<std::uint16_t> lifetimeLeftMs;
  if (channel.parameters.maxPacketLifeTime && message.ppid != sctp::Ppid::dcep) {
    // RFC 3758 §4.1: a lifetime begins when the user hands over the message, so the wait here is part of it.
    const auto waitedMs = std::chrono::duration_cast<std::chrono::milliseconds>(now - message.queuedAt).count();
    const auto leftMs = *channel.parameters.maxPacketLifeTime - waitedMs;
    if (leftMs <= 0 && waitedMs > 0) {
      ++counters.expired;
      channel.account.dropped(userBytes);
      watch(channel);
      return true;
    }
    lifetimeLeftMs = static_cast<std::uint16_t>(leftMs);
  }
  const Result<bool> handed = handToAssociation(now, channel, message.ppid, message.bytes, userBytes, lifetimeLeftMs);
  return handed && *handed;
}

void ChannelTable::State::onQueueEmpty(Time now, Channel& channel) {
  if (channel.state == DataChannelState::closing && !channel.reset.requested) requestReset(now, channel);
}

void ChannelTable::State::watch(Channel& channel) {
  if (channel.awaitingPackets) return;
  channel.awaitingPackets = true;
  watched.push_back(&channel);
}

void ChannelTable::State::updateBufferedAmounts() {
  std::size_t kept = 0;
  for (Channel* channel : watched) {
    if (channel->account.update(association.unsentBytes(*channel->parameters.id)) &&
        channel->state != DataChannelState::closed) {
      events.push_back({Event::bufferedAmountLow, channel->key});
    }
    channel->awaitingPackets = !channel->account.settled();
    if (channel->awaitingPackets) watched[kept++] = channel;
  }
  watched.resize(kept);
}

}  // namespace portico::datachannel
