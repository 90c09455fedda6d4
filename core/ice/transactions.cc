#include "core/ice/transactions.h"

#include <algorithm>

namespace portico::ice {

std::optional<Transaction> Transactions::take(const stun::TransactionId& id) {
  const auto at = std::find_if(open_.begin(), open_.end(), [&](const Transaction& t) { return t.id == id; });
  if (at == open_.end()) return std::nullopt;
  std::optional<Transaction> taken(std::move(*at));
  open_.erase(at);
  return taken;
}

const Transaction* Transactions::find(const stun::TransactionId& id) const {
  const auto at = std::find_if(open_.begin(), open_.end(), [&](const Transaction& t) { return t.id == id; });
  return at == open_.end() ? nullptr : &*at;
}

bool Transactions::anyFor(Purpose purpose) const {
  return std::any_of(open_.begin(), open_.end(), [&](const Transaction& t) { return t.purpose == purpose; });
}

bool Transactions::anyFor(Purpose purpose, std::uint32_t subject) const {
  return std::any_of(open_.begin(), open_.end(),
                     [&](const Transaction& t) { return t.purpose == purpose && t.subject == subject; });
}

std::optional<Time> Transactions::nextDeadline() const {
  std::optional<Time> earliest;
  for (const Transaction& t : open_) {
    const Time deadline = t.retransmission.deadline();
    if (!earliest || deadline < *earliest) earliest = deadline;
  }
  return earliest;
}

void Transactions::stopSending(Purpose purpose, std::uint32_t subject) {
  for (Transaction& t : open_) {
    if (t.purpose == purpose && t.subject == subject) t.retransmission.stopSending();
  }
}

}  // namespace portico::ice
