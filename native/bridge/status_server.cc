#include "native/bridge/status_server.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <memory>

#include "native/bridge/tcp_address.h"

namespace portico::bridge {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr auto kTimeout = std::chrono::seconds(10);
/// When the process has no descriptors left, accepting again at once would only fail again.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);
constexpr std::size_t kMaxHeaderBytes = 8 * 1024;

/// One request, one answer.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(asio::ip::tcp::socket socket, StatusServer::Sources sources)
      : stream_(std::move(socket)), sources_(std::move(sources)) {
    parser_.header_limit(kMaxHeaderBytes);
  }

  void run() {
    stream_.expires_after(kTimeout);
    http::async_read_header(stream_, buffer_, parser_,
                            [self = shared_from_this()](beast::error_code error, std::size_t) {
                              if (!error) self->answer();
                            });
  }

 private:
  void answer() {
    const beast::string_view target = parser_.get().target();
    response_.set(http::field::content_type, "text/plain; version=0.0.4");
    if (target == "/healthz") {
      response_.body() = "ok\n";
    } else if (target == "/readyz") {
      const bool ready = sources_.isReady();
      response_.result(ready ? http::status::ok : http::status::service_unavailable);
      response_.body() = ready ? "ready\n" : "draining\n";
    } else if (target == "/metrics") {
      response_.body() = sources_.metrics();
    } else {
      response_.result(http::status::not_found);
      response_.body() = "here are /healthz, /readyz and /metrics\n";
    }
    response_.keep_alive(false);
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code, std::size_t) {
      beast::error_code ignored;
      self->stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    });
  }

  beast::tcp_stream stream_;
  StatusServer::Sources sources_;
  beast::flat_buffer buffer_{kMaxHeaderBytes};
  http::request_parser<http::empty_body> parser_;
  http::response<http::string_body> response_;
};

}  // namespace

void StatusServer::listen(const SocketAddress& address) {
  const auto endpoint = toEndpoint(address);
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  acceptor_.bind(endpoint);
  acceptor_.listen();
  accept();
}

SocketAddress StatusServer::localAddress() const {
  return fromEndpoint(acceptor_.local_endpoint());
}

void StatusServer::accept() {
  acceptor_.async_accept([this](beast::error_code error, asio::ip::tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      std::make_shared<Exchange>(std::move(socket), sources_)->run();
      return accept();
    }
    again_.expires_after(kAcceptPause);
    again_.async_wait([this](beast::error_code cancelled) {
      if (!cancelled) accept();
    });
  });
}

}  // namespace portico::bridge
