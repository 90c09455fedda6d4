// The chunks of an SCTP packet (RFC 9260 §3), where they lie.
#pragma once

#include <algorithm>
#include <cstddef>

#include "portico/platform/bytes.h"

namespace portico::sctp {

inline constexpr std::size_t kCommonHeaderBytes = 12;
inline constexpr std::size_t kChunkHeaderBytes = 4;  ///< a parameter's is as long, and has its length at the same place

/// Length of the chunk or parameter at the front with its padding; 0 where the rest is none.
inline std::size_t paddedChunkBytes(ByteView rest) {
  if (rest.size() < kChunkHeaderBytes) return 0;
  const std::size_t length = std::to_integer<std::size_t>(rest[2]) << 8 | std::to_integer<std::size_t>(rest[3]);
  if (length < kChunkHeaderBytes || length > rest.size()) return 0;
  return std::min((length + 3) & ~std::size_t{3}, rest.size());
}

}  // namespace portico::sctp
