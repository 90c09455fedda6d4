#include "core/turn/deframer.h"

#include "core/stun/message.h"
#include "core/turn/channel_data.h"
#include "core/wire/byte_reader.h"

namespace portico::turn {

std::optional<std::size_t> Deframer::messageBytes(ByteView stream) {
  if (stream.empty()) return 0;
  const bool channelData = isChannelData(stream);
  // RFC 8656 §12.5: the two upper bits are 00 for STUN and 01 for ChannelData.
  if (!channelData && (std::to_integer<unsigned>(stream[0]) & 0xc0) != 0) return std::nullopt;
  if (stream.size() < kChannelHeaderBytes) return 0;
  ByteReader reader(stream);
  reader.skip(2);
  const std::size_t length = reader.u16();
  if (channelData) return kChannelHeaderBytes + paddedBytes(length);
  if (length % 4 != 0) return std::nullopt;
  if (reader.remaining() >= 4 && reader.u32() != stun::kMagicCookie) return std::nullopt;
  return stun::kHeaderBytes + length;
}

}  // namespace portico::turn
