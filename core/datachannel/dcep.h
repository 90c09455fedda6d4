// The Data Channel Establishment Protocol's two messages (RFC 8832 §5), as bytes.
#pragma once

#include <cstdint>
#include <optional>

#include "portico/parameters.h"
#include "portico/platform/bytes.h"

namespace portico::datachannel {

/// RFC 8832 §8.2.1.
enum class DcepType : std::uint8_t { ack = 0x02, open = 0x03 };

/// DATA_CHANNEL_ACK (RFC 8832 §5.2) is its type and nothing else.
inline constexpr std::byte kDcepAck[] = {static_cast<std::byte>(DcepType::ack)};

/// The type of a DCEP message; nullopt for an empty one and for a type that RFC 8832 does not know.
[[nodiscard]] std::optional<DcepType> dcepTypeOf(ByteView message);

/// DATA_CHANNEL_OPEN. Nullopt where a length runs over the end, and for an unknown channel type. Bytes after the
/// protocol are let pass: a peer that counts characters instead of bytes sends them. `label` and `protocol` become
/// UTF-8 (U+FFFD for what is not); limits over 65,535 become 65,535, the most that the API can say.
[[nodiscard]] std::optional<DataChannelParameters> parseDcepOpen(ByteView message);

/// Label and protocol are at most 65,535 bytes, and at most one limit is set.
[[nodiscard]] ByteVector writeDcepOpen(const DataChannelParameters& parameters);

}  // namespace portico::datachannel
