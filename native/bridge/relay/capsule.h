// The capsules of docs/bridge.md (RFC 9297 §3.2), read where they lie and written to the end of a buffer.
#pragma once

#include <optional>
#include <span>

#include "portico/platform/bytes.h"
#include "portico/platform/socket_address.h"

namespace portico::bridge {

enum class CapsuleType : std::uint64_t {
  datagram = 0x00,
  compressionAssign = 0x11,
  compressionAck = 0x12,
  compressionClose = 0x13,
  bound = 0x2f10,
  refused = 0x2f11,
};

/// Always there; its datagrams name their endpoint.
inline constexpr std::uint64_t kUncompressedContext = 0;

struct Capsule {
  CapsuleType type{};
  ByteView value;
};

/// Walks over a message. After next() gave nothing, malformed() says whether that was its end.
class CapsuleReader {
 public:
  explicit CapsuleReader(ByteView message) : rest_(message) {}
  std::optional<Capsule> next();
  [[nodiscard]] bool malformed() const { return malformed_; }

 private:
  ByteView rest_;
  bool malformed_ = false;
};

struct DatagramValue {
  std::uint64_t context = kUncompressedContext;
  SocketAddress remote;  ///< on the uncompressed context only
  ByteView payload;
};

struct AssignValue {
  std::uint64_t context = kUncompressedContext;
  std::optional<SocketAddress> remote;  ///< nothing: IP version 0, the uncompressed context
};

std::optional<DatagramValue> parseDatagram(ByteView value);
/// Refused: a port 0; IP version 0 with another context than 0, or the other way round.
std::optional<AssignValue> parseAssign(ByteView value);
/// Of COMPRESSION_ACK and COMPRESSION_CLOSE.
std::optional<std::uint64_t> parseContext(ByteView value);

enum class RefusalReason : std::uint64_t { notPermitted = 1, limited = 2, unreachable = 3, tooLarge = 4 };

struct BoundEndpoint {
  SocketAddress bound;
  std::optional<SocketAddress> seen;  ///< by the world, where that is another one
};

struct BoundValue {
  std::vector<BoundEndpoint> endpoints;  ///< one or two
  std::uint64_t largestPayloadBytes = 0;
  std::uint64_t queueBytes = 0;
  std::uint64_t bytesPerSecond = 0;    ///< 0: no limit
  std::uint64_t packetsPerSecond = 0;  ///< 0: no limit
};

struct RefusedValue {
  SocketAddress remote;
  RefusalReason reason = RefusalReason::notPermitted;  ///< also for one that is not known
};

/// As the client reads it: bytes after the last field are a later version's.
std::optional<BoundValue> parseBound(ByteView value);
std::optional<RefusedValue> parseRefused(ByteView value);

// Each appends one capsule. The buffer keeps its memory between messages, so a datagram costs no allocation.
void appendDatagram(ByteVector& out, std::uint64_t context, ByteView payload);
/// On the uncompressed context.
void appendDatagram(ByteVector& out, const SocketAddress& remote, ByteView payload);
void appendAssign(ByteVector& out, std::uint64_t context, const SocketAddress& remote);
void appendAck(ByteVector& out, std::uint64_t context);
void appendClose(ByteVector& out, std::uint64_t context);
void appendBound(ByteVector& out, const BoundValue& value);
void appendRefused(ByteVector& out, const SocketAddress& remote, RefusalReason reason);

/// What a datagram's capsule has beside its payload, at most.
inline constexpr std::size_t kMaxDatagramOverheadBytes = 1 + 4 + 1 + 1 + 16 + 2;

}  // namespace portico::bridge
