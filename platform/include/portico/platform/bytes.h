// Byte ranges: the one vocabulary for payloads in Portico.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace portico {

using ByteView = std::span<const std::byte>;
using MutableByteView = std::span<std::byte>;
using ByteVector = std::vector<std::byte>;

inline ByteView asBytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

inline std::string_view asText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline ByteVector toVector(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace portico
