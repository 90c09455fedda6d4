// usrsctp's process-wide state: start, end, time, randomness, the timer tick, and who is who. This is the one place in
// the core that has globals, because usrsctp has.
//
// Thread rule: usrsctp runs here without locks of its own that matter and without threads, so all associations of a
// process live on one thread, and everything below is called on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/sctp/association.h"
#include "portico/platform/bytes.h"
#include "portico/platform/host.h"
#include "portico/platform/time.h"

namespace portico::sctp {

/// Names an association towards usrsctp, in place of a pointer. Never reused while usrsctp runs, so that what comes
/// late finds nobody.
using Handle = std::uintptr_t;

/// What an idle process pays less for: without any call for kIdleAfter, ticks come every kIdleTickInterval. The next
/// call catches up before it does anything.
inline constexpr Duration kIdleAfter = std::chrono::seconds(1);
inline constexpr Duration kIdleTickInterval = std::chrono::milliseconds(100);
/// How often members are asked to give back the memory of their last burst.
inline constexpr Duration kTrimInterval = std::chrono::seconds(5);

/// One association, as usrsctp's callbacks and the tick see it. The first group is called from inside usrsctp: enqueue
/// and return.
class Member {
 public:
  virtual ~Member() = default;
  virtual void onPacket(ByteView packet) = 0;
  /// A piece of a message, or a whole one with `last`. `piece` comes from malloc and is the callee's to free.
  virtual void onPiece(StreamId stream, Ppid ppid, void* piece, std::size_t bytes, bool last) = 0;
  virtual void onUp(std::uint16_t inboundStreams, std::uint16_t outboundStreams) = 0;
  /// Null: UsrsctpSocket::lossReason() tells.
  virtual void onDown(const char* reason) = 0;
  /// No streams: all.
  virtual void onReset(std::span<const StreamId> streams, bool incoming, bool performed) = 0;
  /// usrsctp holds so many bytes of send() now.
  virtual void onHeldBytes(std::size_t bytes) = 0;
  /// Nothing waits and nothing is unacknowledged.
  virtual void onDry() = 0;
  /// Bytes that were given up (RFC 3758) before they got into a packet.
  virtual void onGivenUp(StreamId stream, std::size_t bytes) = 0;

  /// After a tick that called any of the above. Called outside of usrsctp.
  virtual void afterTick(Time now) = 0;
  virtual void trim(Time now) = 0;
};

/// Keeps usrsctp running and ticking while it lives. The last one to go ends usrsctp.
class Membership {
 public:
  Membership(Time now, Host& host, Member& member);
  ~Membership();
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

  [[nodiscard]] Handle handle() const { return handle_; }
  /// Before every call into usrsctp: the time that it will read, and where its randomness comes from.
  void enter(Time now) const;
  /// The same at the time that usrsctp knows already.
  void enter() const;

 private:
  Handle handle_;
  Host& host_;
};

/// Null for an association that is gone. Marks the member as one to be told afterTick().
Member* touchMember(Handle handle);

}  // namespace portico::sctp
