// The data channels of one association (RFC 8831, RFC 8832): ids, DCEP, queues, closing. Sans I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/sctp/association.h"
#include "portico/parameters.h"
#include "portico/platform/bytes.h"
#include "portico/platform/result.h"
#include "portico/platform/time.h"

namespace portico::datachannel {

/// Names a channel for its whole life; never reused (stream ids are).
using ChannelKey = std::uint32_t;

/// What send() may queue in one association beyond what usrsctp holds; over it send() is refused with Operation, as
/// W3C's send() has it. Counts what a message takes beside its bytes, too: empty messages are not free. One message
/// may wait whatever its size, so that any agreed size can be sent.
inline constexpr std::size_t kMaxSendQueueBytes = 16 * 1024 * 1024;
/// Of a label, and of a protocol: RFC 8832 §5.1 has 16 bits for each length.
inline constexpr std::size_t kMaxLabelBytes = 65'535;
/// Of one message that comes in pieces (PPIDs 52 and 54), and of all unfinished ones of an association.
inline constexpr std::size_t kMaxPartialMessageBytes = 262'144;
inline constexpr std::size_t kMaxPartialBytes = 1024 * 1024;
/// RFC 6525 §4.4: a peer may deny a reset. So often it is asked again for one stream, before the stream is given up.
inline constexpr std::uint8_t kMaxResetRefusals = 8;

/// Called from inside the table's calls, once state is consistent; so an event may come before create() has returned
/// its key. Every method of the table may be called from here, but not its destructor. Events that these cause come
/// after the event that is being told.
class ChannelObserver {
 public:
  virtual ~ChannelObserver() = default;
  /// The peer opened a channel; it is open. Messages follow only after this returned.
  virtual void onChannel(ChannelKey key, const DataChannelParameters& parameters) = 0;
  virtual void onChannelOpen(ChannelKey key, std::uint16_t id) = 0;
  /// `payload` lives until it returns.
  virtual void onChannelMessage(ChannelKey key, bool text, ByteView payload) = 0;
  virtual void onChannelBufferedAmountLow(ChannelKey key) = 0;
  /// The peer closes it, or misused its stream. Not for one's own close().
  virtual void onChannelClosing(ChannelKey key) = 0;
  /// The last event of the channel. An error when it did not close by either side's close().
  virtual void onChannelClosed(ChannelKey key, const std::optional<Error>& reason) = 0;
};

struct ChannelStats {  ///< W3C webrtc-stats RTCDataChannelStats
  std::uint64_t messagesSent = 0;
  std::uint64_t bytesSent = 0;
  std::uint64_t messagesReceived = 0;
  std::uint64_t bytesReceived = 0;
};

struct TableCounters {
  std::uint64_t malformedDcep = 0;
  std::uint64_t unknownStream = 0;  ///< messages dropped on a stream that has no channel
  std::uint64_t unknownPpid = 0;
  std::uint64_t afterClose = 0;       ///< messages dropped that came while their channel was closing
  std::uint64_t droppedPartials = 0;  ///< unfinished messages given up: too long, too many, or of two kinds
  std::uint64_t expired = 0;          ///< messages whose lifetime ended in our queue
  /// DATA_CHANNEL_OPEN on an id that is in use, or that we can't send on. One of the wrong parity is taken when the id
  /// is free, against RFC 8832 §6: aiortc lets its users choose any id.
  std::uint64_t refusedOpens = 0;
};

class ChannelTable {
 public:
  ChannelTable(sctp::Association& association, ChannelObserver& observer);
  ~ChannelTable();
  ChannelTable(const ChannelTable&) = delete;
  ChannelTable& operator=(const ChannelTable&) = delete;

  /// What the peer takes at most (RFC 8841 §6; 0: any size). 65,536 until it is said.
  void setRemoteMaxMessageBytes(std::uint64_t bytes);
  /// The DTLS role decides the parity of ids (RFC 8832 §6): client even, server odd. `streams` is the lesser of both
  /// directions. Channels created before get their ids now and are opened.
  /// The role is known before connected(): channels get their ids, of `streams` that are hoped for.
  void assignIds(Time now, DtlsRole role, std::uint16_t streams);
  void connected(Time now, DtlsRole role, std::uint16_t streams);
  /// The association is gone: every channel closes, with `reason`.
  void disconnected(Time now, const Error& reason);

  /// Before connected() too. Errors: Type for both limits at once, for a negotiated channel without an id, for an id
  /// over 65,534, and for a label or protocol that is over kMaxLabelBytes or not UTF-8; Operation for an id in use, or
  /// when all are; InvalidState after disconnected(). An id that is given without `negotiated` is taken, too.
  Result<ChannelKey> create(Time now, const DataChannelParameters& parameters);
  /// Errors: InvalidState unless open; Type over the peer's maximum message size or sctp::kMaxSendMessageBytes;
  /// Operation over kMaxSendQueueBytes. Text is not checked: its bytes are the caller's, and UTF-8 is what the peer
  /// expects.
  Result<void> send(Time now, ChannelKey key, bool text, ByteView payload);
  /// RFC 8831 §6.7: queued data is delivered first, then both directions are reset. Idempotent.
  void close(Time now, ChannelKey key);

  [[nodiscard]] DataChannelState state(ChannelKey key) const;  ///< closed for a key that is gone
  [[nodiscard]] std::optional<std::uint16_t> id(ChannelKey key) const;
  /// W3C bufferedAmount: bytes of send() that were not in a packet at the last onPacketsTaken(). So it grows by each
  /// send(), and falls between them only.
  [[nodiscard]] std::size_t bufferedAmount(ChannelKey key) const;
  [[nodiscard]] std::size_t bufferedAmountLowThreshold(ChannelKey key) const;
  void setBufferedAmountLowThreshold(ChannelKey key, std::size_t bytes);
  [[nodiscard]] ChannelStats stats(ChannelKey key) const;
  [[nodiscard]] const TableCounters& counters() const;
  /// True when nothing waits in any channel's queue or in the association.
  [[nodiscard]] bool drained() const;

  // From the association, passed on by the stack.
  /// A text's bytes are passed on as they come; labels are made UTF-8.
  void onMessage(Time now, sctp::StreamId stream, sctp::Ppid ppid, ByteView payload);
  void onIncomingReset(Time now, std::span<const sctp::StreamId> streams);
  void onOutgoingReset(Time now, std::span<const sctp::StreamId> streams, bool performed);
  void onWritable(Time now);
  /// After packets were taken from the association, and after what it gave up: finds the channels whose bufferedAmount
  /// fell to their threshold.
  void onPacketsTaken(Time now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portico::datachannel
