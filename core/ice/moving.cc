#include "core/ice/moving.h"

#include "core/ice/check.h"
#include "core/ice/pairing.h"
#include "core/ice/responder.h"
#include "core/ice/session_state.h"

namespace portico::ice {

bool silent(const AgentState& agent) {
  return !agent.selection || (agent.consent && agent.consent->unanswered >= kUnansweredForSilent);
}

Time provenSince(const AgentState& agent, Time now) {
  return now - agent.options.consentTimeout / 2;
}

void searchAgain(AgentState& agent) {
  if (!agent.active()) return;
  // What worked when the nomination was made has to show that it does still.
  if (agent.concluded()) agent.checklist.checkAllAgain(agent.selection->id);
  pairAll(agent);
}

void showPath(AgentState& agent, Time now) {
  if (!agent.active() || agent.role != IceRole::controlled || agent.concluded() || agent.transactions.full()) return;
  if (CandidatePair* works = agent.checklist.bestValid()) sendCheck(agent, now, *works, Purpose::check);
}

void leaveSelection(AgentState& agent, Time now, std::string why) {
  agent.checklist.checkOldAgain(provenSince(agent, now));
  loseSelection(agent, std::move(why));
  searchAgain(agent);
  showPath(agent, now);
}

void considerNewPath(AgentState& agent, Time now, const EarlyCheck& check) {
  if (agent.role != IceRole::controlling || !agent.peerFollows) return;
  CandidatePair* pair = pairOf(agent, check.socket, check.from, check.priority);
  if (pair == nullptr || pair->id == agent.selection->id) return;
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
