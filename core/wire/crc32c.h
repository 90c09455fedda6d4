// CRC32c, SCTP's checksum (RFC 9260 §6.8 and appendix A).
#pragma once

#include <cstdint>

#include "portico/platform/bytes.h"

namespace portico {

/// `previous` is the CRC of what comes before `data`; 0 for nothing. Uses the processor's instruction where there is
/// one. SCTP writes the value into its header in little-endian order (RFC 9260 appendix A).
std::uint32_t crc32c(ByteView data, std::uint32_t previous = 0);

/// The same by tables alone: what runs where there is no instruction. For tests and benchmarks.
std::uint32_t crc32cByTable(ByteView data, std::uint32_t previous = 0);

/// Whether crc32c() uses an instruction of this processor.
bool crc32cIsAccelerated();

}  // namespace portico
