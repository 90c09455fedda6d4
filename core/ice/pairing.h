// Candidate pairs are formed here (RFC 8445 §6.1.2.2, RFC 8838 §12).
#pragma once

#include "core/ice/agent_state.h"

namespace portico::ice {

/// Everything with everything, at the start of a session.
void pairAll(AgentState& agent);
void pairWithRemotes(AgentState& agent, const Base& base);
void pairWithLocals(AgentState& agent, const RemoteCandidate& remote);
/// Null where the two don't go together, or the pair is there already or is too many.
CandidatePair* pairUp(AgentState& agent, const Base& base, const RemoteCandidate& remote);

}  // namespace portico::ice
