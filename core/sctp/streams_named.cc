#include "core/sctp/streams_named.h"

#include <algorithm>

#include "core/sctp/chunk.h"

namespace portico::sctp {
namespace {

// RFC 9260 §3.2, RFC 3758 §3.2, RFC 6525 §3
enum : std::uint8_t {
  kData = 0,
  kInit = 1,
  kInitAck = 2,
  kCookieEcho = 10,
  kCookieAck = 11,
  kReconfig = 130,
  kForwardTsn = 192,
};
// RFC 6525 §4
enum : std::uint16_t { kIncomingReset = 14, kAddOutgoing = 17, kAddIncoming = 18 };

constexpr std::size_t kDataStreamOffset = 8;
constexpr std::size_t kForwardTsnStreamsOffset = 8;
constexpr std::size_t kForwardTsnStreamBytes = 4;

std::uint16_t u16At(ByteView bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[offset]) << 8 |
                                    std::to_integer<unsigned>(bytes[offset + 1]));
}

void nameStreamAt(StreamsNamed& named, ByteView chunk, std::size_t offset) {
  if (offset + 2 <= chunk.size()) named.inbound = std::max(named.inbound, u16At(chunk, offset) + 1u);
}

bool isAboutAll(ByteView parameters) {
  while (const std::size_t bytes = paddedChunkBytes(parameters)) {
    const std::uint16_t type = u16At(parameters, 0);
    if (type == kIncomingReset || type == kAddOutgoing || type == kAddIncoming) return true;
    parameters = parameters.subspan(bytes);
  }
  return false;
}

void readChunk(StreamsNamed& named, ByteView chunk) {
  switch (std::to_integer<std::uint8_t>(chunk[0])) {
    case kData:
      return nameStreamAt(named, chunk, kDataStreamOffset);
    case kForwardTsn:
      for (std::size_t at = kForwardTsnStreamsOffset; at < chunk.size(); at += kForwardTsnStreamBytes) {
        nameStreamAt(named, chunk, at);
      }
      return;
    case kReconfig:
      named.all |= isAboutAll(chunk.subspan(kChunkHeaderBytes));
      return;
    case kInit:
    case kInitAck:
    case kCookieEcho:
    case kCookieAck:
      named.all = true;
      return;
    default:
      return;
  }
}

}  // namespace

StreamsNamed streamsNamed(ByteView packet) {
  StreamsNamed named;
  ByteView rest = packet.subspan(std::min(kCommonHeaderBytes, packet.size()));
  while (const std::size_t bytes = paddedChunkBytes(rest)) {
    readChunk(named, rest.first(bytes));
    rest = rest.subspan(bytes);
  }
  return named;
}

}  // namespace portico::sctp
