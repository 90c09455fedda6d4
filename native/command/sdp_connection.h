// A peer connection with session descriptions and candidates as signalling: W3C's perfect negotiation (webrtc-pc
// §10.7), in which the side that answers is the polite one.
#pragma once

#include <optional>

#include "native/command/connection.h"
#include "portico/peer_connection.h"

namespace portico::command {

class SdpConnection final : public Connection {
 public:
  struct Options {
    bool offering = false;
    bool trickle = true;  ///< otherwise a description is told when it has all candidates, and none apart from it
  };

  SdpConnection(Loop& loop, PeerConnection connection, Options options);

  void take(const Json& line) override;
  Result<void> restartIce() override;
  Result<DataChannel> createDataChannel(DataChannelParameters parameters) override;
  void stop(std::function<void()> onStopped) override;
  [[nodiscard]] std::optional<SctpTransport> sctp() const override { return connection_.sctp(); }

 private:
  void begin() override;
  void watchTransports();
  void onNegotiationNeeded();
  void onCandidate(const std::optional<IceCandidate>& candidate);
  void takeDescription(const SessionDescription& description);
  void takeCandidate(const Json& line);
  /// Makes a description of our own, and signals it.
  void describe(SdpType type);
  /// Signals what describe() has made, as soon as that may be.
  void signal();

  Options options_;
  PeerConnection connection_;
  std::optional<SdpType> unsaid_;  ///< our own description, which is set and not signalled yet
  bool watching_ = false;          ///< the transports
  bool makingOffer_ = false;
  bool answerPending_ = false;  ///< a peer's answer is being set
  bool ignoring_ = false;       ///< the peer's last offer met ours, which stands
  bool offerWaits_ = false;     ///< an offer is needed once nothing is unsaid
};

}  // namespace portico::command
