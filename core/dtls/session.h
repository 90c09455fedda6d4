// One DTLS 1.2 session (RFC 6347) over mbedTLS, sans I/O: datagrams and time in, datagrams and plaintext out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/wire/packet_queue.h"
#include "portico/certificate.h"
#include "portico/parameters.h"
#include "portico/platform/bytes.h"
#include "portico/platform/result.h"
#include "portico/platform/time.h"

namespace portico::dtls {

inline constexpr std::size_t kMaxEarlyDatagrams = 16;         ///< records kept that come before start()
inline constexpr std::size_t kMaxDatagramBytes = 1'200;       ///< what we send at most; RFC 8261 §5's path MTU default
inline constexpr std::size_t kMaxEarlyDatagramBytes = 2'048;  ///< of each of them; handshake datagrams have under 1,500
inline constexpr std::size_t kMaxIncomingDatagramBytes = 4'096;  ///< larger ones are dropped; bounds the input buffer
inline constexpr std::size_t kMaxRecordPlaintext = 4'096;        ///< what we take in one application record
inline constexpr std::size_t kMaxSendPlaintext = 2'048;  ///< what send() takes; above any packet that SCTP makes

struct SessionCounters {
  std::uint64_t droppedRecords = 0;  ///< forged, replayed, malformed, of another epoch
  std::uint64_t droppedEarly = 0;    ///< over kMaxEarlyDatagrams
};

/// Called for each decrypted record, in order. `plaintext` lives until it returns. It may call the session's send() and
/// close(), and may destroy the session.
class PlaintextSink {
 public:
  virtual ~PlaintextSink() = default;
  virtual void onPlaintext(Time now, MutableByteView plaintext) = 0;
};

class Session {
 public:
  /// `host` gives randomness and the wall-clock; it outlives the session.
  Session(Certificate certificate, Host& host);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// `role` is client or server. `fingerprints` are the peer's; an empty list or one without a supported hash is
  /// Error::Type, a malformed one Error::Syntax, a second start InvalidState. Early datagrams are taken now. The
  /// client's first flight is in output() on return.
  Result<void> start(Time now, DtlsRole role, const std::vector<DtlsFingerprint>& fingerprints, PlaintextSink& sink);
  /// Sends close_notify when connected, and ends: state closed. From failed it stays failed. Idempotent.
  void close(Time now);

  [[nodiscard]] DtlsTransportState state() const;
  [[nodiscard]] DtlsRole role() const;                               ///< automatic before start()
  [[nodiscard]] const std::optional<Error>& failure() const;         ///< why state() is failed
  [[nodiscard]] std::vector<ByteVector> remoteCertificates() const;  ///< DER, once connected
  [[nodiscard]] std::string cipherSuite() const;                     ///< IANA name, once connected
  [[nodiscard]] const SessionCounters& counters() const;

  /// A datagram whose first byte is 20 to 63 (RFC 7983 §7); it is decrypted in place where that is possible.
  /// Before start() it is kept. After close it is dropped.
  void handleInput(Time now, MutableByteView datagram);
  void handleTimeout(Time now);
  [[nodiscard]] std::optional<Time> nextTimeout() const;

  /// Seals one application record into output(). Not connected: InvalidState. Over kMaxSendPlaintext: Type.
  Result<void> send(Time now, ByteView plaintext);

  /// Datagrams to send, in order. The owner sends them and clears the queue.
  PacketQueue& output();

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with the calls that run, so that the sink may destroy the session
};

}  // namespace portico::dtls
