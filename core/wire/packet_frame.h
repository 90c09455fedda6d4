// Packets on a stream, as RFC 4571 §2 frames them: a length of two bytes, then so many bytes.
#pragma once

#include <cstddef>
#include <optional>

#include "portico/platform/bytes.h"

namespace portico {

inline constexpr std::size_t kFrameHeaderBytes = 2;
inline constexpr std::size_t kMaxFramedBytes = 0xffff;

/// Of the frame that begins here, with its header; 0: that has not come yet.
[[nodiscard]] inline std::optional<std::size_t> frameBytes(ByteView stream) {
  if (stream.size() < kFrameHeaderBytes) return 0;
  return kFrameHeaderBytes + (std::to_integer<std::size_t>(stream[0]) << 8 | std::to_integer<std::size_t>(stream[1]));
}

/// `packet` has kMaxFramedBytes at most.
inline void appendFrame(ByteVector& stream, ByteView packet) {
  stream.push_back(static_cast<std::byte>(packet.size() >> 8));
  stream.push_back(static_cast<std::byte>(packet.size() & 0xff));
  stream.insert(stream.end(), packet.begin(), packet.end());
}

}  // namespace portico
