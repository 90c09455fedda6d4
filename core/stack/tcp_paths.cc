#include "core/stack/tcp_paths.h"

#include <algorithm>

namespace portico {
namespace {

constexpr std::uint16_t kActivePort = 9;  // RFC 6544 §4.5: discard, for who connects has no port yet

// The first packet of a connection is a check: STUN's header at least, and no more than its longest names fill.
constexpr std::size_t kMinCheckBytes = 20;
constexpr std::size_t kMaxCheckBytes = 1'500;

}  // namespace

// Candidates ----------------------------------------------------------------------------------------------------------

void TcpPaths::addActive(Time now, ice::SocketId sibling, const IpAddress& local, std::uint16_t localPreference) {
  add(now, {streams_.newSocketId(), sibling, {local, kActivePort}, true}, localPreference);
}

void TcpPaths::addPassive(Time now, ice::SocketId listener, ice::SocketId sibling, const SocketAddress& local,
                          std::uint16_t localPreference) {
  add(now, {listener, sibling, local, false}, localPreference);
}

void TcpPaths::add(Time now, const Socket& socket, std::uint16_t localPreference) {
  sockets_.push_back(socket);
  agent_.addSocket(now, socket.id, socket.local, localPreference,
                   socket.active ? ice::Transport::tcpActive : ice::Transport::tcpPassive,
                   agent_.nameOf(socket.sibling));
}

void TcpPaths::onSocketRemoved(Time now, ice::SocketId sibling, const std::string& why) {
  remove(now, why, [&](const Socket& socket) { return socket.sibling == sibling; });
}

void TcpPaths::onAddressRemoved(Time now, const IpAddress& local, const std::string& why) {
  remove(now, why, [&](const Socket& socket) { return socket.local.ip == local; });
}

bool TcpPaths::offers(const IpAddress& local) const {
  return std::any_of(sockets_.begin(), sockets_.end(),
                     [&](const Socket& socket) { return socket.local.ip == local && !socket.retired; });
}

void TcpPaths::doubt(Time now, ice::SocketId sibling) {
  for (const Socket& socket : sockets_) {
    if (socket.sibling == sibling) agent_.doubt(now, socket.id);
  }
}

void TcpPaths::clear(Time now, const std::string& why) {
  remove(now, why, [](const Socket&) { return true; });
}

template <typename Predicate>
void TcpPaths::remove(Time now, const std::string& why, Predicate predicate) {
  std::vector<Socket> removed;
  std::copy_if(sockets_.begin(), sockets_.end(), std::back_inserter(removed), predicate);
  std::erase_if(sockets_, predicate);
  for (const Socket& socket : removed) {
    if (!socket.active) streams_.closeListener(socket.id);
    closeWhere([&](const Path& path) { return path.socket == socket.id; });
    agent_.removeSocket(now, socket.id, why);
  }
}

template <typename Predicate>
void TcpPaths::closeWhere(Predicate predicate) {
  std::erase_if(paths_, [&](const Path& path) {
    if (!predicate(path)) return false;
    streams_.closeStream(path.stream);
    return true;
  });
}

void TcpPaths::renew() {
  std::erase_if(sockets_, [&](const Socket& socket) { return socket.retired && !anyPath(socket.id); });
  const std::size_t before = sockets_.size();
  for (std::size_t i = 0; i < before; ++i) {
    if (!sockets_[i].active || sockets_[i].retired) continue;
    Socket replacement = sockets_[i];
    replacement.id = streams_.newSocketId();
    sockets_[i].retired = true;
    agent_.replaceSocket(sockets_[i].id, replacement.id);
    sockets_.push_back(replacement);
  }
}

// In ------------------------------------------------------------------------------------------------------------------

StreamAcceptor::Verdict TcpPaths::judge(ByteView bytes) const {
  using Verdict = StreamAcceptor::Verdict;
  const std::size_t frame = *frameBytes(bytes);
  if (frame == 0) return Verdict::undecided;
  if (frame < kFrameHeaderBytes + kMinCheckBytes || frame > kFrameHeaderBytes + kMaxCheckBytes) return Verdict::refuse;
  if (frame > bytes.size()) return Verdict::undecided;
  const ByteView check = bytes.first(frame).subspan(kFrameHeaderBytes);
  return agent_.authenticates(check) ? Verdict::accept : Verdict::refuse;
}

bool TcpPaths::accept(ice::SocketId listener, const SocketAddress& remote, ice::SocketId stream) {
  if (paths_.size() >= kMaxTcpPaths || find(listener) == nullptr || find(listener, remote) != nullptr) return false;
  paths_.push_back({listener, remote, stream});
  return true;
}

void TcpPaths::onStreamWritable(ice::SocketId stream) {
  if (Path* path = findStream(stream)) path->full = false;
}

void TcpPaths::onStreamClosed(Time now, ice::SocketId stream, const std::string& why) {
  const Path* path = findStream(stream);
  if (path == nullptr) return;
  const ice::SocketId socket = path->socket;
  const SocketAddress remote = path->remote;
  closeWhere([&](const Path& other) { return other.stream == stream; });
  agent_.onPathLost(now, socket, remote, why);
}

// Out -----------------------------------------------------------------------------------------------------------------

std::size_t TcpPaths::send(Time now, ice::SocketId socket, std::span<const OutgoingDatagram> batch) {
  std::size_t dropped = 0;
  for (const OutgoingDatagram& datagram : batch) {
    Path* path = find(socket, datagram.remote);
    if (path == nullptr) path = open(now, socket, datagram.remote);
    const std::size_t frame = kFrameHeaderBytes + datagram.payload.size();
    if (path == nullptr || frame > kFrameHeaderBytes + kMaxFramedBytes ||
        path->output.size() + frame > kMaxTcpPathBytes) {
      ++dropped;
    } else {
      appendFrame(path->output, datagram.payload);
    }
  }
  return dropped;
}

TcpPaths::Path* TcpPaths::open(Time now, ice::SocketId socket, const SocketAddress& remote) {
  const Socket* from = find(socket);
  if (from == nullptr || !from->active) return nullptr;  // who has come to a passive one is to come again
  const Result<ice::SocketId> stream = paths_.size() < kMaxTcpPaths
                                           ? streams_.openStream({.remote = remote, .local = from->local.ip})
                                           : Error(Error::QuotaExceeded, "there are too many TCP connections already");
  if (!stream) {
    agent_.onPathLost(now, socket, remote, stream.error().message);
    return nullptr;
  }
  paths_.push_back({socket, remote, *stream});
  return &paths_.back();
}

// All that waits for a connection goes to it at once.
void TcpPaths::flush() {
  for (Path& path : paths_) {
    if (path.output.empty() || path.full) continue;
    path.full = !streams_.sendStream(path.stream, path.output);
    if (!path.full) path.output.clear();
  }
}

void TcpPaths::closeUnused(Time now) {
  for (Path& path : paths_) {
    if (agent_.usesPath(path.socket, path.remote)) {
      path.unusedSince.reset();
    } else if (!path.unusedSince) {
      path.unusedSince = now;
    }
  }
  closeWhere([&](const Path& path) { return path.unusedSince && now >= *path.unusedSince + kUnusedTcpPathTime; });
}

std::optional<Time> TcpPaths::nextTimeout() const {
  std::optional<Time> next;
  for (const Path& path : paths_) {
    if (path.unusedSince && (!next || *path.unusedSince + kUnusedTcpPathTime < *next)) {
      next = *path.unusedSince + kUnusedTcpPathTime;
    }
  }
  return next;
}

void TcpPaths::releaseBuffers() {
  for (Path& path : paths_) {
    path.input.release();
    if (path.output.empty()) path.output = {};
  }
}

bool TcpPaths::anyPath(ice::SocketId socket) const {
  return std::any_of(paths_.begin(), paths_.end(), [&](const Path& path) { return path.socket == socket; });
}

const TcpPaths::Socket* TcpPaths::find(ice::SocketId socket) const {
  const auto at = std::find_if(sockets_.begin(), sockets_.end(), [&](const Socket& s) { return s.id == socket; });
  return at == sockets_.end() ? nullptr : &*at;
}

TcpPaths::Path* TcpPaths::find(ice::SocketId socket, const SocketAddress& remote) {
  const auto at = std::find_if(paths_.begin(), paths_.end(),
                               [&](const Path& path) { return path.socket == socket && path.remote == remote; });
  return at == paths_.end() ? nullptr : &*at;
}

TcpPaths::Path* TcpPaths::findStream(ice::SocketId stream) {
  const auto at = std::find_if(paths_.begin(), paths_.end(), [&](const Path& path) { return path.stream == stream; });
  return at == paths_.end() ? nullptr : &*at;
}

}  // namespace portico
