// From the association's messages to the user's, by stream and PPID (RFC 8831 §6.6).
#include <utility>

#include "core/datachannel/table_state.h"

namespace portico::datachannel {

void ChannelTable::State::onMessage(Time now, sctp::StreamId stream, sctp::Ppid ppid, ByteView payload) {
  if (phase != Phase::up) return;
  Channel* channel = ids.find(stream);
  // The peer reset its side, so this comes from the next channel on the stream: ours has not heard yet that its own
  // reset was performed.
  const bool forNext = channel && channel->reset.incoming;
  if (forNext || (!channel && ppid != sctp::Ppid::dcep)) {
    if (!backlog.hold(stream, ppid, payload)) ++counters.unknownStream;
    return;
  }
  if (channel) channel->acknowledged = true;  // RFC 8832 §6: an ACK "or any other message"
  switch (ppid) {
    case sctp::Ppid::dcep:
      return onDcep(now, stream, channel, payload);
    case sctp::Ppid::string:
      return onUserMessage(*channel, true, payload);
    case sctp::Ppid::binary:
      return onUserMessage(*channel, false, payload);
    case sctp::Ppid::stringEmpty:  // RFC 8831 §6.6: the byte in it is ignored
      return onUserMessage(*channel, true, {});
    case sctp::Ppid::binaryEmpty:
      return onUserMessage(*channel, false, {});
    case sctp::Ppid::stringPartial:
      return onPiece(*channel, true, payload);
    case sctp::Ppid::binaryPartial:
      return onPiece(*channel, false, payload);
  }
  ++counters.unknownPpid;
}

void ChannelTable::State::onUserMessage(Channel& channel, bool text, ByteView payload) {
  if (channel.state != DataChannelState::open) {
    ++counters.afterClose;  // W3C: what comes after close() is not for the user any more
    return;
  }
  ByteVector whole;
  if (!channel.partial.empty() && channel.partialIsText != text) {
    ++counters.droppedPartials;
    dropPartial(channel);
  } else if (!channel.partial.empty()) {
    onPiece(channel, text, payload);
    if (channel.partial.empty()) return;  // it became too long
    whole = std::exchange(channel.partial, {});
    partialBytes -= whole.size();
    payload = whole;
  }
  ++channel.stats.messagesReceived;
  channel.stats.bytesReceived += payload.size();
  observer.onChannelMessage(channel.key, text, payload);
}

/// RFC 8831 §6.6: PPIDs 52 and 54, deprecated, carry all of a message but its last piece.
void ChannelTable::State::onPiece(Channel& channel, bool text, ByteView payload) {
  const bool mixed = !channel.partial.empty() && channel.partialIsText != text;
  if (channel.state != DataChannelState::open || mixed ||
      channel.partial.size() + payload.size() > kMaxPartialMessageBytes ||
      partialBytes + payload.size() > kMaxPartialBytes) {
    ++counters.droppedPartials;
    dropPartial(channel);
    return;
  }
  channel.partialIsText = text;
  channel.partial.insert(channel.partial.end(), payload.begin(), payload.end());
  partialBytes += payload.size();
}

void ChannelTable::State::dropPartial(Channel& channel) {
  partialBytes -= channel.partial.size();
  channel.partial = {};
}

/// The backlog of a stream that has a channel now, or may get one by what is in it.
void ChannelTable::State::replay(Time now, sctp::StreamId stream) {
  const Backlog::Stream held = backlog.take(stream);
  for (const Backlog::Message& message : held.messages) onMessage(now, stream, message.ppid, message.bytes);
  if (held.reset) onIncomingReset(now, stream);
}

}  // namespace portico::datachannel
