#include "portico/ice_gatherer.h"

#include <algorithm>
#include <array>

#include "core/portico/ice_gatherer_impl.h"
#include "core/portico/ice_transport_impl.h"

namespace portico {

namespace {

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
  // No browser has either: what a server sees of a TCP connection is no candidate for UDP.
  if (server.scheme == IceServerUrl::Scheme::stuns) {
    return "STUN is asked over UDP only, as candidates are addresses of UDP: use a stun: URL.";
  }
  if (server.scheme == IceServerUrl::Scheme::turns && !server.tcp) {
    return "TURN over DTLS is not to be had: leave ?transport=udp out of the turns: URL, for TLS over TCP.";
  }
  return {};
}

bool hasOwnCredentials(const IceGatherOptions& options) {
  return !options.usernameFragment.empty() || !options.password.empty();
}

}  // namespace

std::string_view toString(NetworkChangePolicy policy) {
  constexpr std::array<std::string_view, 3> kNames{"none", "gather", "restart"};
  return kNames[static_cast<std::size_t>(policy)];
}

std::string_view toString(TcpCandidates tcpCandidates) {
  constexpr std::array<std::string_view, 3> kNames{"none", "active", "both"};
  return kNames[static_cast<std::size_t>(tcpCandidates)];
}

std::string_view toString(MdnsPolicy policy) {
  constexpr std::array<std::string_view, 3> kNames{"off", "resolve", "hide"};
  return kNames[static_cast<std::size_t>(policy)];
}

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
void IceGatherer::onNetworkChange(std::function<void(const NetworkChange&)> handler) {
  impl_->networkHandler.set(std::move(handler));
}
void IceGatherer::networkChanged(NetworkChange change) {
  impl_->networkChanged(std::move(change));
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
  sourcesEnded_ = false;
  announced_ = false;
  driver->stack().gatherAgain(driver->now());
  open(*servers);
}

void IceGatherer::Impl::open(const std::vector<Server>& servers) {
  begin();
  driver->stack().ice().renewCandidates(options.relayOnly);
  watchNetworks();
  openSockets();
  askServers(servers);
  endOfSourcesIfDone();
  driver->afterCall();
}

void IceGatherer::Impl::askServers(const std::vector<Server>& servers) {
  lookups_.clear();
  pendingLookups_ = 0;
  askedServers_ = configuredServers();
  askedRelayOnly_ = options.relayOnly;
  // A server's candidates are of no use to an agent that is lite (RFC 8445 §2.5).
  if (options.iceLite) return;
  for (const Server& server : servers) lookUp(server);
}

std::vector<IceServer> IceGatherer::Impl::configuredServers() const {
  return options.iceServers ? *options.iceServers : getDefaultIceServers();
}

std::vector<TurnServer> IceGatherer::Impl::turnServers(const std::vector<Server>& servers) const {
  std::vector<TurnServer> result;
  result.reserve(servers.size());
  for (const Server& server : servers)
    result.push_back({{}, server.url, server.username, server.credential, false, {}});
  return result;
}

Result<std::vector<IceGatherer::Impl::Server>> IceGatherer::Impl::parseServers() const {
  std::vector<Server> result;
  for (const IceServer& server : configuredServers()) {
    for (const std::string& url : server.urls) {
      Result<IceServerUrl> parsed = IceServerUrl::parse(url);
      if (!parsed) return parsed.error();
      result.push_back({url, *parsed, server.username, server.credential});
    }
  }
  return result;
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
    TurnServer turn{address, server.url, server.username, server.credential, server.parsed.tcp, {}};
    if (server.parsed.secure()) turn.tlsServerName = server.parsed.host;
    stack.addTurnServer(driver->now(), turn);
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
  } else if (const auto* done = std::get_if<ice::GatheringDoneEvent>(&event)) {
    // After two restarts in one go, the end of the first is none of the second's candidates.
    if (done->usernameFragment != driver->stack().ice().localParameters().usernameFragment) return;
    if (state != IceGathererState::gathering) return;
    // More may come with the next network (RFC 8838 §8.2: nothing may follow the end).
    if (options.networkChangePolicy == NetworkChangePolicy::none) candidateHandler(std::nullopt);
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
  watch_.reset();
  calm_.reset();
  lookups_.clear();
  driver->stack().stopRelays(driver->now());
  driver->flush();  // the servers hear of it while there are sockets
  driver->closeSockets();
  for (const auto& [address, name] : std::exchange(names_, {})) mdns_->withdraw(name);
  mdns_.reset();
  if (gathered) gathered->complete(Error(Error::Closed, "The RTCIceGatherer was closed."));
  driver->host().defer([weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->stateHandler(IceGathererState::closed);
      self->stateHandler.clear();
      self->candidateHandler.clear();
      self->errorHandler.clear();
      self->networkHandler.clear();
    }
  });
}

}  // namespace portico
