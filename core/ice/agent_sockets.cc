// The agent's sockets and servers: what is added, and what follows where one is lost.
#include <algorithm>

#include "core/ice/agent.h"
#include "core/ice/agent_state.h"
#include "core/ice/consent.h"
#include "core/ice/moving.h"
#include "core/ice/pairing.h"
#include "core/ice/proceed.h"
#include "core/ice/session_state.h"

namespace portico::ice {

void Agent::addSocket(Time now, SocketId id, const SocketAddress& local, std::uint16_t localPreference,
                      Transport transport, std::string name) {
  if (state_->over()) return;
  const bool udp = transport == Transport::udp;
  const std::uint16_t preference = udp ? localPreference : tcpLocalPreference(transport, localPreference);
  if (!state_->locals.addBase(id, local, preference, transport, std::move(name))) {
    ++state_->counters.overBound;
    return;
  }
  state_->socketsLost.clear();
  const Base base = state_->locals.bases().back();
  gatherFrom(*state_, base);
  pairWithRemotes(*state_, base);
  proceed(*state_, now);
}

void Agent::nameSocket(SocketId id, const std::string& name) {
  state_->locals.name(id, name);
}

std::string Agent::nameOf(SocketId id) const {
  const Base* base = state_->locals.base(id);
  return base == nullptr ? std::string() : base->name;
}

void Agent::addRelayedSocket(Time now, SocketId id, const RelayedAddress& relayed, std::uint16_t localPreference) {
  AgentState& agent = *state_;
  if (agent.over() || agent.options.lite) return;
  if (!agent.locals.addRelayedBase(id, relayed, localPreference)) {
    ++agent.counters.overBound;
    return;
  }
  agent.socketsLost.clear();
  const Base base = agent.locals.bases().back();
  gatherFrom(agent, base, relayed);
  pairWithRemotes(agent, base);
  proceed(agent, now);
}

void Agent::addMappedAddress(SocketId socket, const RelayedAddress& relayed) {
  noteServer(true);
  if (!state_->over()) gatherMapped(*state_, socket, relayed);
}

void Agent::noteServer(bool answered) {
  (answered ? state_->gathering.anyAnswer : state_->gathering.anySilence) = true;
}

void Agent::removeSocket(Time now, SocketId id, std::string why) {
  AgentState& agent = *state_;
  if (agent.over()) return;
  const auto& pairs = agent.checklist.pairs();
  const bool worked = std::any_of(pairs.begin(), pairs.end(),
                                  [&](const CandidatePair& pair) { return pair.valid() && pair.socket == id; });
  if (worked && !agent.concluded()) agent.foundLost = why;
  agent.locals.removeSocket(id);
  if (!agent.anyUsableBase()) agent.socketsLost = why;
  agent.checklist.removeSocket(id);
  agent.transactions.eraseIf([&](const Transaction& t) { return t.socket == id; });
  std::erase_if(agent.gathering.waiting, [&](const Gathering::Task& task) { return task.socket == id; });
  std::erase_if(agent.early, [&](const EarlyCheck& check) { return check.socket == id; });
  if (agent.selection && agent.selection->pair.socket == id) leaveSelection(agent, now, std::move(why));
  updateFound(agent);
  proceed(agent, now);
}

void Agent::replaceSocket(SocketId id, SocketId replacement) {
  AgentState& agent = *state_;
  if (agent.over()) return;
  agent.locals.replace(id, replacement);
  agent.locals.removeRetired(agent.selection ? agent.selection->pair.socket : SocketId{0});
}

void Agent::onPathLost(Time now, SocketId socket, const SocketAddress& remote, std::string why) {
  AgentState& agent = *state_;
  if (agent.over()) return;
  const CandidatePair* pair = agent.checklist.find(socket, remote);
  if (pair != nullptr && pair->valid() && !agent.concluded()) agent.foundLost = why;
  ice::onPathLost(agent, socket, remote);
  std::erase_if(agent.early, [&](const EarlyCheck& check) { return check.socket == socket && check.from == remote; });
  if (agent.selected(socket, remote)) leaveSelection(agent, now, std::move(why));
  updateFound(agent);
  proceed(agent, now);
}

bool Agent::usesPath(SocketId socket, const SocketAddress& remote) const {
  const AgentState& agent = *state_;
  if (agent.selected(socket, remote)) return true;
  const CandidatePair* pair = agent.checklist.find(socket, remote);
  // RFC 6544 §8: what is not selected is of no use any more, but while another is looked for. A controlled agent leaves
  // it to its peer to say so, which may have more to nominate.
  if (agent.concluded() && agent.role == IceRole::controlling && !silent(agent)) {
    return agent.pathsExpected && pair != nullptr && pair->outstanding();
  }
  return (pair != nullptr && pair->state != PairState::failed) ||
         std::any_of(agent.early.begin(), agent.early.end(),
                     [&](const EarlyCheck& check) { return check.socket == socket && check.from == remote; });
}

void Agent::addStunServer(Time now, const SocketAddress& server, std::string url, bool turn) {
  if (state_->over()) return;
  gatherFrom(*state_, StunServer{server, std::move(url), turn});
  proceed(*state_, now);
}

void Agent::gatherAgain() {
  state_->transactions.eraseIf([](const Transaction& t) { return t.purpose == Purpose::gathering; });
  state_->gathering = Gathering();
}

void Agent::renewCandidates(bool relayOnly) {
  state_->options.relayOnly = relayOnly;
  state_->locals.forgetUnrelayed();
  if (relayOnly) state_->locals.hideRelatedAddresses();
  gatherAgain();
}

void Agent::retireSocket(SocketId id) {
  state_->locals.retire(id);
}

void Agent::doubt(Time now, SocketId id) {
  AgentState& agent = *state_;
  if (agent.over() || !agent.selection || agent.selection->pair.socket != id || !agent.consent) return;
  if (agent.consent->unanswered >= kUnansweredForDisconnected) return;
  agent.consent->unanswered = kUnansweredForDisconnected;
  agent.consent->nextCheck = now;
  showSilence(agent);
  searchAgain(agent);
  proceed(agent, now);
}

void Agent::askAgain(Time now, SocketId id) {
  AgentState& agent = *state_;
  if (agent.over() || !agent.selection || agent.selection->pair.socket != id || !agent.consent) return;
  if (agent.consent->unanswered > 0) agent.consent->nextCheck = now;
}

void Agent::reopenSources() {
  state_->gathering.sourcesEnded = false;
  state_->gathering.announced = false;
}

void Agent::endOfSources(Time now) {
  if (state_->over()) return;
  state_->gathering.sourcesEnded = true;
  proceed(*state_, now);
}

const std::vector<IceCandidate>& Agent::localCandidates() const {
  return state_->locals.signalled();
}

}  // namespace portico::ice
