// Connectivity checks as the server (RFC 8445 §7.3): what the peer asks, and what that makes us do.
#pragma once

#include "core/ice/agent_state.h"
#include "core/stun/message.h"

namespace portico::ice {

/// Those of a request's user name, ours, a colon, the peer's (RFC 8445 §7.3), if it proves to know the password.
[[nodiscard]] const Credentials* credentialsOf(const AgentState& agent, const stun::Message& request);
/// The pair of an authenticated check, with a peer-reflexive candidate where it is new; null at a bound.
CandidatePair* pairOf(AgentState& agent, SocketId socket, const SocketAddress& from, std::uint32_t priority);
void onRequest(AgentState& agent, Time now, SocketId socket, const SocketAddress& from, const stun::Message& message);
/// The checks that came before the peer's parameters, now that those are known.
void replayEarlyChecks(AgentState& agent, Time now);

}  // namespace portico::ice
