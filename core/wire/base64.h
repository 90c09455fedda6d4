// Base64 (RFC 4648 §4) and base64url without padding (§5), for message bodies and for pasted codes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "portico/platform/bytes.h"

namespace portico {

/// §4, with padding.
std::string toBase64(ByteView bytes);
/// §5, without padding.
std::string toBase64Url(ByteView bytes);

/// Takes both alphabets, with or without padding. Anything else, a bit left over included: nullopt.
std::optional<ByteVector> fromBase64(std::string_view text);

}  // namespace portico
