#include "core/sctp/empty_data.h"

#include <algorithm>
#include <cstdint>

#include "core/sctp/association.h"
#include "core/sctp/chunk.h"

namespace portico::sctp {
namespace {

constexpr std::size_t kDataHeaderBytes = 16;
constexpr std::size_t kLengthOffset = 3;  ///< the low byte; the high one is zero for a header alone
constexpr std::size_t kPpidOffset = 15;   ///< likewise
constexpr std::uint8_t kDataChunk = 0;

bool isEmptyData(ByteView chunk) {
  return std::to_integer<std::uint8_t>(chunk[0]) == kDataChunk && chunk.size() == kDataHeaderBytes &&
         std::to_integer<std::size_t>(chunk[kLengthOffset]) == kDataHeaderBytes;
}

bool hasEmptyData(ByteView packet) {
  ByteView rest = packet.subspan(std::min(kCommonHeaderBytes, packet.size()));
  while (const std::size_t bytes = paddedChunkBytes(rest)) {
    if (isEmptyData(rest.first(bytes))) return true;
    rest = rest.subspan(bytes);
  }
  return false;
}

std::byte emptyPpid(std::byte ppid) {
  if (ppid == static_cast<std::byte>(Ppid::string)) return static_cast<std::byte>(Ppid::stringEmpty);
  if (ppid == static_cast<std::byte>(Ppid::binary)) return static_cast<std::byte>(Ppid::binaryEmpty);
  return ppid;
}

void appendFilled(ByteVector& out, ByteView chunk) {
  const std::size_t begin = out.size();
  out.insert(out.end(), chunk.begin(), chunk.end());
  out[begin + kLengthOffset] = static_cast<std::byte>(kDataHeaderBytes + 1);
  out[begin + kPpidOffset] = emptyPpid(out[begin + kPpidOffset]);
  out.insert(out.end(), 4, std::byte{0});  // the byte, and its padding
}

}  // namespace

std::optional<ByteVector> fillEmptyData(ByteView packet) {
  if (!hasEmptyData(packet)) return std::nullopt;
  ByteVector filled = toVector(packet.first(kCommonHeaderBytes));
  ByteView rest = packet.subspan(kCommonHeaderBytes);
  while (const std::size_t bytes = paddedChunkBytes(rest)) {
    const ByteView chunk = rest.first(bytes);
    if (isEmptyData(chunk)) {
      appendFilled(filled, chunk);
    } else {
      filled.insert(filled.end(), chunk.begin(), chunk.end());
    }
    rest = rest.subspan(bytes);
  }
  filled.insert(filled.end(), rest.begin(), rest.end());
  return filled;
}

}  // namespace portico::sctp
