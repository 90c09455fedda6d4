// A TCP connection up to its being a WebSocket: TLS, the HTTP request, the answer.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "native/bridge/handshake.h"
#include "native/bridge/quota.h"
#include "native/bridge/udp_port.h"
#include "native/bridge/web_socket.h"

namespace portico::bridge {

/// Of a request. A token of the largest size fits, with what browsers send beside it.
inline constexpr std::size_t kMaxRequestHeaderBytes = 16 * 1024;

/// A client that may come in, and what is held for it.
struct Admission {
  IpAddress client;
  std::string origin;
  std::optional<Token> token;
  std::vector<Place> places;
  std::vector<std::unique_ptr<UdpPort>> ports;
};

/// Who decides. It outlives its connections.
class Door {
 public:
  virtual ~Door() = default;
  /// A verdict with status 0 fills `admission`.
  virtual HandshakeVerdict admit(const HandshakeRequest& request, const IpAddress& peer, std::string_view forwardedFor,
                                 Admission& admission) = 0;
  virtual void welcome(std::shared_ptr<WebSocket> webSocket, Admission admission) = 0;
};

/// `place` is the connection's among those whose handshake goes on. Without `tls`, there is none.
void startConnection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls, Door& door,
                     const Options& options, std::shared_ptr<void> place);

}  // namespace portico::bridge
