#include "portico/ice_gatherer.h"

#include <algorithm>

#include "core/portico/ice_gatherer_impl.h"
#include "core/portico/ice_transport_impl.h"

namespace portico {

namespace {

// RFC 8421 §4: IPv6 before IPv4, interface by interface, so that neither family starves the other.
constexpr std::uint16_t kTopPreference = 65'535;

// The one setting that is process-wide: ORTC makes it a static member.
std::vector<IceServer>& defaultServers() {
  static std::vector<IceServer> servers{{.urls = {"stun:stun.l.google.com:19302"}, .username = {}, .credential = {}}};
  return servers;
}

ice::AgentOptions agentOptions(const IceGatherOptions& options) {
  ice::AgentOptions result;
  result.local.usernameFragment = options.usernameFragment;
  result.local.password = options.password;
  result.local.iceLite = options.iceLite;
  result.lite = options.iceLite;
  result.relayOnly = options.relayOnly;
  return result;
}

constexpr int kServerUnreachable = 701;  // W3C webrtc-pc §4.8.3

bool isTurn(const IceServerUrl& server) {
  return server.scheme == IceServerUrl::Scheme::turn || server.scheme == IceServerUrl::Scheme::turns;
}

/// Empty: it can be used.
std::string_view reasonNotToUse(const IceServerUrl& server) {
  if (server.scheme == IceServerUrl::Scheme::stuns) return "STUN is asked over UDP only: use a stun: URL.";
  if (server.scheme == IceServerUrl::Scheme::turns) {
    return "TURN servers are reached over UDP and TCP only as yet: use a turn: URL.";
  }
  return {};
}

bool hasOwnCredentials(const IceGatherOptions& options) {
  return !options.usernameFragment.empty() || !options.password.empty();
}

}  // namespace

// The handle ---------------------------------------------------------------------------------------------------------

IceGatherer::IceGatherer(Host& host, IceGatherOptions options)
    : impl_(std::make_shared<Impl>(host, std::move(options))) {
  impl_->driver->gatherer = impl_;
}

IceGathererState IceGatherer::state() const {
  return impl_->state;
}

Operation<void> IceGatherer::gather() {
  if (!impl_->gathered) {
    impl_->gathered.emplace(impl_->driver->host());
    impl_->gather();
  }
  return impl_->gathered->operation();
}

Operation<void> IceGatherer::gather(std::vector<IceServer> iceServers) {
  if (!impl_->gathered) impl_->options.iceServers = std::move(iceServers);
  return gather();
}

std::vector<IceServer> IceGatherer::getDefaultIceServers() {
  return defaultServers();
}
void IceGatherer::setDefaultIceServers(std::vector<IceServer> iceServers) {
  defaultServers() = std::move(iceServers);
}

std::vector<IceCandidate> IceGatherer::getLocalCandidates() const {
  if (impl_->state == IceGathererState::fresh || impl_->state == IceGathererState::closed) return {};
  return impl_->driver->stack().ice().localCandidates();
}

IceParameters IceGatherer::getLocalParameters() const {
  return impl_->driver->stack().ice().localParameters();
}

void IceGatherer::close() {
  if (const auto transport = impl_->transport.lock()) {
    transport->stop();
  } else {
    impl_->close();
  }
}

void IceGatherer::onStateChange(std::function<void(IceGathererState)> handler) {
  impl_->stateHandler.set(std::move(handler));
}
void IceGatherer::onIceCandidate(std::function<void(const std::optional<IceCandidate>&)> handler) {
  impl_->candidateHandler.set(std::move(handler));
}
void IceGatherer::onIceCandidateError(std::function<void(const IceCandidateError&)> handler) {
  impl_->errorHandler.set(std::move(handler));
}

// Gathering ----------------------------------------------------------------------------------------------------------

IceGatherer::Impl::Impl(Host& host, IceGatherOptions gatherOptions)
    : options(std::move(gatherOptions)), driver(Driver::create(host, agentOptions(options))) {}

IceGatherer::Impl::~Impl() {
  close();
}

void IceGatherer::Impl::gather() {
  if (state == IceGathererState::closed) {
    gathered->complete(Error(Error::InvalidState, "The RTCIceGatherer is closed."));
    return;
  }
  if (hasOwnCredentials(options)) {
    const IceParameters credentials{options.usernameFragment, options.password, options.iceLite};
    if (Result<void> valid = ice::validate(credentials); !valid) {
      gathered->complete(valid.error());
      return;
    }
  }
  Result<std::vector<Server>> servers = parseServers();
  if (!servers) {
    gathered->complete(servers.error());
    return;
  }
  open(*servers);
}

void IceGatherer::Impl::tellAgain() {
  if (state != IceGathererState::complete) return;
  announced_ = false;
  begin();
}

void IceGatherer::Impl::gatherAgain() {
  if (state == IceGathererState::closed || driver->hasSockets()) return;
  Result<std::vector<Server>> servers = parseServers();
  if (!servers) return;  // cannot be: gather() has read them
  lookups_.clear();
  pendingLookups_ = 0;
  sourcesEnded_ = false;
  announced_ = false;
  driver->stack().gatherAgain();
  open(*servers);
}

void IceGatherer::Impl::renewRelays() {
  if (state == IceGathererState::closed || !sourcesEnded_) return;
  driver->stack().renewRelays(driver->now());
}

void IceGatherer::Impl::open(const std::vector<Server>& servers) {
  begin();
  openSockets();
  // A server's candidates are of no use to an agent that is lite (RFC 8445 §2.5).
  if (!options.iceLite) {
    for (const Server& server : servers) lookUp(server);
  }
  endOfSourcesIfDone();
  driver->afterCall();
}

Result<std::vector<IceGatherer::Impl::Server>> IceGatherer::Impl::parseServers() const {
  std::vector<Server> result;
  for (const IceServer& server : options.iceServers ? *options.iceServers : getDefaultIceServers()) {
    for (const std::string& url : server.urls) {
      Result<IceServerUrl> parsed = IceServerUrl::parse(url);
      if (!parsed) return parsed.error();
      result.push_back({url, *parsed, server.username, server.credential});
    }
  }
  return result;
}

std::vector<NetworkInterface> IceGatherer::Impl::usableInterfaces() const {
  std::vector<NetworkInterface> all = driver->host().networkInterfaces();
  const auto isBound = [this](const IpAddress& address) {
    return std::any_of(options.bindAddresses.begin(), options.bindAddresses.end(), [&](const IpAddress& bound) {
      return bound == address || (bound.isAny() && bound.family() == address.family());
    });
  };
  std::vector<NetworkInterface> usable;
  std::vector<NetworkInterface> loopback;
  for (NetworkInterface& interface : all) {
    if (interface.deprecated || interface.address.isMulticast() || interface.address.isAny()) continue;
    if (!options.bindAddresses.empty()) {
      if (isBound(interface.address)) usable.push_back(std::move(interface));
      continue;
    }
    // RFC 8445 §5.1.1.1: no loopback, no site-local, no IPv4-mapped addresses. Link-local IPv6 is left out as well: it
    // needs a scope, which a candidate cannot carry.
    if (interface.address.isSiteLocal() || interface.address.isV4Mapped()) continue;
    if (interface.address.isV6() && interface.address.isLinkLocal()) continue;
    (interface.loopback || interface.address.isLoopback() ? loopback : usable).push_back(std::move(interface));
  }
  if (options.bindAddresses.empty() && (options.includeLoopback || usable.empty())) {
    usable.insert(usable.end(), loopback.begin(), loopback.end());
  }
  // RFC 8445 §5.1.1.1: where there is a temporary address, the permanent ones of that interface stay private.
  const std::vector<NetworkInterface> before = usable;
  usable.erase(std::remove_if(usable.begin(), usable.end(),
                              [&](const NetworkInterface& candidate) {
                                if (!options.bindAddresses.empty() || candidate.temporary || candidate.address.isV4()) {
                                  return false;
                                }
                                return std::any_of(before.begin(), before.end(), [&](const NetworkInterface& other) {
                                  return other.temporary && other.name == candidate.name && other.address.isV6();
                                });
                              }),
               usable.end());
  return usable;
}

bool IceGatherer::Impl::openSockets() {
  std::vector<NetworkInterface> interfaces = usableInterfaces();
  std::stable_sort(interfaces.begin(), interfaces.end(), [](const NetworkInterface& a, const NetworkInterface& b) {
    return a.address.isV6() && b.address.isV4();
  });
  std::uint16_t preference = kTopPreference;
  bool any = false;
  for (const NetworkInterface& interface : interfaces) {
    const UdpOptions udp{SocketAddress{interface.address, 0}, options.portLow, options.portHigh};
    const Result<ice::SocketId> opened = driver->openSocket(udp, preference--);
    if (opened) {
      any = true;
    } else {
      reportError({interface.address.toString(), 0, "", 701, opened.error().message});
    }
  }
  if (interfaces.empty()) reportError({"", 0, "", 701, "No network interface with a usable address is up."});
  return any;
}

void IceGatherer::Impl::lookUp(const Server& server) {
  if (const std::string_view why = reasonNotToUse(server.parsed); !why.empty()) {
    reportError({"", 0, server.url, kServerUnreachable, std::string(why)});
    return;
  }
  if (isTurn(server.parsed) && (server.username.empty() || server.credential.empty())) {
    reportError({"", 0, server.url, kServerUnreachable, "A TURN server needs a user name and a credential."});
    return;
  }
  const std::size_t index = lookups_.size();
  lookups_.push_back({server, nullptr});
  ++pendingLookups_;
  lookups_[index].query = driver->host().resolve(
      server.parsed.host, [weak = weak_from_this(), index](const Result<std::vector<IpAddress>>& addresses) {
        if (const auto self = weak.lock()) self->onResolved(index, addresses);
      });
}

void IceGatherer::Impl::onResolved(std::size_t lookup, const Result<std::vector<IpAddress>>& addresses) {
  if (state != IceGathererState::gathering) return;
  const Server asked = lookups_[lookup].server;
  --pendingLookups_;
  if (!addresses) {
    reportError({asked.parsed.host, asked.parsed.port, asked.url, kServerUnreachable, addresses.error().message});
  } else {
    for (const IpFamily family : {IpFamily::v6, IpFamily::v4}) {
      const auto found = std::find_if(addresses->begin(), addresses->end(),
                                      [&](const IpAddress& address) { return address.family() == family; });
      if (found != addresses->end()) use(asked, SocketAddress{*found, asked.parsed.port});
    }
  }
  endOfSourcesIfDone();
  driver->afterCall();
}

void IceGatherer::Impl::use(const Server& server, const SocketAddress& address) {
  TransportStack& stack = driver->stack();
  if (isTurn(server.parsed)) {
    stack.addTurnServer(driver->now(), {address, server.url, server.username, server.credential, server.parsed.tcp});
    if (!server.parsed.tcp) stack.ice().addStunServer(driver->now(), address, server.url, true);
  } else {
    stack.ice().addStunServer(driver->now(), address, server.url);
  }
}

void IceGatherer::Impl::endOfSourcesIfDone() {
  if (pendingLookups_ != 0 || sourcesEnded_) return;
  sourcesEnded_ = true;
  driver->stack().endOfSources(driver->now());
}

// Events -------------------------------------------------------------------------------------------------------------

void IceGatherer::Impl::onIceEvent(const ice::Event& event) {
  const auto self = shared_from_this();
  if (state != IceGathererState::fresh) announceBeginning();
  if (const auto* found = std::get_if<ice::LocalCandidateEvent>(&event)) {
    candidateHandler(found->candidate);
  } else if (const auto* error = std::get_if<ice::CandidateErrorEvent>(&event)) {
    errorHandler({error->address, error->port, error->url, error->errorCode, error->errorText});
  } else if (std::holds_alternative<ice::GatheringDoneEvent>(event)) {
    if (state != IceGathererState::gathering) return;
    candidateHandler(std::nullopt);
    if (state != IceGathererState::gathering) return;  // a handler closed it
    state = IceGathererState::complete;
    stateHandler(state);
    gathered->complete({});
  }
}

void IceGatherer::Impl::begin() {
  state = IceGathererState::gathering;
  driver->host().defer([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->announceBeginning();
  });
}

// From the loop, and before the first of the agent's events if that comes sooner. After close() only closed is told.
void IceGatherer::Impl::announceBeginning() {
  if (state == IceGathererState::closed) return;
  if (!std::exchange(announced_, true)) stateHandler(IceGathererState::gathering);
}

void IceGatherer::Impl::reportError(IceCandidateError error) {
  driver->host().defer([handler = errorHandler, error = std::move(error)] { handler(error); });
}

void IceGatherer::Impl::close() {
  if (state == IceGathererState::closed) return;
  state = IceGathererState::closed;
  lookups_.clear();
  driver->stack().stopRelays(driver->now());
  driver->flush();  // the servers hear of it while there are sockets
  driver->closeSockets();
  if (gathered) gathered->complete(Error(Error::Closed, "The RTCIceGatherer was closed."));
  driver->host().defer([weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->stateHandler(IceGathererState::closed);
      self->stateHandler.clear();
      self->candidateHandler.clear();
      self->errorHandler.clear();
    }
  });
}

}  // namespace portico
