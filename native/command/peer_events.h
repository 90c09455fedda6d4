// The lines that `portico peer` prints, as CLI.md has them.
#pragma once

#include <optional>
#include <string_view>

#include "native/command/json.h"
#include "native/command/ping.h"
#include "native/command/transfer.h"
#include "portico/ortc.h"

namespace portico::command {

Json stateEvent(std::string_view of, std::string_view state);
/// `name`: "open" or "close".
Json channelEvent(const char* name, const DataChannel& channel);
Json messageEvent(std::string_view label, const DataChannelMessage& message);
Json errorEvent(const Error& error);
Json progressEvent(Direction direction, const TransferCount& count);
Json doneEvent(Direction direction, const TransferCount& count);
Json pingEvent(const PingResult& result);
Json selectedEvent(const IceCandidatePair& pair);
Json networkEvent(const NetworkChange& change);
/// Without channels so far. Nothing of the transports that are not there yet.
Json statsEvent(const std::optional<SctpTransport>& sctp);
Json channelStats(const DataChannel& channel);

}  // namespace portico::command
