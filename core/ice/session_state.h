// The transport's states (W3C webrtc-pc §5.6.4, API.md) and the one deadline that ends the search: RFC 8863's.
#pragma once

#include <string>

#include "core/ice/agent_state.h"

namespace portico::ice {

/// What the contract calls a SelectedPair, of a pair that is valid.
SelectedPair describe(const AgentState& agent, const CandidatePair& pair);

/// new -> checking, once there are the peer's parameters and a first candidate of its.
void enterChecking(AgentState& agent);
/// A peer-reflexive candidate turned out to be `remote`, maybe while it is in use.
void describeAnew(AgentState& agent, const RemoteCandidate& remote);
/// Chooses anew what data goes out on while no pair is selected: the best valid one.
void updateFound(AgentState& agent);
/// `pair` carries the data from now on.
void select(AgentState& agent, Time now, const CandidatePair& pair);
/// The selected pair is no more (its socket closed, or consent ran out).
void dropSelection(AgentState& agent);
/// The same, in the midst of its use: the time that consent has left is there for another.
void loseSelection(AgentState& agent, std::string why);
/// FailureEvent, then failed; nothing is sent any more until a restart.
void fail(AgentState& agent, std::string why);

/// This session has found a path, and has nominated none yet.
[[nodiscard]] bool hasFound(const AgentState& agent);
/// checking <-> connected, as what is found comes and goes before a pair is nominated. In a restart it takes the place
/// of the old pair once that is silent.
void showFound(AgentState& agent);
/// The selected pair is silent: disconnected, unless a restart has found another, which takes its place.
void showSilence(AgentState& agent);
/// connected -> completed, and the end of patience.
void handleStateTimeout(AgentState& agent, Time now);

}  // namespace portico::ice
