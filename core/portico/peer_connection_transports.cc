// The transports of a connection, and the states that it makes of theirs (W3C webrtc-pc §4.3).
#include "core/dtls/fingerprint.h"
#include "core/portico/ice_gatherer_impl.h"
#include "core/portico/ice_transport_impl.h"
#include "core/portico/peer_connection_impl.h"

namespace portico {
namespace {

// RFC 8841 §6.1: 64 KiB where nothing is said.
std::uint64_t maxMessageBytesOf(const sdp::MediaSection& section) {
  constexpr std::uint64_t kDefaultMaxMessageBytes = 65'536;
  return section.maxMessageSize.value_or(kDefaultMaxMessageBytes);
}

}  // namespace

PeerConnection::Impl::Transports::Transports(Host& host, const PeerConnectionConfiguration& configuration,
                                             const Certificate& certificate)
    : gatherer(host, configuration.ice), ice(gatherer), dtls(ice, certificate), sctp(dtls, configuration.sctp) {
  ice.impl()->agent().stayConnectedOnRestart();
}

void PeerConnection::Impl::Transports::unwatch() const {
  gatherer.impl()->stateHandler.setOwner(nullptr);
  gatherer.impl()->candidateHandler.setOwner(nullptr);
  gatherer.impl()->errorHandler.setOwner(nullptr);
  gatherer.impl()->networkHandler.setOwner(nullptr);
  ice.impl()->stateHandler.setOwner(nullptr);
  dtls.impl()->stateHandler.setOwner(nullptr);
  sctp.impl()->channelHandler.setOwner(nullptr);
}

PeerConnection::Impl::Transports& PeerConnection::Impl::needTransports() {
  if (!transports) {
    transports.emplace(host, configuration, certificate);
    credentials_ = transports->gatherer.getLocalParameters();
    watch();
  }
  return *transports;
}

void PeerConnection::Impl::watch() {
  const std::weak_ptr<Impl> weak = weak_from_this();
  const auto forward = [weak](auto call) {
    return [weak, call](const auto&... arguments) {
      if (const auto self = weak.lock(); self && !self->closed()) call(*self, arguments...);
    };
  };
  transports->gatherer.impl()->stateHandler.setOwner(
      forward([](Impl& impl, IceGathererState next) { impl.onGatheringState(next); }));
  transports->gatherer.impl()->candidateHandler.setOwner(
      forward([](Impl& impl, const std::optional<IceCandidate>& candidate) { impl.onLocalCandidate(candidate); }));
  transports->gatherer.impl()->errorHandler.setOwner(
      forward([](Impl& impl, const IceCandidateError& error) { impl.candidateErrorHandler(error); }));
  transports->gatherer.impl()->networkHandler.setOwner(
      forward([](Impl& impl, const NetworkChange& change) { impl.onNetworkChange(change); }));
  transports->ice.impl()->stateHandler.setOwner(forward([](Impl& impl, IceTransportState) { impl.updateStates(); }));
  transports->dtls.impl()->stateHandler.setOwner(forward([](Impl& impl, DtlsTransportState) { impl.updateStates(); }));
  transports->sctp.impl()->channelHandler.setOwner(
      forward([](Impl& impl, const DataChannel& channel) { impl.channelHandler(channel); }));
}

// They start ---------------------------------------------------------------------------------------------------------

void PeerConnection::Impl::later(bool needsSockets, Step step) {
  host.defer([weak = weak_from_this(), generation = generation_, needsSockets, step = std::move(step)] {
    const auto self = weak.lock();
    if (self && !self->closed() && self->generation_ == generation) self->run(needsSockets, step);
  });
}

void PeerConnection::Impl::run(bool needsSockets, Step step) {
  const bool lacks = needsSockets && socketsNeededHandler;
  if (!waitingForSockets_ && !lacks) return step(*this);
  afterSockets_.push_back(std::move(step));
  if (!std::exchange(waitingForSockets_, true)) socketsNeededHandler();
}

void PeerConnection::Impl::gather() {
  if (closed() || !std::exchange(waitingForSockets_, false)) return;
  for (const Step& step : std::exchange(afterSockets_, {})) step(*this);
}

// RFC 9429 §3.5.4.
void PeerConnection::Impl::startPool() {
  if (configuration.iceCandidatePoolSize == 0 || descriptions.latest(Side::local) != nullptr) return;
  if (needTransports().gatherer.state() != IceGathererState::fresh || std::exchange(pooled_, true)) return;
  later(true, [](Impl& impl) { impl.transports->gatherer.gather().ignore(); });
}

void PeerConnection::Impl::releasePool() {
  if (!std::exchange(pooled_, false)) return;
  const IceGathererState reached = transports->gatherer.state();
  const std::vector<IceCandidate> found = transports->gatherer.getLocalCandidates();
  onGatheringState(IceGathererState::gathering);
  for (const IceCandidate& candidate : found) {
    if (!closed()) onLocalCandidate(candidate);
  }
  if (closed() || reached != IceGathererState::complete) return;
  if (candidatesEnd()) onLocalCandidate(std::nullopt);
  if (!closed()) onGatheringState(reached);
}

void PeerConnection::Impl::announceSctp() {
  const auto& remote = negotiated(Side::remote);
  const std::optional<std::size_t> data = remote ? jsep::dataSection(remote->session) : std::nullopt;
  if (data) transports->sctp.impl()->announcedMaxMessageBytes = maxMessageBytesOf(remote->session.media[*data]);
}

void PeerConnection::Impl::startTransports() {
  const auto& remote = negotiated(Side::remote);
  const std::optional<std::size_t> data = remote ? jsep::dataSection(remote->session) : std::nullopt;
  if (!data) return;
  const sdp::TransportAttributes attributes = jsep::transportOf(remote->session, *data);
  const IceParameters parameters{*attributes.usernameFragment, *attributes.password, remote->session.iceLite};
  const IceRole role = controlling_ ? IceRole::controlling : IceRole::controlled;
  transports->ice.start(parameters, role).ignore();
  addRemoteCandidates(remote->session, parameters.usernameFragment);
  if (transports->dtls.getRemoteParameters()) return;

  const bool weAreClient = settledSetup_ == sdp::Setup::active;
  transports->dtls.start({weAreClient ? DtlsRole::server : DtlsRole::client, attributes.fingerprints}).ignore();
  const sdp::MediaSection& section = remote->session.media[*data];
  // RFC 8841 §5.2: port 5000 where nothing is said.
  constexpr std::uint16_t kDefaultSctpPort = 5000;
  transports->sctp.start({maxMessageBytesOf(section)}, section.sctpPort.value_or(kDefaultSctpPort)).ignore();
}

// They go ------------------------------------------------------------------------------------------------------------

void PeerConnection::Impl::renewTransports() {
  Transports old = std::move(*transports);
  old.unwatch();
  transports.reset();
  ++generation_;
  afterSockets_.clear();
  waitingForSockets_ = false;
  pooled_ = false;
  needTransports().sctp.impl()->takeChannels(*old.sctp.impl());
  old.ice.stop().ignore();
  onGatheringState(IceGathererState::fresh);
  updateStates();
}

void PeerConnection::Impl::dropTransports() {
  const Transports old = std::move(*transports);
  old.unwatch();
  transports.reset();
  ++generation_;
  afterSockets_.clear();
  waitingForSockets_ = false;
  pooled_ = false;
  channelsOpened_ += old.sctp.impl()->channelsOpened;
  channelsClosed_ += old.sctp.impl()->channelsOpened;
  channelsMade_ = 0;
  sctpKnown = false;
  settledSetup_.reset();
  IceTransport ice = old.ice;
  // Kept until its channels have told of their end.
  ice.stop().then([old](const Result<void>&) {});
  onGatheringState(IceGathererState::fresh);
  updateStates();
}

// States -------------------------------------------------------------------------------------------------------------

void PeerConnection::Impl::onGatheringState(IceGathererState next) {
  if (pooled_ || next == IceGathererState::closed || next == gatheringState) return;
  gatheringState = next;
  gatheringHandler(next);
  // W3C webrtc-pc §4.4.1.3: the last of all.
  if (next == IceGathererState::complete && candidatesEnd() && !closed()) candidateHandler(std::nullopt);
}

void PeerConnection::Impl::onNetworkChange(const NetworkChange& change) {
  networkHandler(change);
  const bool restart = configuration.ice.networkChangePolicy == NetworkChangePolicy::restart && change.restartNeeded;
  // One that is under way already comes to new candidates as they are found.
  if (restart && !closed() && credentialsToReplace_.empty()) restartIce();
}

PeerConnectionState PeerConnection::Impl::computeState() const {
  if (!transports) return PeerConnectionState::fresh;
  const IceTransportState ice = transports->ice.state();
  const DtlsTransportState dtls = transports->dtls.state();
  if (ice == IceTransportState::failed || dtls == DtlsTransportState::failed) return PeerConnectionState::failed;
  if (ice == IceTransportState::disconnected) return PeerConnectionState::disconnected;
  const bool iceNew = ice == IceTransportState::fresh || ice == IceTransportState::closed;
  const bool dtlsNew = dtls == DtlsTransportState::fresh || dtls == DtlsTransportState::closed;
  if (iceNew && dtlsNew) return PeerConnectionState::fresh;
  const bool path = ice == IceTransportState::connected || ice == IceTransportState::completed;
  const bool secure = dtls == DtlsTransportState::connected || dtls == DtlsTransportState::closed;
  return path && secure ? PeerConnectionState::connected : PeerConnectionState::connecting;
}

// W3C webrtc-pc §5.6: the ICE connection's event, then the connection's.
void PeerConnection::Impl::updateStates() {
  const IceTransportState ice = transports ? transports->ice.state() : IceTransportState::fresh;
  const PeerConnectionState next = computeState();
  const bool iceChanged = std::exchange(iceState, ice) != ice;
  const bool changed = std::exchange(state, next) != next;
  if (iceChanged) iceStateHandler(ice);
  if (changed && !closed()) stateHandler(next);
}

}  // namespace portico
