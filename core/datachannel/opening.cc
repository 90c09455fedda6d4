// Creating channels, and the DATA_CHANNEL_OPEN handshake (RFC 8832 §6).
#include <algorithm>
#include <utility>

#include "core/datachannel/dcep.h"
#include "core/datachannel/table_state.h"
#include "core/datachannel/utf8.h"

namespace portico::datachannel {

namespace {

Result<void> check(const DataChannelParameters& parameters) {
  if (parameters.maxRetransmits && parameters.maxPacketLifeTime) {
    return Error(Error::Type, "Set maxRetransmits or maxPacketLifeTime, not both.");
  }
  if (parameters.negotiated && !parameters.id) {
    return Error(Error::Type, "A negotiated channel needs an id, the same on both sides.");
  }
  if (parameters.id && *parameters.id > kMaxStreamId) {
    return Error(Error::Type, "The id 65535 is reserved: use 0 to 65534.");
  }
  if (parameters.label.size() > kMaxLabelBytes || parameters.protocol.size() > kMaxLabelBytes) {
    return Error(Error::Type, "A label or protocol is at most 65535 bytes long.");
  }
  if (!isUtf8(parameters.label) || !isUtf8(parameters.protocol)) {
    return Error(Error::Type, "A label or protocol must be UTF-8.");
  }
  return {};
}

Error idInUse() {
  return Error(Error::Operation, "The id belongs to another channel.");
}

}  // namespace

Channel& ChannelTable::State::add(const DataChannelParameters& parameters) {
  const ChannelKey key = nextKey++;
  return *channels.emplace(key, std::make_unique<Channel>(key, parameters)).first->second;
}

Result<ChannelKey> ChannelTable::State::create(Time now, const DataChannelParameters& parameters) {
  if (phase == Phase::gone) return Error(Error::InvalidState, "The SCTP transport is closed.");
  if (Result<void> valid = check(parameters); !valid) return valid.error();
  if (parameters.id && ids.inUse(*parameters.id)) return idInUse();
  if (phase == Phase::waiting) {
    Channel& channel = add(parameters);
    if (parameters.id) {
      ids.claim(*parameters.id, channel);
    } else if (ids.streams() > 0) {
      (void)assignId(channel);  // what can't have one now is told so once the streams are known
    }
    return channel.key;
  }
  Channel& channel = add(parameters);
  const ChannelKey key = channel.key;
  if (Result<void> assigned = assignId(channel); !assigned) {
    channels.erase(key);
    return assigned.error();
  }
  open(now, channel);
  return key;
}

std::vector<Channel*> ChannelTable::State::connecting() const {
  std::vector<Channel*> inOrder;
  for (const auto& [key, channel] : channels) {
    if (channel->state == DataChannelState::connecting) inOrder.push_back(channel.get());
  }
  std::sort(inOrder.begin(), inOrder.end(), [](const Channel* a, const Channel* b) { return a->key < b->key; });
  return inOrder;
}

void ChannelTable::State::assignIds(DtlsRole role, std::uint16_t streams) {
  if (phase != Phase::waiting) return;
  ids.start(role, streams);
  for (Channel* channel : connecting()) {
    if (!channel->parameters.id) (void)assignId(*channel);
  }
}

void ChannelTable::State::connected(Time now, DtlsRole role, std::uint16_t streams) {
  if (phase != Phase::waiting) return;
  phase = Phase::up;
  ids.start(role, streams);
  for (Channel* channel : connecting()) {
    if (channel->state != DataChannelState::connecting) continue;
    if (Result<void> assigned = assignId(*channel); assigned) {
      open(now, *channel);
    } else {
      channel->closeReason = assigned.error();
      finish(*channel);
    }
  }
}

/// Finds an id where none was given, and claims it.
Result<void> ChannelTable::State::assignId(Channel& channel) {
  // A stream with a backlog may be about to get the channel that the peer opens on it.
  const auto unclaimed = [this](sctp::StreamId id) { return !backlog.holds(id); };
  std::optional<std::uint16_t>& id = channel.parameters.id;
  if (!id) {
    id = ids.lowestFree(unclaimed);
    if (!id) return Error(Error::Operation, "All the association's streams are in use.");
  } else if (*id >= ids.streams()) {
    return Error(Error::Operation, "The id is beyond the streams that the association has.");
  } else if (!channel.parameters.negotiated && !unclaimed(*id)) {
    return idInUse();
  }
  ids.claim(*id, channel);
  return {};
}

void ChannelTable::State::open(Time now, Channel& channel) {
  channel.state = DataChannelState::open;
  events.push_back({Event::opened, channel.key});
  if (!channel.parameters.negotiated) {
    // RFC 8832 §6: data may follow at once, without waiting for the acknowledgement, so the channel is open.
    sendControl(now, channel, writeDcepOpen(channel.parameters));
  } else {
    channel.acknowledged = true;  // the rule of "ordered until acknowledged" protects an OPEN; there is none
    if (backlog.holds(*channel.parameters.id)) replayStreams.push_back(*channel.parameters.id);
  }
}

void ChannelTable::State::onDcep(Time now, sctp::StreamId stream, Channel* channel, ByteView message) {
  const std::optional<DcepType> type = dcepTypeOf(message);
  if (type == DcepType::open) {
    onDcepOpen(now, stream, channel, message);
  } else if (!type || !channel || channel->parameters.negotiated) {
    ++counters.malformedDcep;
  }
  // An ACK says what onMessage() has noted already: that something came.
}

void ChannelTable::State::onDcepOpen(Time now, sctp::StreamId stream, Channel* channel, ByteView message) {
  if (channel) {
    // RFC 8832 §6: an OPEN on a stream in use closes the channel.
    ++counters.refusedOpens;
    closeForMisuse(now, *channel, "The peer opened a channel on an id that is in use.");
    return;
  }
  if (stream >= ids.streams() || ids.inUse(stream)) {
    ++counters.refusedOpens;
    return;
  }
  std::optional<DataChannelParameters> parameters = parseDcepOpen(message);
  if (!parameters) {
    ++counters.malformedDcep;
    refuseOpen(now, stream);
    return;
  }
  parameters->id = stream;
  Channel& opened = add(*parameters);
  ids.claim(stream, opened);
  opened.state = DataChannelState::open;
  opened.acknowledged = true;
  if (backlog.holds(stream)) replayStreams.push_back(stream);
  sendControl(now, opened, kDcepAck);
  observer.onChannel(opened.key, *parameters);
}

/// RFC 8832 §6: what can't be opened is closed, by the procedure of RFC 8831 §6.7.
void ChannelTable::State::refuseOpen(Time now, sctp::StreamId stream) {
  DataChannelParameters parameters;
  parameters.id = stream;
  Channel& refused = add(parameters);
  refused.announced = false;
  ids.claim(stream, refused);
  close(now, refused);
}

}  // namespace portico::datachannel
