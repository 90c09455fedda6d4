#include "native/bridge/connection.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "native/bridge/tcp_address.h"

namespace portico::bridge {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

/// RFC 9110 §5.3: a list may come in several fields of one name, which is the same as one.
template <typename Name>
std::string joined(const http::fields& fields, Name name) {
  std::string list;
  const auto range = fields.equal_range(name);
  for (auto field = range.first; field != range.second; ++field) {
    list += (list.empty() ? "" : ",") + std::string(field->value());
  }
  return list;
}

template <typename Stream>
class Connection : public std::enable_shared_from_this<Connection<Stream>> {
 public:
  Connection(Stream stream, const IpAddress& peer, Door& door, const Options& options, std::shared_ptr<void> place)
      : stream_(std::move(stream)), peer_(peer), door_(door), options_(options), place_(std::move(place)) {
    parser_.header_limit(kMaxRequestHeaderBytes);
    parser_.body_limit(0);
  }

  void run() {
    beast::get_lowest_layer(stream_).expires_after(options_.handshakeTimeout);
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](beast::error_code error) {
                                if (!error) self->read();
                              });
    } else {
      read();
    }
  }

 private:
  void read() {
    http::async_read_header(stream_, buffer_, parser_,
                            [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                              if (!error) self->onRequest();
                            });
  }

  void onRequest() {
    const auto& request = parser_.get();
    HandshakeRequest asked;
    asked.target = view(request.target());
    asked.isUpgrade = websocket::is_upgrade(request);
    if (const auto origin = request.find(http::field::origin); origin != request.end()) {
      asked.origin = view(origin->value());
    }
    const std::string subprotocols = joined(request, http::field::sec_websocket_protocol);
    const std::string forwardedFor = joined(request, "X-Forwarded-For");
    asked.subprotocols = subprotocols;
    asked.authorization = view(request[http::field::authorization]);
    const HandshakeVerdict verdict = door_.admit(asked, peer_, forwardedFor, admission_);
    if (verdict.status != 0) return refuse(verdict);
    accept();
  }

  void refuse(const HandshakeVerdict& verdict) {
    response_.result(verdict.status);
    response_.set(http::field::content_type, "text/plain; charset=utf-8");
    if (verdict.status == 426) {  // RFC 9110 §15.5.22
      response_.set(http::field::upgrade, "websocket");
      response_.set(http::field::connection, "upgrade");
    }
    if (verdict.status == 503) response_.set(http::field::retry_after, "1");
    response_.body() = verdict.sentence + "\n";
    response_.keep_alive(false);
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = this->shared_from_this()](beast::error_code, std::size_t) {
      beast::error_code ignored;
      beast::get_lowest_layer(self->stream_).socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    });
  }

  void accept() {
    webSocket_.emplace(std::move(stream_));
    webSocket_->set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
      response.set(http::field::sec_websocket_protocol, {kSubprotocol.data(), kSubprotocol.size()});
      response.set(http::field::server, "portico-bridge");
    }));
    webSocket_->async_accept(parser_.get(), [self = this->shared_from_this()](beast::error_code error) {
      if (error) return;
      self->door_.welcome(makeWebSocket(std::move(*self->webSocket_), self->options_.idleTimeout),
                          std::move(self->admission_));
    });
  }

  Stream stream_;
  std::optional<websocket::stream<Stream>> webSocket_;
  IpAddress peer_;
  Door& door_;
  const Options& options_;
  std::shared_ptr<void> place_;
  Admission admission_;
  beast::flat_buffer buffer_{kMaxRequestHeaderBytes};
  http::request_parser<http::empty_body> parser_;
  http::response<http::string_body> response_;
};

}  // namespace

void startConnection(asio::ip::tcp::socket socket, asio::ssl::context* tls, Door& door, const Options& options,
                     std::shared_ptr<void> place) {
  beast::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return;  // it has left already
  const IpAddress peer = fromEndpoint(remote).ip;
  if (tls != nullptr) {
    TlsStream stream(std::move(socket), *tls);
    std::make_shared<Connection<TlsStream>>(std::move(stream), peer, door, options, std::move(place))->run();
  } else {
    PlainStream stream(std::move(socket));
    std::make_shared<Connection<PlainStream>>(std::move(stream), peer, door, options, std::move(place))->run();
  }
}

}  // namespace portico::bridge
