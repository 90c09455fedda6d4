#include "portico/ice_transport.h"

#include <algorithm>

#include "core/portico/dtls_transport_impl.h"
#include "core/portico/ice_transport_impl.h"
#include "core/portico/mdns_service.h"

namespace portico {

// The handle ---------------------------------------------------------------------------------------------------------

IceTransport::IceTransport(IceGatherer gatherer) : impl_(std::make_shared<Impl>(std::move(gatherer))) {
  impl_->gatherer.impl()->transport = impl_;
  impl_->driver->iceTransport = impl_;
}

IceGatherer IceTransport::iceGatherer() const {
  return impl_->gatherer;
}
IceRole IceTransport::role() const {
  return impl_->agent().role();
}
IceTransportState IceTransport::state() const {
  return impl_->state;
}

Operation<void> IceTransport::start(const IceParameters& remoteParameters, std::optional<IceRole> role) {
  return impl_->start(remoteParameters, role);
}

Result<IceParameters> IceTransport::restart() {
  return impl_->restart();
}

Operation<void> IceTransport::addRemoteCandidate(const std::optional<IceCandidate>& candidate) {
  return impl_->done(impl_->addRemoteCandidate(candidate));
}

std::vector<IceCandidate> IceTransport::getRemoteCandidates() const {
  return impl_->agent().remoteCandidates();
}
std::vector<IceCandidate> IceTransport::getLocalCandidates() const {
  return impl_->gatherer.getLocalCandidates();
}
std::optional<IceParameters> IceTransport::getRemoteParameters() const {
  return impl_->remoteParameters;
}

std::optional<IceCandidatePair> IceTransport::getSelectedCandidatePair() const {
  const ice::SelectedPair* pair = impl_->agent().usablePair();
  if (pair == nullptr) return std::nullopt;
  return IceCandidatePair{pair->local, pair->remote};
}

IceTransportStats IceTransport::getStats() const {
  const ice::PairStats pair = impl_->agent().usablePairStats();
  const StackCounters& stack = impl_->driver->stack().counters();
  IceTransportStats stats;
  stats.requestsSent = pair.requestsSent;
  stats.requestsReceived = pair.requestsReceived;
  stats.responsesSent = pair.responsesSent;
  stats.responsesReceived = pair.responsesReceived;
  stats.consentRequestsSent = pair.consentRequestsSent;
  stats.currentRoundTripTime = seconds(pair.currentRoundTripTime);
  stats.totalRoundTripTime = seconds(pair.totalRoundTripTime);
  stats.packetsSent = stack.packetsSent;
  stats.packetsReceived = stack.packetsReceived;
  stats.bytesSent = stack.bytesSent;
  stats.bytesReceived = stack.bytesReceived;
  stats.packetsDiscarded = stack.packetsDiscarded;
  return stats;
}

Operation<void> IceTransport::stop() {
  impl_->stop();
  return impl_->done({});
}

void IceTransport::onStateChange(std::function<void(IceTransportState)> handler) {
  impl_->stateHandler.set(std::move(handler));
}
void IceTransport::onSelectedCandidatePairChange(std::function<void(const IceCandidatePair&)> handler) {
  impl_->pairHandler.set(std::move(handler));
}
void IceTransport::onError(std::function<void(const Error&)> handler) {
  impl_->errorHandler.set(std::move(handler));
}

// What it does -------------------------------------------------------------------------------------------------------

IceTransport::Impl::Impl(IceGatherer owner) : gatherer(std::move(owner)), driver(gatherer.impl()->driver) {
  if (gatherer.state() == IceGathererState::closed) state = IceTransportState::closed;
}

IceTransport::Impl::~Impl() {
  stop();
}

Operation<void> IceTransport::Impl::refuse(const Error& error) {
  driver->host().defer([handler = errorHandler, error] { handler(error); });
  return done(error);
}

Operation<void> IceTransport::Impl::start(const IceParameters& remote, std::optional<IceRole> role) {
  if (state == IceTransportState::closed) {
    return refuse(Error(Error::InvalidState, "RTCIceTransport is closed."));
  }
  if (Result<void> valid = ice::validate(remote); !valid) return refuse(valid.error());
  if (gatherer.state() == IceGathererState::fresh) {
    return refuse(Error(Error::InvalidState, "Local candidates gathering was not performed."));
  }
  const bool again = remoteParameters.has_value();
  if (again && role && role_ && *role != *role_) {
    return refuse(Error(Error::InvalidState, "The role of an RTCIceTransport can't be changed once it has started."));
  }
  const bool sameCredentials = again && remoteParameters->usernameFragment == remote.usernameFragment &&
                               remoteParameters->password == remote.password;
  if (sameCredentials) return starting->operation();

  const Time now = driver->now();
  if (again) {
    // RFC 8445 §9. The peer restarted first when restart() was not called here: our credentials may then stay.
    if (!restarted_) {
      restartAgent(agent().localParameters());
    }
    starting.reset();
  } else {
    role_ = role;
  }
  restarted_ = false;
  ended_ = false;
  remoteParameters = remote;
  starting.emplace(driver->host());
  if (again) gatherer.impl()->gatherAgain();
  agent().start(now, remote, role);
  forgetNames();
  askForNames();
  driver->afterCall();
  return starting->operation();
}

Result<IceParameters> IceTransport::Impl::restart() {
  if (state == IceTransportState::closed) return Error(Error::InvalidState, "RTCIceTransport is closed.");
  if (!remoteParameters) return Error(Error::InvalidState, "RTCIceTransport has not been started.");
  renew(IceParameters{});
  return agent().localParameters();
}

void IceTransport::Impl::renew(const IceParameters& local) {
  if (state == IceTransportState::closed) return;
  restarted_ = true;
  ended_ = false;
  restartAgent(local);
  gatherer.impl()->gatherAgain();
  driver->afterCall();
}

void IceTransport::Impl::restartAgent(const IceParameters& local) {
  gatherer.impl()->beforeRestart();
  driver->stack().restartIce(driver->now(), local);
  driver->nameSockets();
  gatherer.impl()->afterRestart();
}

Result<void> IceTransport::Impl::addRemoteCandidate(const std::optional<IceCandidate>& candidate) {
  if (state == IceTransportState::closed) return Error(Error::InvalidState, "RTCIceTransport is closed.");
  if (ended_) return {};
  Result<void> added;
  if (candidate) {
    added = agent().addRemoteCandidate(driver->now(), *candidate);
    if (added) lookUp(*candidate);
  } else {
    ended_ = true;
    agent().endOfRemoteCandidates(driver->now());
  }
  driver->afterCall();
  return added;
}

// draft-ietf-mmusic-mdns-ice-candidates §3.2. What is no name of that form stays unresolved.
void IceTransport::Impl::lookUp(const IceCandidate& candidate) {
  const bool known = std::any_of(names_.begin(), names_.end(),
                                 [&](const NameQuery& asked) { return asked.name == candidate.address; });
  if (known || names_.size() >= kMaxNamesOfPeer || !mdns::Name::parse(candidate.address)) return;
  names_.push_back({candidate.address, nullptr});
  askForNames();
}

/// Those of the session before a restart.
void IceTransport::Impl::forgetNames() {
  if (names_.empty()) return;
  const std::vector<IceCandidate> candidates = agent().remoteCandidates();
  std::erase_if(names_, [&](const NameQuery& asked) {
    return std::none_of(candidates.begin(), candidates.end(),
                        [&](const IceCandidate& candidate) { return candidate.address == asked.name; });
  });
}

/// Where the gatherer has its interfaces; otherwise start() comes here again.
void IceTransport::Impl::askForNames() {
  if (names_.empty()) return;
  const std::shared_ptr<MdnsService> mdns = gatherer.impl()->mdns();
  if (!mdns) return;
  for (NameQuery& asked : names_) {
    if (asked.query) continue;
    asked.query = mdns->resolve(*mdns::Name::parse(asked.name),
                                [weak = weak_from_this(), name = asked.name](const Result<IpAddress>& address) {
                                  const auto self = weak.lock();
                                  if (!self || self->state == IceTransportState::closed) return;
                                  self->agent().nameResolved(self->driver->now(), name, address);
                                  self->driver->afterCall();
                                });
  }
}

void IceTransport::Impl::stop() {
  if (state == IceTransportState::closed) return;
  names_.clear();
  if (const auto dtls = dtlsTransport.lock()) dtls->stop();
  driver->flush();
  driver->stack().stopIce(driver->now());
  state = IceTransportState::closed;
  if (starting) starting->complete(Error(Error::Closed, "The RTCIceTransport was stopped."));
  gatherer.impl()->close();
  driver->afterCall();
}

void IceTransport::Impl::onIceEvent(const ice::Event& event) {
  const auto self = shared_from_this();
  if (const auto* change = std::get_if<ice::StateEvent>(&event)) {
    setState(change->state);
  } else if (const auto* selected = std::get_if<ice::SelectedPairEvent>(&event)) {
    if (selected->another) ++pairChanges;
    pairHandler({selected->pair.local, selected->pair.remote});
  } else if (const auto* failure = std::get_if<ice::FailureEvent>(&event)) {
    if (starting) starting->complete(failure->error);
    errorHandler(failure->error);
  }
}

void IceTransport::Impl::setState(IceTransportState next) {
  // After stop() only closed is told: what else waits in the queue is of the past.
  if (state == IceTransportState::closed && next != IceTransportState::closed) return;
  state = next;
  if (next == IceTransportState::connected || next == IceTransportState::completed) {
    if (starting) starting->complete({});
  }
  stateHandler(next);
  if (next == IceTransportState::closed) {
    stateHandler.clear();
    pairHandler.clear();
    errorHandler.clear();
  }
}

}  // namespace portico
