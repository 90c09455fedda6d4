// Connectivity checks as the server (RFC 8445 §7.3): what the peer asks, and what that makes us do.
#pragma once

#include "core/ice/agent_state.h"
#include "core/stun/message.h"

namespace portico::ice {

/// RFC 8489 §9.1.3, with the user name as RFC 8445 §7.3 has it: ours, a colon, the peer's. Null: it proves nothing.
const Credentials* credentialsFor(const AgentState& agent, const stun::Message& request);
void onRequest(AgentState& agent, Time now, SocketId socket, const SocketAddress& from, const stun::Message& message);
/// The checks that came before the peer's parameters, now that those are known.
void replayEarlyChecks(AgentState& agent, Time now);

}  // namespace portico::ice
