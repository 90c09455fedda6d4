// /healthz, /readyz and /metrics, on a loopback port of their own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "portico/platform/result.h"
#include "portico/platform/socket_address.h"

namespace portico::bridge {

class StatusServer {
 public:
  struct Sources {
    std::function<bool()> isReady;
    std::function<std::string()> metrics;
  };

  StatusServer(boost::asio::io_context& io, Sources sources)
      : acceptor_(io), again_(io), sources_(std::move(sources)) {}
  /// Throws boost::system::system_error where the address cannot be had.
  void listen(const SocketAddress& address);
  [[nodiscard]] SocketAddress localAddress() const;

 private:
  void accept();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer again_;
  Sources sources_;
};

}  // namespace portico::bridge
