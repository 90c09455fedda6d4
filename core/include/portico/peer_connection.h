// RTCPeerConnection: ORTC's objects, set up by session descriptions (SDP), for peers that speak those.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "portico/certificate.h"
#include "portico/data_channel.h"
#include "portico/ice_gatherer.h"
#include "portico/operation.h"
#include "portico/parameters.h"
#include "portico/sctp_transport.h"
#include "portico/stats.h"

namespace portico {

/// W3C webrtc-pc RTCSdpType.
enum class SdpType : std::uint8_t { offer, pranswer, answer, rollback };
std::string_view toString(SdpType type);

/// W3C webrtc-pc RTCSessionDescription.
struct SessionDescription {
  SessionDescription() = default;
  SessionDescription(SdpType ofType, std::string text) : type(ofType), sdp(std::move(text)) {}

  SdpType type = SdpType::offer;
  std::string sdp{};  ///< ignored for rollback

  friend bool operator==(const SessionDescription&, const SessionDescription&) = default;
};

/// W3C webrtc-pc RTCLocalSessionDescriptionInit: without a type, the one that the signaling state asks for; without an
/// SDP, the one last created, or a new one.
struct LocalSessionDescription {
  LocalSessionDescription() = default;
  LocalSessionDescription(SdpType ofType, std::string text) : type(ofType), sdp(std::move(text)) {}
  /// What createOffer() or createAnswer() gave.
  LocalSessionDescription(const SessionDescription& made)
      : type(made.type), sdp(made.sdp) {}  // NOLINT(google-explicit-constructor)

  std::optional<SdpType> type{};
  std::string sdp{};
};

/// W3C webrtc-pc RTCIceCandidateInit. One of sdpMid and sdpMLineIndex is required. An empty `candidate` says that no
/// more come for its section.
struct IceCandidateInit {
  std::string candidate{};
  std::optional<std::string> sdpMid{};
  std::optional<std::uint16_t> sdpMLineIndex{};
  std::optional<std::string> usernameFragment{};
};

/// W3C webrtc-pc §4.3.1.
enum class SignalingState : std::uint8_t {
  stable,
  haveLocalOffer,
  haveRemoteOffer,
  haveLocalPranswer,
  haveRemotePranswer,
  closed
};
std::string_view toString(SignalingState state);

/// W3C webrtc-pc §4.3.2. Its names are those of the gatherer, without "closed".
using PeerIceGatheringState = IceGathererState;
/// W3C webrtc-pc §4.3.4: the ICE transport's states.
using PeerIceConnectionState = IceTransportState;
/// W3C webrtc-pc §4.3.3.
enum class PeerConnectionState : std::uint8_t { fresh, connecting, connected, disconnected, failed, closed };
std::string_view toString(PeerConnectionState state);

enum class BundlePolicy : std::uint8_t { balanced, maxCompat, maxBundle };
std::string_view toString(BundlePolicy policy);  ///< "balanced", "max-compat", "max-bundle"

/// W3C webrtc-pc RTCConfiguration, and what ORTC's gatherer and SCTP transport take beside it.
struct PeerConnectionConfiguration {
  /// `iceServers` and `relayOnly` (iceTransportPolicy) are W3C's; absent servers are none here, as in W3C.
  IceGatherOptions ice{.iceServers = std::vector<IceServer>{}};
  BundlePolicy bundlePolicy = BundlePolicy::balanced;  ///< one section, so all are one
  std::vector<Certificate> certificates{};             ///< the first is used; none: a new one
  /// Above 0: candidates are gathered before setLocalDescription(), and told with it. There is one transport, so any
  /// number does the same.
  std::uint8_t iceCandidatePoolSize = 0;
  SctpOptions sctp{};
};

struct OfferOptions {
  bool iceRestart = false;
};

/// W3C webrtc-pc RTCPeerConnection for data channels. Audio and video that a peer offers are rejected (port 0). A
/// handle; see IceGatherer for threads and re-entrancy. The last handle's end closes the connection.
///
/// Operations run one after another (W3C's operations chain, §4.4.1.2) and fail with the error that W3C names; a
/// description that fails changes nothing.
class PeerConnection {
 public:
  /// Errors: Syntax for a server without a URL, or with one that is none; InvalidAccess for an expired certificate;
  /// QuotaExceeded for more than 64 URLs.
  static Result<PeerConnection> create(Host& host, PeerConnectionConfiguration configuration = {});

  /// §4.4.2. Errors: InvalidState when closed, or (createAnswer) unless there is a remote offer.
  Operation<SessionDescription> createOffer(OfferOptions options = {});
  Operation<SessionDescription> createAnswer();
  /// Gathering begins. Errors: InvalidState in a wrong state; InvalidModification for an SDP that is not the one
  /// created (candidates and ice-options may have gone).
  Operation<void> setLocalDescription(LocalSessionDescription description = {});
  /// A remote offer rolls a local one back (perfect negotiation). Errors: Syntax with a line for a malformed SDP;
  /// InvalidAccess for one that can't be applied; InvalidState in a wrong state.
  Operation<void> setRemoteDescription(SessionDescription description);
  /// nullopt: no more come at all. Errors: Type with neither sdpMid nor sdpMLineIndex; InvalidState before a remote
  /// description; Operation for a malformed candidate, or a mid, index or ufrag that no description has.
  Operation<void> addIceCandidate(std::optional<IceCandidateInit> candidate);
  /// The next offer has new credentials, and negotiation is needed. Nothing when closed.
  void restartIce();

  [[nodiscard]] std::optional<SessionDescription> localDescription() const;  ///< pending, else current
  [[nodiscard]] std::optional<SessionDescription> currentLocalDescription() const;
  [[nodiscard]] std::optional<SessionDescription> pendingLocalDescription() const;
  [[nodiscard]] std::optional<SessionDescription> remoteDescription() const;
  [[nodiscard]] std::optional<SessionDescription> currentRemoteDescription() const;
  [[nodiscard]] std::optional<SessionDescription> pendingRemoteDescription() const;
  [[nodiscard]] SignalingState signalingState() const;
  [[nodiscard]] PeerIceGatheringState iceGatheringState() const;
  [[nodiscard]] PeerIceConnectionState iceConnectionState() const;
  [[nodiscard]] PeerConnectionState connectionState() const;
  /// nullopt before a remote description; then whether it said "trickle".
  [[nodiscard]] std::optional<bool> canTrickleIceCandidates() const;
  [[nodiscard]] const PeerConnectionConfiguration& getConfiguration() const;
  /// Servers and policies count for the next gathering. Where one was made already, the next offer restarts ICE for it
  /// (RFC 9429 §4.1.18: no event asks for that offer); candidates that were gathered in advance for others go. Errors:
  /// InvalidState when closed; InvalidModification for changed certificates, bundlePolicy, or pool size after a
  /// description was set; else as create().
  Result<void> setConfiguration(PeerConnectionConfiguration configuration);

  /// nullopt until a description with a data-channel section was applied.
  [[nodiscard]] std::optional<SctpTransport> sctp() const;
  /// Also before anything is negotiated. Errors as SctpTransport::createDataChannel().
  Result<DataChannel> createDataChannel(DataChannelParameters parameters);

  /// W3C webrtc-stats, of this moment.
  [[nodiscard]] StatsReport getStats() const;

  /// At any moment, twice, from inside a handler. No event comes from the connection any more; its channels close.
  void close();

  void onNegotiationNeeded(std::function<void()> handler);
  /// nullopt at the end of gathering; before it comes one with an empty `candidate`: the end for its section.
  void onIceCandidate(std::function<void(const std::optional<IceCandidate>&)> handler);
  void onIceCandidateError(std::function<void(const IceCandidateError&)> handler);
  /// IceGatherer::onNetworkChange().
  void onNetworkChange(std::function<void(const NetworkChange&)> handler);
  void onSignalingStateChange(std::function<void(SignalingState)> handler);
  void onIceGatheringStateChange(std::function<void(PeerIceGatheringState)> handler);
  void onIceConnectionStateChange(std::function<void(PeerIceConnectionState)> handler);
  void onConnectionStateChange(std::function<void(PeerConnectionState)> handler);
  /// As SctpTransport::onDataChannel().
  void onDataChannel(std::function<void(DataChannel)> handler);

  /// For a host whose sockets take time to open (WebAssembly's): instead of gathering, setLocalDescription() calls
  /// this; gather() is due when the host is ready.
  void onSocketsNeeded(std::function<void()> handler);
  void gather();
  /// IceGatherer::networkChanged().
  void networkChanged(NetworkChange change);

  struct Impl;  ///< private
  explicit PeerConnection(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  [[nodiscard]] const std::shared_ptr<Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace portico
