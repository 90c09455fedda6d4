// ICE, DTLS and SCTP of one peer, started and stopped as one. What `peer`, `send` and `receive` have in common, and
// the shortest complete use of the library.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "native/command/ortc_parameters.h"
#include "portico/native/loop.h"
#include "portico/ortc.h"

namespace portico::command {

class OrtcConnection {
 public:
  struct Options {
    IceGatherOptions ice;
    bool controlling = false;  ///< unless one of the two sides is ICE-lite
    std::optional<Certificate> certificate;
  };

  /// All of it comes from the loop.
  class Observer {
   public:
    virtual ~Observer() = default;
    /// To be sent to the peer: once gathering is complete, and again after each ICE restart.
    virtual void onLocalParameters(const OrtcParameters& parameters) = 0;
    /// `of` is "gathering", "ice", "dtls", "sctp" or "connection" (W3C's RTCPeerConnectionState).
    virtual void onState(std::string_view of, std::string_view state) = 0;
    virtual void onSelectedPair(const IceCandidatePair& pair) = 0;
    virtual void onChannel(DataChannel channel) = 0;
    /// A server that could not be used, a candidate that was refused: the connection goes on.
    virtual void onTrouble(const Error& error) = 0;
    /// SCTP is up.
    virtual void onConnected() = 0;
    /// The last event, but for states: the peer has ended the connection, or an error has.
    virtual void onEnded(const std::optional<Error>& error) = 0;
  };

  OrtcConnection(Loop& loop, Options options, Observer& observer);
  OrtcConnection(const OrtcConnection&) = delete;
  OrtcConnection& operator=(const OrtcConnection&) = delete;

  /// Gathers.
  void start();
  /// The peer's parameters. The first starts everything; later ones with new ICE credentials are an ICE restart of the
  /// peer's, which is answered by new parameters of our own, or the answer to ours. Errors: those of the calls.
  Result<void> accept(const OrtcParameters& remote);
  /// nullopt: no more come.
  void addCandidate(const std::optional<IceCandidate>& candidate);
  Result<void> restartIce();
  Result<DataChannel> createDataChannel(DataChannelParameters parameters);

  /// Ends everything at once; `onStopped` comes after the last state.
  void stop(std::function<void()> onStopped);

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] const IceTransport& ice() const { return ice_; }
  [[nodiscard]] const DtlsTransport& dtls() const { return dtls_; }
  [[nodiscard]] const SctpTransport& sctp() const { return sctp_; }

 private:
  void watchIce();
  void watchDtls();
  void watchSctp();
  void tellLocalParameters();
  void updateConnectionState();
  [[nodiscard]] std::string_view connectionState() const;
  [[nodiscard]] IceRole roleFor(const IceParameters& remote) const;
  [[nodiscard]] DtlsParameters withRole(const OrtcParameters& remote) const;
  Result<void> startIce(const OrtcParameters& remote);
  Result<void> acceptAgain(const OrtcParameters& remote);
  void end(std::optional<Error> error);
  void ended(const char* sentence);

  Loop& loop_;
  Options options_;
  Observer& observer_;
  IceGatherer gatherer_;
  IceTransport ice_;
  DtlsTransport dtls_;
  SctpTransport sctp_;
  std::optional<OrtcParameters> remote_;
  std::optional<Error> lastError_;  ///< why a transport is about to fail
  std::string connectionState_ = "new";
  bool gathered_ = false;
  bool restartAsked_ = false;  ///< our own ICE restart waits for the peer's new parameters
  bool connected_ = false;
  bool ended_ = false;
  bool stopping_ = false;
};

}  // namespace portico::command
