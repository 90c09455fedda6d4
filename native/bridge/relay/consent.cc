#include "native/bridge/relay/consent.h"

#include <algorithm>

namespace portico::bridge {
namespace {

bool isAnswer(const stun::Message& message) {
  return message.messageClass() == stun::MessageClass::success || message.messageClass() == stun::MessageClass::error;
}

/// The cookie is looked at first: most datagrams are DTLS, and cost no more than that.
std::optional<stun::Message> parseStun(ByteView payload) {
  if (payload.size() < stun::kHeaderBytes || ByteReader(payload.subspan(4, 4)).u32() != stun::kMagicCookie) {
    return std::nullopt;
  }
  return stun::Message::parse(payload);
}

}  // namespace

Consent::Verdict Consent::onSend(Time now, ByteView payload) {
  const auto message = parseStun(payload);
  const bool request = message && message->messageClass() == stun::MessageClass::request;
  if (isGiven(now)) {
    if (request) remember(now, message->transactionId());
    return Verdict::pass;
  }
  if (request) {
    // RFC 8445 §7.3.1.4: a check that comes in triggers one at once, however recent the last ordinary one is.
    const bool tooSoon = requested_ && !asked_ && now - lastRequest_ < kRequestInterval;
    if (tooSoon) return Verdict::tooFast;
    if (unanswered_ >= kMaxUnansweredRequests) return Verdict::tooFast;
    asked_ = false;
    ++unanswered_;
    remember(now, message->transactionId());
    return Verdict::pass;
  }
  // An indication is data (TURN's Send, RFC 8656 §11.1), and an answer that nobody asked for is a way to send some.
  if (!message || !isAnswer(*message) || owedAnswers_ == 0) return Verdict::notStun;
  --owedAnswers_;
  return Verdict::pass;
}

bool Consent::onReceive(Time now, ByteView payload) {
  // The newest request is the last one whose answer may still come.
  const bool inFlight = requested_ && now - lastRequest_ < kTransactionLifetime;
  if (!inFlight && !isGiven(now)) return false;
  if (const auto message = parseStun(payload)) {
    if (message->messageClass() == stun::MessageClass::request) {
      owedAnswers_ = std::min(owedAnswers_ + 1, kMaxOwedAnswers);
      asked_ = true;
    } else if (isAnswer(*message)) {
      onAnswer(now, message->transactionId());
    }
  }
  return true;
}

/// A retransmission takes the place of its first transmission.
void Consent::remember(Time now, const stun::TransactionId& id) {
  requested_ = true;
  lastRequest_ = now;
  const auto known = std::find_if(transactions_.begin(), transactions_.end(),
                                  [&](const Transaction& t) { return t.inFlight && t.id == id; });
  if (known != transactions_.end()) {
    known->sentAt = now;
    return;
  }
  transactions_[next_] = {id, now, true};
  next_ = (next_ + 1) % kMaxTransactions;
}

/// An answer counts once, so that repeating it does not prolong anything.
void Consent::onAnswer(Time now, const stun::TransactionId& id) {
  for (Transaction& transaction : transactions_) {
    if (!transaction.inFlight || transaction.id != id) continue;
    transaction.inFlight = false;
    if (now - transaction.sentAt >= kTransactionLifetime) return;
    answered_ = true;
    lastAnswer_ = now;
    unanswered_ = 0;
    return;
  }
}

}  // namespace portico::bridge
