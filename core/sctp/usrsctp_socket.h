// One usrsctp socket: a one-to-one AF_CONN socket with Portico's options, closed without lingering. What usrsctp calls
// back goes to the Member of the handle (usrsctp_global.h).
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/sctp/association.h"
#include "core/sctp/usrsctp_global.h"
#include "core/sctp/usrsctp_streams.h"
#include "portico/platform/bytes.h"
#include "portico/platform/result.h"

struct socket;

namespace portico::sctp {

class UsrsctpSocket {
 public:
  /// noRoom: also while the stream is being reset.
  enum class Sent : std::uint8_t { whole, noRoom, failed };

  /// A failure of usrsctp's own (out of memory, say) is an Operation error.
  static Result<std::unique_ptr<UsrsctpSocket>> open(Handle handle, const Options& options);
  /// Sends ABORT if the association is up or coming up (RFC 9260 §9.1), and frees everything at once.
  ~UsrsctpSocket();
  UsrsctpSocket(const UsrsctpSocket&) = delete;
  UsrsctpSocket& operator=(const UsrsctpSocket&) = delete;

  /// Sends INIT.
  Result<void> connect(std::uint16_t remotePort);
  /// Why the association was lost, as a sentence. For once, after Member::onDown().
  [[nodiscard]] const char* lossReason() const;
  void shutdown();
  void input(ByteView packet);
  Sent send(StreamId stream, Ppid ppid, ByteView payload, const Reliability& reliability);
  /// Small messages wait for company until this is called, at the end of a turn (or until a packet is full).
  void sendHeld();
  /// Gives back the memory of streams that are as new. For when nothing moves.
  void trimStreams();
  [[nodiscard]] std::uint16_t heldStreams() const;
  void setSendBufferBytes(std::size_t bytes);
  [[nodiscard]] std::size_t sendBufferBytes() const { return sendBufferBytes_; }
  /// False: refused by usrsctp, no event will come.
  bool resetStreams(std::span<const StreamId> streams);

 private:
  UsrsctpSocket(Handle handle, struct socket* socket) : handle_(handle), socket_(socket) {}

  /// So many, as far as they were agreed: for what comes next.
  void holdStreams(std::uint32_t inbound, std::uint32_t outbound);
  void agreeStreams();

  Handle handle_;
  struct socket* socket_;
  std::size_t sendBufferBytes_ = 0;
  portico_streams agreed_{};  ///< usrsctp holds a part of them, from its handshake on
};

}  // namespace portico::sctp
