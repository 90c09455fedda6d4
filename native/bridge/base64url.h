// RFC 4648 §5, without padding, as JWS has it (RFC 7515 §2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace portico::bridge {

/// Strict: other characters, padding, a length that cannot be, and leftover bits that are not 0 are refused.
std::optional<std::string> decodeBase64Url(std::string_view text);

}  // namespace portico::bridge
