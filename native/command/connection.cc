#include "native/command/connection.h"

#include <string>
#include <utility>

namespace portico::command {

void Connection::start(Observer& observer, bool stays) {
  observer_ = &observer;
  stays_ = stays;
  begin();
}

void Connection::watch(SctpTransport sctp) {
  watchIce(sctp.transport().iceTransport());
  watchDtls(sctp.transport());
  sctp.onError([this](const Error& error) { lastError_ = error; });
  sctp.onStateChange([this](SctpTransportState state) {
    tellState("sctp", toString(state));
    if (state == SctpTransportState::connected) {
      connected_ = true;
      observer_->onConnected();
    }
    // A peer that ends with ABORT, as aiortc does, has ended and not failed.
    if (state == SctpTransportState::closed) end(std::nullopt);
  });
}

void Connection::watchIce(IceTransport ice) {
  ice.onError([this](const Error& error) { lastError_ = error; });
  ice.onSelectedCandidatePairChange([this](const IceCandidatePair& pair) {
    pair_ = pair;
    if (iceCompleted_) tellPair();
  });
  ice.onStateChange([this](IceTransportState state) {
    iceCompleted_ = state == IceTransportState::completed;
    if (iceCompleted_) tellPair();
    tellState("ice", toString(state));
    onTransportState();
    if (state == IceTransportState::failed) lostPath();
  });
}

void Connection::tellPair() {
  if (const auto pair = std::exchange(pair_, std::nullopt)) observer_->onSelectedPair(*pair);
}

void Connection::watchDtls(DtlsTransport dtls) {
  dtls.onError([this](const Error& error) { lastError_ = error; });
  dtls.onStateChange([this](DtlsTransportState state) {
    tellState("dtls", toString(state));
    onTransportState();
    if (state == DtlsTransportState::failed) failed("The DTLS handshake failed.");
    if (state == DtlsTransportState::closed) end(std::nullopt);
  });
}

void Connection::tellTrouble(const Error& error) {
  if (!stopping_) observer_->onTrouble(error);
}

void Connection::tellTrouble(const IceCandidateError& error) {
  const std::string where = error.url.empty() ? "" : error.url + ": " + std::to_string(error.errorCode) + " ";
  tellTrouble(Error(Error::Network, where + error.errorText));
}

void Connection::tellNetworkChange(const NetworkChange& change) {
  if (!stopping_) observer_->onNetworkChange(change);
}

void Connection::lostPath() {
  const Error why = lastError_.value_or(Error(Error::Network, "No path to the peer works (any more)."));
  lastError_.reset();
  if (!stays_) return end(why);
  tellTrouble(why);  // restart-ice may find another
}

void Connection::failed(const char* sentence) {
  end(lastError_ ? *lastError_ : Error(Error::Network, sentence));
}

void Connection::end(std::optional<Error> error) {
  if (std::exchange(ended_, true) || stopping_) return;
  loop_.defer([this, error = std::move(error)] { observer_->onEnded(error); });
}

}  // namespace portico::command
