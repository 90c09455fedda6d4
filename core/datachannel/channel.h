// One data channel, as the table keeps it.
#pragma once

#include <cstdint>
#include <optional>

#include "core/datachannel/channel_table.h"
#include "core/datachannel/send_account.h"
#include "core/datachannel/send_queue.h"
#include "portico/parameters.h"

namespace portico::datachannel {

/// RFC 8831 §6.7: a channel is closed when both directions of its stream are reset.
struct ResetProgress {
  bool requested = false;  ///< our reset was asked for: nothing may be sent on the stream any more
  bool outgoing = false;   ///< performed
  bool incoming = false;   ///< the peer's
  std::uint8_t refusals = 0;
};

struct Channel {
  Channel(ChannelKey channelKey, DataChannelParameters channelParameters)
      : key(channelKey), parameters(std::move(channelParameters)) {}

  const ChannelKey key;
  DataChannelParameters parameters;  ///< `id` is that of the stream, once there is one
  DataChannelState state = DataChannelState::connecting;
  /// RFC 8832 §6: something came from the peer, so an unordered channel need not send ordered any more.
  bool acknowledged = false;
  /// False for the stand-in of a DATA_CHANNEL_OPEN that was refused: its stream is reset, and nobody hears of it.
  bool announced = true;
  bool awaitingPackets = false;  ///< in the table's list of channels whose bufferedAmount may fall
  ResetProgress reset;
  std::optional<Error> closeReason;  ///< absent when it closes by somebody's close()

  SendQueue queue;
  SendAccount account;
  ByteVector partial;  ///< RFC 8831 §6.6, the deprecated PPIDs: pieces of a message that is not complete
  bool partialIsText = false;
  ChannelStats stats;
};

}  // namespace portico::datachannel
