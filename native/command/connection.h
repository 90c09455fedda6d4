// What `peer` asks of a connection, whichever way it signals; and what both ways share: they watch the same transports.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "native/command/json.h"
#include "portico/native/loop.h"
#include "portico/ortc.h"

namespace portico::command {

class Connection {
 public:
  /// All of it comes from the loop.
  class Observer {
   public:
    virtual ~Observer() = default;
    /// A line of signalling, to be sent to the peer.
    virtual void onSignal(const Json& line) = 0;
    /// `of` is "gathering", "ice", "dtls", "sctp" or "connection" (W3C's RTCPeerConnectionState).
    virtual void onState(std::string_view of, std::string_view state) = 0;
    /// The pair that ICE has settled on.
    virtual void onSelectedPair(const IceCandidatePair& pair) = 0;
    virtual void onNetworkChange(const NetworkChange& /*change*/) {}
    virtual void onChannel(DataChannel channel) = 0;
    /// A server that could not be used, a line that was refused: the connection goes on.
    virtual void onTrouble(const Error& error) = 0;
    /// SCTP is up.
    virtual void onConnected() = 0;
    /// The last event, but for states: the peer has ended the connection, or an error has.
    virtual void onEnded(const std::optional<Error>& error) = 0;
  };

  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Channels may have been created before. Once. `stays`: where ICE fails, that is trouble, and no end.
  void start(Observer& observer, bool stays);
  /// A line of the peer's signalling. What is wrong with it is told as trouble.
  virtual void take(const Json& line) = 0;
  /// Errors: InvalidState before there is something to restart.
  virtual Result<void> restartIce() = 0;
  virtual Result<DataChannel> createDataChannel(DataChannelParameters parameters) = 0;

  /// Ends everything at once; `onStopped` comes after the last state.
  virtual void stop(std::function<void()> onStopped) = 0;

  [[nodiscard]] bool connected() const { return connected_; }
  /// With the transports below it. nullopt as long as nothing has been negotiated.
  [[nodiscard]] virtual std::optional<SctpTransport> sctp() const = 0;

 protected:
  explicit Connection(Loop& loop) : loop_(loop) {}

  virtual void begin() = 0;
  void tellNetworkChange(const NetworkChange& change);
  /// Tells of the transport and of those below it, from now on.
  void watch(SctpTransport sctp);
  /// ICE or DTLS has told a new state.
  virtual void onTransportState() {}

  void tellState(std::string_view of, std::string_view state) { observer_->onState(of, state); }
  void tellSignal(const Json& line) { observer_->onSignal(line); }
  void tellChannel(DataChannel channel) { observer_->onChannel(std::move(channel)); }
  /// Once it is stopping, there is none.
  void tellTrouble(const Error& error);
  void tellTrouble(const IceCandidateError& error);
  void end(std::optional<Error> error);
  /// To be called first in stop().
  void stopping() { stopping_ = true; }
  [[nodiscard]] bool isStopping() const { return stopping_; }
  [[nodiscard]] Loop& loop() const { return loop_; }

 private:
  void watchIce(IceTransport ice);
  void tellPair();
  void watchDtls(DtlsTransport dtls);
  void lostPath();
  void failed(const char* sentence);

  Loop& loop_;
  Observer* observer_ = nullptr;
  std::optional<IceCandidatePair> pair_;  ///< not told yet: another may be nominated
  bool iceCompleted_ = false;
  std::optional<Error> lastError_;  ///< why a transport is about to fail
  bool stays_ = false;
  bool connected_ = false;
  bool ended_ = false;
  bool stopping_ = false;
};

}  // namespace portico::command
