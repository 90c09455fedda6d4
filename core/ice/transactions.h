// The requests that wait for an answer (RFC 8489 §6.2.1): checks, consent checks and gathering.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/ice/agent.h"
#include "core/stun/attributes.h"
#include "core/stun/retransmission.h"

namespace portico::ice {

enum class Purpose : std::uint8_t { check, nomination, consent, gathering };

struct Transaction {
  stun::TransactionId id{};
  Purpose purpose = Purpose::check;
  bool asControlling = false;  ///< the role that the request stated
  std::uint32_t subject = 0;   ///< PairId of a check or nomination, index of a gathering task
  SocketId socket = 0;
  SocketAddress remote;
  Time sentAt{};
  stun::Retransmission retransmission{Time{}};
  ByteVector packet;
};

class Transactions {
 public:
  [[nodiscard]] bool full() const { return open_.size() >= kMaxTransactions; }
  void add(Transaction transaction) { open_.push_back(std::move(transaction)); }
  /// Removes and gives the one that a response with that id answers.
  std::optional<Transaction> take(const stun::TransactionId& id);
  [[nodiscard]] const Transaction* find(const stun::TransactionId& id) const;
  [[nodiscard]] bool anyFor(Purpose purpose) const;
  [[nodiscard]] bool anyFor(Purpose purpose, std::uint32_t subject) const;
  [[nodiscard]] std::optional<Time> nextDeadline() const;

  /// RFC 8445 §7.3.1.4: not sent again, but an answer still counts.
  void stopSending(Purpose purpose, std::uint32_t subject);

  /// Calls `resend` for each that is due; takes out and gives those that are given up.
  template <typename Resend>
  std::vector<Transaction> poll(Time now, Resend resend) {
    std::vector<Transaction> ended;
    for (std::size_t i = 0; i < open_.size();) {
      const auto due = open_[i].retransmission.poll(now);
      if (due == stun::Retransmission::Due::giveUp) {
        ended.push_back(std::move(open_[i]));
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
        continue;
      }
      if (due == stun::Retransmission::Due::resend) resend(open_[i]);
      ++i;
    }
    return ended;
  }

  template <typename Predicate>
  void eraseIf(Predicate predicate) {
    std::erase_if(open_, predicate);
  }
  void clear() { std::vector<Transaction>().swap(open_); }

 private:
  std::vector<Transaction> open_;
};

}  // namespace portico::ice
