#include "core/sctp/association.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "core/sctp/empty_data.h"
#include "core/sctp/message_assembly.h"
#include "core/sctp/unsent_bytes.h"
#include "core/sctp/usrsctp_global.h"
#include "core/sctp/usrsctp_socket.h"
#include "core/wire/crc32c.h"

namespace portico::sctp {
namespace {

/// Packets that may come before connect(): the peer's INIT and its retransmissions. More than that is lost, as on a
/// network, and the peer sends it again.
constexpr std::size_t kMaxEarlyPackets = 4;
constexpr std::size_t kChecksumOffset = 8;
constexpr std::size_t kMinPacketBytes = 16;           ///< common header and the header of one chunk
constexpr std::size_t kMaxInputPacketBytes = 16'384;  ///< a DTLS record holds no more (RFC 6347 §4.1)
/// After so long without output the memory of the last burst goes back.
constexpr Duration kQuietAfter = std::chrono::seconds(2);

struct Event {
  enum class Kind : std::uint8_t { connected, message, incomingReset, outgoingReset, writable, closed };

  Kind kind;
  bool performed = false;  ///< outgoingReset
  StreamId stream = 0;
  Ppid ppid{};
  Piece payload;
  std::vector<StreamId> streams;
};

/// RFC 9260 §6.8 and appendix A: CRC32c over the packet with a zero checksum, least significant byte first.
void writeChecksum(MutableByteView packet) {
  const std::uint32_t crc = crc32c(packet);
  for (std::size_t i = 0; i < sizeof crc; ++i) packet[kChecksumOffset + i] = static_cast<std::byte>(crc >> (8 * i));
}

}  // namespace

struct Association::State final : Member, std::enable_shared_from_this<Association::State> {
  enum class Phase : std::uint8_t { idle, connecting, up, closed };

  State(const Options& opts, Host& theHost, AssociationObserver& theObserver)
      : options(opts), host(theHost), observer(&theObserver), assembly(opts.maxReceiveMessageBytes) {}

  // From inside usrsctp: enqueue and return.
  void onPacket(ByteView packet) override;
  void onPiece(StreamId stream, Ppid ppid, void* data, std::size_t bytes, bool last) override;
  void onUp(std::uint16_t inbound, std::uint16_t outbound) override;
  void onDown(const char* reason) override;
  void onReset(std::span<const StreamId> streams, bool incoming, bool performed) override;
  void onHeldBytes(std::size_t bytes) override;
  void onDry() override;
  void onGivenUp(StreamId stream, std::size_t bytes) override;

  void afterTick(Time now) override;
  void trim(Time now) override;

  void input(ByteView packet);
  Result<void> open(Time now, std::uint16_t remotePort);
  Result<bool> send(Time now, StreamId stream, Ppid ppid, ByteView payload, const Reliability& reliability);
  bool makeRoomFor(std::size_t bytes);
  void sendHeld();
  /// After every call into usrsctp, and before its caller returns.
  void settle();
  void deliver();
  void dispatch(Event& event);
  void close();
  void push(Event::Kind kind) { events.push_back(Event{kind, false, 0, Ppid{}, {}, {}}); }

  Options options;
  Host& host;
  AssociationObserver* observer;
  Phase phase = Phase::idle;
  std::uint16_t inboundStreams = 0;
  std::uint16_t outboundStreams = 0;

  PacketQueue output;
  std::vector<Event> events;
  std::vector<ByteVector> early;
  MessageAssembly assembly;
  UnsentBytes unsent;
  std::size_t heldBytes = 0;
  std::size_t refusedBytes = 0;  ///< of the send() that found no room; 0: none
  std::optional<Error> closeReason;
  std::uint64_t droppedPackets = 0;
  Time lastCall{};
  bool muted = false;    ///< packets are dropped: the owner is gone
  bool mayHold = false;  ///< usrsctp may hold small messages that could go
  bool news = false;     ///< something for the owner since its last call
  bool doomed = false;   ///< usrsctp, or a bound, ended the association: the socket must go
  bool delivering = false;

  std::optional<Membership> membership;
  std::unique_ptr<UsrsctpSocket> socket;
};

// From inside usrsctp ----------------------------------------------------------------------------------------------

void Association::State::onPacket(ByteView packet) {
  if (muted || packet.size() < kChecksumOffset + sizeof(std::uint32_t)) return;
  const MutableByteView room = output.prepare(packet.size());
  std::copy(packet.begin(), packet.end(), room.begin());
  writeChecksum(room);
  output.commit(packet.size());
  unsent.onPacket(packet);
  news = true;
}

void Association::State::onPiece(StreamId stream, Ppid ppid, void* data, std::size_t bytes, bool last) {
  Piece piece{std::unique_ptr<std::byte, FreeDeleter>(static_cast<std::byte*>(data)), bytes};
  if (doomed || phase == Phase::closed) return;
  news = true;
  switch (assembly.add(stream, piece, last)) {
    case MessageAssembly::Added::more:
      return;
    case MessageAssembly::Added::tooLong:
      doomed = true;
      closeReason = Error(Error::Operation, "The peer sent a message of more than " +
                                                std::to_string(options.maxReceiveMessageBytes) +
                                                " bytes, the maximum that was agreed.");
      return;
    case MessageAssembly::Added::whole:
      events.push_back(Event{Event::Kind::message, false, stream, ppid, std::move(piece), {}});
  }
}

void Association::State::onUp(std::uint16_t inbound, std::uint16_t outbound) {
  if (phase != Phase::connecting) return;
  phase = Phase::up;
  inboundStreams = inbound;
  outboundStreams = outbound;
  news = true;
  push(Event::Kind::connected);
}

void Association::State::onDown(const char* reason) {
  if (doomed || phase == Phase::closed) return;
  doomed = true;
  news = true;
  if (reason) closeReason = Error(Error::Network, reason);
}

void Association::State::onReset(std::span<const StreamId> streams, bool incoming, bool performed) {
  if (phase != Phase::up || (incoming && !performed)) return;
  Event event{incoming ? Event::Kind::incomingReset : Event::Kind::outgoingReset, performed, 0, Ppid{}, {}, {}};
  event.streams.assign(streams.begin(), streams.end());
  if (streams.empty()) {  // RFC 6525 §4.1: no list means all streams
    event.streams.resize(incoming ? inboundStreams : outboundStreams);
    std::iota(event.streams.begin(), event.streams.end(), StreamId{0});
  }
  if (incoming) {
    for (const StreamId stream : event.streams) assembly.drop(stream);
  }
  events.push_back(std::move(event));
  if (!incoming && refusedBytes != 0) {  // usrsctp takes nothing for a stream whose reset is under way
    refusedBytes = 0;
    push(Event::Kind::writable);
  }
  news = true;
}

void Association::State::onHeldBytes(std::size_t bytes) {
  heldBytes = bytes;
  if (refusedBytes == 0 || !socket) return;
  if (heldBytes != 0 && heldBytes + refusedBytes > kSendBufferBytes) return;
  if (unsent.messages() >= kMaxUnsentMessages) return;
  refusedBytes = 0;
  push(Event::Kind::writable);
  news = true;
}

void Association::State::onDry() {
  unsent.clear();
  onHeldBytes(0);
}

void Association::State::onGivenUp(StreamId stream, std::size_t bytes) {
  unsent.remove(stream, bytes);
}

// Outside of usrsctp -----------------------------------------------------------------------------------------------

void Association::State::afterTick(Time now) {
  if (!news) return;
  const std::shared_ptr<State> self = shared_from_this();
  settle();
  if (observer) observer->onActivity(now);
}

void Association::State::trim(Time now) {
  if (now - lastCall < kQuietAfter) return;
  if (output.empty()) output.release();
  if (socket && phase == Phase::up) socket->trimStreams();
  if (events.empty() && !delivering) events.shrink_to_fit();
}

void Association::State::input(ByteView packet) {
  const std::optional<ByteVector> filled = fillEmptyData(packet);
  socket->input(filled ? ByteView(*filled) : packet);
}

Result<void> Association::State::open(Time now, std::uint16_t remotePort) {
  membership.emplace(now, host, *this);
  membership->enter(now);
  Result<std::unique_ptr<UsrsctpSocket>> opened = UsrsctpSocket::open(membership->handle(), options);
  if (!opened) {
    membership.reset();
    return opened.error();
  }
  socket = std::move(*opened);
  phase = Phase::connecting;
  Result<void> connected = socket->connect(remotePort);
  if (!connected) {
    close();
    return connected;
  }
  for (const ByteVector& packet : std::exchange(early, {})) {
    if (!doomed) input(packet);
  }
  return {};
}

Result<bool> Association::State::send(Time now, StreamId stream, Ppid ppid, ByteView payload,
                                      const Reliability& reliability) {
  if (phase != Phase::up) return Error(Error::InvalidState, "The association is not connected.");
  if (stream >= outboundStreams) {
    return Error(Error::Type, "Stream " + std::to_string(stream) + " is outside the " +
                                  std::to_string(outboundStreams) + " that were negotiated.");
  }
  if (payload.empty()) return Error(Error::Type, "SCTP carries no empty message (RFC 8831 section 6.6).");
  if (payload.size() > kMaxSendMessageBytes) return Error(Error::Type, "The message is too long for SCTP.");
  membership->enter(now);
  lastCall = now;
  if (!makeRoomFor(payload.size())) {
    refusedBytes = payload.size();
    return false;
  }
  unsent.add(stream, payload.size());  // before: the call puts it into packets already
  heldBytes += payload.size();
  const UsrsctpSocket::Sent sent = socket->send(stream, ppid, payload, reliability);
  if (sent == UsrsctpSocket::Sent::whole) return true;
  unsent.remove(stream, payload.size());
  heldBytes -= std::min(heldBytes, payload.size());
  if (sent == UsrsctpSocket::Sent::failed)
    return Error(Error::InvalidState, "The association or the stream is closing.");
  refusedBytes = payload.size();
  return false;
}

bool Association::State::makeRoomFor(std::size_t bytes) {
  if (unsent.messages() >= kMaxUnsentMessages) return false;
  const std::size_t limit = std::max(bytes, kSendBufferBytes);
  if (limit == socket->sendBufferBytes()) return true;  // usrsctp tells whether there is room
  // A message over the usual size waits until it is alone, and the buffer is its size then.
  if (heldBytes != 0 && (bytes > kSendBufferBytes || heldBytes + bytes > kSendBufferBytes)) return false;
  socket->setSendBufferBytes(limit);
  return true;
}

void Association::State::sendHeld() {
  if (!mayHold || phase != Phase::up || doomed) return;
  mayHold = false;
  membership->enter();
  socket->sendHeld();
}

void Association::State::settle() {
  news = false;
  mayHold = true;
  if (doomed && phase != Phase::closed) {
    const std::shared_ptr<State> self = shared_from_this();
    if (!closeReason) closeReason = Error(Error::Network, socket->lossReason());
    close();
    push(Event::Kind::closed);
  }
  if (!events.empty()) deliver();
}

void Association::State::deliver() {
  if (delivering) return;  // the loop below takes them, in order
  const std::shared_ptr<State> self = shared_from_this();
  delivering = true;
  std::vector<Event> batch;
  while (observer && !events.empty()) {
    batch.clear();
    batch.swap(events);
    for (Event& event : batch) {
      if (!observer) break;
      dispatch(event);
    }
  }
  if (events.empty()) {
    batch.clear();
    events.swap(batch);  // keeps its memory
  }
  delivering = false;
}

void Association::State::dispatch(Event& event) {
  if (phase == Phase::closed && !closeReason) return;  // abort() was called meanwhile
  switch (event.kind) {
    case Event::Kind::connected:
      return observer->onConnected(inboundStreams, outboundStreams);
    case Event::Kind::message: {
      const Piece payload = std::move(event.payload);
      return observer->onMessage(event.stream, event.ppid, {payload.data.get(), payload.bytes});
    }
    case Event::Kind::incomingReset:
      return observer->onIncomingReset(event.streams);
    case Event::Kind::outgoingReset:
      return observer->onOutgoingReset(event.streams, event.performed);
    case Event::Kind::writable:
      return observer->onWritable();
    case Event::Kind::closed:
      return observer->onClosed(*closeReason);
  }
}

void Association::State::close() {
  phase = Phase::closed;
  early.clear();
  if (membership) membership->enter();
  socket.reset();
  membership.reset();
}

// The public face --------------------------------------------------------------------------------------------------

Association::Association(const Options& options, Host& host, AssociationObserver& observer)
    : state_(std::make_shared<State>(options, host, observer)) {}

Association::~Association() {
  state_->muted = true;
  state_->observer = nullptr;
  state_->close();
}

Result<void> Association::connect(Time now, std::uint16_t remotePort) {
  if (state_->phase != State::Phase::idle) {
    return Error(Error::InvalidState, "The association was connected already, or is closed.");
  }
  const std::shared_ptr<State> state = state_;
  state->lastCall = now;
  Result<void> opened = state->open(now, remotePort);
  state->settle();
  return opened;
}

void Association::abort(Time now) {
  state_->closeReason.reset();  // events that wait are not delivered any more
  if (state_->phase == State::Phase::closed) return;
  if (state_->membership) state_->membership->enter(now);
  state_->close();
  state_->news = false;
}

void Association::shutdown(Time now) {
  if (state_->phase != State::Phase::up) return abort(now);
  const std::shared_ptr<State> state = state_;
  state->membership->enter(now);
  state->lastCall = now;
  state->socket->shutdown();
  state->settle();
}

bool Association::connected() const {
  return state_->phase == State::Phase::up;
}

std::uint16_t Association::inboundStreams() const {
  return state_->inboundStreams;
}

std::uint16_t Association::outboundStreams() const {
  return state_->outboundStreams;
}

std::uint16_t Association::heldStreams() const {
  return state_->socket ? state_->socket->heldStreams() : std::uint16_t{0};
}

Result<bool> Association::send(Time now, StreamId stream, Ppid ppid, ByteView payload, const Reliability& reliability) {
  const std::shared_ptr<State> state = state_;
  Result<bool> sent = state->send(now, stream, ppid, payload, reliability);
  state->settle();
  return sent;
}

std::size_t Association::bufferedBytes() const {
  return state_->heldBytes;
}

std::size_t Association::unsentBytes(StreamId stream) const {
  return state_->unsent.of(stream);
}

void Association::resetStreams(Time now, std::span<const StreamId> streams) {
  if (state_->phase != State::Phase::up || streams.empty()) return;
  const std::shared_ptr<State> state = state_;
  state->membership->enter(now);
  state->lastCall = now;
  if (!state->socket->resetStreams(streams)) state->onReset(streams, false, false);
  state->settle();
}

void Association::handleInput(Time now, ByteView packet) {
  const bool early = state_->phase == State::Phase::idle && state_->early.size() < kMaxEarlyPackets;
  const bool malformed = packet.size() < kMinPacketBytes || packet.size() > kMaxInputPacketBytes;
  if (malformed || (!early && !state_->socket)) {
    ++state_->droppedPackets;
    return;
  }
  if (early) return state_->early.push_back(toVector(packet));
  const std::shared_ptr<State> state = state_;
  state->membership->enter(now);
  state->lastCall = now;
  state->input(packet);
  state->settle();
}

std::uint64_t Association::droppedPackets() const {
  return state_->droppedPackets;
}

PacketQueue& Association::output() {
  state_->sendHeld();
  return state_->output;
}

}  // namespace portico::sctp
