// One SCTP association (RFC 9260, 3758, 6525, 8260) over usrsctp, carried by DTLS (RFC 8261). Sans I/O.
//
// usrsctp's state is process-wide and belongs to one thread: all associations of a process live on one thread.
// Its timers are process-wide too, so an association has no nextTimeout(): usrsctp_global.cc ticks them all, every
// kTickInterval while any association lives, by a Timer of the host that it was made with.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/wire/packet_queue.h"
#include "portico/platform/bytes.h"
#include "portico/platform/host.h"
#include "portico/platform/result.h"
#include "portico/platform/time.h"

namespace portico::sctp {

using StreamId = std::uint16_t;

/// RFC 8831 §8 payload protocol identifiers, and the deprecated ones that old peers still send.
enum class Ppid : std::uint32_t {
  dcep = 50,
  string = 51,
  binaryPartial = 52,
  binary = 53,
  stringPartial = 54,
  stringEmpty = 56,
  binaryEmpty = 57,
};

inline constexpr std::uint16_t kDefaultPort = 5000;
inline constexpr std::uint16_t kDefaultStreams = 1'024;              ///< 104 bytes each, for those that are used
inline constexpr std::size_t kPacketBytes = 1'160;                   ///< path MTU less IP, UDP and DTLS; RFC 8261 §5
inline constexpr std::size_t kSendBufferBytes = 4 * 1024 * 1024;     ///< in usrsctp, for one association
inline constexpr std::size_t kReceiveBufferBytes = 8 * 1024 * 1024;  ///< a_rwnd: 640 Mbit/s at 100 ms
inline constexpr std::size_t kMaxSendMessageBytes = 256 * 1024 * 1024;  ///< usrsctp counts in 32 bits, signed in places
/// Tiny messages cost about half a kilobyte each in usrsctp, whatever their size: 8 MB at the most.
inline constexpr std::size_t kMaxUnsentMessages = 16'384;
inline constexpr Duration kTickInterval = std::chrono::milliseconds(10);

struct Options {
  std::uint16_t localPort = kDefaultPort;
  std::uint16_t streams = kDefaultStreams;
  std::size_t maxReceiveMessageBytes = 262'144;  ///< a longer message that arrives ends the association
};

/// RFC 3758: at most one of the two. Both absent: reliable.
struct Reliability {
  bool ordered = true;
  std::optional<std::uint16_t> maxRetransmits;
  std::optional<std::uint16_t> maxLifetimeMs;
};

/// What comes out. Called from handleInput() and the other calls of the association, and from the process-wide timer
/// (usrsctp_global.h), but never from inside usrsctp: state is consistent, and every method may be called from here,
/// also the destructor.
class AssociationObserver {
 public:
  virtual ~AssociationObserver() = default;
  virtual void onConnected(std::uint16_t inboundStreams, std::uint16_t outboundStreams) = 0;
  /// A whole message. `payload` lives until it returns.
  virtual void onMessage(StreamId stream, Ppid ppid, ByteView payload) = 0;
  /// The peer reset its outgoing side of these streams (RFC 6525 §5.2.2).
  virtual void onIncomingReset(std::span<const StreamId> streams) = 0;
  /// Our reset of these streams was performed, or refused (then the caller may ask again).
  virtual void onOutgoingReset(std::span<const StreamId> streams, bool performed) = 0;
  /// There is room again after send() returned false.
  virtual void onWritable() = 0;
  /// A process-wide timer left packets in output(), or told something above, outside of a call of this association.
  virtual void onActivity(Time now) = 0;
  /// Everything ends here: SHUTDOWN, ABORT, too many retransmissions, or a message over the bound. No more events.
  virtual void onClosed(const Error& reason) = 0;
};

class Association {
 public:
  Association(const Options& options, Host& host, AssociationObserver& observer);
  /// Aborts without a word if it is still up.
  ~Association();
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;

  /// Sends INIT to `remotePort`. Both sides may (RFC 9260 §5.2 handles the collision). handleInput() works before it,
  /// too: what comes early is kept, within bounds.
  Result<void> connect(Time now, std::uint16_t remotePort = kDefaultPort);
  /// Sends ABORT (RFC 9260 §9.1); onClosed() does not come for it.
  void abort(Time now);
  /// Sends SHUTDOWN once the queues are empty (RFC 9260 §9.2).
  void shutdown(Time now);

  [[nodiscard]] bool connected() const;
  [[nodiscard]] std::uint16_t inboundStreams() const;  ///< 0 before connected
  [[nodiscard]] std::uint16_t outboundStreams() const;
  /// Of those, so many have memory in usrsctp; a higher one gets its when a message is sent or received on it.
  [[nodiscard]] std::uint16_t heldStreams() const;

  /// True: taken whole. False: no room now; onWritable() will come. Errors: InvalidState when not connected, Type for a
  /// stream outside outboundStreams(). Empty payloads are the caller's to replace (RFC 8831 §6.6: one zero byte).
  Result<bool> send(Time now, StreamId stream, Ppid ppid, ByteView payload, const Reliability& reliability);
  /// Bytes that usrsctp holds: not sent, or not acknowledged.
  [[nodiscard]] std::size_t bufferedBytes() const;
  /// Of the bytes given to send() on `stream`, those that have not been put into a packet yet: W3C's bufferedAmount.
  /// Read off the outgoing DATA chunks (first transmission of each TSN).
  [[nodiscard]] std::size_t unsentBytes(StreamId stream) const;
  /// RFC 6525 §5.1.2: outgoing reset. One request is in flight at a time; more are queued here.
  void resetStreams(Time now, std::span<const StreamId> streams);

  /// An SCTP packet, already authenticated by DTLS.
  void handleInput(Time now, ByteView packet);
  /// Of handleInput(): no SCTP packet by their length, too many before connect(), or after the end.
  [[nodiscard]] std::uint64_t droppedPackets() const;
  /// SCTP packets to send, with CRC32c, in order. The owner sends them and clears the queue. Small messages are put
  /// into packets here, so that those of one turn of the loop share them: call it once after the calls of a turn.
  PacketQueue& output();

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< outlives the object while an event of it is being delivered
};

}  // namespace portico::sctp
