// Candidates from sockets, and from STUN and TURN servers (RFC 8445 §5.1.1).
#pragma once

#include "core/ice/agent_state.h"
#include "core/stun/message.h"

namespace portico::ice {

/// Requests of one gathering task before it is given up: at 0, 0.5, 1.5 and 3.5 s, the end at 5.5 s. A server that
/// answers at all has answered by then, and who waits for the end of gathering does not wait RFC 8489's 39.5 s.
inline constexpr stun::RetransmissionPlan kGatheringPlan{std::chrono::milliseconds(500), 4, 4};

void gatherFrom(AgentState& agent, const Base& base);
void gatherFrom(AgentState& agent, const StunServer& server);
void gatherFrom(AgentState& agent, const Base& base, const RelayedAddress& relayed);
void gatherMapped(AgentState& agent, SocketId socket, const RelayedAddress& relayed);
/// Sends what the pacing allows, and tells the end when it has come.
void continueGathering(AgentState& agent, Time now);
void onGatheringResponse(AgentState& agent, const Transaction& transaction, const stun::Message& message);
void onGatheringTimeout(AgentState& agent, const Transaction& transaction);
/// After a restart: everything again, under the new name (RFC 8445 §9).
void announceAgain(AgentState& agent);

}  // namespace portico::ice
