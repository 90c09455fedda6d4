#include "core/wire/crc32c.h"

#include <cstring>

#include "core/wire/crc_table.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define PORTICO_CRC32C_SSE42 1
#include <nmmintrin.h>
#endif

namespace portico {
namespace {

constexpr crc::Table kTable = crc::makeTable(0x82f63b78);

#if defined(PORTICO_CRC32C_SSE42)

// The instruction takes three cycles but a new one can start in each, so three lanes run side by side. A lane of 128
// bytes takes a full packet of SCTP (1,150 bytes or so) in three rounds.
constexpr std::size_t kLane = 128;

using ShiftTable = std::array<std::array<std::uint32_t, 256>, 4>;

/// What a register becomes after kLane zero bytes, by each of its four bytes. The map is linear over XOR, so that the
/// 32 single bits tell all.
constexpr ShiftTable makeShiftTable() {
  ShiftTable table{};
  for (std::size_t row = 0; row < table.size(); ++row) {
    for (std::uint32_t value = 1; value < 256; ++value) {
      const std::uint32_t lowest = value & (~value + 1);
      if (lowest != value) {
        table[row][value] = table[row][lowest] ^ table[row][value ^ lowest];
        continue;
      }
      std::uint32_t state = value << (8 * row);
      for (std::size_t i = 0; i < kLane; ++i) state = (state >> 8) ^ kTable[0][state & 0xff];
      table[row][value] = state;
    }
  }
  return table;
}

constexpr ShiftTable kShift = makeShiftTable();

std::uint32_t shiftByLane(std::uint32_t state) {
  return kShift[0][state & 0xff] ^ kShift[1][state >> 8 & 0xff] ^ kShift[2][state >> 16 & 0xff] ^
         kShift[3][state >> 24];
}

inline std::uint64_t load64(const std::byte* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

__attribute__((target("sse4.2"))) std::uint32_t advanceByInstruction(std::uint32_t state, ByteView data) {
  const std::byte* at = data.data();
  std::size_t left = data.size();
  for (; left >= 3 * kLane; left -= 3 * kLane, at += 3 * kLane) {
    std::uint64_t first = state;
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    for (std::size_t i = 0; i < kLane; i += 8) {
      first = _mm_crc32_u64(first, load64(at + i));
      second = _mm_crc32_u64(second, load64(at + kLane + i));
      third = _mm_crc32_u64(third, load64(at + 2 * kLane + i));
    }
    state = shiftByLane(static_cast<std::uint32_t>(first)) ^ static_cast<std::uint32_t>(second);
    state = shiftByLane(state) ^ static_cast<std::uint32_t>(third);
  }
  std::uint64_t wide = state;
  for (; left >= 8; left -= 8, at += 8) wide = _mm_crc32_u64(wide, load64(at));
  state = static_cast<std::uint32_t>(wide);
  for (; left > 0; --left, ++at) state = _mm_crc32_u8(state, std::to_integer<std::uint8_t>(*at));
  return state;
}

#endif

}  // namespace

bool crc32cIsAccelerated() {
#if defined(PORTICO_CRC32C_SSE42)
  return __builtin_cpu_supports("sse4.2") != 0;
#else
  return false;
#endif
}

std::uint32_t crc32cByTable(ByteView data, std::uint32_t previous) {
  return ~crc::advance(kTable, ~previous, data);
}

std::uint32_t crc32c(ByteView data, std::uint32_t previous) {
#if defined(PORTICO_CRC32C_SSE42)
  if (crc32cIsAccelerated()) return ~advanceByInstruction(~previous, data);
#endif
  return crc32cByTable(data, previous);
}

}  // namespace portico
