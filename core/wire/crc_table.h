// What the two CRCs of this folder share: reflected tables made at compile time, and the walk over them that takes
// eight bytes a step ("slicing by 8").
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "portico/platform/bytes.h"

namespace portico::crc {

using Table = std::array<std::array<std::uint32_t, 256>, 8>;

/// Row r holds the remainder of each byte value with r zero bytes after it. `polynomial` has its bits reversed.
constexpr Table makeTable(std::uint32_t polynomial) {
  Table table{};
  for (std::uint32_t value = 0; value < 256; ++value) {
    std::uint32_t remainder = value;
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? polynomial : 0);
    table[0][value] = remainder;
  }
  for (std::size_t row = 1; row < table.size(); ++row) {
    for (std::size_t value = 0; value < 256; ++value) {
      const std::uint32_t before = table[row - 1][value];
      table[row][value] = (before >> 8) ^ table[0][before & 0xff];
    }
  }
  return table;
}

inline std::uint32_t loadLittleEndian(const std::byte* from) {
  return std::to_integer<std::uint32_t>(from[0]) | std::to_integer<std::uint32_t>(from[1]) << 8 |
         std::to_integer<std::uint32_t>(from[2]) << 16 | std::to_integer<std::uint32_t>(from[3]) << 24;
}

/// Takes `data` into the shift register; the inversions before and after are the caller's.
inline std::uint32_t advance(const Table& table, std::uint32_t state, ByteView data) {
  const std::byte* at = data.data();
  std::size_t left = data.size();
  for (; left >= 8; left -= 8, at += 8) {
    const std::uint32_t low = loadLittleEndian(at) ^ state;
    const std::uint32_t high = loadLittleEndian(at + 4);
    state = table[7][low & 0xff] ^ table[6][low >> 8 & 0xff] ^ table[5][low >> 16 & 0xff] ^ table[4][low >> 24] ^
            table[3][high & 0xff] ^ table[2][high >> 8 & 0xff] ^ table[1][high >> 16 & 0xff] ^ table[0][high >> 24];
  }
  for (; left > 0; --left, ++at) {
    state = (state >> 8) ^ table[0][(state ^ std::to_integer<std::uint32_t>(*at)) & 0xff];
  }
  return state;
}

}  // namespace portico::crc
