#include "core/dtls/session.h"

#include <array>
#include <utility>

#include "core/dtls/connection.h"
#include "core/dtls/failure.h"
#include "core/dtls/record_header.h"

namespace portico::dtls {
namespace {

/// Rounds of one datagram in which mbedTLS wanted more input although it had some: it stops early after an alert that
/// it ignores, or when it retransmits. A datagram has few such records, unless somebody makes them.
constexpr int kMaxStalledRounds = 16;

}  // namespace

struct Session::State {
  State(Certificate own, Host& machine) : certificate(std::move(own)), host(machine) {}

  Result<void> start(Time now, DtlsRole wantedRole, const std::vector<DtlsFingerprint>& fingerprints,
                     PlaintextSink& receiver);
  void receive(Time now, MutableByteView datagram);
  void timeout(Time now);
  void close(Time now);
  Result<void> send(Time now, ByteView plaintext);

  void keepEarly(ByteView datagram);
  void takeEarly(Time now);
  void pump(Time now);
  bool stepHandshake();
  bool stepRead(Time now, MutableByteView room);
  bool stop(int code);
  void enterConnected();
  void finish(DtlsTransportState end);
  void fail(Error error);

  Certificate certificate;
  Host& host;
  PlaintextSink* sink = nullptr;
  PacketQueue output;
  std::unique_ptr<Connection> connection;  ///< while connecting or connected
  std::vector<ByteVector> early;
  std::vector<ByteVector> peerCertificates;
  std::optional<Error> failure;
  std::string cipherSuite;
  SessionCounters counters;
  std::size_t accepted = 0;  ///< alerts and application records of the datagram in work that decrypted
  DtlsTransportState state = DtlsTransportState::fresh;
  DtlsRole role = DtlsRole::automatic;
};

Result<void> Session::State::start(Time now, DtlsRole wantedRole, const std::vector<DtlsFingerprint>& fingerprints,
                                   PlaintextSink& receiver) {
  if (state != DtlsTransportState::fresh) {
    return Error(Error::InvalidState, "The DTLS session was already started, or is closed.");
  }
  if (wantedRole == DtlsRole::automatic) {
    return Error(Error::Type, "A DTLS session is started as client or as server, not as \"auto\".");
  }
  auto wanted = FingerprintSet::select(fingerprints);
  if (!wanted) return wanted.error();
  role = wantedRole;
  sink = &receiver;
  state = DtlsTransportState::connecting;
  connection = std::make_unique<Connection>(certificate, host, output, *std::move(wanted));
  connection->setTime(now);
  if (const int code = connection->setUp(role); code != 0) {
    fail(describeFailure(code, false));
    return *failure;
  }
  pump(now);
  takeEarly(now);
  return {};
}

void Session::State::keepEarly(ByteView datagram) {
  if (early.size() >= kMaxEarlyDatagrams || datagram.size() > kMaxEarlyDatagramBytes) {
    ++counters.droppedEarly;
    return;
  }
  early.push_back(toVector(datagram));
}

void Session::State::takeEarly(Time now) {
  for (ByteVector& datagram : std::exchange(early, {})) receive(now, datagram);
}

void Session::State::receive(Time now, MutableByteView datagram) {
  if (state == DtlsTransportState::fresh) return keepEarly(datagram);
  if (connection == nullptr) return;
  const auto summary = inspectDatagram(datagram);
  if (!summary || datagram.size() > kMaxIncomingDatagramBytes) {
    ++counters.droppedRecords;
    return;
  }
  if (summary->oversizedMessage && state == DtlsTransportState::connecting) {
    connection->setTime(now);
    connection->sendFatalAlert(MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE);
    return fail(describeFailure(MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL, false));
  }
  const bool wasConnected = state == DtlsTransportState::connected;
  accepted = 0;
  connection->offer(datagram);
  pump(now);
  if (wasConnected && state == DtlsTransportState::connected && accepted < summary->countable) {
    counters.droppedRecords += summary->countable - accepted;
  }
}

void Session::State::timeout(Time now) {
  if (connection == nullptr) return;
  const auto deadline = connection->nextTimeout();
  if (deadline && *deadline <= now) pump(now);
}

/// Lets mbedTLS work until it has used up what was offered. Afterwards the connection may be gone.
void Session::State::pump(Time now) {
  connection->setTime(now);
  std::array<std::byte, kMaxRecordPlaintext> room;  // NOLINT: written before it is read, for each datagram
  for (int stalled = 0; stalled < kMaxStalledRounds;) {
    const bool more = state == DtlsTransportState::connecting ? stepHandshake() : stepRead(now, room);
    if (connection == nullptr) return;
    if (more) continue;
    if (!connection->hasInput()) break;
    ++stalled;
  }
  connection->offer({});
}

/// True if there may be more to do at once.
bool Session::State::stepHandshake() {
  const int code = connection->handshake();
  if (code != 0) return stop(code);
  if (!connection->peerVerified()) {
    fail(Error(Error::Operation, "The peer sent no certificate."));
    return false;
  }
  enterConnected();
  return true;
}

bool Session::State::stepRead(Time now, MutableByteView room) {
  const int length = connection->read(room);
  if (length < 0) return stop(length);
  ++accepted;
  // RFC 5246 §6.2.1 allows empty application records; there is nothing in them for SCTP.
  if (length > 0) sink->onPlaintext(now, room.first(static_cast<std::size_t>(length)));
  return true;
}

/// mbedTLS did not go on. False, always: for callers that return it.
bool Session::State::stop(int code) {
  switch (code) {
    case MBEDTLS_ERR_SSL_WANT_READ:
    case MBEDTLS_ERR_SSL_WANT_WRITE:
      break;
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
      connection->sendCloseNotify();  // RFC 5246 §7.2.1: it is answered, and the session ends
      finish(DtlsTransportState::closed);
      break;
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
      fail(describeAlert(connection->receivedAlert()));
      break;
    default:
      if (connection->fingerprintMismatch()) {
        fail(Error(Error::Operation, "The peer's certificate has none of the fingerprints that were signalled."));
      } else {
        fail(describeFailure(code, state == DtlsTransportState::connected));
      }
  }
  return false;
}

void Session::State::enterConnected() {
  connection->enterConnected();
  cipherSuite = connection->cipherSuite();
  peerCertificates = connection->takePeerCertificates();
  state = DtlsTransportState::connected;
}

void Session::State::finish(DtlsTransportState end) {
  state = end;
  connection.reset();
  early = {};
}

void Session::State::fail(Error error) {
  failure = std::move(error);
  finish(DtlsTransportState::failed);
}

void Session::State::close(Time now) {
  if (state == DtlsTransportState::failed || state == DtlsTransportState::closed) return;
  if (connection != nullptr) {
    connection->setTime(now);
    connection->sendCloseNotify();
  }
  finish(DtlsTransportState::closed);
}

Result<void> Session::State::send(Time now, ByteView plaintext) {
  if (state != DtlsTransportState::connected) {
    return Error(Error::InvalidState, "The DTLS session is not connected.");
  }
  if (plaintext.size() > kMaxSendPlaintext) {
    return Error(Error::Type, "A DTLS record carries at most " + std::to_string(kMaxSendPlaintext) + " bytes; " +
                                  std::to_string(plaintext.size()) + " were given.");
  }
  connection->setTime(now);
  const int code = connection->write(plaintext);
  if (code >= 0) return {};
  fail(describeFailure(code, true));
  return *failure;
}

Session::Session(Certificate certificate, Host& host) : state_(std::make_shared<State>(std::move(certificate), host)) {}

Session::~Session() {
  state_->finish(DtlsTransportState::closed);
}

Result<void> Session::start(Time now, DtlsRole role, const std::vector<DtlsFingerprint>& fingerprints,
                            PlaintextSink& sink) {
  const std::shared_ptr<State> state = state_;  // the sink may destroy this session
  return state->start(now, role, fingerprints, sink);
}

void Session::close(Time now) {
  state_->close(now);
}
DtlsTransportState Session::state() const {
  return state_->state;
}
DtlsRole Session::role() const {
  return state_->role;
}
const std::optional<Error>& Session::failure() const {
  return state_->failure;
}
std::vector<ByteVector> Session::remoteCertificates() const {
  return state_->peerCertificates;
}
std::string Session::cipherSuite() const {
  return state_->cipherSuite;
}
const SessionCounters& Session::counters() const {
  return state_->counters;
}

void Session::handleInput(Time now, MutableByteView datagram) {
  const std::shared_ptr<State> state = state_;
  state->receive(now, datagram);
}

void Session::handleTimeout(Time now) {
  const std::shared_ptr<State> state = state_;
  state->timeout(now);
}

std::optional<Time> Session::nextTimeout() const {
  return state_->connection == nullptr ? std::nullopt : state_->connection->nextTimeout();
}

Result<void> Session::send(Time now, ByteView plaintext) {
  return state_->send(now, plaintext);
}
PacketQueue& Session::output() {
  return state_->output;
}

}  // namespace portico::dtls
