#include "native/bridge/relay/capsule.h"

#include <array>

#include "native/bridge/relay/varint.h"

namespace portico::bridge {
namespace {

// Endpoint { IP Version (8), Address (32 or 128), Port (16) }

constexpr std::size_t kMaxEndpointBytes = 1 + 16 + 2;

/// Fails the reader for a version that is neither 4 nor 6.
SocketAddress readEndpoint(ByteReader& reader, std::uint8_t version) {
  SocketAddress endpoint;
  if (version == 4) {
    endpoint.ip = IpAddress::fromV4(reader.u32());
  } else if (const ByteView bytes = version == 6 ? reader.bytes(16) : ByteView(); bytes.size() == 16) {
    endpoint.ip = IpAddress::fromV6(bytes.first<16>());
  } else {
    reader.fail();
  }
  endpoint.port = reader.u16();
  return endpoint;
}

void writeEndpoint(ByteWriter& writer, const SocketAddress& endpoint) {
  writer.u8(static_cast<std::uint8_t>(endpoint.ip.family()));
  writer.bytes(endpoint.ip.bytes());
  writer.u16(endpoint.port);
}

void append(ByteVector& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// Writes the type, the length and the value, which is `head` and then `tail`.
void appendCapsule(ByteVector& out, CapsuleType type, ByteView head, ByteView tail = {}) {
  std::array<std::byte, 2 * kMaxVarintBytes> room;
  ByteWriter writer(room);
  writeVarint(writer, static_cast<std::uint64_t>(type));
  writeVarint(writer, head.size() + tail.size());
  append(out, writer.written());
  append(out, head);
  append(out, tail);
}

void appendContext(ByteVector& out, CapsuleType type, std::uint64_t context) {
  std::array<std::byte, kMaxVarintBytes> room;
  ByteWriter writer(room);
  writeVarint(writer, context);
  appendCapsule(out, type, writer.written());
}

}  // namespace

std::optional<Capsule> CapsuleReader::next() {
  if (rest_.empty() || malformed_) return std::nullopt;
  ByteReader reader(rest_);
  const auto type = static_cast<CapsuleType>(readVarint(reader));
  const std::uint64_t length = readVarint(reader);
  const ByteView value = reader.bytes(length);
  if (!reader.ok()) {
    malformed_ = true;
    return std::nullopt;
  }
  rest_ = reader.rest();
  return Capsule{type, value};
}

std::optional<DatagramValue> parseDatagram(ByteView value) {
  ByteReader reader(value);
  DatagramValue datagram;
  datagram.context = readVarint(reader);
  if (datagram.context == kUncompressedContext) datagram.remote = readEndpoint(reader, reader.u8());
  if (!reader.ok()) return std::nullopt;
  datagram.payload = reader.rest();
  return datagram;
}

std::optional<AssignValue> parseAssign(ByteView value) {
  ByteReader reader(value);
  AssignValue assign;
  assign.context = readVarint(reader);
  const std::uint8_t version = reader.u8();
  if (version != 0) {
    assign.remote = readEndpoint(reader, version);
    if (assign.remote->port == 0) return std::nullopt;
  }
  const bool uncompressed = assign.context == kUncompressedContext;
  if (!reader.ok() || !reader.atEnd() || uncompressed == assign.remote.has_value()) return std::nullopt;
  return assign;
}

std::optional<std::uint64_t> parseContext(ByteView value) {
  ByteReader reader(value);
  const std::uint64_t context = readVarint(reader);
  if (!reader.ok() || !reader.atEnd()) return std::nullopt;
  return context;
}

std::optional<BoundValue> parseBound(ByteView value) {
  ByteReader reader(value);
  BoundValue bound;
  const std::uint64_t count = readVarint(reader);
  if (count == 0 || count > 2) return std::nullopt;
  for (std::uint64_t i = 0; i < count; ++i) {
    BoundEndpoint endpoint;
    endpoint.bound = readEndpoint(reader, reader.u8());
    const std::uint8_t hasPublic = reader.u8();
    if (hasPublic > 1) return std::nullopt;
    if (hasPublic == 1) endpoint.seen = readEndpoint(reader, reader.u8());
    bound.endpoints.push_back(endpoint);
  }
  bound.largestPayloadBytes = readVarint(reader);
  bound.queueBytes = readVarint(reader);
  bound.bytesPerSecond = readVarint(reader);
  bound.packetsPerSecond = readVarint(reader);
  if (!reader.ok()) return std::nullopt;
  return bound;
}

std::optional<RefusedValue> parseRefused(ByteView value) {
  ByteReader reader(value);
  RefusedValue refused;
  refused.remote = readEndpoint(reader, reader.u8());
  const std::uint64_t reason = readVarint(reader);
  if (!reader.ok()) return std::nullopt;
  if (reason >= 1 && reason <= static_cast<std::uint64_t>(RefusalReason::tooLarge)) {
    refused.reason = static_cast<RefusalReason>(reason);
  }
  return refused;
}

void appendDatagram(ByteVector& out, std::uint64_t context, ByteView payload) {
  std::array<std::byte, kMaxVarintBytes> room;
  ByteWriter writer(room);
  writeVarint(writer, context);
  appendCapsule(out, CapsuleType::datagram, writer.written(), payload);
}

void appendDatagram(ByteVector& out, const SocketAddress& remote, ByteView payload) {
  std::array<std::byte, 1 + kMaxEndpointBytes> room;
  ByteWriter writer(room);
  writeVarint(writer, kUncompressedContext);
  writeEndpoint(writer, remote);
  appendCapsule(out, CapsuleType::datagram, writer.written(), payload);
}

void appendAssign(ByteVector& out, std::uint64_t context, const SocketAddress& remote) {
  std::array<std::byte, kMaxVarintBytes + kMaxEndpointBytes> room;
  ByteWriter writer(room);
  writeVarint(writer, context);
  writeEndpoint(writer, remote);
  appendCapsule(out, CapsuleType::compressionAssign, writer.written());
}

void appendAck(ByteVector& out, std::uint64_t context) {
  appendContext(out, CapsuleType::compressionAck, context);
}

void appendClose(ByteVector& out, std::uint64_t context) {
  appendContext(out, CapsuleType::compressionClose, context);
}

void appendBound(ByteVector& out, const BoundValue& value) {
  std::array<std::byte, 5 * kMaxVarintBytes + 4 * kMaxEndpointBytes + 2>
      room;  // for the two endpoints that there may be
  ByteWriter writer(room);
  writeVarint(writer, value.endpoints.size());
  for (const BoundEndpoint& endpoint : value.endpoints) {
    writeEndpoint(writer, endpoint.bound);
    writer.u8(endpoint.seen ? 1 : 0);
    if (endpoint.seen) writeEndpoint(writer, *endpoint.seen);
  }
  writeVarint(writer, value.largestPayloadBytes);
  writeVarint(writer, value.queueBytes);
  writeVarint(writer, value.bytesPerSecond);
  writeVarint(writer, value.packetsPerSecond);
  appendCapsule(out, CapsuleType::bound, writer.written());
}

void appendRefused(ByteVector& out, const SocketAddress& remote, RefusalReason reason) {
  std::array<std::byte, kMaxEndpointBytes + kMaxVarintBytes> room;
  ByteWriter writer(room);
  writeEndpoint(writer, remote);
  writeVarint(writer, static_cast<std::uint64_t>(reason));
  appendCapsule(out, CapsuleType::refused, writer.written());
}

}  // namespace portico::bridge
