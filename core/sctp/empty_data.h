// DATA chunks without data. RFC 9260 §3.3.1 forbids them and usrsctp aborts the association for one, but werift 0.24
// sends an empty message so. They are made what RFC 8831 §6.6 has for an empty message: one zero byte under a PPID of
// its own.
#pragma once

#include <optional>

#include "portico/platform/bytes.h"

namespace portico::sctp {

/// The packet with its empty DATA chunks filled, or nothing if there are none: nearly always.
std::optional<ByteVector> fillEmptyData(ByteView packet);

}  // namespace portico::sctp
