// ChannelData messages (RFC 8656 §12.4): four bytes before the data of a peer that has a channel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "portico/platform/bytes.h"

namespace portico::turn {

inline constexpr std::uint16_t kFirstChannel = 0x4000;  ///< RFC 8656 §12
inline constexpr std::uint16_t kLastChannel = 0x4fff;
inline constexpr std::size_t kChannelHeaderBytes = 4;

struct ChannelData {
  std::uint16_t channel = 0;
  MutableByteView payload;  ///< where it lies in the packet
};

/// RFC 7983 §7: by its first byte, 64 to 79.
inline bool isChannelData(ByteView packet) {
  return !packet.empty() && (std::to_integer<unsigned>(packet[0]) & 0xf0) == 0x40;
}

/// What follows the data is padding (RFC 8656 §12.5). Refused: data that ends outside the packet.
std::optional<ChannelData> parseChannelData(MutableByteView packet);

/// Over a stream a message is padded to four bytes, which its length field does not count (RFC 8656 §12.5).
inline std::size_t paddedBytes(std::size_t bytes) {
  return (bytes + 3) / 4 * 4;
}

/// Into `room`, which has kChannelHeaderBytes and the payload padded; the bytes that are used.
std::size_t writeChannelData(MutableByteView room, std::uint16_t channel, ByteView payload, bool padded);

}  // namespace portico::turn
