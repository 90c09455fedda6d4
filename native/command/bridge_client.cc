#include "native/command/bridge_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>
#include <thread>

namespace portico::command {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using Tcp = asio::ip::tcp::socket;
using Tls = asio::ssl::stream<Tcp>;

/// docs/bridge.md: the bridge's messages have at most so many bytes.
constexpr std::size_t kMaxMessageBytes = 524'288;

std::string authorityOf(const BridgeAddress& bridge) {
  const bool v6 = bridge.host.find(':') != std::string::npos;
  return (v6 ? "[" + bridge.host + "]" : bridge.host) + ":" + std::to_string(bridge.port);
}

template <typename Stream>
class Client final : public BridgeClient {
 public:
  Client(Loop& loop, const BridgeAddress& bridge, const std::vector<IpAddress>& addresses, Handlers handlers)
      : loop_(loop), bridge_(bridge), handlers_(std::make_shared<Handlers>(std::move(handlers))) {
    tls_.set_verify_mode(asio::ssl::verify_peer);
    error_code ignored;  // without a store the handshake says what is wrong
    tls_.set_default_verify_paths(ignored);
    if constexpr (std::is_same_v<Stream, Tls>) {
      socket_ = std::make_unique<websocket::stream<Stream>>(io_, tls_);
    } else {
      socket_ = std::make_unique<websocket::stream<Stream>>(io_);
    }
    for (const IpAddress& address : addresses) {
      endpoints_.emplace_back(asio::ip::make_address(address.toString()), bridge.port);
    }
    asio::async_connect(beast::get_lowest_layer(*socket_), endpoints_,
                        [this](error_code error, const asio::ip::tcp::endpoint&) { onConnected(error); });
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Client() override {
    handlers_.reset();  // what is posted already finds nobody
    io_.stop();
    thread_.join();
  }

  void send(ByteVector message) override {
    asio::post(io_, [this, message = std::move(message)]() mutable {
      queue_.push_back(std::move(message));
      if (queue_.size() == 1) write();
    });
  }

 private:
  void onConnected(error_code error) {
    if (error) return end(error);
    if constexpr (std::is_same_v<Stream, Tls>) {
      Tls& tls = socket_->next_layer();
      tls.set_verify_callback(asio::ssl::host_name_verification(bridge_.host));
      SSL_set_tlsext_host_name(tls.native_handle(), bridge_.host.c_str());
      tls.async_handshake(asio::ssl::stream_base::client, [this](error_code failed) {
        if (failed) return end(failed);
        upgrade();
      });
    } else {
      upgrade();
    }
  }

  void upgrade() {
    socket_->read_message_max(kMaxMessageBytes);
    socket_->binary(true);
    socket_->set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
      const std::string token = bridge_.token.empty() ? "" : ", portico.token." + bridge_.token;
      request.set(beast::http::field::sec_websocket_protocol, "portico.udp.v1" + token);
    }));
    socket_->async_handshake(response_, authorityOf(bridge_), bridge_.path, [this](error_code error) {
      if (error) return end(error);
      open_ = true;
      read();
      if (!queue_.empty()) write();
    });
  }

  void read() {
    socket_->async_read(buffer_, [this](error_code error, std::size_t) {
      if (error) return end(error);
      const auto* data = static_cast<const std::byte*>(buffer_.cdata().data());
      tell([message = ByteVector(data, data + buffer_.size())](Handlers& handlers) mutable {
        handlers.onMessage(std::move(message));
      });
      buffer_.consume(buffer_.size());
      read();
    });
  }

  void write() {
    if (!open_) return;
    socket_->async_write(asio::buffer(queue_.front()), [this](error_code error, std::size_t) {
      if (error) return end(error);
      queue_.pop_front();
      if (!queue_.empty()) write();
    });
  }

  void end(error_code error) {
    if (std::exchange(ended_, true)) return;
    const bool declined = error == websocket::error::upgrade_declined;
    const std::string reason(socket_->reason().reason.c_str());
    tell([status = declined ? response_.result_int() : 0U,
          why = reason.empty() ? error.message() : reason](Handlers& handlers) { handlers.onEnded(status, why); });
  }

  template <typename Tell>
  void tell(Tell tell) {
    loop_.post([weak = weakHandlers_, tell = std::move(tell)]() mutable {
      if (const auto handlers = weak.lock()) tell(*handlers);
    });
  }

  Loop& loop_;
  BridgeAddress bridge_;
  std::shared_ptr<Handlers> handlers_;
  std::weak_ptr<Handlers> weakHandlers_ = handlers_;  ///< the thread's own: the other is the loop's
  asio::io_context io_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  std::vector<asio::ip::tcp::endpoint> endpoints_;
  std::unique_ptr<websocket::stream<Stream>> socket_;
  websocket::response_type response_;
  beast::flat_buffer buffer_;
  std::deque<ByteVector> queue_;
  bool open_ = false;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<BridgeClient> BridgeClient::connect(Loop& loop, const BridgeAddress& bridge,
                                                    const std::vector<IpAddress>& addresses, Handlers handlers) {
  if (bridge.secure) return std::make_unique<Client<Tls>>(loop, bridge, addresses, std::move(handlers));
  return std::make_unique<Client<Tcp>>(loop, bridge, addresses, std::move(handlers));
}

}  // namespace portico::command
