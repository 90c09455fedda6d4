// Candidates over TCP (RFC 6544), as sockets: what the agent sends from one is framed and leaves on a connection, which
// an active one makes for it and a passive one has accepted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ice/agent.h"
#include "core/stack/relays.h"
#include "core/wire/packet_frame.h"
#include "core/wire/stream_cutter.h"
#include "portico/platform/host.h"
#include "portico/platform/time.h"

namespace portico {

/// Connections of one transport. Each is a candidate pair, of which a checklist has a hundred, and a descriptor.
inline constexpr std::size_t kMaxTcpPaths = 32;
/// Framed bytes that wait for a connection; behind them is the host's own queue. As on a full UDP socket, packets over
/// it are dropped: SCTP slows down by it.
inline constexpr std::size_t kMaxTcpPathBytes = 256 * 1024;
/// How long a connection stays that ICE has no use for: an answer leaves on it still (a role conflict's, above all),
/// and the next check that it brings may be of use.
inline constexpr Duration kUnusedTcpPathTime = std::chrono::seconds(3);

class TcpPaths {
 public:
  TcpPaths(ice::Agent& agent, Streams& streams) : agent_(agent), streams_(streams) {}

  // Candidates --------------------------------------------------------------------------------------------------------
  /// They go when the UDP socket `sibling` of that address does, for then its interface has gone. 0: there is none.
  void addActive(Time now, ice::SocketId sibling, const IpAddress& local, std::uint16_t localPreference);
  void addPassive(Time now, ice::SocketId listener, ice::SocketId sibling, const SocketAddress& local,
                  std::uint16_t localPreference);
  void onSocketRemoved(Time now, ice::SocketId sibling, const std::string& why);
  void onAddressRemoved(Time now, const IpAddress& local, const std::string& why);
  [[nodiscard]] bool offers(const IpAddress& local) const;
  /// As for Agent::doubt(), of the interface that has `sibling`.
  void doubt(Time now, ice::SocketId sibling);
  /// Right before ICE restarts: its checks go on connections of their own (RFC 6544 §9.2).
  void renew();
  /// All candidates and connections go.
  void clear(Time now, const std::string& why);

  // In ----------------------------------------------------------------------------------------------------------------
  [[nodiscard]] StreamAcceptor::Verdict judge(ByteView bytes) const;
  /// False: there are too many.
  bool accept(ice::SocketId listener, const SocketAddress& remote, ice::SocketId stream);
  /// `take(SocketId, const SocketAddress& remote, MutableByteView packet)` is called for each that is whole.
  template <typename Take>
  void handleStream(ice::SocketId stream, ByteView bytes, Take take) {
    Path* path = findStream(stream);
    if (path == nullptr) return;
    path->input.push(bytes, &frameBytes, [&](MutableByteView frame) {
      take(path->socket, path->remote, frame.subspan(kFrameHeaderBytes));
    });
  }
  void onStreamWritable(ice::SocketId stream);
  void onStreamClosed(Time now, ice::SocketId stream, const std::string& why);

  // Out ---------------------------------------------------------------------------------------------------------------
  [[nodiscard]] bool owns(ice::SocketId socket) const { return find(socket) != nullptr; }
  /// Returns how many were dropped.
  std::size_t send(Time now, ice::SocketId socket, std::span<const OutgoingDatagram> batch);
  void flush();

  // Time --------------------------------------------------------------------------------------------------------------
  /// Closes the connections that ICE has had no use for in a while (RFC 6544 §8).
  void closeUnused(Time now);
  [[nodiscard]] std::optional<Time> nextTimeout() const;
  void releaseBuffers();

 private:
  struct Socket {
    ice::SocketId id = 0;
    ice::SocketId sibling = 0;
    SocketAddress local;
    bool active = false;
    bool retired = false;  ///< has a replacement, and the connection that is in use at most
  };
  struct Path {
    ice::SocketId socket = 0;
    SocketAddress remote;
    ice::SocketId stream = 0;
    bool full = false;  ///< the stream takes nothing at present
    std::optional<Time> unusedSince{};
    StreamCutter input{};
    ByteVector output{};  ///< frames, whole ones only
  };

  void add(Time now, const Socket& socket, std::uint16_t localPreference);
  template <typename Predicate>
  void remove(Time now, const std::string& why, Predicate predicate);
  template <typename Predicate>
  void closeWhere(Predicate predicate);
  Path* open(Time now, ice::SocketId socket, const SocketAddress& remote);
  [[nodiscard]] bool anyPath(ice::SocketId socket) const;
  [[nodiscard]] const Socket* find(ice::SocketId socket) const;
  [[nodiscard]] Path* find(ice::SocketId socket, const SocketAddress& remote);
  [[nodiscard]] Path* findStream(ice::SocketId stream);

  ice::Agent& agent_;
  Streams& streams_;
  std::vector<Socket> sockets_;
  std::vector<Path> paths_;
};

}  // namespace portico
