#include "core/stack/relays.h"

#include <algorithm>
#include <utility>

namespace portico {
namespace {

// As for STUN servers: a link-local socket reaches link-local servers only.
bool canReach(const SocketAddress& local, const SocketAddress& server) {
  return local.ip.family() == server.ip.family() && (!local.ip.isLinkLocal() || server.ip.isLinkLocal());
}

constexpr int kAllocationMismatch = 437;  // RFC 8656 §19

bool sameProtocol(const TurnServer& a, const TurnServer& b) {
  return a.tcp == b.tcp && a.tlsServerName.has_value() == b.tlsServerName.has_value();
}

// What is relayed over TCP waits for what was lost before it, and TLS holds a record back until it is whole: any server
// over UDP is better.
std::uint16_t preferenceOf(const TurnServer& server, std::uint16_t ofSocket) {
  const int share = server.tlsServerName ? 4 : server.tcp ? 2 : 1;
  return static_cast<std::uint16_t>(ofSocket / share);
}

}  // namespace

// Sockets and servers -------------------------------------------------------------------------------------------------

void Relays::addSocket(Time now, ice::SocketId id, const SocketAddress& local, std::uint16_t localPreference) {
  sockets_.push_back({id, local, localPreference});
  const Socket socket = sockets_.back();
  for (const TurnServer& server : servers_) startClient(now, socket, server, server.address, 0);
  collect(now);
}

void Relays::removeSocket(Time now, ice::SocketId id, const std::string& why) {
  std::erase_if(sockets_, [&](const Socket& socket) { return socket.id == id; });
  for (Relay& relay : relays_) {
    if (relay.socket.id != id) continue;
    dropSockets(now, relay, why);
    if (relay.stream != 0) streams_.closeStream(relay.stream);
  }
  std::erase_if(relays_, [&](const Relay& relay) { return relay.socket.id == id; });
}

bool Relays::addServer(Time now, const TurnServer& server) {
  if (std::find(servers_.begin(), servers_.end(), server) == servers_.end()) servers_.push_back(server);
  bool reachable = false;
  for (const Socket& socket : sockets_) {
    reachable = startClient(now, socket, server, server.address, 0) || reachable;
  }
  collect(now);
  return reachable;
}

bool Relays::startClient(Time now, const Socket& socket, const TurnServer& server, const SocketAddress& askedAt,
                         int redirects) {
  if (!canReach(socket.local, server.address)) return false;
  // One 5-tuple has room for one allocation (RFC 8656 §2.2): the same server by another name adds nothing.
  if (find(socket.id, server) != nullptr) return true;
  Relay relay;
  relay.socket = socket;
  relay.server = server;
  relay.askedAt = askedAt;
  if (relays_.size() >= kMaxRelays) {
    reportError(relay, 701, "too many TURN servers are in use already");
    return true;
  }
  turn::ClientOptions options;
  options.username = server.username;
  options.password = server.password;
  options.redirects = redirects;
  options.stream = server.tcp;
  if (server.tcp) {
    const Result<ice::SocketId> stream =
        streams_.openStream({server.address, socket.local.ip, server.tlsServerName, socket.local});
    if (!stream) {
      reportError(relay, 701, stream.error().message);
      return true;
    }
    relay.stream = *stream;
  } else if (!streams_.reserveServer(socket.id, server.address)) {
    // RFC 8656 §7.2: the second allocation on a 5-tuple would be refused, or take the answers of the first.
    reportError(relay, kAllocationMismatch,
                "another connection on this port has its address on the TURN server " + server.address.toString() +
                    ", which gives one for each port: give this one a port of its own, or use the server over TCP");
    return true;
  }
  relay.client = std::make_unique<turn::Client>(std::move(options), random_);
  relay.client->start(now);
  relays_.push_back(std::move(relay));
  return true;
}

bool Relays::pending() const {
  return std::any_of(relays_.begin(), relays_.end(), [](const Relay& relay) { return !relay.client->decided(); });
}

bool Relays::renew(Time now) {
  const std::size_t before = relays_.size();
  for (const Socket& socket : sockets_) {
    for (const TurnServer& server : servers_) {
      const bool there = std::any_of(relays_.begin(), relays_.end(), [&](const Relay& relay) {
        return relay.socket.id == socket.id && relay.askedAt == server.address && sameProtocol(relay.server, server);
      });
      if (!there) startClient(now, socket, server, server.address, 0);
    }
  }
  const bool any = relays_.size() > before;
  collect(now);
  return any;
}

void Relays::keepOnly(Time now, const std::vector<TurnServer>& servers) {
  for (Relay& relay : relays_) {
    // By what the user said of it: addresses are looked up anew. What has an address keeps it, and the credentials that
    // it was given for (RFC 8656 §7.2), when they are replaced by newer ones.
    relay.retired = std::none_of(servers.begin(), servers.end(), [&](const TurnServer& kept) {
      const bool same = kept.username == relay.server.username && kept.password == relay.server.password;
      return kept.url == relay.server.url && (same || relay.client->allocated());
    });
    if (!relay.retired) continue;
    for (const ice::SocketId id : {relay.v4, relay.v6}) agent_.retireSocket(id);
  }
  servers_.clear();
  dropRetired(now);
}

void Relays::dropRetired(Time now) {
  const ice::SelectedPair* selected = agent_.selectedPair();
  for (Relay& relay : relays_) {
    const bool inUse = selected != nullptr && (selected->socket == relay.v4 || selected->socket == relay.v6);
    if (!relay.retired || inUse) continue;
    relay.retired = false;
    dropSockets(now, relay, "its server is not to be used any more");
    relay.client->stop(now);
  }
}

void Relays::doubt(Time now, ice::SocketId socket) {
  for (const Relay& relay : relays_) {
    if (relay.socket.id != socket) continue;
    for (const ice::SocketId id : {relay.v4, relay.v6}) agent_.doubt(now, id);
  }
}

void Relays::stop(Time now) {
  for (Relay& relay : relays_) relay.client->stop(now);
  sockets_.clear();
  servers_.clear();
}

void Relays::clear() {
  for (const Relay& relay : relays_) {
    if (relay.stream != 0) streams_.closeStream(relay.stream);
  }
  relays_.clear();
  sockets_.clear();
  servers_.clear();
}

// In ------------------------------------------------------------------------------------------------------------------

bool Relays::concerns(ice::SocketId socket, const SocketAddress& remote, ByteView payload) const {
  return !relays_.empty() && find(socket, remote) != nullptr && turn::Client::concerns(payload);
}

std::optional<Relays::Inner> Relays::handleInput(Time now, ice::SocketId socket, const Datagram& datagram) {
  const Relay* relay = find(socket, datagram.remote);
  if (relay == nullptr) return std::nullopt;
  const auto data = relay->client->handleInput(now, datagram.payload);
  if (!data) {
    collect(now);
    return std::nullopt;
  }
  const ice::SocketId relayed = data->peer.ip.isV4() ? relay->v4 : relay->v6;
  if (relayed == 0) return std::nullopt;
  return Inner{relayed, Datagram{data->peer, data->payload}};
}

// What the clients say ------------------------------------------------------------------------------------------------

void Relays::collect(Time now) {
  // What an event leads to may add a relay: by index, and those that are over go at the end.
  for (std::size_t i = 0; i < relays_.size(); ++i) {
    while (std::optional<turn::Event> event = relays_[i].client->pollEvent()) {
      if (const auto* allocated = std::get_if<turn::Allocated>(&*event)) {
        onAllocated(now, relays_[i], *allocated);
      } else if (const auto* redirected = std::get_if<turn::Redirected>(&*event)) {
        onRedirected(now, relays_[i], redirected->server);
      } else if (const auto* ended = std::get_if<turn::Ended>(&*event)) {
        onEnded(now, relays_[i], *ended);
      }
    }
  }
  std::erase_if(relays_, [&](const Relay& relay) {
    const bool over = relay.client->decided() && !relay.client->allocated() && relay.client->output().empty();
    if (over && relay.stream != 0) streams_.closeStream(relay.stream);
    return over;
  });
}

void Relays::onStreamWritable(ice::SocketId stream) {
  if (Relay* relay = findStream(stream)) relay->full = false;
}

void Relays::onStreamClosed(Time now, ice::SocketId stream, const std::string& why) {
  if (Relay* relay = findStream(stream)) relay->client->disconnect(why);
  collect(now);
}

void Relays::onAllocated(Time now, Relay& relay, const turn::Allocated& allocated) {
  for (const SocketAddress& address : allocated.relayed) {
    const ice::RelayedAddress relayed{address, allocated.mapped, relay.server.address, relay.server.url};
    const ice::SocketId id = nextRelayed_++;
    (address.ip.isV4() ? relay.v4 : relay.v6) = id;
    if (!relay.server.tcp) agent_.addMappedAddress(relay.socket.id, relayed);
    agent_.addRelayedSocket(now, id, relayed, preferenceOf(relay.server, relay.socket.localPreference));
  }
}

void Relays::onRedirected(Time now, const Relay& relay, const SocketAddress& alternate) {
  const Socket socket = relay.socket;
  const SocketAddress askedAt = relay.askedAt;
  const int redirects = relay.client->options().redirects + 1;
  TurnServer server = relay.server;
  server.address = alternate;
  const bool usable = canReach(socket.local, alternate) && find(socket.id, server) == nullptr;
  if (!usable) {
    reportError(relay, 300, "the TURN server names another one, " + alternate.toString() + ", which is of no use here");
    return;
  }
  startClient(now, socket, server, askedAt, redirects);
}

void Relays::onEnded(Time now, Relay& relay, const turn::Ended& ended) {
  relay.client->output().clear();
  if (!relay.server.tcp) agent_.noteServer(ended.code != 701);
  if (relay.v4 == 0 && relay.v6 == 0) return reportError(relay, ended.code, ended.reason);
  dropSockets(now, relay, "the TURN server " + relay.server.address.toString() + " ended the relay: " + ended.reason);
}

void Relays::dropSockets(Time now, Relay& relay, const std::string& why) {
  for (ice::SocketId* id : {&relay.v4, &relay.v6}) {
    if (*id != 0) agent_.removeSocket(now, std::exchange(*id, 0), why);
  }
}

void Relays::reportError(const Relay& relay, int code, std::string text) {
  const SocketAddress& local = relay.socket.local;
  const IpAddress plain = local.ip.scope() == 0 ? local.ip : IpAddress::fromV6(local.ip.bytes().first<16>());
  events_.push(IceEvent{std::make_unique<ice::Event>(
      ice::CandidateErrorEvent{plain.toString(), local.port, relay.server.url, code, std::move(text)})});
}

// Out -----------------------------------------------------------------------------------------------------------------

void Relays::send(Time now, ice::SocketId relayed, std::span<const OutgoingDatagram> batch) {
  Relay* relay = find(relayed);
  if (relay == nullptr) return;
  for (const OutgoingDatagram& datagram : batch) relay->client->send(now, datagram.remote, datagram.payload);
}

void Relays::expectTraffic(Time now, ice::SocketId socket, const SocketAddress& remote) {
  if (!owns(socket)) return;
  if (Relay* relay = find(socket)) relay->client->bindChannel(now, remote);
}

void Relays::flush(PacketSender& sender) {
  for (Relay& relay : relays_) {
    PacketQueue& output = relay.client->output();
    if (output.empty() || relay.full) continue;
    if (relay.stream != 0) {
      // The queue's messages lie back to back, as they go on a stream.
      relay.full = !streams_.sendStream(relay.stream, ByteView(output[0].data(), output.bytes()));
      if (!relay.full) output.clear();
      continue;
    }
    batch_.clear();
    for (std::size_t i = 0; i < output.size(); ++i) batch_.push_back({relay.server.address, output[i]});
    sender.sendPackets(relay.socket.id, batch_);
    output.clear();
  }
}

// Time ----------------------------------------------------------------------------------------------------------------

void Relays::handleTimeout(Time now) {
  if (relays_.empty()) return;
  dropRetired(now);
  for (Relay& relay : relays_) relay.client->handleTimeout(now);
  collect(now);
}

std::optional<Time> Relays::nextTimeout() const {
  std::optional<Time> next;
  for (const Relay& relay : relays_) {
    const std::optional<Time> due = relay.client->nextTimeout();
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

void Relays::releaseBuffers() {
  for (Relay& relay : relays_) {
    if (relay.client->output().empty()) relay.client->output().release();
  }
  batch_ = {};
}

const Relays::Relay* Relays::find(ice::SocketId socket, const SocketAddress& server) const {
  TurnServer overUdp;
  overUdp.address = server;
  return find(socket, overUdp);
}

const Relays::Relay* Relays::find(ice::SocketId socket, const TurnServer& server) const {
  const auto at = std::find_if(relays_.begin(), relays_.end(), [&](const Relay& relay) {
    const bool ended = relay.client->decided() && !relay.client->allocated();  // it has a last request to send
    return !ended && relay.socket.id == socket && relay.server.address == server.address &&
           sameProtocol(relay.server, server);
  });
  return at == relays_.end() ? nullptr : &*at;
}

Relays::Relay* Relays::findStream(ice::SocketId stream) {
  const auto at = std::find_if(relays_.begin(), relays_.end(),
                               [&](const Relay& relay) { return stream != 0 && relay.stream == stream; });
  return at == relays_.end() ? nullptr : &*at;
}

Relays::Relay* Relays::find(ice::SocketId relayed) {
  const auto at = std::find_if(relays_.begin(), relays_.end(),
                               [&](const Relay& relay) { return relay.v4 == relayed || relay.v6 == relayed; });
  return at == relays_.end() ? nullptr : &*at;
}

}  // namespace portico
