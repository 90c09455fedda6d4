#include "core/ice/moving.h"

#include "core/ice/pairing.h"
#include "core/ice/responder.h"

namespace portico::ice {

bool silent(const AgentState& agent) {
  return !agent.selection || (agent.consent && agent.consent->unanswered >= kUnansweredForSilent);
}

void searchAgain(AgentState& agent) {
  if (!agent.active()) return;
  // What worked when the nomination was made has to show that it does still.
  if (agent.concluded()) agent.checklist.checkAgain(agent.selection->id);
  pairAll(agent);
}

void considerNewPath(AgentState& agent, Time now, const EarlyCheck& check) {
  if (agent.role != IceRole::controlling || !agent.peerFollows) return;
  CandidatePair* pair = agent.checklist.find(check.socket, check.from);
  if (pair != nullptr && pair->state != PairState::failed) return;
  pair = pairOf(agent, check.socket, check.from, check.priority);
  if (pair == nullptr) return;
  ++pair->stats.requestsReceived;
  ++pair->stats.responsesSent;
  agent.checklist.trigger(*pair);
  if (agent.consent && agent.consent->unanswered == 0) agent.consent->nextCheck = now;
}

CandidatePair* betterToUse(AgentState& agent) {
  if (!agent.peerFollows) return nullptr;
  CandidatePair* best = agent.checklist.bestValid(agent.selection->id);
  if (best == nullptr) return nullptr;
  const bool better = agent.pathsExpected && best->priority > agent.selection->priority;
  return better || silent(agent) ? best : nullptr;
}

}  // namespace portico::ice
