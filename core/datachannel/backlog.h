// Messages on streams that have no channel yet. An unordered message may overtake its DATA_CHANNEL_OPEN; a peer may use
// a negotiated channel before our user has made it; and a new channel may come on a stream whose old one waits for the
// last answer of its closing.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "core/sctp/association.h"
#include "portico/platform/bytes.h"

namespace portico::datachannel {

/// For one association. Enough for what a window holds beside a lost packet; little enough for a peer that lies.
inline constexpr std::size_t kMaxBacklogBytes = 256 * 1024;

class Backlog {
 public:
  struct Message {
    sctp::Ppid ppid;
    ByteVector bytes;
  };
  struct Stream {
    std::vector<Message> messages;
    bool reset = false;  ///< the peer reset its side after them
  };

  /// False when there is no room.
  bool hold(sctp::StreamId stream, sctp::Ppid ppid, ByteView payload);
  /// For a stream that has messages.
  void markReset(sctp::StreamId stream);
  [[nodiscard]] bool holds(sctp::StreamId stream) const { return streams_.count(stream) != 0; }
  [[nodiscard]] Stream take(sctp::StreamId stream);
  void clear();

 private:
  std::unordered_map<sctp::StreamId, Stream> streams_;
  std::size_t bytes_ = 0;
};

}  // namespace portico::datachannel
