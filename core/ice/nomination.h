// Which valid pair is to be used (RFC 8445 §8): said by the controlling agent, followed by the controlled one.
#pragma once

#include "core/ice/agent_state.h"

namespace portico::ice {

/// How long a pair through a NAT or relay waits, from the first that is valid, for a better one that is being checked.
/// Data flows on it meanwhile.
inline constexpr Duration kNominationPatience = std::chrono::milliseconds(200);

/// A nomination is on a path that has just worked: 4 losses in 7.5 s mean that it does no more, and that the next is
/// due.
inline constexpr stun::RetransmissionPlan kNominationPlan{std::chrono::milliseconds(500), 4, 8};

/// Controlling: nominates if a pair is good enough now, else says when to look again (nominationDue).
void considerNomination(AgentState& agent, Time now);
/// The pair is nominated and valid: as controlling, by the answer to our nomination; as controlled, by the peer's
/// USE-CANDIDATE.
void onNominated(AgentState& agent, Time now, PairId id);
/// The peer checks a pair after we have concluded: if it is the selected one, and the first that we hear of it there,
/// our nomination may have come too early for the peer.
void repeatNomination(AgentState& agent, Time now, SocketId socket, const SocketAddress& from);

}  // namespace portico::ice
