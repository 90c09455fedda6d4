// From the pair in use to another one of the same session, as networks come and go (draft-thatcher-ice-renomination).
//
// The rule. A pair in use is silent once kUnansweredForSilent consent checks in a row had no answer, or its socket, or
// over TCP its connection, is gone. Both sides then look for another path, with all that they know, under the
// credentials that they have. The controlling side nominates the best that works: also where the pair in use is well,
// if a network has come since it was chosen (Agent::expectPaths()) and the new pair has the higher priority. RFC 8445
// §8.1.1 has a nomination be final, so it nominates again only where the peer is known to follow: one that answers its
// checks with NOMINATION, as ours does, or that sends libwebrtc's attributes. With any other peer it takes an ICE
// restart.
#pragma once

#include "core/ice/agent_state.h"

namespace portico::ice {

/// A second apart: the path has been silent for two seconds.
inline constexpr int kUnansweredForSilent = 3;

[[nodiscard]] bool silent(const AgentState& agent);
/// Nothing is known to work any more: all pairs that there can be are checked.
void searchAgain(AgentState& agent);
/// The socket of the pair in use is gone, or its connection: another is looked for.
void leaveSelection(AgentState& agent, Time now, std::string why);
/// Controlled, and the pair in use is gone: the other side hears of one that works still, by a check on it.
void showPath(AgentState& agent, Time now);
/// Controlling: the peer checks another pair than that in use. It may have another network, and we the wrong pair.
void considerNewPath(AgentState& agent, Time now, const EarlyCheck& check);
/// Controlling, while a pair is in use: the one to move to, if any.
[[nodiscard]] CandidatePair* betterToUse(AgentState& agent);

}  // namespace portico::ice
