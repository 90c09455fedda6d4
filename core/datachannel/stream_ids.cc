#include "core/datachannel/stream_ids.h"

#include <algorithm>

namespace portico::datachannel {

void StreamIds::start(DtlsRole role, std::uint16_t streams) {
  // RFC 8832 §6: the DTLS client takes even stream identifiers, the server odd ones.
  hint_ = role == DtlsRole::server ? 1 : 0;
  streams_ = streams;
}

Channel* StreamIds::find(sctp::StreamId id) const {
  const auto found = channels_.find(id);
  return found == channels_.end() ? nullptr : found->second;
}

void StreamIds::release(sctp::StreamId id) {
  channels_.erase(id);
  if (id % 2 == hint_ % 2) hint_ = std::min(hint_, std::uint32_t{id});
}

}  // namespace portico::datachannel
