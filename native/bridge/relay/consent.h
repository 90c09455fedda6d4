// Consent of one destination, as browsers ask for it: it has answered a STUN request, so it takes part.
#pragma once

#include <array>
#include <cstdint>

#include "core/stun/message.h"
#include "portico/platform/time.h"

namespace portico::bridge {

/// docs/bridge.md "Consent". The pace is that of ICE's checks, at most (RFC 8445 §14.2 has 50 ms and more).
inline constexpr Duration kRequestInterval = std::chrono::milliseconds(20);
/// RFC 8489 §6.2.1 sends a request seven times: enough for one transaction and most of another.
inline constexpr std::uint32_t kMaxUnansweredRequests = 12;
/// RFC 7675 §5.1.
inline constexpr Duration kConsentLifetime = std::chrono::seconds(30);
/// RFC 8489 §6.2.1: a transaction fails after 39.5 s with the default timers.
inline constexpr Duration kTransactionLifetime = std::chrono::milliseconds(39'500);
/// Transactions remembered for one destination: what it may have in flight at the pace of ICE, and some more.
inline constexpr std::size_t kMaxTransactions = 16;
/// Requests of the destination that wait for an answer; so many answers may go there without consent.
inline constexpr std::uint32_t kMaxOwedAnswers = 16;

class Consent {
 public:
  enum class Verdict : std::uint8_t {
    pass,
    notStun,  ///< needs consent
    tooFast,  ///< a request within kRequestInterval that no other triggered, or one after kMaxUnansweredRequests
  };
  /// Asks for a datagram that goes out, and takes note of it if it passes.
  Verdict onSend(Time now, ByteView payload);
  /// Whether a datagram from the destination may come in; takes note of it if so.
  bool onReceive(Time now, ByteView payload);

  [[nodiscard]] bool isGiven(Time now) const { return answered_ && now - lastAnswer_ < kConsentLifetime; }

 private:
  struct Transaction {
    stun::TransactionId id{};
    Time sentAt;
    bool inFlight = false;
  };

  void remember(Time now, const stun::TransactionId& id);
  void onAnswer(Time now, const stun::TransactionId& id);

  std::array<Transaction, kMaxTransactions> transactions_{};
  std::size_t next_ = 0;
  Time lastRequest_;
  Time lastAnswer_;
  bool requested_ = false;
  bool answered_ = false;
  bool asked_ = false;  ///< a request came in since the last one that went out
  std::uint32_t unanswered_ = 0;
  std::uint32_t owedAnswers_ = 0;
};

}  // namespace portico::bridge
