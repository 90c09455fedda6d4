// Packets as people write them.
#pragma once

#include <cctype>
#include <string_view>

#include "portico/platform/bytes.h"

namespace portico {

/// Pairs of hex digits; everything else is skipped.
inline ByteVector fromHex(std::string_view text) {
  ByteVector bytes;
  int digits = 0;
  unsigned value = 0;
  for (const char c : text) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) continue;
    const unsigned digit = c <= '9' ? static_cast<unsigned>(c - '0') : static_cast<unsigned>((c | 0x20) - 'a' + 10);
    value = (value << 4 | digit) & 0xff;
    if (++digits % 2 == 0) bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

}  // namespace portico
