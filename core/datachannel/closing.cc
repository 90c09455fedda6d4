// The end of a channel (RFC 8831 §6.7): what is queued is sent, then each side resets its outgoing stream.
#include <algorithm>

#include "core/datachannel/table_state.h"

namespace portico::datachannel {

void ChannelTable::State::close(Time now, Channel& channel) {
  if (channel.state == DataChannelState::closing || channel.state == DataChannelState::closed) return;
  if (channel.state == DataChannelState::connecting && channel.announced) {
    finish(channel);  // the peer has not heard of it
    return;
  }
  channel.state = DataChannelState::closing;
  dropPartial(channel);
  if (channel.queue.empty()) requestReset(now, channel);  // else when the queue is empty: onQueueEmpty()
}

void ChannelTable::State::closeForMisuse(Time now, Channel& channel, const char* sentence) {
  if (channel.state != DataChannelState::open) return;
  channel.closeReason = Error(Error::Operation, sentence);
  events.push_back({Event::closing, channel.key});
  close(now, channel);
}

/// The association sends what it was handed on the stream before it (RFC 6525 §5.1.2).
void ChannelTable::State::requestReset(Time now, Channel& channel) {
  channel.reset.requested = true;
  const sctp::StreamId stream = *channel.parameters.id;
  association.resetStreams(now, {&stream, 1});
}

void ChannelTable::State::onIncomingReset(Time now, sctp::StreamId stream) {
  if (phase != Phase::up) return;
  Channel* channel = ids.find(stream);
  if (!channel) {
    // What came on it without a channel will not get one any more.
    counters.unknownStream += backlog.take(stream).messages.size();
    return;
  }
  if (channel->reset.incoming) {
    backlog.markReset(stream);  // the next channel on the stream, opened and closed already
    return;
  }
  channel->reset.incoming = true;
  if (channel->state == DataChannelState::open) {
    channel->state = DataChannelState::closing;
    events.push_back({Event::closing, channel->key});
  }
  dropPartial(*channel);
  // The peer has closed and will not look at what still waits here.
  scheduler.clear(*channel);
  if (!channel->reset.requested) requestReset(now, *channel);
  if (channel->reset.outgoing) finish(*channel);
}

void ChannelTable::State::onOutgoingReset(Time now, sctp::StreamId stream, bool performed) {
  Channel* channel = ids.find(stream);
  if (phase != Phase::up || !channel || !channel->reset.requested || channel->reset.outgoing) return;
  if (performed) {
    channel->reset.outgoing = true;
    if (channel->reset.incoming) finish(*channel);
    return;
  }
  if (++channel->reset.refusals <= kMaxResetRefusals) {
    requestReset(now, *channel);
    return;
  }
  channel->closeReason = Error(Error::Operation, "The peer refuses to reset the channel's stream.");
  finish(*channel);
  ids.retire(stream);
}

/// Closed: its id is free from now on, and it goes with its last event.
void ChannelTable::State::finish(Channel& channel) {
  if (channel.state == DataChannelState::closed) return;
  channel.state = DataChannelState::closed;
  scheduler.remove(channel);
  dropPartial(channel);
  events.push_back({Event::closed, channel.key});
  const std::optional<std::uint16_t> id = channel.parameters.id;
  if (!id || ids.find(*id) != &channel) return;
  ids.release(*id);
  if (backlog.holds(*id)) replayStreams.push_back(*id);
}

void ChannelTable::State::disconnected(const Error& reason) {
  if (phase == Phase::gone) return;
  phase = Phase::gone;
  std::vector<Channel*> open;
  for (const auto& entry : channels) {
    if (entry.second->state != DataChannelState::closed) open.push_back(entry.second.get());
  }
  std::sort(open.begin(), open.end(), [](const Channel* a, const Channel* b) { return a->key < b->key; });
  for (Channel* channel : open) {
    // close() was asked for, and all that was sent before has been delivered as far as we know: nothing was lost.
    const bool asked = channel->state == DataChannelState::closing && channel->queue.empty();
    if (!asked && !channel->closeReason) channel->closeReason = reason;
    finish(*channel);
  }
  ids.clear();
  backlog.clear();
  replayStreams.clear();
}

}  // namespace portico::datachannel
