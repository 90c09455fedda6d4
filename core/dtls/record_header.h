// The headers of the records in a datagram, looked at before mbedTLS sees them.
//
//      0       1               3               5                                 11              13
//     +-------+---------------+---------------+---------------------------------+---------------+----------
//     | type  | version       | epoch         | sequence number                 | length        | fragment …
//     +-------+---------------+---------------+---------------------------------+---------------+----------
//                                                                                       RFC 6347 §4.1
#pragma once

#include <cstddef>
#include <optional>

#include "portico/platform/bytes.h"

namespace portico::dtls {

inline constexpr std::size_t kRecordHeaderBytes = 13;

/// What mbedTLS's input buffer holds of one message; it would wait for ever for the rest of a longer one.
inline constexpr std::size_t kMaxHandshakeMessageBytes = 4'096 - 12;

struct DatagramSummary {
  std::size_t countable = 0;      ///< alerts and application data: what a connected session accounts for
  bool oversizedMessage = false;  ///< a plain handshake record says that its message is over the limit above
};

/// nullopt: the datagram is empty, or its first record is not one of DTLS 1.0 or 1.2, or is longer than the datagram.
std::optional<DatagramSummary> inspectDatagram(ByteView datagram);

}  // namespace portico::dtls
