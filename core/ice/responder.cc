#include "core/ice/responder.h"

#include <algorithm>

#include "core/ice/check.h"
#include "core/ice/consent.h"
#include "core/ice/moving.h"
#include "core/ice/nomination.h"
#include "core/ice/pairing.h"
#include "core/ice/session_state.h"
#include "core/stun/message_builder.h"

namespace portico::ice {
namespace {

constexpr std::size_t kMaxUnknownListed = 8;  // attributes that a 420 names: the first say what is wrong

/// A check, and where its answer goes.
struct Request {
  AgentState& agent;
  SocketId socket;
  const SocketAddress& from;
  const stun::Message& message;
};

void send(const Request& request, stun::MessageBuilder& builder, const Credentials* credentials) {
  if (credentials != nullptr) builder.messageIntegrity(asBytes(credentials->localPassword));
  builder.fingerprint();
  request.agent.transmit(request.socket, request.from, builder.finish());
}

void refuse(const Request& request, int code, std::string_view reason, const Credentials* credentials,
            std::span<const std::uint16_t> unknown = {}) {
  std::array<std::byte, kMaxMessageBytes> room;
  stun::MessageBuilder builder(room, stun::MessageClass::error, request.message.method(),
                               request.message.transactionId());
  builder.errorCode(code, reason);
  if (!unknown.empty()) builder.unknownAttributes(unknown);
  send(request, builder, credentials);
}

void accept(const Request& request, const Credentials& credentials) {
  std::array<std::byte, kMaxMessageBytes> room;
  stun::MessageBuilder builder(room, stun::MessageClass::success, stun::Method::binding,
                               request.message.transactionId());
  builder.xorAddress(stun::Attribute::xorMappedAddress, withoutScope(request.from));
  // Says that another nomination would be followed (moving.h).
  if (request.agent.role == IceRole::controlled) builder.u32(stun::Attribute::nomination, request.agent.nominations);
  send(request, builder, &credentials);
}

// RFC 8489 §9.1.3
const Credentials* authenticate(const Request& request) {
  AgentState& agent = request.agent;
  const bool anyIntegrity = request.message.hasIntegrity() || request.message.hasIntegritySha256();
  if (!anyIntegrity || !request.message.has(stun::Attribute::username)) {
    ++agent.counters.unauthenticated;
    refuse(request, stun::kBadRequest, "Bad Request", nullptr);
    return nullptr;
  }
  if (const Credentials* credentials = credentialsOf(agent, request.message)) return credentials;
  ++agent.counters.unauthenticated;
  refuse(request, stun::kUnauthenticated, "Unauthenticated", nullptr);
  return nullptr;
}

std::string_view remoteUfragOf(const stun::Message& message) {
  const std::string_view username = *message.text(stun::Attribute::username);
  const std::size_t colon = username.find(':');
  return colon == std::string_view::npos ? std::string_view() : username.substr(colon + 1);
}

// The peer's name is that of its next session, and ours is not: Chromium checks from its new sockets while our answer
// to its offer of a restart is under way. Were it answered, it would use that pair for good, and take no other at our
// address (version 156), so that no check of the new session were ever answered.
bool aheadOfUs(const AgentState& agent, const Credentials& credentials, const stun::Message& message) {
  const std::string_view theirs = remoteUfragOf(message);
  if (agent.previous && agent.previous->remoteUfrag == theirs) return false;
  // A restart that was taken back has our old name again, and nobody's yet.
  const bool takenBack = agent.previous && agent.previous->localUfrag == credentials.localUfrag;
  return (takenBack || !credentials.remoteUfrag.empty()) && credentials.remoteUfrag != theirs;
}

// RFC 8445 §7.3.1.1. False: answered with 487.
bool settleRole(const Request& request, const Credentials& credentials) {
  AgentState& agent = request.agent;
  const bool controlling = agent.role == IceRole::controlling;
  const auto same = controlling ? stun::Attribute::iceControlling : stun::Attribute::iceControlled;
  const auto theirs = request.message.u64(same);
  if (!theirs) return true;
  const bool larger = agent.effectiveTieBreaker() >= *theirs;
  // A lite agent, and one whose peer is lite, has a role by nature (RFC 8445 §6.1.1); who has not started gives way.
  const bool fixed = agent.options.lite || agent.remoteLite || !agent.everStarted;
  if (fixed || larger == controlling) {
    agent.gaveWay = agent.gaveWay || !agent.everStarted;
    refuse(request, stun::kRoleConflict, "Role Conflict", &credentials);
    return false;
  }
  agent.changeRole(controlling ? IceRole::controlled : IceRole::controlling);
  return true;
}

const RemoteCandidate* learnRemote(AgentState& agent, const SocketAddress& from, Transport transport,
                                   std::uint32_t priority) {
  if (const RemoteCandidate* known = agent.remotes.find(from, transport)) return known;
  if (agent.remotes.full()) {
    agent.remotes.forgetPeerReflexive([&](const SocketAddress& address) { return agent.checklist.uses(address); });
  }
  if (agent.remotes.full()) {
    ++agent.counters.overBound;
    return nullptr;
  }
  return &agent.remotes.addPeerReflexive(from, transport, priority);  // RFC 8445 §7.3.1.3
}

}  // namespace

CandidatePair* pairOf(AgentState& agent, SocketId socket, const SocketAddress& from, std::uint32_t priority) {
  if (CandidatePair* known = agent.checklist.find(socket, from)) return known;
  const Base* base = agent.locals.base(socket);
  if (base == nullptr) return nullptr;
  const RemoteCandidate* remote = learnRemote(agent, from, counterpart(base->transport), priority);
  if (remote == nullptr) return nullptr;
  CandidatePair* made = pairUp(agent, *base, *remote);
  if (made == nullptr) ++agent.counters.overBound;
  return made;
}

namespace {

// RFC 8445 §7.3.2, and RFC 7675's liveness for one that sends no checks of its own.
void actAsLite(AgentState& agent, Time now, const EarlyCheck& check) {
  if (agent.concluded() && agent.selected(check.socket, check.from)) return confirmConsent(agent, now);
  CandidatePair* pair = pairOf(agent, check.socket, check.from, check.priority);
  if (pair == nullptr) return;
  enterChecking(agent);
  agent.checklist.succeed(*pair, agent.locals.base(check.socket)->address, now);
  ++pair->stats.requestsReceived;
  if (check.useCandidate) {
    pair->nomination = std::max(pair->nomination, check.nomination);
    onNominated(agent, now, pair->id);
  } else {
    updateFound(agent);
  }
}

// RFC 8445 §7.3.1.3 to §7.3.1.5
void actAsFull(AgentState& agent, Time now, const EarlyCheck& check) {
  const bool nominated = check.useCandidate && agent.role == IceRole::controlled;
  // Once a pair is in use, only a nomination can still change something.
  if (agent.concluded() && !nominated) {
    repeatNomination(agent, now, check.socket, check.from);
    return considerNewPath(agent, now, check);
  }
  CandidatePair* pair = pairOf(agent, check.socket, check.from, check.priority);
  if (pair == nullptr) return;
  ++pair->stats.requestsReceived;
  ++pair->stats.responsesSent;
  enterChecking(agent);
  const bool alive = agent.consent && agent.consent->unanswered < kUnansweredForDisconnected;
  const bool later = nominated && check.nomination > agent.nominations;
  if (agent.concluded() && alive && !later && pair->priority <= agent.selection->priority) return;
  if (nominated) pair->nomination = std::max(pair->nomination, check.nomination);
  const bool selected = agent.concluded() && pair->id == agent.selection->id;
  const bool old = pair->valid() && pair->lastSuccess < provenSince(agent, now);
  if (nominated && old && !selected) Checklist::checkAgain(*pair);  // nominateOnSuccess does the rest
  if (pair->state != PairState::succeeded) agent.checklist.trigger(*pair);
  if (!nominated) return;
  if (pair->valid()) {
    onNominated(agent, now, pair->id);
  } else {
    pair->nominateOnSuccess = true;
  }
}

void act(AgentState& agent, Time now, const EarlyCheck& check) {
  if (agent.state == IceTransportState::failed) return;  // a restart alone leads out of that
  if (agent.options.lite) {
    actAsLite(agent, now, check);
  } else {
    actAsFull(agent, now, check);
  }
}

void keepForLater(AgentState& agent, EarlyCheck check) {
  for (EarlyCheck& kept : agent.early) {
    if (kept.socket != check.socket || kept.from != check.from || kept.remoteUfrag != check.remoteUfrag) continue;
    kept.useCandidate = kept.useCandidate || check.useCandidate;
    kept.nomination = std::max(kept.nomination, check.nomination);
    return;
  }
  if (agent.early.size() >= kMaxEarlyChecks) {
    ++agent.counters.overBound;
    return;
  }
  agent.early.push_back(std::move(check));
}

void countOnSelected(AgentState& agent, SocketId socket, const SocketAddress& from) {
  if (!agent.selected(socket, from)) return;
  ++agent.selection->stats.requestsReceived;
  ++agent.selection->stats.responsesSent;
}

EarlyCheck readCheck(const Request& request) {
  EarlyCheck check;
  check.socket = request.socket;
  check.from = request.from;
  check.priority = request.message.u32(stun::Attribute::priority).value_or(0);
  check.useCandidate = request.message.has(stun::Attribute::useCandidate);
  if (check.useCandidate) check.nomination = request.message.u32(stun::Attribute::nomination).value_or(1);
  check.remoteUfrag = remoteUfragOf(request.message);
  return check;
}

bool formallyRight(const Request& request) {
  AgentState& agent = request.agent;
  if (!request.message.verifyFingerprint()) {  // RFC 8445 §7.1: every check has one
    ++agent.counters.unauthenticated;
    return false;
  }
  if (request.message.method() == stun::Method::binding) return true;
  ++agent.counters.malformed;
  refuse(request, stun::kBadRequest, "Bad Request", nullptr);
  return false;
}

bool allUnderstood(const Request& request, const Credentials& credentials) {
  std::array<std::uint16_t, kMaxUnknownListed> unknown;
  const std::size_t count = request.message.unknownRequired(kKnownAttributes, unknown);
  if (count == 0) return true;
  refuse(request, stun::kUnknownAttribute, "Unknown Attribute", &credentials, std::span(unknown).first(count));
  return false;
}

}  // namespace

const Credentials* credentialsOf(const AgentState& agent, const stun::Message& request) {
  const auto username = request.text(stun::Attribute::username);
  if (!username) return nullptr;
  const std::string_view name = username->substr(0, username->find(':'));
  const Credentials* credentials = nullptr;
  if (name == agent.current.localUfrag) {
    credentials = &agent.current;
  } else if (agent.previous && name == agent.previous->localUfrag) {
    credentials = &*agent.previous;
  }
  if (credentials == nullptr) return nullptr;
  const ByteView key = asBytes(credentials->localPassword);
  const bool known = request.hasIntegrity() ? request.verifyIntegrity(key) : request.verifyIntegritySha256(key);
  return known ? credentials : nullptr;
}

void onRequest(AgentState& agent, Time now, SocketId socket, const SocketAddress& from, const stun::Message& message) {
  const Base* base = agent.locals.base(socket);
  if (base == nullptr) return;
  // Relay-only means that nobody learns of our sockets, not even that they answer. The pair of before a restart that
  // makes it so is no secret.
  if (agent.options.relayOnly && !base->relayed() && !agent.selected(socket, from)) return;
  const Request request{agent, socket, from, message};
  if (!formallyRight(request)) return;
  const Credentials* credentials = authenticate(request);
  if (credentials == nullptr || !allUnderstood(request, *credentials)) return;
  if (aheadOfUs(agent, *credentials, message)) return;
  const bool currentSession = credentials == &agent.current;
  agent.heard = agent.heard || currentSession;
  if (currentSession && !settleRole(request, *credentials)) return;
  accept(request, *credentials);
  countOnSelected(agent, socket, from);
  if (!currentSession) return;
  if (message.has(stun::Attribute::googNetworkInfo)) agent.peerFollows = true;
  EarlyCheck check = readCheck(request);
  if (!agent.remoteKnown) return keepForLater(agent, std::move(check));
  if (check.remoteUfrag == agent.current.remoteUfrag) act(agent, now, check);
}

void replayEarlyChecks(AgentState& agent, Time now) {
  const std::vector<EarlyCheck> early = std::move(agent.early);
  agent.early.clear();
  for (const EarlyCheck& check : early) {
    if (check.remoteUfrag == agent.current.remoteUfrag) act(agent, now, check);
  }
}

}  // namespace portico::ice
