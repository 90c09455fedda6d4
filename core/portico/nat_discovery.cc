#include "portico/nat_discovery.h"

#include <algorithm>
#include <utility>

#include "core/nat/discovery.h"
#include "core/portico/ice_gatherer_impl.h"
#include "core/portico/ice_server_url.h"
#include "core/portico/usable_interfaces.h"

namespace portico {

std::string_view toString(NatDependence dependence) {
  switch (dependence) {
    case NatDependence::unknown:
      return "unknown";
    case NatDependence::endpointIndependent:
      return "endpoint-independent";
    case NatDependence::addressDependent:
      return "address-dependent";
    case NatDependence::addressAndPortDependent:
      return "address-and-port-dependent";
    case NatDependence::dependent:
      return "dependent";
  }
  return "";
}

namespace {

/// A machine with more has a container on each; the first ones are those that the system lists first.
constexpr std::size_t kMaxLocalAddresses = 8;
/// Of one discovery, as the C API bounds a gatherer's.
constexpr std::size_t kMaxUrls = 64;

}  // namespace

struct NatDiscovery::Impl final : public Random, public std::enable_shared_from_this<Impl> {
  Impl(Host& machine, NatDiscoveryOptions chosen) : host(machine), options(std::move(chosen)) {}
  ~Impl() override { close(); }

  void begin();
  void close();
  void randomBytes(MutableByteView out) override { host.randomBytes(out); }

  Host& host;
  NatDiscoveryOptions options;
  std::optional<Completer<NatReport>> found;

 private:
  /// One local address: its socket, and the engine that asks from it.
  struct Probe final : UdpReceiver {
    explicit Probe(Impl& impl) : owner(impl) {}
    void onDatagrams(Time now, std::span<Datagram> batch) override;
    /// Its requests time out: what was found until here stands.
    void onSocketError(Time, const Error&) override {}

    Impl& owner;
    std::unique_ptr<UdpSocket> socket;
    std::optional<nat::Discovery> engine;  ///< from when the socket has told its address
  };

  Result<std::vector<IceServerUrl>> parseServers();
  Result<void> openSockets();
  void lookUp(std::size_t server, const IceServerUrl& url);
  void onResolved(std::size_t server, const IceServerUrl& url, const Result<std::vector<IpAddress>>& addresses);
  void endOfServersIfDone();
  void onTimer(Time now);
  void settle(Time now);
  void complete();
  void closeSockets();

  NatReport report_;
  std::vector<std::unique_ptr<Probe>> probes_;
  std::vector<std::unique_ptr<Cancellable>> lookups_;
  std::size_t pendingLookups_ = 0;
  std::unique_ptr<Timer> timer_;
  Time deadline_{};
  bool over_ = false;
};

NatDiscovery::NatDiscovery(Host& host, NatDiscoveryOptions options)
    : impl_(std::make_shared<Impl>(host, std::move(options))) {}

Operation<NatReport> NatDiscovery::discover() {
  if (!impl_->found) {
    impl_->found.emplace(impl_->host);
    impl_->begin();
  }
  return impl_->found->operation();
}

void NatDiscovery::close() {
  impl_->close();
}

// Its beginning ------------------------------------------------------------------------------------------------------

void NatDiscovery::Impl::begin() {
  if (over_) return found->complete(Error(Error::InvalidState, "The NatDiscovery is closed."));
  const auto urls = parseServers();
  if (!urls) return found->complete(urls.error());
  if (auto opened = openSockets(); !opened) return found->complete(opened.error());
  deadline_ = host.now() + options.timeout;
  timer_ = host.createTimer([this](Time now) { onTimer(now); });
  timer_->set(deadline_);
  for (std::size_t i = 0; i < urls->size(); ++i) lookUp(i, (*urls)[i]);
  endOfServersIfDone();
}

Result<std::vector<IceServerUrl>> NatDiscovery::Impl::parseServers() {
  std::vector<IceServerUrl> parsed;
  const auto& given = options.gather.iceServers;
  for (const IceServer& server : given ? *given : IceGatherer::getDefaultIceServers()) {
    for (const std::string& url : server.urls) {
      auto one = IceServerUrl::parse(url);
      if (!one) return one.error();
      if (parsed.size() >= kMaxUrls) return Error(Error::QuotaExceeded, "There are too many servers.");
      parsed.push_back(std::move(*one));
      report_.servers.push_back({url, {}, {}});
    }
  }
  return parsed;
}

Result<void> NatDiscovery::Impl::openSockets() {
  Error failure(Error::Network, "No network interface with a usable address is up.");
  for (const NetworkInterface& interface : usableInterfaces(host.networkInterfaces(), options.gather)) {
    if (probes_.size() >= kMaxLocalAddresses) break;
    auto probe = std::make_unique<Probe>(*this);
    const UdpOptions udp{SocketAddress{interface.address, 0}, options.gather.portLow, options.gather.portHigh};
    auto socket = host.openUdp(udp, *probe);
    if (!socket) {
      failure = socket.error();
      continue;
    }
    probe->engine.emplace((*socket)->localAddress(), options.filtering, *this);
    probe->socket = std::move(*socket);
    probes_.push_back(std::move(probe));
  }
  if (probes_.empty()) return failure;
  return {};
}

void NatDiscovery::Impl::lookUp(std::size_t server, const IceServerUrl& url) {
  ++pendingLookups_;
  lookups_.push_back(
      host.resolve(url.host, [weak = weak_from_this(), server, url](const Result<std::vector<IpAddress>>& addresses) {
        if (const auto self = weak.lock()) self->onResolved(server, url, addresses);
      }));
}

void NatDiscovery::Impl::onResolved(std::size_t server, const IceServerUrl& url,
                                    const Result<std::vector<IpAddress>>& addresses) {
  if (over_) return;
  --pendingLookups_;
  NatServer& told = report_.servers[server];
  if (addresses) {
    told.addresses = *addresses;
  } else {
    told.errorText = addresses.error().message;
  }
  const bool secure = url.scheme == IceServerUrl::Scheme::stuns || url.scheme == IceServerUrl::Scheme::turns;
  for (const auto& probe : probes_) {
    const IpFamily family = probe->socket->localAddress().ip.family();
    const auto address = std::find_if(told.addresses.begin(), told.addresses.end(),
                                      [&](const IpAddress& one) { return one.family() == family; });
    if (address != told.addresses.end() && !url.tcp && !secure) {
      probe->engine->addServer(host.now(), SocketAddress{*address, url.port}, told.url);
    }
  }
  endOfServersIfDone();
}

void NatDiscovery::Impl::endOfServersIfDone() {
  const Time now = host.now();
  if (pendingLookups_ == 0) {
    for (const auto& probe : probes_) probe->engine->endOfServers(now);
  }
  settle(now);
}

// Its course ---------------------------------------------------------------------------------------------------------

void NatDiscovery::Impl::Probe::onDatagrams(Time now, std::span<Datagram> batch) {
  const auto self = owner.shared_from_this();
  for (const Datagram& datagram : batch) engine->handleInput(now, datagram.remote, datagram.payload);
  owner.settle(now);
}

void NatDiscovery::Impl::onTimer(Time now) {
  const auto self = shared_from_this();
  for (const auto& probe : probes_) probe->engine->handleTimeout(now);
  settle(now);
}

/// Sends what the engines have, sets the timer, and ends it all when they are done.
void NatDiscovery::Impl::settle(Time now) {
  if (over_ || !timer_) return;
  Time next = deadline_;
  bool done = true;
  for (const auto& probe : probes_) {
    for (const nat::Transmit& packet : probe->engine->takeOutput()) {
      const OutgoingDatagram datagram{packet.remote, packet.payload};
      probe->socket->send({&datagram, 1});
    }
    done = done && probe->engine->done();
    if (const auto wanted = probe->engine->nextTimeout()) next = std::min(next, *wanted);
  }
  if (done || now >= deadline_) return complete();
  timer_->set(next);
}

void NatDiscovery::Impl::complete() {
  for (const auto& probe : probes_) report_.behaviours.push_back(probe->engine->result());
  for (NatServer& server : report_.servers) {
    if (server.addresses.empty() && server.errorText.empty()) {
      server.errorText = "The name was not resolved in time.";
    }
  }
  closeSockets();
  found->complete(std::move(report_));
}

void NatDiscovery::Impl::closeSockets() {
  over_ = true;
  lookups_.clear();
  // This may be running inside a call of one of them, so they live on until the loop has returned.
  for (const auto& probe : probes_) probe->socket.reset();
  auto rest =
      std::make_shared<std::pair<decltype(probes_), std::unique_ptr<Timer>>>(std::move(probes_), std::move(timer_));
  probes_.clear();
  if (rest->second) rest->second->cancel();
  host.defer([rest] {});
}

void NatDiscovery::Impl::close() {
  if (over_) return;
  closeSockets();
  if (found) found->complete(Error(Error::Closed, "The NatDiscovery was closed."));
}

}  // namespace portico
