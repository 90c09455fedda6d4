// RTCIceTransport: a path to the peer, found by connectivity checks.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "portico/ice_gatherer.h"
#include "portico/operation.h"
#include "portico/parameters.h"

namespace portico {

/// W3C RTCIceCandidatePair.
struct IceCandidatePair {
  IceCandidate local;
  IceCandidate remote;
};

/// Of W3C's RTCIceCandidatePairStats, for the selected pair. Times in seconds.
struct IceTransportStats {
  std::uint64_t requestsSent = 0;
  std::uint64_t requestsReceived = 0;
  std::uint64_t responsesSent = 0;
  std::uint64_t responsesReceived = 0;
  std::uint64_t consentRequestsSent = 0;
  double currentRoundTripTime = 0;
  double totalRoundTripTime = 0;
  std::uint64_t packetsSent = 0;
  std::uint64_t packetsReceived = 0;
  std::uint64_t bytesSent = 0;
  std::uint64_t bytesReceived = 0;
  std::uint64_t packetsDiscarded = 0;  ///< came from where nothing should, or are no STUN and no DTLS
};

/// ORTC §6 and W3C webrtc-ice RTCIceTransport. A handle; see IceGatherer for threads and re-entrancy.
class IceTransport {
 public:
  explicit IceTransport(IceGatherer gatherer);

  [[nodiscard]] IceGatherer iceGatherer() const;
  /// controlled until start() or a role conflict decided it.
  [[nodiscard]] IceRole role() const;
  [[nodiscard]] IceTransportState state() const;

  /// Starts the checks (RFC 8445 §7) against a peer with these parameters; done when connected, an error when failed.
  /// With no role the first side that starts controls. Stays `new` until the first remote candidate.
  /// Again with the same arguments: the same operation. With new credentials: an ICE restart (RFC 8445 §9), which
  /// flushes the remote candidates. Errors, at once: Type for empty parameters (and an error event); Syntax for
  /// malformed ones; InvalidState before gather(), after stop(), or for a changed role.
  Operation<void> start(const IceParameters& remoteParameters, std::optional<IceRole> role = std::nullopt);

  /// New local credentials (RFC 8445 §9.1.1.1), also found in iceGatherer().getLocalParameters(). Send them to the
  /// peer, and start() with the peer's new ones; the connection goes on over the old pair until then. The networks
  /// and servers of now count: where they have changed, the gatherer gathers again, and its candidates and states come
  /// anew.
  /// Errors: InvalidState unless started.
  Result<IceParameters> restart();

  /// Takes effect at once; nullopt says that no more come (RFC 8838 §13). Also before start(). A candidate that can't
  /// be used (type, transport, family) is kept but not tried; after the end it is ignored.
  /// Errors: InvalidState after stop(); Operation for one that is malformed; QuotaExceeded over the bound of 128.
  Operation<void> addRemoteCandidate(const std::optional<IceCandidate>& candidate);
  /// With the peer-reflexive ones that the checks found.
  [[nodiscard]] std::vector<IceCandidate> getRemoteCandidates() const;
  [[nodiscard]] std::vector<IceCandidate> getLocalCandidates() const;
  [[nodiscard]] std::optional<IceParameters> getRemoteParameters() const;
  /// The pair that data goes out on: at first the best that works, which is another each time a better one does; once
  /// the controlling side has nominated one (RFC 8445 §8), that one.
  [[nodiscard]] std::optional<IceCandidatePair> getSelectedCandidatePair() const;
  [[nodiscard]] IceTransportStats getStats() const;

  /// Ends the checks and closes the gatherer's sockets; DTLS on it closes first. Done when state is closed, which is
  /// before it returns. Twice, before start() and from inside a handler: fine.
  Operation<void> stop();

  /// W3C webrtc-pc §5.6.4: connected once a pair works, completed once one is nominated.
  void onStateChange(std::function<void(IceTransportState)> handler);
  void onSelectedCandidatePairChange(std::function<void(const IceCandidatePair&)> handler);
  /// Once, before failed: why. And for a start() that was refused.
  void onError(std::function<void(const Error&)> handler);

  struct Impl;  ///< private
  explicit IceTransport(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  [[nodiscard]] const std::shared_ptr<Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace portico
