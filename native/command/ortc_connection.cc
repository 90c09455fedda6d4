#include "native/command/ortc_connection.h"

#include <utility>

#include "core/json/parameters.h"

namespace portico::command {

OrtcConnection::OrtcConnection(Loop& loop, Options options)
    : Connection(loop),
      options_(std::move(options)),
      gatherer_(loop, options_.ice),
      ice_(gatherer_),
      dtls_(ice_, options_.certificate),
      sctp_(dtls_) {}

void OrtcConnection::begin() {
  gatherer_.onStateChange([this](IceGathererState state) { tellState("gathering", toString(state)); });
  gatherer_.onIceCandidateError([this](const IceCandidateError& error) { tellTrouble(error); });
  gatherer_.onNetworkChange([this](const NetworkChange& change) {
    tellNetworkChange(change);
    const bool restart = options_.ice.networkChangePolicy == NetworkChangePolicy::restart && change.restartNeeded;
    if (restart && !restartAsked_ && !isStopping()) (void)restartIce();
  });
  watch(sctp_);
  sctp_.onDataChannel([this](DataChannel channel) { tellChannel(std::move(channel)); });
  gatherer_.gather().then([this](const Result<void>& result) {
    if (isStopping()) return;
    if (!result) return end(result.error());
    signal();
  });
}

OrtcParameters OrtcConnection::localParameters() const {
  OrtcParameters parameters;
  parameters.ice = gatherer_.getLocalParameters();
  parameters.candidates = gatherer_.getLocalCandidates();
  parameters.dtls = dtls_.getLocalParameters();
  parameters.sctp = SctpTransport::getCapabilities();
  parameters.sctpPort = sctp_.port();
  return parameters;
}

void OrtcConnection::signal() {
  Json line;
  line["ortc"] = toJson(localParameters());
  tellSignal(line);
}

void OrtcConnection::take(const Json& line) {
  if (line.contains("ortc")) return takeParameters(line["ortc"]);
  if (line.contains("candidate")) return takeCandidate(line);
  tellTrouble(Error(Error::NotSupported, "This peer runs with --ortc: it takes no SDP."));
}

void OrtcConnection::takeParameters(const Json& value) {
  auto read = ortcFromJson(value);
  if (!read) return tellTrouble(read.error());
  for (const Error& refused : read->refused) tellTrouble(refused);
  if (auto accepted = accept(read->parameters); !accepted) tellTrouble(accepted.error());
}

void OrtcConnection::takeCandidate(const Json& line) {
  const std::string* text = findString(line, "candidate");
  if (!text) return tellTrouble(Error(Error::Type, "\"candidate\" is a string."));
  if (text->empty()) return addCandidate(std::nullopt);
  auto candidate = json::iceCandidateFrom(line);
  if (!candidate) return tellTrouble(candidate.error());
  addCandidate(std::move(*candidate));
}

// RFC 8445 §6.1.1: a full agent controls a lite one; of two alike the offerer does.
IceRole OrtcConnection::roleFor(const IceParameters& remote) const {
  if (options_.ice.iceLite != remote.iceLite) return options_.ice.iceLite ? IceRole::controlled : IceRole::controlling;
  return options_.controlling ? IceRole::controlling : IceRole::controlled;
}

// ORTC's rule for two automatic sides, that the controlling one is the DTLS server, taken from the ICE roles that
// signalling gave them: those of the checks may change while one side has not started yet (RFC 8445 §7.3.1.1).
DtlsParameters OrtcConnection::withRole(const OrtcParameters& remote) const {
  DtlsParameters dtls = remote.dtls;
  if (dtls.role == DtlsRole::automatic) {
    dtls.role = roleFor(remote.ice) == IceRole::controlling ? DtlsRole::client : DtlsRole::server;
  }
  return dtls;
}

Result<void> OrtcConnection::startIce(const OrtcParameters& remote) {
  const auto started = ice_.start(remote.ice, roleFor(remote.ice));
  if (started.done() && !started.result()) return started.result().error();
  for (const IceCandidate& candidate : remote.candidates) addCandidate(candidate);
  // One line has them all. A line without any says that they come in lines of their own.
  if (!remote.candidates.empty()) addCandidate(std::nullopt);
  return {};
}

Result<void> OrtcConnection::accept(const OrtcParameters& remote) {
  if (remote_) return acceptAgain(remote);
  if (auto started = startIce(remote); !started) return started;
  // Refused fingerprints leave ICE to its checks; the peer's next parameters begin here again.
  const auto shaking = dtls_.start(withRole(remote));
  if (shaking.done() && !shaking.result()) return shaking.result().error();
  remote_ = remote;
  const auto associating = sctp_.start(remote.sctp, remote.sctpPort);
  if (associating.done() && !associating.result()) end(associating.result().error());
  return {};
}

Result<void> OrtcConnection::acceptAgain(const OrtcParameters& remote) {
  // RFC 8842 §5.1: an ICE restart keeps the DTLS association, and so its certificate.
  if (remote.dtls.fingerprints != remote_->dtls.fingerprints) {
    return Error(Error::InvalidState, "The peer's certificate can't change in a connection.");
  }
  if (remote.ice == remote_->ice) return {};
  const bool answered = std::exchange(restartAsked_, false);
  if (!answered) {
    if (auto restarted = ice_.restart(); !restarted) return restarted.error();
  }
  if (auto started = startIce(remote); !started) return started;
  remote_ = remote;
  if (!answered) signal();
  return {};
}

void OrtcConnection::addCandidate(const std::optional<IceCandidate>& candidate) {
  ice_.addRemoteCandidate(candidate).then([this](const Result<void>& result) {
    if (!result) tellTrouble(result.error());
  });
}

Result<void> OrtcConnection::restartIce() {
  if (!remote_) return Error(Error::InvalidState, "ICE has not started: there is nothing to restart.");
  if (auto restarted = ice_.restart(); !restarted) return restarted.error();
  restartAsked_ = true;
  signal();
  return {};
}

Result<DataChannel> OrtcConnection::createDataChannel(DataChannelParameters parameters) {
  return sctp_.createDataChannel(std::move(parameters));
}

// W3C webrtc-pc §4.3.3 RTCPeerConnectionState, of one ICE and one DTLS transport.
std::string_view OrtcConnection::connectionState() const {
  const IceTransportState ice = ice_.state();
  const DtlsTransportState dtls = dtls_.state();
  if (ice == IceTransportState::closed || dtls == DtlsTransportState::closed) return "closed";
  if (ice == IceTransportState::failed || dtls == DtlsTransportState::failed) return "failed";
  if (ice == IceTransportState::disconnected) return "disconnected";
  if (ice == IceTransportState::fresh && dtls == DtlsTransportState::fresh) return "new";
  const bool path = ice == IceTransportState::connected || ice == IceTransportState::completed;
  return path && dtls == DtlsTransportState::connected ? "connected" : "connecting";
}

void OrtcConnection::onTransportState() {
  const std::string_view state = connectionState();
  if (state == connectionState_) return;
  connectionState_ = state;
  tellState("connection", state);
}

void OrtcConnection::stop(std::function<void()> onStopped) {
  stopping();
  sctp_.stop().ignore();
  dtls_.stop().ignore();
  // Operations complete in order, after the state events that the calls above have caused.
  ice_.stop().then([onStopped = std::move(onStopped)](const Result<void>&) { onStopped(); });
}

}  // namespace portico::command
