// Which streams an incoming packet is about: usrsctp holds those only (UsrsctpSocket), and is to hold them before it
// reads the packet.
#pragma once

#include <cstdint>

#include "portico/platform/bytes.h"

namespace portico::sctp {

struct StreamsNamed {
  std::uint32_t inbound = 0;  ///< the highest of the peer's outgoing streams, and one; 0: none
  /// It says something of how many streams there are, or of those of ours: a chunk of the handshake (RFC 9260 §5), or a
  /// request to reset or add streams of ours, or to add some of the peer's (RFC 6525 §4.2, §4.5, §4.6).
  bool all = false;

  bool operator==(const StreamsNamed&) const = default;
};

StreamsNamed streamsNamed(ByteView packet);

}  // namespace portico::sctp
