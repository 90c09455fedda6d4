#include "core/ice/check.h"

#include <algorithm>

#include "core/ice/consent.h"
#include "core/ice/gathering.h"
#include "core/ice/nomination.h"
#include "core/ice/session_state.h"
#include "core/stun/message_builder.h"

namespace portico::ice {
namespace {

constexpr Duration kMinRto = std::chrono::milliseconds(500);  // RFC 8445 §14.3
constexpr Duration kMaxRto = std::chrono::seconds(1);  // its formula grows with the pairs, beyond anyone's patience

// RFC 8445 §14.3: the more checks are under way, the slower each is repeated.
Duration retransmissionTimeout(const AgentState& agent) {
  const auto outstanding = static_cast<Duration::rep>(agent.checklist.countOutstanding());
  return std::clamp(agent.pacer.interval() * outstanding, kMinRto, kMaxRto);
}

// RFC 8489 §6.2.2: over TCP a request is sent once, and given up after as long as over UDP.
stun::RetransmissionPlan planFor(Transport transport, const stun::RetransmissionPlan& plan) {
  if (transport == Transport::udp) return plan;
  Duration total = plan.rto * plan.lastWait;
  for (int i = 0; i + 1 < plan.sends; ++i) total += plan.rto * (1 << i);
  return {total, 1, 1};
}

ByteVector buildCheck(const AgentState& agent, const Credentials& credentials, const stun::TransactionId& id,
                      SocketId socket, bool useCandidate) {
  std::array<std::byte, kMaxMessageBytes> room;
  stun::MessageBuilder builder(room, stun::MessageClass::request, stun::Method::binding, id);
  builder.text(stun::Attribute::username, credentials.checkUsername);
  // RFC 8445 §7.1.1: the priority that a peer-reflexive candidate would have, should this check reveal one.
  const Base* base = agent.locals.base(socket);
  builder.u32(stun::Attribute::priority, base == nullptr ? 0 : base->priority(CandidateType::peerReflexive));
  const bool controlling = agent.role == IceRole::controlling;
  builder.u64(controlling ? stun::Attribute::iceControlling : stun::Attribute::iceControlled, agent.tieBreaker);
  if (useCandidate) builder.flag(stun::Attribute::useCandidate);
  // The first is RFC 8445's own, and needs no number.
  if (useCandidate && agent.nominations > 1) builder.u32(stun::Attribute::nomination, agent.nominations);
  builder.messageIntegrity(asBytes(credentials.remotePassword));
  builder.fingerprint();
  return toVector(builder.finish());
}

void begin(AgentState& agent, Time now, Transaction transaction) {
  transaction.asControlling = agent.role == IceRole::controlling;
  transaction.sentAt = now;
  agent.transmit(transaction.socket, transaction.remote, transaction.packet);
  agent.transactions.add(std::move(transaction));
}

void countAnswer(PairStats& stats, Time now, const Transaction& transaction) {
  ++stats.responsesReceived;
  if (!transaction.retransmission.firstOnly()) return;  // which one it answers is not known
  stats.currentRoundTripTime = now - transaction.sentAt;
  stats.totalRoundTripTime += stats.currentRoundTripTime;
}

void failPair(AgentState& agent, const Transaction& transaction) {
  CandidatePair* pair = agent.checklist.find(transaction.subject);
  if (pair == nullptr) return;
  agent.checklist.fail(*pair);
  if (agent.concluded() && agent.selection->id == transaction.subject) return;  // consent decides about that one
  updateFound(agent);
}

// RFC 8445 §7.2.5.1
void onRoleConflict(AgentState& agent, const Transaction& transaction) {
  if (agent.remoteLite) return failPair(agent, transaction);  // a lite peer has no role to argue about
  if (transaction.asControlling == (agent.role == IceRole::controlling)) {
    agent.changeRole(transaction.asControlling ? IceRole::controlled : IceRole::controlling);
    agent.newTieBreaker();
  }
  CandidatePair* pair = agent.checklist.find(transaction.subject);
  if (pair == nullptr) return;
  if (pair->state == PairState::inProgress) pair->state = PairState::waiting;
  agent.checklist.trigger(*pair);
}

// RFC 8445 §7.2.5.3
void onCheckSuccess(AgentState& agent, Time now, const Transaction& transaction, const SocketAddress& mapped) {
  CandidatePair* pair = agent.checklist.find(transaction.subject);
  if (pair == nullptr) return;
  agent.checklist.succeed(*pair, mapped, now);
  countAnswer(pair->stats, now, transaction);
  agent.transactions.eraseIf([&](const Transaction& other) {
    return other.purpose == Purpose::check && other.subject == transaction.subject;
  });
  const bool nominated = agent.role == IceRole::controlling
                             ? transaction.purpose == Purpose::nomination && transaction.asControlling
                             : pair->nominateOnSuccess;
  if (nominated) {
    onNominated(agent, now, transaction.subject);
  } else {
    updateFound(agent);
  }
}

void onConsentResponse(AgentState& agent, Time now, const Transaction& transaction, const stun::Message& message) {
  if (!agent.selection) return;
  if (message.messageClass() != stun::MessageClass::success) return;  // RFC 7675 §5.1: not a consent
  countAnswer(agent.selection->stats, now, transaction);
  confirmConsent(agent, now);
}

void onCheckResponse(AgentState& agent, Time now, const Transaction& transaction, bool symmetric,
                     const stun::Message& message) {
  // RFC 8445 §7.2.5.2.1: an answer from elsewhere, or to elsewhere, means a path that is not one.
  if (!symmetric) return failPair(agent, transaction);
  if (message.messageClass() == stun::MessageClass::error) {
    const auto error = message.errorCode();
    if (error && error->code == stun::kRoleConflict) return onRoleConflict(agent, transaction);
    return failPair(agent, transaction);
  }
  std::array<std::uint16_t, 1> unknown;
  const auto mapped = message.mappedAddress();
  // RFC 8489 §6.3.3: a response that is not understood ends its transaction as a failure.
  if (!mapped || message.unknownRequired(kKnownAttributes, unknown) > 0) return failPair(agent, transaction);
  if (message.has(stun::Attribute::nomination)) agent.peerFollows = true;
  onCheckSuccess(agent, now, transaction, *mapped);
}

}  // namespace

void continueChecks(AgentState& agent, Time now) {
  if (!agent.active()) return;
  while (agent.checklist.hasNext() && agent.pacer.allows(now)) {
    if (agent.transactions.full()) {
      ++agent.counters.overBound;
      return;
    }
    agent.pacer.spend(now);
    sendCheck(agent, now, *agent.checklist.takeNext(), Purpose::check);
  }
}

void sendCheck(AgentState& agent, Time now, CandidatePair& pair, Purpose purpose) {
  agent.transactions.stopSending(Purpose::check, pair.id);
  if (pair.state != PairState::succeeded) pair.state = PairState::inProgress;
  ++pair.stats.requestsSent;
  Transaction transaction;
  transaction.id = agent.newTransactionId();
  transaction.purpose = purpose;
  transaction.subject = pair.id;
  transaction.socket = pair.socket;
  transaction.remote = pair.remote;
  const bool nomination = purpose == Purpose::nomination;
  const auto plan = nomination ? kNominationPlan : stun::RetransmissionPlan{retransmissionTimeout(agent), 7, 16};
  transaction.retransmission = stun::Retransmission(now, planFor(pair.transport, plan));
  transaction.packet = buildCheck(agent, agent.current, transaction.id, pair.socket, nomination);
  begin(agent, now, std::move(transaction));
}

void sendConsentCheck(AgentState& agent, Time now) {
  if (!agent.selection || agent.transactions.full()) return;
  Selection& selection = *agent.selection;
  ++selection.stats.requestsSent;
  ++selection.stats.consentRequestsSent;
  Transaction transaction;
  transaction.id = agent.newTransactionId();
  transaction.purpose = Purpose::consent;
  transaction.subject = selection.id;
  transaction.socket = selection.pair.socket;
  transaction.remote = selection.pair.remoteAddress;
  // RFC 7675 §5.1: never sent again; the next one is another transaction.
  transaction.retransmission = stun::Retransmission(now, {agent.options.consentInterval, 1, 2});
  transaction.packet = buildCheck(agent, agent.selectionCredentials(), transaction.id, selection.pair.socket, false);
  begin(agent, now, std::move(transaction));
}

void onResponse(AgentState& agent, Time now, SocketId socket, const SocketAddress& from, const stun::Message& message) {
  const Transaction* open = agent.transactions.find(message.transactionId());
  if (open == nullptr) {
    ++agent.counters.unmatched;
    return;
  }
  const bool symmetric = open->socket == socket && open->remote == from;
  if (open->purpose == Purpose::gathering || open->purpose == Purpose::consent) {
    if (!symmetric) {
      ++agent.counters.unmatched;
      return;
    }
  }
  if (open->purpose != Purpose::gathering) {
    const Credentials& credentials = open->purpose == Purpose::consent ? agent.selectionCredentials() : agent.current;
    // RFC 8489 §9.1.4: an answer that does not prove to know the password is as if it had not come.
    if (!message.verifyIntegrity(asBytes(credentials.remotePassword))) {
      ++agent.counters.unauthenticated;
      return;
    }
  }
  const Transaction transaction = *agent.transactions.take(message.transactionId());
  switch (transaction.purpose) {
    case Purpose::gathering:
      return onGatheringResponse(agent, transaction, message);
    case Purpose::consent:
      return onConsentResponse(agent, now, transaction, message);
    case Purpose::check:
    case Purpose::nomination:
      return onCheckResponse(agent, now, transaction, symmetric, message);
  }
}

void onPathLost(AgentState& agent, SocketId socket, const SocketAddress& remote) {
  if (CandidatePair* pair = agent.checklist.find(socket, remote)) agent.checklist.fail(*pair);
  agent.transactions.eraseIf([&](const Transaction& t) { return t.socket == socket && t.remote == remote; });
}

void onCheckTimeout(AgentState& agent, const Transaction& transaction) {
  if (transaction.purpose == Purpose::check && agent.transactions.anyFor(Purpose::check, transaction.subject)) return;
  const CandidatePair* pair = agent.checklist.find(transaction.subject);
  const bool passed = pair != nullptr && pair->state == PairState::succeeded;
  const bool again = pair != nullptr && pair->state == PairState::waiting;  // in the triggered-check queue
  if (again || (passed && transaction.purpose == Purpose::check)) return;
  failPair(agent, transaction);
}

}  // namespace portico::ice
