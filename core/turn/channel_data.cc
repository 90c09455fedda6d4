#include "core/turn/channel_data.h"

#include "core/wire/byte_reader.h"
#include "core/wire/byte_writer.h"

namespace portico::turn {

//  0                   1                   2                   3
// |         Channel Number        |            Length             |
// |                       Application Data                        |

std::optional<ChannelData> parseChannelData(MutableByteView packet) {
  if (!isChannelData(packet)) return std::nullopt;
  ByteReader reader(packet);
  ChannelData data;
  data.channel = reader.u16();
  const std::size_t length = reader.u16();
  if (!reader.ok() || length > reader.remaining()) return std::nullopt;
  data.payload = packet.subspan(kChannelHeaderBytes, length);
  return data;
}

std::size_t writeChannelData(MutableByteView room, std::uint16_t channel, ByteView payload, bool padded) {
  if (payload.size() > 0xffff) return 0;
  ByteWriter writer(room);
  writer.u16(channel);
  writer.u16(static_cast<std::uint16_t>(payload.size()));
  writer.bytes(payload);
  if (padded) writer.zeros(paddedBytes(payload.size()) - payload.size());
  return writer.ok() ? writer.size() : 0;
}

}  // namespace portico::turn
