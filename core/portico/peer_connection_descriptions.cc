// Offers and answers: made, set, and rolled back (W3C webrtc-pc §4.4.1.5, RFC 9429 §5).
#include <algorithm>
#include <cstring>

#include "core/dtls/fingerprint.h"
#include "core/ice/credentials.h"
#include "core/jsep/check.h"
#include "core/portico/ice_gatherer_impl.h"
#include "core/portico/ice_transport_impl.h"
#include "core/portico/peer_connection_impl.h"

namespace portico {
namespace {

class HostRandom final : public ice::Random {
 public:
  explicit HostRandom(Host& host) : host_(host) {}
  void randomBytes(MutableByteView out) override { host_.randomBytes(out); }

 private:
  Host& host_;
};

bool isAnswer(SdpType type) {
  return type == SdpType::answer || type == SdpType::pranswer;
}

IceParameters credentialsOf(const sdp::Session& session, std::size_t section) {
  const sdp::TransportAttributes transport = jsep::transportOf(session, section);
  return {transport.usernameFragment.value_or(""), transport.password.value_or(""), session.iceLite};
}

bool sameCredentials(const IceParameters& a, const IceParameters& b) {
  return a.usernameFragment == b.usernameFragment && a.password == b.password;
}

}  // namespace

// Made ---------------------------------------------------------------------------------------------------------------

sdp::Session PeerConnection::Impl::newSession() {
  while (sessionId_ == 0) {
    std::array<std::byte, sizeof sessionId_> bytes;
    host.randomBytes(bytes);
    std::memcpy(&sessionId_, bytes.data(), bytes.size());
    sessionId_ >>= 2;  // RFC 9429 §5.2.1: 62 random bits
  }
  sdp::Session session;
  session.id = sessionId_;
  session.version = ++sessionVersion_;
  return session;
}

IceParameters PeerConnection::Impl::newCredentials() {
  HostRandom random(host);
  IceParameters credentials;
  credentials.iceLite = configuration.ice.iceLite;
  ice::fillCredentials(credentials, random);
  return credentials;
}

jsep::LocalTransport PeerConnection::Impl::localTransport(IceParameters credentials) {
  jsep::LocalTransport local;
  local.ice = std::move(credentials);
  local.fingerprints = certificate.fingerprints();
  local.sctpPort = transports->sctp.port();
  local.maxMessageSize = configuration.sctp.maxMessageSize;
  local.settled = settledSetup_;
  // RFC 9429 §5.2.2: the candidates of the gathering that goes on. A restart begins a new one.
  if (gatheringState == IceGathererState::fresh || !sameCredentials(local.ice, credentials_)) return local;
  for (const IceCandidate& candidate : transports->gatherer.getLocalCandidates()) {
    if (candidate.usernameFragment == local.ice.usernameFragment) local.candidates.push_back(candidate);
  }
  local.endOfCandidates = gatheringState == IceGathererState::complete && candidatesEnd();
  return local;
}

bool PeerConnection::Impl::mustReplaceCredentials() const {
  return std::any_of(credentialsToReplace_.begin(), credentialsToReplace_.end(),
                     [this](const IceParameters& old) { return sameCredentials(old, credentials_); });
}

sdp::Session PeerConnection::Impl::offer(bool restart) {
  std::optional<jsep::LocalTransport> local;
  const jsep::Description* before = descriptions.latest(Side::local);
  const bool negotiatedData = before != nullptr && jsep::dataSection(before->session);
  if (negotiatedData || channelsMade_ > 0) {
    needTransports();
    const bool renew = negotiatedData && (restart || reconfigured_ || mustReplaceCredentials());
    local = localTransport(renew ? newCredentials() : credentials_);
  }
  return jsep::composeOffer(descriptions, local, newSession());
}

// RFC 8839 §4.4.3: other credentials in an offer ask for a restart.
bool PeerConnection::Impl::remoteRestarts() const {
  const auto& before = descriptions.current(Side::remote);
  const auto& offered = descriptions.pending(Side::remote);
  const auto old = before ? jsep::dataSection(before->session) : std::nullopt;
  const auto now = offered ? jsep::dataSection(offered->session) : std::nullopt;
  if (!old || !now) return false;
  return !sameCredentials(credentialsOf(before->session, *old), credentialsOf(offered->session, *now));
}

sdp::Session PeerConnection::Impl::answer() {
  needTransports();
  const sdp::Session& offered = descriptions.pending(Side::remote)->session;
  const bool renew = remoteRestarts() && !descriptions.pending(Side::local);
  return jsep::composeAnswer(offered, localTransport(renew ? newCredentials() : credentials_), newSession());
}

Result<void> PeerConnection::Impl::mayOffer() const {
  if (descriptions.state() == SignalingState::stable || descriptions.state() == SignalingState::haveLocalOffer) {
    return {};
  }
  return Error(Error::InvalidState,
               "An offer can't be made in signaling state \"" + std::string(toString(descriptions.state())) + "\".");
}

Result<void> PeerConnection::Impl::mayAnswer() const {
  if (descriptions.state() == SignalingState::haveRemoteOffer ||
      descriptions.state() == SignalingState::haveLocalPranswer) {
    return {};
  }
  return Error(Error::InvalidState, "There is no offer to answer in signaling state \"" +
                                        std::string(toString(descriptions.state())) + "\".");
}

Result<SessionDescription> PeerConnection::Impl::createOffer(const OfferOptions& options) {
  if (const Result<void> may = mayOffer(); !may) return may.error();
  lastOffer_ = jsep::Description::of(SdpType::offer, offer(options.iceRestart));
  return lastOffer_->text;
}

Result<SessionDescription> PeerConnection::Impl::createAnswer() {
  if (const Result<void> may = mayAnswer(); !may) return may.error();
  lastAnswer_ = jsep::Description::of(SdpType::answer, answer());
  return lastAnswer_->text;
}

// Set ----------------------------------------------------------------------------------------------------------------

Result<jsep::Description> PeerConnection::Impl::ownDescription(SdpType type, const std::string& text) {
  std::optional<jsep::Description>& last = isAnswer(type) ? lastAnswer_ : lastOffer_;
  if (text.empty()) {
    // W3C webrtc-pc §4.4.1.5: the one last made, if it still says what is so.
    sdp::Session made = isAnswer(type) ? answer() : offer(false);
    if (last && jsep::sameAsCreated(made, last->session)) return *last;
    last = jsep::Description::of(type, made);
    return *last;
  }
  Result<jsep::Description> given = jsep::Description::parse({type, text});
  if (!given) return given;
  if (!last || !jsep::sameAsCreated(given->session, last->session)) {
    return Error(Error::InvalidModification, std::string("The description is not the one that ") +
                                                 (isAnswer(type) ? "createAnswer()" : "createOffer()") + " made last.");
  }
  return given;
}

Result<void> PeerConnection::Impl::setLocalDescription(const LocalSessionDescription& given) {
  const SdpType type = given.type.value_or(jsep::implicitType(descriptions.state()));
  const Result<SignalingState> next = jsep::nextState(descriptions.state(), Side::local, type);
  if (!next) return next.error();
  if (type == SdpType::rollback) return rollBack(Side::local);
  Result<jsep::Description> description = ownDescription(type, given.sdp);
  if (!description) return description.error();
  description->text.type = type;
  return apply(Side::local, type, std::move(*description));
}

Result<void> PeerConnection::Impl::setRemoteDescription(const SessionDescription& given) {
  // W3C webrtc-pc §4.4.1.5: an offer that meets ours rolls it back, once it is known to be good.
  const bool glare = given.type == SdpType::offer && descriptions.state() == SignalingState::haveLocalOffer;
  const SignalingState from = glare ? SignalingState::stable : descriptions.state();
  const Result<SignalingState> next = jsep::nextState(from, Side::remote, given.type);
  if (!next) return next.error();
  if (given.type == SdpType::rollback) return rollBack(Side::remote);

  Result<jsep::Description> description = jsep::Description::parse(given);
  if (!description) return description.error();
  if (Result<void> valid = jsep::checkRemote(descriptions, given.type, description->session); !valid) return valid;
  if (const auto data = jsep::dataSection(description->session)) {
    const sdp::TransportAttributes transport = jsep::transportOf(description->session, *data);
    const auto usable = dtls::FingerprintSet::select(transport.fingerprints);
    if (!usable) return Error(Error::InvalidAccess, usable.error().message);
  }
  if (glare) {
    if (Result<void> rolledBack = rollBack(Side::local); !rolledBack) return rolledBack;
  }
  return apply(Side::remote, given.type, std::move(*description));
}

Result<void> PeerConnection::Impl::apply(Side side, SdpType type, jsep::Description description) {
  const SignalingState before = descriptions.state();
  descriptions.set(side, type, std::move(description), *jsep::nextState(before, side, type));
  if (side == Side::local) applyLocal(type);
  if (isAnswer(type)) applyAnswer(side);
  return enter(before);
}

void PeerConnection::Impl::applyLocal(SdpType type) {
  jsep::Description& local = *descriptions.latest(Side::local);
  const std::optional<std::size_t> data = jsep::dataSection(local.session);
  if (!data) return;
  const IceParameters credentials = credentialsOf(local.session, *data);
  if (!sameCredentials(credentials, credentials_)) {
    if (type == SdpType::offer && !replaced_) replaced_ = credentials_;
    credentials_ = credentials;
    reconfigured_ = false;
    later(true, [credentials](Impl& impl) {
      // Where no socket is left, the restart itself gathers, and tells of that alone.
      IceGatherer::Impl& gatherer = *impl.transports->gatherer.impl();
      if (gatherer.driver->hasSockets()) gatherer.tellAgain();
      impl.transports->ice.impl()->renew(credentials);
    });
  } else if (transports->gatherer.state() == IceGathererState::fresh) {
    // RFC 9429 §5.1: the offerer controls, and answers early checks in that role.
    if (type == SdpType::offer) transports->ice.impl()->agent().expectRole(IceRole::controlling);
    pooled_ = false;
    later(true, [](Impl& impl) { impl.transports->gatherer.gather().ignore(); });
  } else if (pooled_) {
    if (type == SdpType::offer) transports->ice.impl()->agent().expectRole(IceRole::controlling);
    later(false, [](Impl& impl) { impl.releasePool(); });
  } else {
    addKnownCandidates(local, *data);
  }
}

void PeerConnection::Impl::applyAnswer(Side answerer) {
  const sdp::Session& answered = negotiated(answerer)->session;
  const std::optional<std::size_t> data = jsep::dataSection(answered);
  if (!data) {
    const auto& offered = negotiated(answerer == Side::local ? Side::remote : Side::local);
    if (transports && (sctpKnown || jsep::dataSection(offered->session))) dropTransports();
    return;
  }
  if (!settledSetup_) {
    const sdp::Setup said = jsep::transportOf(answered, *data).setup.value_or(sdp::Setup::active);
    const bool weAreActive = (said == sdp::Setup::active) == (answerer == Side::local);
    settledSetup_ = weAreActive ? sdp::Setup::active : sdp::Setup::passive;
    controlling_ = answerer == Side::remote;
    transports->sctp.impl()->assignIds(weAreActive ? DtlsRole::client : DtlsRole::server);
  }
  sctpKnown = true;
  announceSctp();
  later(false, [](Impl& impl) { impl.startTransports(); });
}

Result<void> PeerConnection::Impl::enter(SignalingState before) {
  const SignalingState now = descriptions.state();
  if (now == SignalingState::stable) {
    lastOffer_.reset();
    lastAnswer_.reset();
    replaced_.reset();
    if (!mustReplaceCredentials()) credentialsToReplace_.clear();
    negotiationNeeded_ = false;
    updateNegotiationNeeded();
  }
  if (now != before) signalingHandler(now);
  if (closed()) return Error(Error::Closed, "The RTCPeerConnection was closed.");
  return {};
}

Result<void> PeerConnection::Impl::mayRollBack(Side side) const {
  const Result<SignalingState> next = jsep::nextState(descriptions.state(), side, SdpType::rollback);
  if (!next) return next.error();
  return {};
}

Result<void> PeerConnection::Impl::rollBack(Side side) {
  const SignalingState before = descriptions.state();
  const bool ours = before == SignalingState::haveLocalOffer;
  descriptions.set(side, SdpType::rollback, {}, SignalingState::stable);
  if (ours && replaced_) {
    credentials_ = *replaced_;
    later(false, [credentials = credentials_](Impl& impl) { impl.transports->ice.impl()->renew(credentials); });
  }
  const auto& current = descriptions.current(Side::local);
  const bool inUse = current && jsep::dataSection(current->session);
  if (ours && transports && !inUse) renewTransports();
  return enter(before);
}

const std::optional<jsep::Description>& PeerConnection::Impl::negotiated(Side side) const {
  const bool provisional = descriptions.state() == SignalingState::haveLocalPranswer ||
                           descriptions.state() == SignalingState::haveRemotePranswer;
  return provisional ? descriptions.pending(side) : descriptions.current(side);
}

}  // namespace portico
