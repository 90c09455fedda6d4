#include "core/ice/session_state.h"

#include <algorithm>
#include <utility>

#include "core/ice/consent.h"
#include "core/ice/moving.h"
#include "core/ice/pairing.h"

namespace portico::ice {

SelectedPair describe(const AgentState& agent, const CandidatePair& pair) {
  SelectedPair described;
  described.socket = pair.socket;
  described.remoteAddress = pair.remote;
  if (const Base* base = agent.locals.base(pair.socket)) {
    described.local = agent.locals.describe(*base, pair.mapped.value_or(base->address));
  }
  const RemoteCandidate* remote = agent.remotes.find(pair.remote, counterpart(pair.transport));
  if (remote != nullptr) described.remote = remote->signalled;
  return described;
}

void enterChecking(AgentState& agent) {
  const bool candidate = !agent.remotes.all().empty();
  if (agent.remoteKnown && candidate && agent.state == IceTransportState::fresh) {
    agent.changeState(IceTransportState::checking);
  }
}

void describeAnew(AgentState& agent, const RemoteCandidate& remote) {
  const auto renew = [&](SelectedPair& pair) {
    const bool other = withoutScope(pair.remoteAddress) == *remote.address && pair.remote != remote.signalled;
    if (other) pair.remote = remote.signalled;
    return other;
  };
  if (agent.concluded()) renew(agent.selection->pair);
  if (agent.found && renew(*agent.found)) agent.emit(SelectedPairEvent{*agent.found, false});
}

void updateFound(AgentState& agent) {
  const CandidatePair* best = agent.selection ? nullptr : agent.checklist.bestValid();
  const PairId next = best != nullptr ? best->id : 0;
  if (std::exchange(agent.foundId, next) == next) return;
  agent.found.reset();
  if (best == nullptr) return;
  agent.found = describe(agent, *best);
  agent.foundLost.clear();
  agent.emit(SelectedPairEvent{*agent.found, true});
}

void select(AgentState& agent, Time now, const CandidatePair& pair) {
  const bool fled = agent.concluded() && silent(agent);
  if (fled) {  // what is left makes room, and is paired anew below, with all else (moving.h)
    if (CandidatePair* left = agent.checklist.find(agent.selection->id)) agent.checklist.fail(*left);
  }
  Selection selection;
  selection.pair = describe(agent, pair);
  selection.id = pair.id;
  selection.priority = pair.priority;
  selection.stats = pair.stats;
  selection.unchecked = agent.role == IceRole::controlling && pair.stats.requestsReceived == 0;
  const Time confirmed = agent.options.lite ? now : pair.lastSuccess;
  // The servers' answers may have come since it was found, and told.
  const bool another = agent.foundId != pair.id;
  const bool told = !another && agent.found == selection.pair;
  agent.selection = std::move(selection);
  agent.nominated = true;
  agent.selectionLost.clear();
  agent.locals.removeRetired(pair.socket);
  updateFound(agent);
  if (!told) agent.emit(SelectedPairEvent{agent.selection->pair, another});

  agent.nominationDue.reset();
  agent.patienceEnd.reset();
  // RFC 8445 §8.1.2: a nomination ends the checks. A controlled agent keeps what its peer has nominated already: an
  // aggressive peer may yet have a better pair to say.
  agent.checklist.conclude();
  agent.transactions.eraseIf([&](const Transaction& t) {
    if (t.purpose == Purpose::gathering) return false;
    return t.purpose == Purpose::consent || agent.checklist.find(t.subject) == nullptr;
  });
  beginConsent(agent, now, confirmed);
  if (fled) {
    agent.pathsExpected = true;
    pairAll(agent);
  }
  if (agent.state != IceTransportState::completed) {
    agent.changeState(IceTransportState::connected);
    agent.completionDue = now;
  }
}

void loseSelection(AgentState& agent, std::string why) {
  dropSelection(agent);
  agent.selectionLost = std::move(why);
  if (agent.established() && !hasFound(agent)) agent.changeState(IceTransportState::disconnected);
}

void dropSelection(AgentState& agent) {
  agent.selection.reset();
  agent.locals.removeRetired(0);
  agent.transactions.eraseIf([](const Transaction& t) { return t.purpose == Purpose::consent; });
  updateFound(agent);
}

void fail(AgentState& agent, std::string why) {
  if (agent.over() || agent.state == IceTransportState::failed) return;
  agent.checklist.clear();
  agent.transactions.eraseIf([](const Transaction& t) { return t.purpose != Purpose::gathering; });
  agent.nominationDue.reset();
  agent.patienceEnd.reset();
  agent.firstValidAt.reset();
  agent.consent.reset();
  dropSelection(agent);
  if (!agent.socketsLost.empty()) {
    why = "no socket is left: " + agent.socketsLost;
  } else if (agent.options.relayOnly && !agent.anyUsableBase()) {
    why = "only relayed candidates may be used, and no TURN server gave one";
  } else if (!agent.nameFailure.empty()) {
    why += "; " + agent.nameFailure;
  }
  agent.emit(FailureEvent{Error(Error::Network, std::move(why))});
  agent.changeState(IceTransportState::failed);
}

namespace {

// What a user can do depends on what came through.
std::string whyNoPairPassed(const AgentState& agent) {
  if (!agent.foundLost.empty()) return "the path that was found is gone, and no other was: " + agent.foundLost;
  std::string why = "no candidate pair passed its connectivity check: ";
  why += agent.heard ? "checks of the peer come in, but nothing answers ours" : "nothing has come from the peer";
  const auto& bases = agent.locals.bases();
  if (std::any_of(bases.begin(), bases.end(), [](const Base& base) { return base.relayed(); })) return why;
  if (agent.gathering.anySilence && !agent.gathering.anyAnswer) {
    return why +
           "; no STUN or TURN server has answered over UDP, as where a firewall drops it: TURN over TCP or TLS "
           "may get through";
  }
  const auto& remotes = agent.remotes.all();
  const bool theyRelay = std::any_of(remotes.begin(), remotes.end(), [](const RemoteCandidate& remote) {
    return remote.type == CandidateType::relayed;
  });
  if (theyRelay) return why;
  return why + "; neither side has a relayed candidate: where NATs let no direct path through, a TURN server gives one";
}

// RFC 8863 §4: not before the PAC timer has run out; then, once nothing is under way any more. A peer that keeps
// checks outstanding gets that time once more and no longer.
void endPatience(AgentState& agent) {
  const bool underWay = agent.checklist.anyOutstanding() || agent.transactions.anyFor(Purpose::nomination);
  if (underWay && !agent.patienceExtended) {
    agent.patienceExtended = true;
    *agent.patienceEnd += agent.options.patience;
    return;
  }
  if (agent.checklist.bestValid() != nullptr && agent.role == IceRole::controlled) {
    fail(agent, "the peer answered connectivity checks but nominated no candidate pair");
  } else {
    fail(agent, whyNoPairPassed(agent));
  }
}

}  // namespace

bool hasFound(const AgentState& agent) {
  const auto& pairs = agent.checklist.pairs();
  return agent.searching() &&
         std::any_of(pairs.begin(), pairs.end(), [](const CandidatePair& pair) { return pair.valid(); });
}

// DTLS goes by what is found, and may be done before a pair is nominated.
void showFound(AgentState& agent) {
  if (hasFound(agent)) {
    const bool stale = agent.selection && !hasFreshConsent(agent);  // the pair of before a restart
    if (stale) {
      agent.consent.reset();
      dropSelection(agent);
    }
    const bool waiting = agent.state == IceTransportState::checking || agent.state == IceTransportState::disconnected;
    if (waiting) agent.changeState(IceTransportState::connected);
  }
  const bool lost = agent.state == IceTransportState::connected && agent.usable() == nullptr;
  if (lost) agent.changeState(IceTransportState::checking);
}

void showSilence(AgentState& agent) {
  showFound(agent);
  if (agent.selection && agent.established()) agent.changeState(IceTransportState::disconnected);
}

void handleStateTimeout(AgentState& agent, Time now) {
  if (agent.completionDue && now >= *agent.completionDue) {
    agent.completionDue.reset();
    if (agent.state == IceTransportState::connected) agent.changeState(IceTransportState::completed);
  }
  if (agent.patienceEnd && now >= *agent.patienceEnd) endPatience(agent);
  if (agent.patienceEnd && agent.patienceExtended && !agent.checklist.anyOutstanding() &&
      !agent.transactions.anyFor(Purpose::nomination) && agent.checklist.bestValid() == nullptr) {
    endPatience(agent);
  }
}

}  // namespace portico::ice
