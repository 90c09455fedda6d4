#include "portico/peer_connection.h"

#include <algorithm>

#include "core/portico/ice_gatherer_impl.h"
#include "core/portico/ice_server_url.h"
#include "core/portico/ice_transport_impl.h"
#include "core/portico/peer_connection_impl.h"

namespace portico {
namespace {

constexpr std::size_t kMaxIceServerUrls = 64;  ///< of one connection

// W3C webrtc-pc §4.4.1.6, "set the configuration".
Result<void> validate(const IceServer& server) {
  if (server.urls.empty()) return Error(Error::Syntax, "An RTCIceServer needs a URL.");
  for (const std::string& url : server.urls) {
    const Result<IceServerUrl> parsed = IceServerUrl::parse(url);
    if (!parsed) return parsed.error();
  }
  return {};
}

// Without servers, none are asked: ORTC's defaults are for its own objects.
Result<void> complete(PeerConnectionConfiguration& configuration, std::int64_t nowSeconds) {
  if (!configuration.ice.iceServers) configuration.ice.iceServers.emplace();
  std::size_t urls = 0;
  for (const IceServer& server : *configuration.ice.iceServers) {
    if (Result<void> valid = validate(server); !valid) return valid;
    urls += server.urls.size();
  }
  if (urls > kMaxIceServerUrls) {
    return Error(Error::QuotaExceeded, "At most " + std::to_string(kMaxIceServerUrls) + " server URLs are used.");
  }
  for (const Certificate& certificate : configuration.certificates) {
    if (certificate.expires() <= nowSeconds) return Error(Error::InvalidAccess, "A certificate has expired.");
  }
  return {};
}

bool sameCertificates(const std::vector<Certificate>& a, const std::vector<Certificate>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Certificate& one, const Certificate& other) {
    return one.fingerprints() == other.fingerprints();
  });
}

}  // namespace

// The handle ---------------------------------------------------------------------------------------------------------

Result<PeerConnection> PeerConnection::create(Host& host, PeerConnectionConfiguration configuration) {
  if (Result<void> valid = complete(configuration, host.unixSeconds()); !valid) return valid.error();
  std::optional<Certificate> certificate;
  if (configuration.certificates.empty()) {
    Result<Certificate> generated = Certificate::generate(host);
    if (!generated) return generated.error();
    certificate = std::move(*generated);
  } else {
    certificate = configuration.certificates.front();
  }
  auto impl = std::make_shared<Impl>(host, std::move(configuration), std::move(*certificate));
  impl->startPool();
  return PeerConnection(std::move(impl));
}

namespace {
PeerConnection::Impl::Check mayRollBack(PeerConnection::Impl::Side side) {
  return [side](const PeerConnection::Impl& impl) { return impl.mayRollBack(side); };
}
}  // namespace

Operation<SessionDescription> PeerConnection::createOffer(OfferOptions options) {
  return impl_->chain<SessionDescription>([options](Impl& impl) { return impl.createOffer(options); }, &Impl::mayOffer);
}
Operation<SessionDescription> PeerConnection::createAnswer() {
  return impl_->chain<SessionDescription>([](Impl& impl) { return impl.createAnswer(); }, &Impl::mayAnswer);
}
Operation<void> PeerConnection::setLocalDescription(LocalSessionDescription description) {
  const Impl::Check check = description.type == SdpType::rollback ? mayRollBack(Impl::Side::local) : nullptr;
  return impl_->chain<void>(
      [description = std::move(description)](Impl& impl) { return impl.setLocalDescription(description); }, check);
}
Operation<void> PeerConnection::setRemoteDescription(SessionDescription description) {
  const Impl::Check check = description.type == SdpType::rollback ? mayRollBack(Impl::Side::remote) : nullptr;
  return impl_->chain<void>(
      [description = std::move(description)](Impl& impl) { return impl.setRemoteDescription(description); }, check);
}

Operation<void> PeerConnection::addIceCandidate(std::optional<IceCandidateInit> candidate) {
  if (candidate && !candidate->sdpMid && !candidate->sdpMLineIndex) {
    // W3C webrtc-pc §4.4.2: before anything else, but for the end of all.
    if (!candidate->candidate.empty() || candidate->usernameFragment) {
      return completedOperation<void>(impl_->host,
                                      Error(Error::Type, "A candidate needs an sdpMid or an sdpMLineIndex."));
    }
    candidate.reset();
  }
  return impl_->chain<void>([candidate = std::move(candidate)](Impl& impl) { return impl.addIceCandidate(candidate); },
                            &Impl::mayAddCandidates);
}

void PeerConnection::restartIce() {
  impl_->restartIce();
}

namespace {
std::optional<SessionDescription> textIn(const jsep::Description* description) {
  return description ? std::optional(description->text) : std::nullopt;
}
std::optional<SessionDescription> textIn(const std::optional<jsep::Description>& description) {
  return textIn(description ? &*description : nullptr);
}
}  // namespace

std::optional<SessionDescription> PeerConnection::localDescription() const {
  return textIn(std::as_const(impl_->descriptions).latest(jsep::Side::local));
}
std::optional<SessionDescription> PeerConnection::remoteDescription() const {
  return textIn(std::as_const(impl_->descriptions).latest(jsep::Side::remote));
}
std::optional<SessionDescription> PeerConnection::currentLocalDescription() const {
  return textIn(impl_->descriptions.current(jsep::Side::local));
}
std::optional<SessionDescription> PeerConnection::pendingLocalDescription() const {
  return textIn(impl_->descriptions.pending(jsep::Side::local));
}
std::optional<SessionDescription> PeerConnection::currentRemoteDescription() const {
  return textIn(impl_->descriptions.current(jsep::Side::remote));
}
std::optional<SessionDescription> PeerConnection::pendingRemoteDescription() const {
  return textIn(impl_->descriptions.pending(jsep::Side::remote));
}

SignalingState PeerConnection::signalingState() const {
  return impl_->descriptions.state();
}
PeerIceGatheringState PeerConnection::iceGatheringState() const {
  return impl_->gatheringState;
}
PeerIceConnectionState PeerConnection::iceConnectionState() const {
  return impl_->iceState;
}
PeerConnectionState PeerConnection::connectionState() const {
  return impl_->state;
}

std::optional<bool> PeerConnection::canTrickleIceCandidates() const {
  const jsep::Description* remote = impl_->descriptions.latest(jsep::Side::remote);
  if (remote == nullptr) return std::nullopt;
  return std::any_of(remote->session.media.begin(), remote->session.media.end(), [](const sdp::MediaSection& section) {
    const auto& options = section.transport.iceOptions;
    return std::find(options.begin(), options.end(), "trickle") != options.end();
  });
}

const PeerConnectionConfiguration& PeerConnection::getConfiguration() const {
  return impl_->configuration;
}
Result<void> PeerConnection::setConfiguration(PeerConnectionConfiguration configuration) {
  return impl_->setConfiguration(std::move(configuration));
}

std::optional<SctpTransport> PeerConnection::sctp() const {
  if (!impl_->transports || !impl_->sctpKnown) return std::nullopt;
  return impl_->transports->sctp;
}
Result<DataChannel> PeerConnection::createDataChannel(DataChannelParameters parameters) {
  return impl_->createDataChannel(std::move(parameters));
}
StatsReport PeerConnection::getStats() const {
  return impl_->getStats();
}
void PeerConnection::close() {
  impl_->close();
}
void PeerConnection::gather() {
  impl_->gather();
}

void PeerConnection::onNegotiationNeeded(std::function<void()> handler) {
  impl_->negotiationNeededHandler.set(std::move(handler));
}
void PeerConnection::onIceCandidate(std::function<void(const std::optional<IceCandidate>&)> handler) {
  impl_->candidateHandler.set(std::move(handler));
}
void PeerConnection::onIceCandidateError(std::function<void(const IceCandidateError&)> handler) {
  impl_->candidateErrorHandler.set(std::move(handler));
}
void PeerConnection::onNetworkChange(std::function<void(const NetworkChange&)> handler) {
  impl_->networkHandler.set(std::move(handler));
}
void PeerConnection::networkChanged(NetworkChange change) {
  if (impl_->transports) impl_->transports->gatherer.networkChanged(std::move(change));
}
void PeerConnection::onSignalingStateChange(std::function<void(SignalingState)> handler) {
  impl_->signalingHandler.set(std::move(handler));
}
void PeerConnection::onIceGatheringStateChange(std::function<void(PeerIceGatheringState)> handler) {
  impl_->gatheringHandler.set(std::move(handler));
}
void PeerConnection::onIceConnectionStateChange(std::function<void(PeerIceConnectionState)> handler) {
  impl_->iceStateHandler.set(std::move(handler));
}
void PeerConnection::onConnectionStateChange(std::function<void(PeerConnectionState)> handler) {
  impl_->stateHandler.set(std::move(handler));
}
void PeerConnection::onDataChannel(std::function<void(DataChannel)> handler) {
  impl_->channelHandler.set(std::move(handler));
}
void PeerConnection::onSocketsNeeded(std::function<void()> handler) {
  impl_->socketsNeededHandler.set(std::move(handler));
}

// What it does -------------------------------------------------------------------------------------------------------

PeerConnection::Impl::Impl(Host& ownHost, PeerConnectionConfiguration ownConfiguration, Certificate ownCertificate)
    : host(ownHost), configuration(std::move(ownConfiguration)), certificate(std::move(ownCertificate)) {}

PeerConnection::Impl::~Impl() {
  close();
}

Result<void> PeerConnection::Impl::setConfiguration(PeerConnectionConfiguration next) {
  if (closed()) return Error(Error::InvalidState, "The RTCPeerConnection is closed.");
  if (!next.certificates.empty() && !sameCertificates(next.certificates, configuration.certificates)) {
    return Error(Error::InvalidModification, "The certificates of an RTCPeerConnection can't be changed.");
  }
  if (next.bundlePolicy != configuration.bundlePolicy) {
    return Error(Error::InvalidModification, "The bundlePolicy of an RTCPeerConnection can't be changed.");
  }
  if (next.iceCandidatePoolSize != configuration.iceCandidatePoolSize && descriptions.latest(Side::local) != nullptr) {
    return Error(Error::InvalidModification, "The iceCandidatePoolSize can't be changed after setLocalDescription().");
  }
  if (Result<void> valid = complete(next, host.unixSeconds()); !valid) return valid;
  next.certificates = configuration.certificates;
  const bool sameGathering =
      next.ice.iceServers == configuration.ice.iceServers && next.ice.relayOnly == configuration.ice.relayOnly;
  const bool samePool = sameGathering && next.iceCandidatePoolSize == configuration.iceCandidatePoolSize;
  configuration = std::move(next);
  if (transports) {
    IceGatherOptions& options = transports->gatherer.impl()->options;
    options.iceServers = configuration.ice.iceServers;
    options.relayOnly = configuration.ice.relayOnly;
    options.networkChangePolicy = configuration.ice.networkChangePolicy;
  }
  reconfigured_ = reconfigured_ || (!sameGathering && descriptions.latest(Side::local) != nullptr);
  // RFC 9429 §4.1.18: what was gathered in advance for another configuration goes.
  if (pooled_ && !samePool) {
    const IceParameters kept = credentials_;  // an offer may have been made with them
    renewTransports();
    transports->ice.impl()->agent().restart(host.now(), kept);
    credentials_ = kept;
  }
  startPool();
  return {};
}

Result<DataChannel> PeerConnection::Impl::createDataChannel(DataChannelParameters parameters) {
  if (closed()) return Error(Error::InvalidState, "The RTCPeerConnection is closed.");
  Result<DataChannel> channel = needTransports().sctp.createDataChannel(std::move(parameters));
  if (!channel) return channel;
  // W3C webrtc-pc §6.2.1: the first channel needs a negotiation.
  if (channelsMade_++ == 0) updateNegotiationNeeded();
  return channel;
}

void PeerConnection::Impl::restartIce() {
  if (closed()) return;
  credentialsToReplace_.clear();
  for (const auto& description : {descriptions.current(Side::local), descriptions.pending(Side::local)}) {
    const auto data = description ? jsep::dataSection(description->session) : std::nullopt;
    if (!data) continue;
    const sdp::TransportAttributes& own = description->session.media[*data].transport;
    credentialsToReplace_.push_back({own.usernameFragment.value_or(""), own.password.value_or("")});
  }
  updateNegotiationNeeded();
}

void PeerConnection::Impl::close() {
  if (closed()) return;
  descriptions.close();
  iceState = IceTransportState::closed;
  state = PeerConnectionState::closed;
  for (auto* handler : {&negotiationNeededHandler, &socketsNeededHandler}) handler->clear();
  candidateHandler.clear();
  candidateErrorHandler.clear();
  networkHandler.clear();
  signalingHandler.clear();
  gatheringHandler.clear();
  iceStateHandler.clear();
  stateHandler.clear();
  channelHandler.clear();
  afterSockets_.clear();
  if (!transports) return;
  transports->sctp.impl()->closeChannels();
  transports->ice.stop().ignore();
}

// The operations chain -----------------------------------------------------------------------------------------------

void PeerConnection::Impl::stepEnded() {
  --chained_;
  if (closed() || chained_ > 0) return;
  if (std::exchange(checkWhenChainEnds_, false)) updateNegotiationNeeded();
}

// W3C webrtc-pc §4.7.3.
void PeerConnection::Impl::updateNegotiationNeeded() {
  if (closed()) return;
  if (chained_ > 0) {
    checkWhenChainEnds_ = true;
    return;
  }
  host.defer([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->tellIfNegotiationNeeded();
  });
}

void PeerConnection::Impl::tellIfNegotiationNeeded() {
  if (closed()) return;
  if (chained_ > 0) {
    checkWhenChainEnds_ = true;
    return;
  }
  if (descriptions.state() != SignalingState::stable) return;
  const bool told = std::exchange(negotiationNeeded_, negotiationNeeded());
  if (negotiationNeeded_ && !told) negotiationNeededHandler();
}

bool PeerConnection::Impl::negotiationNeeded() const {
  if (!credentialsToReplace_.empty()) return true;
  if (channelsMade_ == 0) return false;
  const auto& local = descriptions.current(Side::local);
  return !local || !jsep::dataSection(local->session);
}

}  // namespace portico
