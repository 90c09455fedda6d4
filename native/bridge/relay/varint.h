// The variable-length integers of QUIC (RFC 9000 §16): the first byte's two high bits say how many bytes there are.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/wire/byte_reader.h"
#include "core/wire/byte_writer.h"

namespace portico::bridge {

inline constexpr std::size_t kMaxVarintBytes = 8;

/// Any form is taken, also one longer than need be. Fails the reader where the bytes end too early.
inline std::uint64_t readVarint(ByteReader& reader) {
  const std::uint8_t first = reader.u8();
  std::uint64_t value = first & 0x3f;
  for (int left = (1 << (first >> 6)) - 1; left > 0; --left) value = value << 8 | reader.u8();
  return reader.ok() ? value : 0;
}

/// The shortest form. `value` is below 2^62.
inline void writeVarint(ByteWriter& writer, std::uint64_t value) {
  if (value < 1U << 6) {
    writer.u8(static_cast<std::uint8_t>(value));
  } else if (value < 1U << 14) {
    writer.u16(static_cast<std::uint16_t>(value | 0x4000));
  } else if (value < 1U << 30) {
    writer.u32(static_cast<std::uint32_t>(value | 0x8000'0000));
  } else {
    writer.u64(value | 0xc000'0000'0000'0000);
  }
}

inline std::size_t varintBytes(std::uint64_t value) {
  return value < 1U << 6 ? 1 : value < 1U << 14 ? 2 : value < 1U << 30 ? 4 : 8;
}

}  // namespace portico::bridge
