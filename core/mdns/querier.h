// Asks for names (RFC 6762 §5.1, §5.2) and keeps what was answered, or told unasked.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/mdns/link.h"
#include "core/mdns/message.h"
#include "portico/platform/result.h"
#include "portico/platform/time.h"

namespace portico::mdns {

/// From one question to the next: RFC 6762 §5.2 wants a second at least, and each interval twice the one before. A name
/// of which nothing was heard by the end of the last is not on this link.
inline constexpr std::array<Duration, 4> kAskIntervals{std::chrono::seconds(1), std::chrono::seconds(2),
                                                       std::chrono::seconds(4), std::chrono::seconds(3)};
/// Names asked for at once. A peer has one for each address; this is some tens of peers that connect at one moment.
inline constexpr std::size_t kMaxPendingNames = 64;
/// Packets with a question a second, on all links together: what peers' candidates may make us send to our network.
inline constexpr std::size_t kMaxQuestionsPerSecond = 32;
inline constexpr std::size_t kMaxCachedNames = 64;
inline constexpr std::size_t kMaxCachedAddresses = 4;  ///< of one name: one is right, and two are too many
/// RFC 6762 §10: what a host's address has. A longer one is cut, for these names live no longer than a page.
inline constexpr std::uint32_t kAddressTtlSeconds = 120;

class Querier {
 public:
  /// The outcome of a question: the address, or why there is none.
  struct Answer {
    Name name;
    Result<IpAddress> address;
  };

  explicit Querier(const Links& links) : links_(links) {}

  /// False: too many names are pending. Otherwise an Answer follows; for a name that is pending already, one for all.
  bool ask(Time now, const Name& name);
  /// Nobody waits for it any more.
  void forget(const Name& name) { pending_.erase(name); }
  void onRecords(Time now, const std::vector<AddressRecord>& records);
  void handleTimeout(Time now, Outbox& out);
  [[nodiscard]] std::optional<Time> nextTimeout() const;
  [[nodiscard]] std::vector<Answer> takeAnswers() { return std::exchange(answers_, {}); }

 private:
  struct Pending {
    Time due;               ///< when it is asked for again, or given up
    std::size_t asked = 0;  ///< times
  };
  struct Cached {
    std::vector<IpAddress> addresses;
    Time expires;
  };

  /// Says how many packets that takes.
  std::size_t sendQuestions(const Name& name, Outbox& out);
  void remember(Time now, const AddressRecord& record, const std::vector<AddressRecord>& together);
  bool answerFromCache(Time now, const Name& name);

  const Links& links_;
  std::map<Name, Pending> pending_;
  std::map<Name, Cached> cache_;
  std::vector<Answer> answers_;
  Budget budget_{kMaxQuestionsPerSecond};
};

}  // namespace portico::mdns
