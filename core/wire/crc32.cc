#include "core/wire/crc32.h"

#include "core/wire/crc_table.h"

namespace portico {
namespace {

constexpr crc::Table kTable = crc::makeTable(0xedb88320);

}  // namespace

std::uint32_t crc32(ByteView data, std::uint32_t previous) {
  return ~crc::advance(kTable, ~previous, data);
}

}  // namespace portico
