// The data channels of one association (RFC 8831, RFC 8832): ids, DCEP, queues, closing. Sans I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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
/// W3C's send() has it.
inline constexpr std::size_t kMaxSendQueueBytes = 16 * 1024 * 1024;
/// Channels that the peer opened and that the user has not closed.
inline constexpr std::size_t kMaxLabelBytes = 65'535;

/// Called when state is consistent; every method of the table may be called from here, but not its destructor.
class ChannelObserver {
 public:
  virtual ~ChannelObserver() = default;
  /// The peer opened a channel; it is open. Messages follow only after this returned.
  virtual void onChannel(ChannelKey key, const DataChannelParameters& parameters) = 0;
  virtual void onChannelOpen(ChannelKey key, std::uint16_t id) = 0;
  /// `payload` lives until it returns.
  virtual void onChannelMessage(ChannelKey key, bool text, ByteView payload) = 0;
  virtual void onChannelBufferedAmountLow(ChannelKey key) = 0;
  virtual void onChannelClosing(ChannelKey key) = 0;
  /// The last event of the channel. An error when it did not close by close().
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
  std::uint64_t unknownStream = 0;  ///< data on a stream that has no channel
  std::uint64_t unknownPpid = 0;
  std::uint64_t refusedOpens = 0;   ///< DATA_CHANNEL_OPEN on an id that is in use or of the wrong parity
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
  void connected(Time now, DtlsRole role, std::uint16_t streams);
  /// The association is gone: every channel closes, with `reason`.
  void disconnected(Time now, const Error& reason);

  /// Before connected() too. Errors: Type for both limits at once, for a negotiated channel without an id, for an id
  /// over 65,534 and for a label or protocol over kMaxLabelBytes; Operation for an id in use, or when all are.
  Result<ChannelKey> create(Time now, const DataChannelParameters& parameters);
  /// Errors: InvalidState unless open; Type over the peer's maximum message size; Operation over kMaxSendQueueBytes.
  Result<void> send(Time now, ChannelKey key, bool text, ByteView payload);
  /// RFC 8831 §6.7: queued data is delivered first, then both directions are reset. Idempotent.
  void close(Time now, ChannelKey key);

  [[nodiscard]] DataChannelState state(ChannelKey key) const;  ///< closed for a key that is gone
  [[nodiscard]] std::optional<std::uint16_t> id(ChannelKey key) const;
  /// W3C bufferedAmount: bytes of send() that are not in a packet yet.
  [[nodiscard]] std::size_t bufferedAmount(ChannelKey key) const;
  [[nodiscard]] std::size_t bufferedAmountLowThreshold(ChannelKey key) const;
  void setBufferedAmountLowThreshold(ChannelKey key, std::size_t bytes);
  [[nodiscard]] ChannelStats stats(ChannelKey key) const;
  [[nodiscard]] const TableCounters& counters() const;
  /// True when nothing waits in any channel's queue or in the association.
  [[nodiscard]] bool drained() const;

  // From the association, passed on by the stack.
  void onMessage(Time now, sctp::StreamId stream, sctp::Ppid ppid, ByteView payload);
  void onIncomingReset(Time now, std::span<const sctp::StreamId> streams);
  void onOutgoingReset(Time now, std::span<const sctp::StreamId> streams, bool performed);
  void onWritable(Time now);
  /// After packets were taken from the association: finds the channels whose bufferedAmount fell to their threshold.
  void onPacketsTaken(Time now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portico::datachannel
