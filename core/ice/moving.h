// From the pair in use to another one of the same session, as networks come and go (draft-thatcher-ice-renomination).
//
// The rule. A pair in use is silent once two consent checks in a row had no answer, or its socket, or over TCP its
// connection, is gone. Both sides then look for another path, with all that they know, under the credentials that they
// have. The controlling side nominates the best that works: also where the pair in use is well, if a network has come
// in this session (Agent::expectPaths()) and the new pair has the higher priority. A silence may be a moment's, and be
// no reason to be on a relay from then on: so the pair that was left for it, and all others, are checked once more, and
// the better one is gone back to. RFC 8445 §8.1.1 has a nomination be final, so it nominates again only where the peer
// is known to follow: one that answers its checks with NOMINATION, as ours does, or that sends libwebrtc's attributes.
// With any other peer it takes an ICE restart.
//
// A pair that was not in use may have worked an hour ago. RFC 7675 §5.1 has no data sent on the strength of that, so it
// is checked anew before anybody moves to it.
#pragma once

#include "core/ice/agent_state.h"

namespace portico::ice {

/// The third is about to be sent: two had no answer, a second apart.
inline constexpr int kUnansweredForSilent = 3;

[[nodiscard]] bool silent(const AgentState& agent);
/// What was shown to work earlier than that is to show it again, with time left to ask for consent there.
[[nodiscard]] Time provenSince(const AgentState& agent, Time now);
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
