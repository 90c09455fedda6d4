// The CRC-32 of IEEE 802.3, which STUN's FINGERPRINT attribute uses (RFC 8489 §14.7).
#pragma once

#include <cstdint>

#include "portico/platform/bytes.h"

namespace portico {

/// `previous` is the CRC of what comes before `data`; 0 for nothing.
std::uint32_t crc32(ByteView data, std::uint32_t previous = 0);

}  // namespace portico
