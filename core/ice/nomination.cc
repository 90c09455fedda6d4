#include "core/ice/nomination.h"

#include <algorithm>

#include "core/ice/check.h"
#include "core/ice/consent.h"
#include "core/ice/moving.h"
#include "core/ice/session_state.h"

namespace portico::ice {
namespace {

// Host to host over UDP and without a NAT: no pair can be better by more than an interface's preference.
bool direct(const AgentState& agent, const CandidatePair& pair) {
  const Base* base = agent.locals.base(pair.socket);
  const RemoteCandidate* remote = agent.remotes.find(pair.remote, Transport::udp);
  return pair.transport == Transport::udp && base != nullptr && remote != nullptr &&
         remote->type == CandidateType::host && LocalCandidates::isHost(*base, *pair.mapped);
}

// Not paced: RFC 8445 §B.1 paces for the sake of new NAT bindings, and this path has its own already.
void nominate(AgentState& agent, Time now, CandidatePair& pair) {
  ++agent.nominations;
  sendCheck(agent, now, pair, Purpose::nomination);
}

}  // namespace

void considerNomination(AgentState& agent, Time now) {
  agent.nominationDue.reset();
  const bool mine = agent.active() && agent.role == IceRole::controlling;
  if (!mine || agent.transactions.anyFor(Purpose::nomination)) return;
  if (agent.concluded()) {
    if (CandidatePair* next = betterToUse(agent); next != nullptr && !agent.transactions.full())
      nominate(agent, now, *next);
    return;
  }
  // A second nomination is for those who follow it: with others, a restart.
  if (agent.nominated && !agent.peerFollows) return;
  CandidatePair* best = agent.checklist.bestValid();
  if (best == nullptr) {
    agent.firstValidAt.reset();
    return;
  }
  if (!agent.firstValidAt) agent.firstValidAt = now;
  const Time latest = *agent.firstValidAt + kNominationPatience;
  if (now < latest && !direct(agent, *best) && agent.checklist.betterOutstanding(best->priority)) {
    agent.nominationDue = latest;
    return;
  }
  if (agent.transactions.full()) return;
  nominate(agent, now, *best);
}

void onNominated(AgentState& agent, Time now, PairId id) {
  const CandidatePair* pair = agent.checklist.find(id);
  if (pair == nullptr || !pair->valid()) return;
  if (agent.concluded()) {
    // An aggressive peer nominates whatever works: of those the best counts (RFC 5245 §8.1.1.2), unless it has died.
    const bool alive = agent.consent && agent.consent->unanswered < kUnansweredForDisconnected;
    const bool mine = agent.role == IceRole::controlling;  // it knows what it does
    const bool later = pair->nomination > agent.nominations;
    const bool better = mine || later || pair->priority > agent.selection->priority || !alive;
    if (id == agent.selection->id || !better) return;
  }
  if (agent.role == IceRole::controlled) agent.nominations = std::max(agent.nominations, pair->nomination);
  const CandidatePair copy = *pair;  // select() thins out the checklist
  select(agent, now, copy);
}

// Where the controlled side has asked for an ICE restart, our answer to it may be slower than our checks. Firefox
// answers those, and forgets that they nominated: it would wait for ever, and so would its data.
void repeatNomination(AgentState& agent, Time now, SocketId socket, const SocketAddress& from) {
  if (!agent.selection->unchecked || agent.role != IceRole::controlling || agent.transactions.full()) return;
  CandidatePair* pair = agent.checklist.find(agent.selection->id);
  if (pair == nullptr || pair->socket != socket || pair->remote != from) return;
  agent.selection->unchecked = false;
  sendCheck(agent, now, *pair, Purpose::nomination);
}

}  // namespace portico::ice
