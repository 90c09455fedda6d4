#include "core/sctp/unsent_bytes.h"

#include <algorithm>

#include "core/sctp/chunk.h"
#include "core/wire/byte_reader.h"

namespace portico::sctp {
namespace {

constexpr std::size_t kDataHeaderBytes = 16;
constexpr std::uint8_t kDataChunk = 0;
constexpr unsigned kEndingFragment = 0x01;

/// RFC 9260 §1.6: serial number arithmetic.
bool isAfter(std::uint32_t tsn, std::uint32_t other) {
  return static_cast<std::int32_t>(tsn - other) > 0;
}

}  // namespace

void UnsentBytes::add(std::uint16_t stream, std::size_t messageBytes) {
  if (stream >= bytes_.size()) bytes_.resize(std::size_t{stream} + 1);
  bytes_[stream] += messageBytes;
  ++messages_;
}

void UnsentBytes::remove(std::uint16_t stream, std::size_t bytes) {
  subtract(stream, bytes);
  if (messages_ > 0) --messages_;
}

void UnsentBytes::subtract(std::uint16_t stream, std::size_t bytes) {
  if (stream < bytes_.size()) bytes_[stream] -= std::min(bytes_[stream], bytes);
}

void UnsentBytes::clear() {
  std::fill(bytes_.begin(), bytes_.end(), 0);
  messages_ = 0;
}

void UnsentBytes::onPacket(ByteView packet) {
  if (packet.size() < kCommonHeaderBytes) return;
  packet = packet.subspan(kCommonHeaderBytes);
  while (packet.size() >= kChunkHeaderBytes) {
    const auto type = std::to_integer<std::uint8_t>(packet[0]);
    const std::size_t length = std::to_integer<std::size_t>(packet[2]) << 8 | std::to_integer<std::size_t>(packet[3]);
    if (length < kChunkHeaderBytes || length > packet.size()) return;
    if (type == kDataChunk && length >= kDataHeaderBytes) onData(packet.first(length));
    packet = packet.subspan(std::min((length + 3) & ~std::size_t{3}, packet.size()));
  }
}

void UnsentBytes::onData(ByteView chunk) {
  ByteReader reader(chunk.subspan(kChunkHeaderBytes));
  const std::uint32_t tsn = reader.u32();
  if (highestTsn_ && !isAfter(tsn, *highestTsn_)) return;
  highestTsn_ = tsn;
  subtract(reader.u16(), chunk.size() - kDataHeaderBytes);
  const bool lastFragment = (std::to_integer<unsigned>(chunk[1]) & kEndingFragment) != 0;
  if (lastFragment && messages_ > 0) --messages_;
}

}  // namespace portico::sctp
