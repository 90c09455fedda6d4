#include "native/bridge/bridge.h"

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "native/bridge/clock.h"
#include "native/bridge/log.h"
#include "native/bridge/relay/embedded_address.h"
#include "native/bridge/tcp_address.h"
#include "native/network_interfaces.h"

namespace portico::bridge {
namespace {

namespace asio = boost::asio;

/// When the process has no descriptors left, accepting again at once would only fail again.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);
/// Addresses of the machine come and go.
constexpr Duration kOwnAddressesLifetime = std::chrono::seconds(1);
/// For clients to answer the close frame, once the bridge leaves.
constexpr auto kLeaveTimeout = std::chrono::seconds(6);

std::unique_ptr<DatagramIo> makeDatagramIo() {
  auto batched = createBatchedDatagramIo();
  return batched ? std::move(batched) : createSingleDatagramIo();
}

}  // namespace

Bridge::Bridge(Options options)
    : options_(std::move(options)),
      policy_(std::make_shared<AddressPolicy>(options_.policy)),
      shared_{makeDatagramIo(), {}},
      status_(io_, {[this] { return !draining_; }, [this] { return renderMetrics(snapshot()); }}) {}

Bridge::~Bridge() = default;

Result<void> Bridge::open() {
  if (options_.udpAddresses.empty()) options_.udpAddresses = chooseUdpAddresses(options_);
  // A port that cannot be had should be known before the first client comes.
  if (const auto trial = openUdpPorts(io_, options_); !trial) return trial.error();
  if (!options_.tlsCertificateFile.empty()) {
    if (auto loaded = openTls(); !loaded) return loaded.error();
  }
  SocketAddress place = options_.metrics;
  try {
    status_.listen(options_.metrics);
    place = options_.listen;
    const auto endpoint = toEndpoint(options_.listen);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
  } catch (const boost::system::system_error& error) {
    return Error(Error::Network, "cannot listen on " + place.toString() + ": " + error.code().message());
  }
  waitForSignals();
  accept();
  return {};
}

Result<void> Bridge::openTls() {
  try {
    tls_.emplace(asio::ssl::context::tls_server);
    tls_->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    tls_->use_certificate_chain_file(options_.tlsCertificateFile);
    tls_->use_private_key_file(options_.tlsKeyFile, asio::ssl::context::pem);
  } catch (const boost::system::system_error& error) {
    return Error(Error::Data, "the certificate or its key is of no use: " + error.code().message());
  }
  return {};
}

std::string Bridge::url() const {
  const SocketAddress local = fromEndpoint(acceptor_.local_endpoint());
  return (tls_ ? "wss://" : "ws://") + local.toString() + std::string(kPath);
}

void Bridge::accept() {
  acceptor_.async_accept([this](boost::system::error_code error, asio::ip::tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      onAccept(std::move(socket));
      return accept();
    }
    acceptAgain_.expires_after(kAcceptPause);
    acceptAgain_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) accept();
    });
  });
}

/// Half-open connections are bounded in all and for each address, or one client could keep all the others out.
void Bridge::onAccept(asio::ip::tcp::socket socket) {
  boost::system::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error || handshakes_ >= kMaxHandshakes) return;
  const IpAddress peer = normalise(fromEndpoint(remote).ip);
  const bool proxy = anyContains(options_.trustedProxies, peer);
  auto place = handshakesByAddress_.take(now(), addressKey(peer),
                                         proxy ? kMaxHandshakes : options_.maxSocketsPerAddress, RateLimit{});
  if (!place) return;
  ++handshakes_;
  const auto held = std::make_shared<Place>(std::move(*place));
  startConnection(std::move(socket), tls_ ? &*tls_ : nullptr, *this, options_,
                  std::shared_ptr<void>(nullptr, [this, held](void*) { --handshakes_; }));
}

HandshakeVerdict Bridge::admit(const HandshakeRequest& request, const IpAddress& peer, std::string_view forwardedFor,
                               Admission& admission) {
  admission.client = clientAddress(peer, forwardedFor, options_);
  admission.origin = request.origin.value_or("");
  HandshakeVerdict verdict = draining_ ? HandshakeVerdict{503, "the bridge is draining", {}}
                                       : judgeHandshake(request, options_, unixSeconds());
  if (verdict.status == 0) {
    admission.token = verdict.token;
    verdict = holdPlaces(admission);
  }
  if (verdict.status == 0) {
    auto ports = openUdpPorts(io_, options_);
    if (ports) {
      admission.ports = std::move(*ports);
    } else {
      verdict = {503, ports.error().message, {}};
    }
  }
  if (verdict.status != 0) {
    ++refused_[verdict.status];
    logEvent("refused", {{"client", admission.client.toString()},
                         {"origin", admission.origin},
                         {"status", verdict.status},
                         {"reason", verdict.sentence}});
  }
  return verdict;
}

RateLimit Bridge::tokenRate(const Token& token) const {
  const RateLimit own{token.maxBitsPerSecond == 0 ? 0 : std::max<std::uint64_t>(token.maxBitsPerSecond / 8, 1), 0};
  return strictest(options_.tokenRate, own);
}

HandshakeVerdict Bridge::holdPlaces(Admission& admission) {
  const Time at = now();
  auto inAll = everybody_.take(at, "", options_.maxSockets, RateLimit{});
  if (!inAll) return {429, "the bridge has as many sockets as it may", {}};
  auto ofAddress =
      byAddress_.take(at, addressKey(admission.client), options_.maxSocketsPerAddress, options_.addressRate);
  if (!ofAddress) return {429, "this client address has as many sockets as it may", {}};
  admission.places.push_back(std::move(*inAll));
  admission.places.push_back(std::move(*ofAddress));
  if (admission.token) {
    const std::size_t limit = admission.token->maxSockets.value_or(options_.maxSocketsPerToken);
    auto ofToken = byToken_.take(at, admission.token->id, limit, tokenRate(*admission.token));
    if (!ofToken) return {429, "this token has as many sockets as it may", {}};
    admission.places.push_back(std::move(*ofToken));
  }
  return {};
}

void Bridge::welcome(std::shared_ptr<WebSocket> webSocket, Admission admission) {
  refreshOwnAddresses();
  RelayOptions relay;
  relay.policy = policy_;
  if (admission.token) relay.tokenNetworks = admission.token->networks;
  relay.rates = {std::make_shared<Rates>(options_.socketRate)};
  RateLimit limit = options_.socketRate;
  for (const Place& place : admission.places) {
    const RateLimit& shared = place.rates()->limit;
    limit = strictest(limit, shared);
    if (shared.bytesPerSecond != 0 || shared.packetsPerSecond != 0) relay.rates.push_back(place.rates());
  }
  nlohmann::ordered_json udp = nlohmann::ordered_json::array();
  for (const auto& port : admission.ports) {
    (port->local().ip.isV4() ? relay.v4 : relay.v6) = true;
    udp.push_back(port->local().toString());
  }
  Session::Parts parts;
  parts.number = ++opened_;
  parts.webSocket = std::move(webSocket);
  parts.ports = std::move(admission.ports);
  parts.places = std::move(admission.places);
  parts.onEnd = [this](Session& ended, const std::string& reason) { onSessionEnd(ended, reason); };
  const auto session = std::make_shared<Session>(std::move(parts), std::move(relay), shared_);
  sessions_[session->number()] = session.get();
  logEvent("open", {{"socket", session->number()},
                    {"client", admission.client.toString()},
                    {"origin", admission.origin},
                    {"udp", udp}});
  session->start(describe(*session, limit));
  if (left_) session->close(kCloseGoingAway, "the bridge leaves");
}

BoundValue Bridge::describe(const Session& session, const RateLimit& limit) const {
  BoundValue bound;
  for (const auto& port : session.ports()) {
    const SocketAddress local = port->local();
    BoundEndpoint endpoint{local, std::nullopt};
    for (const IpAddress& seen : options_.publicAddresses) {
      if (seen.family() == local.ip.family() && !(seen == local.ip)) endpoint.seen = SocketAddress{seen, local.port};
    }
    bound.endpoints.push_back(endpoint);
  }
  bound.largestPayloadBytes = kLargestPayloadBytes;
  bound.queueBytes = kHighWaterBytes;
  bound.bytesPerSecond = limit.bytesPerSecond;
  bound.packetsPerSecond = limit.packetsPerSecond;
  return bound;
}

void Bridge::onSessionEnd(Session& session, const std::string& reason) {
  const Counters counters = session.counters();
  nlohmann::ordered_json drops = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < kDropNames.size(); ++i) {
    if (counters.drops[i] > 0) drops[std::string(kDropNames[i])] = counters.drops[i];
  }
  logEvent("close", {{"socket", session.number()},
                     {"reason", reason},
                     {"seconds", session.secondsOpen()},
                     {"datagramsOut", counters.datagramsOut},
                     {"bytesOut", counters.bytesOut},
                     {"datagramsIn", counters.datagramsIn},
                     {"bytesIn", counters.bytesIn},
                     {"destinations", session.destinations()},
                     {"drops", drops}});
  ended_ += counters;
  sessions_.erase(session.number());
  if (draining_ && sessions_.empty()) leave();
}

void Bridge::refreshOwnAddresses() {
  const Time at = now();
  if (ownAddressesAt_ != Time{} && at - ownAddressesAt_ < kOwnAddressesLifetime) return;
  const auto interfaces = listNetworkInterfaces();
  if (!interfaces && ownAddressesAt_ != Time{}) return;  // not known: those that were known stay closed
  ownAddressesAt_ = at;
  std::vector<IpAddress> own = options_.publicAddresses;
  for (const NetworkInterface& interface : interfaces.value_or(std::vector<NetworkInterface>())) {
    const IpAddress& ip = interface.address;
    own.push_back(ip.isV4() ? ip : IpAddress::fromV6(ip.bytes().first<16>()));  // without its scope
  }
  policy_->setOwnAddresses(std::move(own));
}

MetricsSnapshot Bridge::snapshot() {
  MetricsSnapshot snapshot;
  snapshot.sockets = sessions_.size();
  snapshot.socketsOpened = opened_;
  snapshot.handshakes = handshakes_;
  snapshot.refusedHandshakes = refused_;
  snapshot.draining = draining_;
  snapshot.counters = ended_;
  for (const auto& [number, session] : sessions_) {
    snapshot.counters += session->counters();
    snapshot.queuedBytes += session->queuedBytes();
    snapshot.longestQueueBytes = std::max(snapshot.longestQueueBytes, session->queuedBytes());
    snapshot.destinations += session->destinations();
  }
  return snapshot;
}

void Bridge::waitForSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  signals_.async_wait([this](boost::system::error_code error, int) {
    if (!error) drain();
  });
}

/// The listener goes at once, so that a load balancer takes another bridge without having to ask.
void Bridge::drain() {
  draining_ = true;
  logEvent("drain", {{"sockets", sessions_.size()}});
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  acceptAgain_.cancel();
  if (sessions_.empty()) return leave();
  signals_.async_wait([this](boost::system::error_code error, int) {
    if (!error) leave();  // told twice: without waiting
  });
  drainTimer_.expires_after(options_.drainTimeout);
  drainTimer_.async_wait([this](boost::system::error_code error) {
    if (!error) leave();
  });
}

void Bridge::leave() {
  if (!left_) {
    left_ = true;
    const auto open = sessions_;  // closing may end some at once
    for (const auto& [number, session] : open) session->close(kCloseGoingAway, "the bridge leaves");
  }
  if (sessions_.empty()) return io_.stop();
  drainTimer_.expires_after(kLeaveTimeout);
  drainTimer_.async_wait([this](boost::system::error_code error) {
    if (!error) io_.stop();
  });
}

}  // namespace portico::bridge
