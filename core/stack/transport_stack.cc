#include "core/stack/transport_stack.h"

#include <algorithm>
#include <utility>

namespace portico {

namespace {

enum class PacketKind { stun, dtls, other };

// RFC 7983 §7: the first byte tells the protocols apart.
PacketKind classify(ByteView packet) {
  if (packet.empty()) return PacketKind::other;
  const auto first = std::to_integer<unsigned>(packet[0]);
  if (first <= 3) return PacketKind::stun;
  if (first >= 20 && first <= 63) return PacketKind::dtls;
  return PacketKind::other;
}

// RFC 8842 §5.3 leaves "auto" to the signalling; ORTC and aiortc make the ICE-controlling side the server.
DtlsRole resolveRole(DtlsRole remote, IceRole ice) {
  if (remote == DtlsRole::server) return DtlsRole::client;
  if (remote == DtlsRole::client) return DtlsRole::server;
  return ice == IceRole::controlling ? DtlsRole::server : DtlsRole::client;
}

}  // namespace

TransportStack::TransportStack(ice::AgentOptions options, Host& host, Streams& streams, ActivityHandler onActivity)
    : host_(host),
      onActivity_(std::move(onActivity)),
      agent_(std::move(options), *this),
      relays_(*this, agent_, events_, streams),
      tcp_(agent_, streams) {}

TransportStack::~TransportStack() = default;

void TransportStack::createDtls(Certificate certificate) {
  dtls_ = std::make_unique<dtls::Session>(std::move(certificate), host_);
}

void TransportStack::createSctp(const sctp::Options& options) {
  association_ = std::make_unique<sctp::Association>(options, host_, static_cast<sctp::AssociationObserver&>(*this));
  channels_ =
      std::make_unique<datachannel::ChannelTable>(*association_, static_cast<datachannel::ChannelObserver&>(*this));
}

// In -----------------------------------------------------------------------------------------------------------------

void TransportStack::receive(Time now, ice::SocketId socket, std::span<Datagram> batch) {
  now_ = now;
  for (Datagram& datagram : batch) {
    if (!relays_.concerns(socket, datagram.remote, datagram.payload)) {
      receiveOne(now, socket, datagram.remote, datagram.payload);
    } else if (const auto inner = relays_.handleInput(now, socket, datagram)) {
      receiveOne(now, inner->socket, inner->datagram.remote, inner->datagram.payload);
    }
  }
  settle(now);
}

void TransportStack::receiveStream(Time now, ice::SocketId stream, ByteView bytes) {
  now_ = now;
  relays_.handleStream(now, stream, bytes, [&](const Relays::Inner& inner) {
    receiveOne(now, inner.socket, inner.datagram.remote, inner.datagram.payload);
  });
  tcp_.handleStream(stream, bytes, [&](ice::SocketId socket, const SocketAddress& remote, MutableByteView packet) {
    receiveOne(now, socket, remote, packet);
  });
  settle(now);
}

void TransportStack::onStreamWritable(ice::SocketId stream) {
  relays_.onStreamWritable(stream);
  tcp_.onStreamWritable(stream);
}

void TransportStack::onStreamClosed(Time now, ice::SocketId stream, const std::string& why) {
  relays_.onStreamClosed(now, stream, why);
  tcp_.onStreamClosed(now, stream, why);
  settle(now);
}

void TransportStack::receiveOne(Time now, ice::SocketId socket, const SocketAddress& remote, MutableByteView payload) {
  ++counters_.packetsReceived;
  counters_.bytesReceived += payload.size();
  const PacketKind kind = classify(payload);
  if (kind == PacketKind::stun) {
    agent_.handleInput(now, socket, remote, payload);
    advanceDtls(now);  // the check may have made a pair usable, and the next datagram may be the peer's first flight
  } else if (kind == PacketKind::dtls && dtls_ && agent_.isKnownRemote(socket, remote)) {
    dtls_->handleInput(now, payload);
  } else {
    ++counters_.packetsDiscarded;
  }
}

// A full agent's selected pair was answered from there. A lite one asks nothing, and only knows that its peer, or who
// has the peer's password, says to be there; a handshake takes one that hears.
bool TransportStack::holds(ice::SocketId socket, const SocketAddress& remote) const {
  if (!agent_.isAliveAt(socket, remote)) return false;
  if (!agent_.localParameters().iceLite) return true;
  return dtlsState_ == DtlsTransportState::connected && handshakePath_ == std::pair(socket, remote);
}

void TransportStack::noteHandshakePath(const ice::SelectedPair& pair) {
  const std::pair path(pair.socket, pair.remoteAddress);
  if (!handshakePath_) handshakePath_ = path;
  if (*handshakePath_ != path) handshakePath_ = {0, {}};  // some here, some there: no proof of either
}

void TransportStack::onPlaintext(Time now, MutableByteView packet) {
  if (!association_ || sctpState_ == SctpTransportState::closed) return;
  if (sctpStarted_) {
    association_->handleInput(now, packet);
  } else if (earlySctp_.size() < kMaxEarlySctpPackets) {
    earlySctp_.push_back(toVector(packet));
  }
}

void TransportStack::onMessage(sctp::StreamId stream, sctp::Ppid ppid, ByteView payload) {
  channels_->onMessage(now_, stream, ppid, payload);
}

void TransportStack::onChannelMessage(ChannelKey key, bool text, ByteView payload) {
  events_.pushMessage(key, text, payload);
}

// Out ----------------------------------------------------------------------------------------------------------------

void TransportStack::drain(Time now, PacketSender& sender) {
  now_ = now;
  sendIcePackets(now, sender);
  sealSctpPackets(now);
  sendDtlsPackets(now, sender);
  sendIcePackets(now, sender);
  relays_.flush(sender);
  tcp_.flush();
}

void TransportStack::send(Time now, PacketSender& sender, ice::SocketId socket,
                          std::span<const OutgoingDatagram> batch) {
  if (Relays::owns(socket)) {
    relays_.send(now, socket, batch);
  } else if (tcp_.owns(socket)) {
    counters_.packetsUnsendable += tcp_.send(now, socket, batch);
  } else {
    sender.sendPackets(socket, batch);
  }
}

void TransportStack::sealSctpPackets(Time now) {
  if (!association_ || dtlsState_ != DtlsTransportState::connected) return;
  PacketQueue& packets = association_->output();
  if (packets.empty()) return;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (!dtls_->send(now, packets[i])) ++counters_.packetsUnsendable;
  }
  packets.clear();
  channels_->onPacketsTaken(now);
}

void TransportStack::sendDtlsPackets(Time now, PacketSender& sender) {
  if (!dtls_) return;
  PacketQueue& records = dtls_->output();
  if (records.empty()) return;
  const ice::SelectedPair* pair = agent_.usablePair();
  if (pair == nullptr) {
    counters_.packetsUnsendable += records.size();
    records.clear();
    return;
  }
  quiet_ = false;
  if (dtlsState_ == DtlsTransportState::connecting) noteHandshakePath(*pair);
  batch_.clear();
  for (std::size_t i = 0; i < records.size(); ++i) batch_.push_back({pair->remoteAddress, records[i]});
  counters_.packetsSent += records.size();
  counters_.bytesSent += records.bytes();
  if (agent_.selectedPair()) relays_.expectTraffic(now, pair->socket, pair->remoteAddress);
  send(now, sender, pair->socket, batch_);
  records.clear();
}

void TransportStack::sendIcePackets(Time now, PacketSender& sender) {
  while (std::optional<ice::Transmit> check = agent_.pollTransmit()) {
    ++counters_.packetsSent;
    counters_.bytesSent += check->payload.size();
    const OutgoingDatagram datagram{check->remote, check->payload};
    send(now, sender, check->socket, {&datagram, 1});
  }
}

// Time ---------------------------------------------------------------------------------------------------------------

void TransportStack::handleTimeout(Time now) {
  now_ = now;
  if (std::exchange(quiet_, true)) releaseBuffers();
  relays_.handleTimeout(now);
  agent_.handleTimeout(now);
  if (dtls_) dtls_->handleTimeout(now);
  settle(now);
}

// Nothing was carried since the last timer, which at rest is consent's: the buffers of the last burst are given back.
void TransportStack::releaseBuffers() {
  if (dtls_ && dtls_->output().empty()) dtls_->output().release();
  if (association_ && association_->output().empty()) association_->output().release();
  events_.release();
  relays_.releaseBuffers();
  tcp_.releaseBuffers();
  batch_ = {};
}

std::optional<Time> TransportStack::nextTimeout() const {
  std::optional<Time> next = agent_.nextTimeout();
  const auto consider = [&](std::optional<Time> candidate) {
    if (candidate && (!next || *candidate < *next)) next = candidate;
  };
  if (dtls_) consider(dtls_->nextTimeout());
  consider(relays_.nextTimeout());
  consider(tcp_.nextTimeout());
  return next;
}

// Sockets and servers
// --------------------------------------------------------------------------------------------------

void TransportStack::addSocket(Time now, ice::SocketId id, const SocketAddress& local, std::uint16_t localPreference,
                               std::string name) {
  agent_.addSocket(now, id, local, localPreference, ice::Transport::udp, std::move(name));
  relays_.addSocket(now, id, local, localPreference);
}

void TransportStack::removeSocket(Time now, ice::SocketId id, const std::string& why) {
  relays_.removeSocket(now, id, why);
  tcp_.onSocketRemoved(now, id, why);
  agent_.removeSocket(now, id, why);
}

bool TransportStack::addTurnServer(Time now, const TurnServer& server) {
  return relays_.addServer(now, server);
}

void TransportStack::endOfSources(Time now) {
  sourcesEnded_ = true;
  endSourcesIfDone(now);
}

void TransportStack::endSourcesIfDone(Time now) {
  if (!sourcesEnded_ || relays_.pending()) return;
  sourcesEnded_ = false;
  agent_.endOfSources(now);
}

void TransportStack::gatherAgain(Time now) {
  sourcesEnded_ = false;
  relays_.clear();
  tcp_.clear(now, "they are gathered again");
  agent_.gatherAgain();
}

void TransportStack::renewRelays(Time now) {
  if (!relays_.renew(now)) return;
  agent_.reopenSources();
  sourcesEnded_ = true;
}

void TransportStack::renewServers(Time now, const std::vector<TurnServer>& turnServers, bool relayOnly) {
  agent_.renewCandidates(relayOnly);
  relays_.keepOnly(now, turnServers);
  reopenSources();
}

void TransportStack::reopenSources() {
  sourcesEnded_ = false;
  agent_.reopenSources();
}

void TransportStack::doubt(Time now, ice::SocketId socket) {
  agent_.doubt(now, socket);
  relays_.doubt(now, socket);
  tcp_.doubt(now, socket);
}

void TransportStack::restartIce(Time now, const IceParameters& local) {
  tcp_.renew();
  agent_.restart(now, local);
}

void TransportStack::stopRelays(Time now) {
  relays_.stop(now);
}

// The layers start one another ---------------------------------------------------------------------------------------

void TransportStack::startDtls(Time now, DtlsParameters remote) {
  remoteDtls_ = std::move(remote);
  if (dtlsState_ == DtlsTransportState::fresh) {
    dtlsState_ = DtlsTransportState::connecting;
    events_.push(DtlsStateChange{dtlsState_});
  }
  settle(now);
}

void TransportStack::startSctp(Time now, std::uint16_t remotePort, std::uint64_t remoteMaxMessageBytes) {
  now_ = now;
  remoteSctpPort_ = remotePort;
  channels_->setRemoteMaxMessageBytes(remoteMaxMessageBytes);
  settle(now);
}

void TransportStack::settle(Time now) {
  now_ = now;
  endSourcesIfDone(now);
  advanceDtls(now);
  advanceSctp(now);
  collectIceEvents();
  tcp_.closeUnused(now);
}

void TransportStack::collectIceEvents() {
  while (std::optional<ice::Event> event = agent_.pollEvent()) {
    events_.push(IceEvent{std::make_unique<ice::Event>(std::move(*event))});
  }
}

void TransportStack::advanceDtls(Time now) {
  if (!dtls_) return;
  if (remoteDtls_ && agent_.usablePair()) {
    collectIceEvents();  // ICE's events come before those that they cause
    const DtlsParameters remote = std::move(*remoteDtls_);
    remoteDtls_.reset();
    // The fingerprints were checked when start() was called, so what fails here shows in the session's state.
    (void)dtls_->start(now, resolveRole(remote.role, agent_.role()), remote.fingerprints, *this);
  }
  if (remoteDtls_ && agent_.state() == IceTransportState::failed) {
    remoteDtls_.reset();
    dtlsState_ = DtlsTransportState::failed;
    collectIceEvents();
    events_.push(DtlsStateChange{dtlsState_});
    closeSctp(std::make_unique<Error>(Error::Network, "There is no path to the peer: ICE failed."));
  }
  const DtlsTransportState state = dtls_->state();
  if (state == dtlsState_ || state == DtlsTransportState::fresh) return;
  dtlsState_ = state;
  collectIceEvents();
  events_.push(DtlsStateChange{state});
  if (state == DtlsTransportState::closed) {
    closeSctp(std::make_unique<Error>(Error::Network, "The DTLS transport was closed by the peer."));
  } else if (state == DtlsTransportState::failed) {
    closeSctp(std::make_unique<Error>(Error::Network, "The DTLS transport failed."));
  }
}

void TransportStack::advanceSctp(Time now) {
  if (sctpStarted_ || !remoteSctpPort_ || dtlsState_ != DtlsTransportState::connected) return;
  if (sctpState_ == SctpTransportState::closed) return;
  sctpStarted_ = true;
  if (Result<void> connecting = association_->connect(now, *remoteSctpPort_); !connecting) {
    closeSctp(std::make_unique<Error>(connecting.error()));
    return;
  }
  for (const ByteVector& packet : std::exchange(earlySctp_, {})) association_->handleInput(now, packet);
}

void TransportStack::onConnected(std::uint16_t inboundStreams, std::uint16_t outboundStreams) {
  if (sctpState_ != SctpTransportState::connecting) return;
  sctpState_ = SctpTransportState::connected;
  events_.push(SctpStateChange{sctpState_, nullptr});
  channels_->connected(now_, dtls_->role(), std::min(inboundStreams, outboundStreams));
}

void TransportStack::onIncomingReset(std::span<const sctp::StreamId> streams) {
  channels_->onIncomingReset(now_, streams);
}

void TransportStack::onOutgoingReset(std::span<const sctp::StreamId> streams, bool performed) {
  channels_->onOutgoingReset(now_, streams, performed);
}

void TransportStack::onWritable() {
  channels_->onWritable(now_);
}

void TransportStack::onActivity(Time now) {
  now_ = now;
  onActivity_();
}

void TransportStack::onClosed(const Error& reason) {
  closeSctp(std::make_unique<Error>(reason));
  onActivity_();
}

// Ends ---------------------------------------------------------------------------------------------------------------

void TransportStack::closeSctp(std::unique_ptr<Error> reason) {
  if (!association_ || sctpState_ == SctpTransportState::closed) return;
  sctpState_ = SctpTransportState::closed;
  earlySctp_.clear();
  channels_->disconnected(now_, reason ? *reason : Error(Error::Closed, "The SCTP transport was stopped."));
  events_.push(SctpStateChange{sctpState_, std::move(reason)});
}

void TransportStack::stopSctp(Time now) {
  now_ = now;
  if (!association_ || sctpState_ == SctpTransportState::closed) return;
  association_->abort(now);
  sealSctpPackets(now);
  closeSctp(nullptr);
  settle(now);
}

void TransportStack::stopDtls(Time now) {
  now_ = now;
  if (!dtls_ || dtlsState_ == DtlsTransportState::closed) return;
  stopSctp(now);
  remoteDtls_.reset();
  dtls_->close(now);
  settle(now);
}

void TransportStack::stopIce(Time now) {
  now_ = now;
  stopDtls(now);
  agent_.stop(now);
  settle(now);
}

// Channel events -----------------------------------------------------------------------------------------------------

void TransportStack::onChannel(ChannelKey key, const DataChannelParameters& parameters) {
  events_.push(ChannelArrival{key, std::make_unique<DataChannelParameters>(parameters)});
}

void TransportStack::onChannelOpen(ChannelKey key, std::uint16_t id) {
  events_.push(ChannelOpening{key, id});
}

void TransportStack::onChannelBufferedAmountLow(ChannelKey key) {
  events_.push(ChannelBufferedAmountLow{key});
}

void TransportStack::onChannelClosing(ChannelKey key) {
  events_.push(ChannelClosing{key});
}

void TransportStack::onChannelClosed(ChannelKey key, const std::optional<Error>& reason) {
  events_.push(ChannelClosure{key, reason ? std::make_unique<Error>(*reason) : nullptr});
}

}  // namespace portico
