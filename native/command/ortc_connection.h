// ICE, DTLS and SCTP of one peer, started and stopped as one, with ORTC's parameters as signalling. `send` and
// `receive` have it, and `peer --ortc`; and it is the shortest complete use of the library.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "native/command/connection.h"
#include "native/command/ortc_parameters.h"

namespace portico::command {

/// It signals once gathering is complete, and again after each ICE restart.
class OrtcConnection final : public Connection {
 public:
  struct Options {
    IceGatherOptions ice;
    bool controlling = false;  ///< unless one of the two sides is ICE-lite
    std::optional<Certificate> certificate;
  };

  OrtcConnection(Loop& loop, Options options);

  void take(const Json& line) override;
  Result<void> restartIce() override;
  Result<DataChannel> createDataChannel(DataChannelParameters parameters) override;
  void stop(std::function<void()> onStopped) override;
  [[nodiscard]] std::optional<SctpTransport> sctp() const override { return sctp_; }

  /// The peer's parameters. The first starts everything; later ones with new ICE credentials are an ICE restart of the
  /// peer's, which is answered by new parameters of our own, or the answer to ours. Errors: those of the calls.
  Result<void> accept(const OrtcParameters& remote);
  /// What the last signal has said.
  [[nodiscard]] OrtcParameters localParameters() const;

 private:
  void begin() override;
  void onTransportState() override;
  void signal();
  void takeParameters(const Json& value);
  void takeCandidate(const Json& line);
  [[nodiscard]] std::string_view connectionState() const;
  [[nodiscard]] IceRole roleFor(const IceParameters& remote) const;
  [[nodiscard]] DtlsParameters withRole(const OrtcParameters& remote) const;
  Result<void> startIce(const OrtcParameters& remote);
  Result<void> acceptAgain(const OrtcParameters& remote);
  /// nullopt: no more come.
  void addCandidate(const std::optional<IceCandidate>& candidate);

  Options options_;
  IceGatherer gatherer_;
  IceTransport ice_;
  DtlsTransport dtls_;
  SctpTransport sctp_;
  std::optional<OrtcParameters> remote_;
  std::string connectionState_ = "new";
  bool restartAsked_ = false;  ///< our own ICE restart waits for the peer's new parameters
};

}  // namespace portico::command
