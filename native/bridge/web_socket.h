// A WebSocket of a client, after its handshake, over TCP or TLS.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "portico/platform/bytes.h"
#include "portico/platform/time.h"

namespace portico::bridge {

using PlainStream = boost::beast::tcp_stream;
using TlsStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;

class WebSocket {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    /// `message` is the handler's until it returns.
    virtual void onMessage(ByteView message) = 0;
    /// What write() took is with the system, and the next one may come.
    virtual void onWritten() = 0;
    /// Nothing comes after it.
    virtual void onEnd(const std::string& reason) = 0;
  };

  virtual ~WebSocket() = default;
  virtual void start(std::shared_ptr<Handler> handler) = 0;
  /// Sends `message` as one binary message, and swaps an empty buffer in. One at a time.
  virtual void write(ByteVector& message) = 0;
  /// Bytes of the message that is being written; 0: the next one may come.
  [[nodiscard]] virtual std::size_t unsentBytes() const = 0;
  /// RFC 6455 §7.1.2. onEnd() comes when the client has answered, or soon.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

/// RFC 6455 §7.4.1.
inline constexpr std::uint16_t kCloseGoingAway = 1001;
inline constexpr std::uint16_t kCloseProtocolError = 1002;
inline constexpr std::uint16_t kCloseUnsupportedData = 1003;
inline constexpr std::uint16_t kClosePolicyViolation = 1008;
inline constexpr std::uint16_t kCloseInternalError = 1011;

/// Takes a stream whose handshake is done. A client from which nothing comes for `idleTimeout`, not even the answer to
/// the ping in the middle of it, is cut off.
template <typename Stream>
std::shared_ptr<WebSocket> makeWebSocket(boost::beast::websocket::stream<Stream> stream, Duration idleTimeout);

extern template std::shared_ptr<WebSocket> makeWebSocket(boost::beast::websocket::stream<PlainStream>, Duration);
extern template std::shared_ptr<WebSocket> makeWebSocket(boost::beast::websocket::stream<TlsStream>, Duration);

}  // namespace portico::bridge
