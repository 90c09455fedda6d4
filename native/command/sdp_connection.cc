#include "native/command/sdp_connection.h"

#include <utility>

#include "core/json/peer_connection.h"

namespace portico::command {
namespace {

// RFC 8840 §8.2: where all candidates of a transport are in a description, it says so. One without a transport has
// none.
bool hasAllCandidates(const SessionDescription& description) {
  const auto has = [&description](const char* line) { return description.sdp.find(line) != std::string::npos; };
  return has("\na=end-of-candidates") || !has("\na=ice-ufrag:");
}

/// RTCIceCandidateInit.
Json lineOf(const IceCandidate& candidate) {
  Json line;
  line["candidate"] = candidate.candidate();
  line["sdpMid"] = orNull(candidate.sdpMid);
  line["sdpMLineIndex"] = orNull(candidate.sdpMLineIndex);
  line["usernameFragment"] = orNull(candidate.usernameFragment);
  return line;
}

}  // namespace

SdpConnection::SdpConnection(Loop& loop, PeerConnection connection, Options options)
    : Connection(loop), options_(options), connection_(std::move(connection)) {}

void SdpConnection::begin() {
  connection_.onNegotiationNeeded([this] { onNegotiationNeeded(); });
  connection_.onIceCandidate([this](const std::optional<IceCandidate>& candidate) { onCandidate(candidate); });
  connection_.onIceCandidateError([this](const IceCandidateError& error) { tellTrouble(error); });
  connection_.onNetworkChange([this](const NetworkChange& change) { tellNetworkChange(change); });
  connection_.onSignalingStateChange([this](SignalingState) { watchTransports(); });
  connection_.onIceGatheringStateChange([this](PeerIceGatheringState state) {
    tellState("gathering", toString(state));
    signal();
  });
  connection_.onConnectionStateChange([this](PeerConnectionState state) { tellState("connection", toString(state)); });
  connection_.onDataChannel([this](DataChannel channel) { tellChannel(std::move(channel)); });
}

// They are there with the first answer that takes the data section, and have told nothing yet.
void SdpConnection::watchTransports() {
  const auto transports = connection_.sctp();
  if (!transports || std::exchange(watching_, true)) return;
  watch(*transports);
}

// ---- Ours

void SdpConnection::onNegotiationNeeded() {
  // What the answering side wants before the first offer goes into its answer.
  if (!options_.offering && !connection_.currentRemoteDescription()) return;
  if (unsaid_) {
    offerWaits_ = true;
    return;
  }
  makingOffer_ = true;
  describe(SdpType::offer);
}

void SdpConnection::describe(SdpType type) {
  connection_.setLocalDescription({type, {}}).then([this, type](const Result<void>& result) {
    if (type == SdpType::offer) makingOffer_ = false;
    if (!result) return tellTrouble(result.error());
    unsaid_ = type;
    signal();
  });
}

void SdpConnection::signal() {
  if (!unsaid_ || isStopping()) return;
  const bool offer = *unsaid_ == SdpType::offer;
  const auto description = offer ? connection_.pendingLocalDescription() : connection_.currentLocalDescription();
  if (description && !options_.trickle && !hasAllCandidates(*description)) return;
  unsaid_.reset();
  if (description) tellSignal(json::toJson(*description));  // else it was rolled back by an offer of the peer's
  if (std::exchange(offerWaits_, false)) onNegotiationNeeded();
}

void SdpConnection::onCandidate(const std::optional<IceCandidate>& candidate) {
  if (candidate && options_.trickle) tellSignal(lineOf(*candidate));
}

// ---- The peer's

void SdpConnection::take(const Json& line) {
  if (line.contains("ortc")) {
    return tellTrouble(Error(Error::NotSupported, "This peer speaks SDP: ORTC's parameters need --ortc."));
  }
  if (line.contains("candidate")) return takeCandidate(line);
  auto description = json::sessionDescriptionFrom(line);
  if (!description) return tellTrouble(description.error());
  takeDescription(*description);
}

void SdpConnection::takeDescription(const SessionDescription& description) {
  const bool offer = description.type == SdpType::offer;
  const bool ready = !makingOffer_ && (connection_.signalingState() == SignalingState::stable || answerPending_);
  ignoring_ = offer && !ready && options_.offering;
  if (ignoring_) {
    // Later the other side gives way, and nobody has to know. Before the first answer nobody does.
    if (connection_.currentRemoteDescription()) return;
    return tellTrouble(Error(Error::InvalidState, "Both sides offer: one of the two has to run with --answer."));
  }
  answerPending_ = description.type == SdpType::answer;
  connection_.setRemoteDescription(description).then([this, offer](const Result<void>& result) {
    answerPending_ = false;
    if (!result) return tellTrouble(result.error());
    if (offer) describe(SdpType::answer);
  });
}

void SdpConnection::takeCandidate(const Json& line) {
  auto candidate = json::iceCandidateInitFrom(line);
  if (!candidate) return tellTrouble(candidate.error());
  // Those of an offer that was ignored belong to no description.
  connection_.addIceCandidate(std::move(*candidate)).then([this, stray = ignoring_](const Result<void>& result) {
    if (!result && !stray) tellTrouble(result.error());
  });
}

// ---- The connection

Result<void> SdpConnection::restartIce() {
  if (!sctp()) return Error(Error::InvalidState, "ICE has not started: there is nothing to restart.");
  connection_.restartIce();
  return {};
}

Result<DataChannel> SdpConnection::createDataChannel(DataChannelParameters parameters) {
  // W3C webrtc-pc §6.1: an id is for negotiated channels, and otherwise of no effect.
  if (!parameters.negotiated) parameters.id.reset();
  return connection_.createDataChannel(std::move(parameters));
}

void SdpConnection::stop(std::function<void()> onStopped) {
  stopping();
  const auto transports = sctp();
  connection_.close();
  // W3C: a connection that is closed tells nothing any more. Its transports do, and then comes the last state.
  const auto closed = [this, onStopped = std::move(onStopped)] {
    tellState("connection", toString(connection_.connectionState()));
    onStopped();
  };
  if (!transports) return loop().defer(closed);
  transports->transport().iceTransport().stop().then([closed](const Result<void>&) { closed(); });
}

}  // namespace portico::command
