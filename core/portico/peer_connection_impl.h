#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/jsep/compose.h"
#include "core/jsep/description.h"
#include "core/portico/handler.h"
#include "core/portico/sctp_transport_impl.h"
#include "portico/peer_connection.h"

namespace portico {

/// Calls that wait for those before them: a loop gone wild gets an error, not all of the memory.
inline constexpr std::size_t kMaxChainedOperations = 1'024;

struct PeerConnection::Impl final : public std::enable_shared_from_this<Impl> {
  using Side = jsep::Side;

  Impl(Host& ownHost, PeerConnectionConfiguration ownConfiguration, Certificate ownCertificate);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // peer_connection.cc: the calls that do not wait, and the operations chain.
  Result<void> setConfiguration(PeerConnectionConfiguration next);
  Result<DataChannel> createDataChannel(DataChannelParameters parameters);
  void restartIce();
  void close();
  /// W3C webrtc-pc §4.4.1.2, the operations chain: `step` runs from the loop, after those before it. Where there are
  /// none, what `check` refuses is refused at once.
  using Check = std::function<Result<void>(const Impl&)>;
  template <typename T>
  Operation<T> chain(std::function<Result<T>(Impl&)> step, const Check& check = nullptr);

  // peer_connection_descriptions.cc: the chain's steps.
  [[nodiscard]] Result<void> mayOffer() const;
  [[nodiscard]] Result<void> mayAnswer() const;
  [[nodiscard]] Result<void> mayRollBack(Side side) const;
  Result<SessionDescription> createOffer(const OfferOptions& options);
  Result<SessionDescription> createAnswer();
  Result<void> setLocalDescription(const LocalSessionDescription& given);
  Result<void> setRemoteDescription(const SessionDescription& given);

  // peer_connection_candidates.cc
  [[nodiscard]] Result<void> mayAddCandidates() const;
  Result<void> addIceCandidate(const std::optional<IceCandidateInit>& candidate);

  // peer_connection_transports.cc
  struct Transports {
    Transports(Host& host, const PeerConnectionConfiguration& configuration, const Certificate& certificate);
    /// Nothing is told to the connection any more.
    void unwatch() const;
    IceGatherer gatherer;
    IceTransport ice;
    DtlsTransport dtls;
    SctpTransport sctp;
  };
  void gather();
  /// Gathers in advance, where the configuration says so and nothing has been gathered.
  void startPool();

  // peer_connection_stats.cc
  [[nodiscard]] StatsReport getStats() const;

  [[nodiscard]] bool closed() const { return descriptions.state() == SignalingState::closed; }

  Host& host;
  PeerConnectionConfiguration configuration;
  Certificate certificate;
  jsep::Descriptions descriptions;
  std::optional<Transports> transports;
  bool sctpKnown = false;  ///< an answer took the data section: sctp() is there
  IceGathererState gatheringState = IceGathererState::fresh;
  IceTransportState iceState = IceTransportState::fresh;
  PeerConnectionState state = PeerConnectionState::fresh;

  Handler<> negotiationNeededHandler;
  Handler<const std::optional<IceCandidate>&> candidateHandler;
  Handler<const IceCandidateError&> candidateErrorHandler;
  Handler<const NetworkChange&> networkHandler;
  Handler<SignalingState> signalingHandler;
  Handler<IceGathererState> gatheringHandler;
  Handler<IceTransportState> iceStateHandler;
  Handler<PeerConnectionState> stateHandler;
  Handler<DataChannel> channelHandler;
  Handler<> socketsNeededHandler;

 private:
  using Step = std::function<void(Impl&)>;

  // The chain.
  void stepEnded();
  void updateNegotiationNeeded();
  void tellIfNegotiationNeeded();
  [[nodiscard]] bool negotiationNeeded() const;

  // Descriptions.
  [[nodiscard]] sdp::Session newSession();
  [[nodiscard]] IceParameters newCredentials();
  [[nodiscard]] jsep::LocalTransport localTransport(IceParameters credentials);
  [[nodiscard]] sdp::Session offer(bool restart);
  [[nodiscard]] sdp::Session answer();
  [[nodiscard]] bool remoteRestarts() const;
  [[nodiscard]] bool mustReplaceCredentials() const;
  Result<jsep::Description> ownDescription(SdpType type, const std::string& text);
  Result<void> apply(Side side, SdpType type, jsep::Description description);
  Result<void> rollBack(Side side);
  void applyLocal(SdpType type);
  void applyAnswer(Side answerer);
  Result<void> enter(SignalingState before);
  /// That which the transports stand on: of the last answer, provisional or not.
  [[nodiscard]] const std::optional<jsep::Description>& negotiated(Side side) const;

  // Candidates.
  void addRemoteCandidates(const sdp::Session& remote, const std::string& usernameFragment);
  void onLocalCandidate(const std::optional<IceCandidate>& candidate);
  void addKnownCandidates(jsep::Description& description, std::size_t section);

  // Transports.
  Transports& needTransports();
  void watch();
  /// W3C webrtc-pc §6.1.1.1: with the answer it is known how long a message may be, before the association is up.
  void announceSctp();
  void startTransports();
  void renewTransports();
  void dropTransports();
  /// From the loop, and once there are sockets if it needs them. Forgotten when the transports go.
  void later(bool needsSockets, Step step);
  void run(bool needsSockets, Step step);
  void onGatheringState(IceGathererState next);
  /// RFC 8838 §8.2: not where more may come with the next network.
  [[nodiscard]] bool candidatesEnd() const {
    return configuration.ice.networkChangePolicy == NetworkChangePolicy::none;
  }
  void onNetworkChange(const NetworkChange& change);
  void releasePool();
  void updateStates();
  [[nodiscard]] PeerConnectionState computeState() const;

  std::size_t chained_ = 0;
  bool negotiationNeeded_ = false;  ///< and told
  bool checkWhenChainEnds_ = false;

  std::uint64_t sessionId_ = 0;
  std::uint64_t sessionVersion_ = 0;
  std::optional<jsep::Description> lastOffer_;
  std::optional<jsep::Description> lastAnswer_;
  std::size_t channelsMade_ = 0;

  IceParameters credentials_;                        ///< of the local description that was set last
  std::optional<IceParameters> replaced_;            ///< those before an offer that restarts ICE, for its rollback
  std::vector<IceParameters> credentialsToReplace_;  ///< W3C's [[LocalIceCredentialsToReplace]]
  bool reconfigured_ = false;                        ///< the next offer restarts ICE, to gather by what is new
  std::optional<sdp::Setup> settledSetup_;           ///< ours, since the first answer
  bool controlling_ = false;                         ///< the first offer that was answered was ours

  std::uint32_t generation_ = 0;  ///< of the transports
  bool pooled_ = false;           ///< they gather in advance: nothing of it is told yet
  bool waitingForSockets_ = false;
  std::vector<Step> afterSockets_;

  std::uint32_t channelsOpened_ = 0;  ///< by transports that are gone
  std::uint32_t channelsClosed_ = 0;
};

template <typename T>
Operation<T> PeerConnection::Impl::chain(std::function<Result<T>(Impl&)> step, const Check& check) {
  if (closed()) return completedOperation<T>(host, Error(Error::InvalidState, "The RTCPeerConnection is closed."));
  if (check && chained_ == 0) {
    if (const Result<void> checked = check(*this); !checked) return completedOperation<T>(host, checked.error());
  }
  if (chained_ >= kMaxChainedOperations) {
    return completedOperation<T>(host, Error(Error::QuotaExceeded, "Too many calls wait for those before them."));
  }
  ++chained_;
  const auto completer = std::make_shared<Completer<T>>(host);
  host.defer([weak = weak_from_this(), completer, step = std::move(step)] {
    const auto self = weak.lock();
    if (!self) return;  // the completer says that it was closed
    if (self->closed()) {
      completer->complete(Error(Error::Closed, "The RTCPeerConnection was closed."));
    } else {
      completer->complete(step(*self));
    }
    self->stepEnded();
  });
  return completer->operation();
}

}  // namespace portico
