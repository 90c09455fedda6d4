// The bridge: takes clients in, counts them, and lets them go.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <unordered_map>

#include "native/bridge/connection.h"
#include "native/bridge/metrics.h"
#include "native/bridge/session.h"
#include "native/bridge/status_server.h"

namespace portico::bridge {

/// Connections that are no WebSocket yet; each costs a descriptor and up to kMaxRequestHeaderBytes.
inline constexpr std::size_t kMaxHandshakes = 1024;

class Bridge final : public Door {
 public:
  explicit Bridge(Options options);
  ~Bridge() override;
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  /// Opens what it listens on. Errors: Network, Data (certificates).
  Result<void> open();
  /// "ws://127.0.0.1:40000/udp".
  [[nodiscard]] std::string url() const;
  [[nodiscard]] SocketAddress metricsAddress() const { return status_.localAddress(); }
  /// Until it has drained.
  void run() { io_.run(); }

  HandshakeVerdict admit(const HandshakeRequest& request, const IpAddress& peer, std::string_view forwardedFor,
                         Admission& admission) override;
  void welcome(std::shared_ptr<WebSocket> webSocket, Admission admission) override;

 private:
  Result<void> openTls();
  void accept();
  void onAccept(boost::asio::ip::tcp::socket socket);
  HandshakeVerdict holdPlaces(Admission& admission);
  [[nodiscard]] RateLimit tokenRate(const Token& token) const;
  [[nodiscard]] BoundValue describe(const Session& session, const RateLimit& limit) const;
  void onSessionEnd(Session& session, const std::string& reason);
  void refreshOwnAddresses();
  void waitForSignals();
  void drain();
  void leave();
  [[nodiscard]] MetricsSnapshot snapshot();

  // What sessions and connections refer to comes first: the handlers that own them end with io_.
  Options options_;
  std::shared_ptr<AddressPolicy> policy_;
  Quota everybody_;
  Quota byAddress_;
  Quota byToken_;
  Quota handshakesByAddress_;
  std::size_t handshakes_ = 0;
  SharedIo shared_;
  std::unordered_map<std::uint64_t, Session*> sessions_;
  std::uint64_t opened_ = 0;
  Counters ended_;  ///< of the sessions that are gone
  std::map<unsigned, std::uint64_t> refused_;
  Time ownAddressesAt_{};
  bool draining_ = false;
  bool left_ = false;

  boost::asio::io_context io_{1};
  std::optional<boost::asio::ssl::context> tls_;
  boost::asio::ip::tcp::acceptor acceptor_{io_};
  boost::asio::steady_timer acceptAgain_{io_};
  boost::asio::steady_timer drainTimer_{io_};
  boost::asio::signal_set signals_{io_};
  StatusServer status_;
};

}  // namespace portico::bridge
