// The hashes that STUN and TURN authenticate with. One file, because mbedTLS lives behind it.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "portico/platform/bytes.h"

namespace portico::stun {

using Md5Digest = std::array<std::byte, 16>;
using Sha1Digest = std::array<std::byte, 20>;
using Sha256Digest = std::array<std::byte, 32>;

/// RFC 2104 over the parts, as if they lay back to back. Nothing is allocated.
Sha1Digest hmacSha1(ByteView key, std::span<const ByteView> parts);
Sha256Digest hmacSha256(ByteView key, std::span<const ByteView> parts);

/// For the long-term key of RFC 8489 §9.2.2, and for nothing else.
Md5Digest md5(ByteView data);

/// Takes as long for a near miss as for a far one. False where the lengths differ.
bool equalInConstantTime(ByteView a, ByteView b);

}  // namespace portico::stun
