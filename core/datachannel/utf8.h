// What is text and what is not (RFC 3629).
#pragma once

#include <string>
#include <string_view>

namespace portico::datachannel {

[[nodiscard]] bool isUtf8(std::string_view bytes);

/// The same text, with U+FFFD in place of each part that is not UTF-8, as WHATWG's decoder does it (Encoding §8.1.1:
/// one for each maximal subpart). At most three times as long.
[[nodiscard]] std::string sanitizedUtf8(std::string_view bytes);

}  // namespace portico::datachannel
