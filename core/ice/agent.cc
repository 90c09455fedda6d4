// The table of contents: what comes in, what it leads to, and when the agent wants to be called again.
#include "core/ice/agent.h"

#include <algorithm>

#include "core/ice/agent_state.h"
#include "core/ice/consent.h"
#include "core/ice/gathering.h"
#include "core/ice/pairing.h"
#include "core/ice/proceed.h"
#include "core/ice/responder.h"
#include "core/ice/session_state.h"
#include "core/stun/message.h"

namespace portico::ice {
namespace {

void forgetSession(AgentState& agent) {
  agent.checklist.clear();
  agent.transactions.eraseIf(
      [](const Transaction& t) { return t.purpose == Purpose::check || t.purpose == Purpose::nomination; });
  agent.firstValidAt.reset();
  agent.nominationDue.reset();
  agent.completionDue.reset();
  agent.patienceEnd.reset();
  agent.nominations = 0;
  agent.nominated = false;
  agent.pathsExpected = false;
  agent.peerFollows = false;
  agent.selectionLost.clear();
  agent.foundLost.clear();
  agent.heard = false;
  updateFound(agent);
}

// RFC 8445 §9: the pair in use keeps its credentials until another takes its place.
void setAside(AgentState& agent) {
  // One that the peer never agreed to leaves no trace.
  if (!agent.remoteKnown || (agent.selection && agent.selection->previousSession)) return;
  agent.previous = agent.current;
  if (agent.selection) agent.selection->previousSession = true;
}

// W3C webrtc-pc §5.6.4: "completed" becomes "connected"; that a path was lost is forgotten.
void showRestart(AgentState& agent) {
  if (!agent.stayConnectedOnRestart) return agent.changeState(IceTransportState::fresh);
  if (agent.state == IceTransportState::completed) return agent.changeState(IceTransportState::connected);
  const bool lost = agent.state == IceTransportState::disconnected || agent.state == IceTransportState::failed;
  if (lost) agent.changeState(IceTransportState::checking);
}

IceRole roleFor(const AgentState& agent, const IceParameters& remote, std::optional<IceRole> wanted) {
  if (agent.options.lite) return IceRole::controlled;  // RFC 8445 §6.1.1
  if (remote.iceLite) return IceRole::controlling;     // RFC 8445 §6.1.1
  return wanted.value_or(agent.role);
}

void beginSession(AgentState& agent, Time now, const IceParameters& remote) {
  agent.current.setRemote(remote);
  agent.remoteKnown = true;
  agent.remoteLite = remote.iceLite;
  agent.patienceEnd = now + agent.options.patience;  // RFC 8863 §4
  agent.patienceExtended = false;
  enterChecking(agent);
  pairAll(agent);
  replayEarlyChecks(agent, now);
  proceed(agent, now);
}

RemoteCandidates::Added takeIn(AgentState& agent, Time now, const IceCandidate& candidate,
                               const std::optional<SocketAddress>& address, bool next) {
  const auto added = agent.remotes.add(candidate, address, next);
  if (next || added == RemoteCandidates::Added::duplicate) return added;
  enterChecking(agent);
  const RemoteCandidate* remote = address ? agent.remotes.find(*address, transportOf(candidate)) : nullptr;
  if (remote == nullptr) return added;
  if (added == RemoteCandidates::Added::updated) {
    agent.checklist.updateRemote(*remote, agent.role);
    describeAnew(agent, *remote);
  }
  pairWithLocals(agent, *remote);
  proceed(agent, now);
  return added;
}

void earlier(std::optional<Time>& earliest, std::optional<Time> candidate) {
  if (candidate && (!earliest || *candidate < *earliest)) earliest = candidate;
}

}  // namespace

Agent::Agent(AgentOptions options, Random& random) : state_(std::make_unique<AgentState>(std::move(options), random)) {}

Agent::~Agent() = default;

// Connecting ------------------------------------------------------------------------------------------------------

const IceParameters& Agent::localParameters() const {
  return state_->localParameters;
}

void Agent::start(Time now, const IceParameters& remote, std::optional<IceRole> role) {
  AgentState& agent = *state_;
  if (agent.over()) return;
  const bool known = agent.remoteKnown && agent.current.remoteUfrag == remote.usernameFragment &&
                     agent.current.remotePassword == remote.password;
  if (known) return;
  const bool again = agent.everStarted;
  if (again && agent.remoteKnown) {  // only the peer has restarted
    setAside(agent);
    forgetSession(agent);
    agent.remoteEnded = false;
  }
  agent.remotes.beginSession(remote.usernameFragment, !again);
  if (again) showRestart(agent);
  const bool first = !agent.everStarted;
  agent.everStarted = true;
  const IceRole before = agent.role;
  // RFC 8445 §6.1.1: an ICE restart redetermines no roles. What the checks have settled may be another one than `role`.
  if (!first) role.reset();
  // Checks that were answered before this start were answered as the controlled side, which made the peer the
  // controlling one (RFC 8445 §7.3.1.1): what it nominated then would be lost if we changed now.
  const bool gaveWay = first && !agent.roleExpected && (agent.gaveWay || !agent.early.empty());
  if (gaveWay && !agent.options.lite && !remote.iceLite) {
    role = IceRole::controlled;
    // It goes on giving way: our 487 may still be under way, and the peer, controlled yet, must not answer with one as
    // well. Both would change, and change back, while DTLS takes its roles from ICE's.
    agent.tieBreaker = 0;
  }
  agent.changeRole(roleFor(agent, remote, role));
  if (first && before == agent.role) agent.emit(RoleEvent{agent.role});
  beginSession(agent, now, remote);
}

void Agent::expectPaths() {
  state_->pathsExpected = true;
}

void Agent::stayConnectedOnRestart() {
  state_->stayConnectedOnRestart = true;
}

void Agent::expectRole(IceRole role) {
  if (state_->everStarted || state_->over() || state_->options.lite) return;
  state_->roleExpected = true;
  state_->changeRole(role);
}

bool Agent::started() const {
  return state_->everStarted;
}

void Agent::restart(Time now, IceParameters local) {
  AgentState& agent = *state_;
  if (agent.over()) return;
  setAside(agent);
  forgetSession(agent);
  fillCredentials(local, agent.random);
  local.iceLite = agent.options.lite;
  agent.localParameters = std::move(local);
  agent.current = Credentials();
  agent.current.localUfrag = agent.localParameters.usernameFragment;
  agent.current.localPassword = agent.localParameters.password;
  agent.remoteKnown = false;
  agent.remoteEnded = false;
  agent.early.clear();
  announceAgain(agent);
  proceed(agent, now);
}

Result<void> Agent::addRemoteCandidate(Time now, const IceCandidate& candidate) {
  AgentState& agent = *state_;
  if (agent.over()) return {};
  const auto address = usableAddress(candidate);
  if (!address) return address.error();
  const auto& ufrag = candidate.usernameFragment;
  const bool otherSession = agent.remoteKnown && ufrag && !ufrag->empty() && *ufrag != agent.current.remoteUfrag;
  const bool next = otherSession || (agent.everStarted && !agent.remoteKnown);
  if (agent.remoteEnded && !next) return {};  // RFC 8838 §8.2: nothing follows the end
  if (agent.remotes.full()) {
    ++agent.counters.overBound;
    return Error(Error::QuotaExceeded, "the peer has offered more candidates than an agent keeps");
  }
  takeIn(agent, now, candidate, *address, next);
  return {};
}

void Agent::nameResolved(Time now, const std::string& name, const Result<IpAddress>& address) {
  AgentState& agent = *state_;
  if (agent.over()) return;
  if (!address) agent.nameFailure = address.error().message;
  for (RemoteCandidate& waiting : agent.remotes.takeUnresolved(name)) {
    const auto usable = address ? usableAddress(waiting.signalled, *address) : std::nullopt;
    const auto added = takeIn(agent, now, waiting.signalled, usable, waiting.next);
    // Another candidate has that address: this one is kept as it was told.
    if (added == RemoteCandidates::Added::duplicate) agent.remotes.add(waiting.signalled, std::nullopt, waiting.next);
  }
}

void Agent::endOfRemoteCandidates(Time now) {
  if (state_->over()) return;
  state_->remoteEnded = true;
  proceed(*state_, now);
}

std::vector<IceCandidate> Agent::remoteCandidates() const {
  std::vector<IceCandidate> candidates;
  for (const RemoteCandidate& remote : state_->remotes.all()) candidates.push_back(remote.signalled);
  return candidates;
}

void Agent::stop(Time) {
  AgentState& agent = *state_;
  if (agent.over()) return;
  forgetSession(agent);
  dropSelection(agent);
  agent.consent.reset();
  agent.transactions.clear();
  agent.gathering = Gathering();
  agent.early.clear();
  agent.transmits.clear();
  agent.changeState(IceTransportState::closed);
}

IceTransportState Agent::state() const {
  return state_->state;
}

IceRole Agent::role() const {
  return state_->role;
}

const SelectedPair* Agent::selectedPair() const {
  return state_->selection ? &state_->selection->pair : nullptr;
}

const SelectedPair* Agent::usablePair() const {
  return state_->usable();
}

PairStats Agent::usablePairStats() const {
  if (state_->selection) return state_->selection->stats;
  const CandidatePair* usable = state_->checklist.find(state_->foundId);
  return usable != nullptr ? usable->stats : PairStats();
}

std::vector<PairReport> Agent::pairs() const {
  const AgentState& agent = *state_;
  std::vector<PairReport> reports;
  for (const CandidatePair& pair : agent.checklist.pairs()) {
    const SelectedPair described = describe(agent, pair);
    const bool nominated = agent.concluded() && agent.selection->id == pair.id;
    reports.push_back({pair.id, described.local, described.remote, static_cast<PairReport::State>(pair.state),
                       nominated, nominated || agent.foundId == pair.id,
                       nominated ? agent.selection->stats : pair.stats});
  }
  // In use still, though its checklist is gone (RFC 8445 §9).
  if (agent.selection && agent.selection->previousSession) {
    const Selection& selection = *agent.selection;
    reports.push_back({selection.id, selection.pair.local, selection.pair.remote, PairReport::succeeded, true, true,
                       selection.stats});
  }
  return reports;
}

const AgentCounters& Agent::counters() const {
  return state_->counters;
}

// Sans I/O --------------------------------------------------------------------------------------------------------

void Agent::handleInput(Time now, SocketId socket, const SocketAddress& from, ByteView datagram) {
  AgentState& agent = *state_;
  if (agent.over()) return;
  const auto message = stun::Message::parse(datagram);
  if (message && message->hasFingerprint() && !message->verifyFingerprint()) {
    ++agent.counters.unauthenticated;
    return;
  }
  if (!message) {
    ++agent.counters.malformed;
    return;
  }
  switch (message->messageClass()) {
    case stun::MessageClass::request:
      onRequest(agent, now, socket, from, *message);
      break;
    case stun::MessageClass::indication:
      return;  // RFC 8445 §11: a keepalive asks for nothing
    case stun::MessageClass::success:
    case stun::MessageClass::error:
      onResponse(agent, now, socket, from, *message);
      break;
  }
  proceed(agent, now);
}

std::vector<std::string_view> Agent::usernameFragments() const {
  const AgentState& agent = *state_;
  std::vector<std::string_view> names{agent.current.localUfrag};
  if (agent.previous && agent.previous->localUfrag != agent.current.localUfrag) {
    names.emplace_back(agent.previous->localUfrag);
  }
  return names;
}

bool Agent::isAliveAt(SocketId socket, const SocketAddress& remote) const {
  const AgentState& agent = *state_;
  return agent.selected(socket, remote) && hasFreshConsent(agent);
}

bool Agent::authenticates(ByteView request) const {
  const AgentState& agent = *state_;
  const auto message = stun::Message::parse(request);
  return message && !agent.over() && message->messageClass() == stun::MessageClass::request &&
         credentialsOf(agent, *message) != nullptr;
}

bool Agent::isKnownRemote(SocketId socket, const SocketAddress& from) const {
  const AgentState& agent = *state_;
  if (agent.selected(socket, from)) return true;
  if (agent.checklist.find(socket, from) != nullptr) return true;
  const Base* base = agent.locals.base(socket);
  if (base != nullptr && agent.remotes.find(from, counterpart(base->transport)) != nullptr) return true;
  return std::any_of(agent.early.begin(), agent.early.end(),
                     [&](const EarlyCheck& check) { return check.socket == socket && check.from == from; });
}

void Agent::handleTimeout(Time now) {
  AgentState& agent = *state_;
  if (agent.over()) return;
  const auto ended =
      agent.transactions.poll(now, [&](const Transaction& t) { agent.transmit(t.socket, t.remote, t.packet); });
  for (const Transaction& transaction : ended) {
    if (transaction.purpose == Purpose::gathering) onGatheringTimeout(agent, transaction);
    if (transaction.purpose == Purpose::check || transaction.purpose == Purpose::nomination) {
      onCheckTimeout(agent, transaction);
    }
  }
  proceed(agent, now);
  handleConsentTimeout(agent, now);
  handleStateTimeout(agent, now);
}

std::optional<Time> Agent::nextTimeout() const {
  const AgentState& agent = *state_;
  if (agent.over()) return std::nullopt;
  std::optional<Time> earliest = agent.transactions.nextDeadline();
  const bool toSend = !agent.gathering.waiting.empty() || (agent.active() && agent.checklist.hasNext());
  if (toSend && !agent.transactions.full()) earlier(earliest, agent.pacer.nextAllowed());
  earlier(earliest, agent.nominationDue);
  earlier(earliest, agent.completionDue);
  earlier(earliest, agent.patienceEnd);
  earlier(earliest, consentDeadline(agent));
  return earliest;
}

std::optional<Transmit> Agent::pollTransmit() {
  return state_->transmits.pop();
}

std::optional<Event> Agent::pollEvent() {
  return state_->events.pop();
}

}  // namespace portico::ice
