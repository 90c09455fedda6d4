// A TLS 1.2 client (RFC 5246) without I/O: bytes of the server go in, plain text and bytes for the server come out.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "native/tls/trust_store.h"
#include "portico/platform/bytes.h"

namespace portico::tls {

class Client {
 public:
  /// `serverName`, a host name or an IP literal, is what the server's certificate has to be for.
  Client(std::shared_ptr<TrustStore> trust, const std::string& serverName);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  enum class Progress { more, done, failed };

  /// What came from the server, for the calls that follow: they are made until they say `more`, which is when all of it
  /// is used.
  void feed(ByteView bytes);
  /// Goes on with the handshake; the first call begins it.
  Progress shakeHands();
  /// After the handshake. The plain text that fits into `room`; `got` may be more than 0 with each progress.
  /// `done`: the room is full.
  Progress read(MutableByteView room, std::size_t& got);
  /// After the handshake. False: failed.
  bool write(ByteView plain);
  /// Tells the server that no more comes (RFC 5246 §7.2.1).
  void close();

  /// For the server; the caller empties it.
  [[nodiscard]] ByteVector& output();
  /// Once something has failed: why, as the second half of a sentence about a connection.
  [[nodiscard]] const std::string& failure() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portico::tls
