#include "core/datachannel/channel_table.h"

#include <algorithm>
#include <utility>

#include "core/datachannel/table_state.h"

namespace portico::datachannel {

ChannelTable::ChannelTable(sctp::Association& association, ChannelObserver& observer)
    : state_(std::make_unique<State>(association, observer)) {}

ChannelTable::~ChannelTable() = default;

// The association ----------------------------------------------------------------------------------------------------

void ChannelTable::setRemoteMaxMessageBytes(std::uint64_t bytes) {
  state_->remoteMaxMessageBytes = bytes;
}

void ChannelTable::assignIds(Time now, DtlsRole role, std::uint16_t streams) {
  const State::Scope scope(*state_, now);
  state_->assignIds(role, streams);
}

void ChannelTable::connected(Time now, DtlsRole role, std::uint16_t streams) {
  const State::Scope scope(*state_, now);
  state_->connected(now, role, streams);
}

void ChannelTable::disconnected(Time now, const Error& reason) {
  const State::Scope scope(*state_, now);
  state_->disconnected(reason);
}

void ChannelTable::onMessage(Time now, sctp::StreamId stream, sctp::Ppid ppid, ByteView payload) {
  const State::Scope scope(*state_, now);
  state_->onMessage(now, stream, ppid, payload);
}

void ChannelTable::onIncomingReset(Time now, std::span<const sctp::StreamId> streams) {
  const State::Scope scope(*state_, now);
  for (const sctp::StreamId stream : streams) state_->onIncomingReset(now, stream);
}

void ChannelTable::onOutgoingReset(Time now, std::span<const sctp::StreamId> streams, bool performed) {
  const State::Scope scope(*state_, now);
  for (const sctp::StreamId stream : streams) state_->onOutgoingReset(now, stream, performed);
}

void ChannelTable::onWritable(Time now) {
  const State::Scope scope(*state_, now);
  state_->blocked = false;
  state_->scheduler.run(now, *state_);
}

void ChannelTable::onPacketsTaken(Time now) {
  if (state_->watched.empty()) return;
  const State::Scope scope(*state_, now);
  state_->updateBufferedAmounts();
}

// The user -----------------------------------------------------------------------------------------------------------

Result<ChannelKey> ChannelTable::create(Time now, const DataChannelParameters& parameters) {
  const State::Scope scope(*state_, now);
  return state_->create(now, parameters);
}

Result<void> ChannelTable::send(Time now, ChannelKey key, bool text, ByteView payload) {
  const State::Scope scope(*state_, now);
  return state_->send(now, state_->find(key), text, payload);
}

void ChannelTable::close(Time now, ChannelKey key) {
  const State::Scope scope(*state_, now);
  if (Channel* channel = state_->find(key)) state_->close(now, *channel);
}

DataChannelState ChannelTable::state(ChannelKey key) const {
  const Channel* channel = state_->find(key);
  return channel ? channel->state : DataChannelState::closed;
}

std::optional<std::uint16_t> ChannelTable::id(ChannelKey key) const {
  const Channel* channel = state_->find(key);
  return channel ? channel->parameters.id : std::nullopt;
}

std::size_t ChannelTable::bufferedAmount(ChannelKey key) const {
  const Channel* channel = state_->find(key);
  return channel ? channel->account.bufferedAmount() : 0;
}

std::size_t ChannelTable::bufferedAmountLowThreshold(ChannelKey key) const {
  const Channel* channel = state_->find(key);
  return channel ? channel->account.threshold() : 0;
}

void ChannelTable::setBufferedAmountLowThreshold(ChannelKey key, std::size_t bytes) {
  if (Channel* channel = state_->find(key)) channel->account.setThreshold(bytes);
}

ChannelStats ChannelTable::stats(ChannelKey key) const {
  const Channel* channel = state_->find(key);
  return channel ? channel->stats : ChannelStats{};
}

const TableCounters& ChannelTable::counters() const {
  return state_->counters;
}

bool ChannelTable::drained() const {
  return state_->scheduler.empty() && state_->association.bufferedBytes() == 0;
}

// Inside -------------------------------------------------------------------------------------------------------------

Channel* ChannelTable::State::find(ChannelKey key) const {
  const auto found = channels.find(key);
  return found == channels.end() ? nullptr : found->second.get();
}

/// Tells what happened, in order. The one place where a Channel is destroyed.
void ChannelTable::State::deliver(Time now) {
  if (delivering) return;  // a call from inside an event: the loop below goes on with what it caused
  delivering = true;
  while (!events.empty() || !replayStreams.empty()) {
    for (const Event& event : std::exchange(events, {})) {
      Channel* channel = find(event.key);
      if (!channel) continue;
      switch (event.kind) {
        case Event::opened:
          if (channel->state != DataChannelState::closed) observer.onChannelOpen(event.key, *channel->parameters.id);
          break;
        case Event::bufferedAmountLow:
          observer.onChannelBufferedAmountLow(event.key);
          break;
        case Event::closing:
          observer.onChannelClosing(event.key);
          break;
        case Event::closed: {
          if (channel->awaitingPackets) watched.erase(std::find(watched.begin(), watched.end(), channel));
          const std::unique_ptr<Channel> last = std::move(channels.extract(event.key).mapped());
          if (last->announced) observer.onChannelClosed(event.key, last->closeReason);
          break;
        }
      }
    }
    // One stream, then the events again: what a message causes is told before the next stream's messages.
    if (events.empty() && !replayStreams.empty()) {
      const sctp::StreamId stream = replayStreams.back();
      replayStreams.pop_back();
      ++depth;
      replay(now, stream);
      --depth;
    }
  }
  delivering = false;
}

}  // namespace portico::datachannel
