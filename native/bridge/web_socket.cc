#include "native/bridge/web_socket.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "native/bridge/relay/relay.h"

namespace portico::bridge {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

/// For a client to answer a close frame.
constexpr auto kCloseTimeout = std::chrono::seconds(5);
/// What the kernel may hold unsent: TCP's own buffer would grow to megabytes and make the high-water mark meaningless.
/// What is in flight does not count, so that a long path is no slower for it.
constexpr int kMaxUnsentInKernelBytes = 128 * 1024;

template <typename Stream>
class BeastWebSocket final : public WebSocket, public std::enable_shared_from_this<BeastWebSocket<Stream>> {
 public:
  BeastWebSocket(websocket::stream<Stream> stream, Duration idleTimeout)
      : stream_(std::move(stream)), closeTimer_(stream_.get_executor()) {
    websocket::stream_base::timeout timeouts{};
    timeouts.handshake_timeout = kCloseTimeout;
    timeouts.idle_timeout = idleTimeout;
    timeouts.keep_alive_pings = true;
    stream_.set_option(timeouts);
    stream_.binary(true);
    stream_.auto_fragment(false);
    stream_.read_message_max(kMaxMessageBytes);
    auto& tcp = beast::get_lowest_layer(stream_);
    tcp.expires_never();  // the WebSocket has timers of its own
    beast::error_code ignored;
    tcp.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
#ifdef TCP_NOTSENT_LOWAT
    const int unsent = kMaxUnsentInKernelBytes;
    ::setsockopt(tcp.socket().native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
#endif
  }

  void start(std::shared_ptr<Handler> handler) override {
    handler_ = std::move(handler);
    read();
  }

  void write(ByteVector& message) override {
    if (closing_) return;  // RFC 6455 §5.5.1: nothing may follow the close frame
    writing_.swap(message);
    message.clear();
    stream_.async_write(asio::buffer(writing_.data(), writing_.size()),
                        [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                          self->writing_.clear();
                          if (error) return self->cut();
                          if (self->handler_ && !self->closing_) self->handler_->onWritten();
                        });
  }

  [[nodiscard]] std::size_t unsentBytes() const override {
    return writing_.size();
  }

  void close(std::uint16_t code, std::string_view reason) override {
    if (std::exchange(closing_, true)) return;
    // A client that reads nothing keeps the close frame from leaving.
    closeTimer_.expires_after(kCloseTimeout);
    closeTimer_.async_wait([self = this->shared_from_this()](beast::error_code error) {
      if (!error) self->cut();
    });
    websocket::close_reason why(code);
    why.reason.assign(reason.data(), reason.size());  // of at most 123 bytes (RFC 6455 §5.5): ours are sentences
    stream_.async_close(
        why, [self = this->shared_from_this(), text = std::string(reason)](beast::error_code) { self->end(text); });
  }

 private:
  void read() {
    stream_.async_read(
        buffer_, [self = this->shared_from_this()](beast::error_code error, std::size_t) { self->onRead(error); });
  }

  void onRead(beast::error_code error) {
    if (closing_) return;  // async_close() tells the end
    if (error) return end(error == websocket::error::closed ? "closed by the client" : error.message());
    if (stream_.got_text()) return close(kCloseUnsupportedData, "text messages mean nothing here");
    handler_->onMessage({static_cast<const std::byte*>(buffer_.cdata().data()), buffer_.size()});
    buffer_.consume(buffer_.size());
    if (!closing_) read();
  }

  void cut() {
    beast::error_code ignored;
    beast::get_lowest_layer(stream_).socket().close(ignored);
  }

  void end(const std::string& reason) {
    closeTimer_.cancel();
    cut();
    if (const auto handler = std::exchange(handler_, nullptr)) handler->onEnd(reason);
  }

  websocket::stream<Stream> stream_;
  asio::steady_timer closeTimer_;
  std::shared_ptr<Handler> handler_;
  beast::flat_buffer buffer_{kMaxMessageBytes};
  ByteVector writing_;
  bool closing_ = false;
};

}  // namespace

template <typename Stream>
std::shared_ptr<WebSocket> makeWebSocket(websocket::stream<Stream> stream, Duration idleTimeout) {
  return std::make_shared<BeastWebSocket<Stream>>(std::move(stream), idleTimeout);
}

template std::shared_ptr<WebSocket> makeWebSocket(websocket::stream<PlainStream>, Duration);
template std::shared_ptr<WebSocket> makeWebSocket(websocket::stream<TlsStream>, Duration);

}  // namespace portico::bridge
