// Answers for the names that stand for our addresses (RFC 6762 §6, §8.3, §10.1).
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/mdns/link.h"
#include "core/mdns/message.h"

namespace portico::mdns {

/// RFC 6762 §6: no record is multicast on a link more often.
inline constexpr Duration kMulticastInterval = std::chrono::seconds(1);
inline constexpr int kAnnouncements = 2;  ///< RFC 6762 §8.3
/// Names that one host answers for; a transport has one for each address.
inline constexpr std::size_t kMaxPublishedNames = 1'024;
/// Answers to single askers: more would be a flood that somebody lets us make.
inline constexpr std::size_t kMaxUnicastsPerSecond = 64;
inline constexpr std::uint32_t kLegacyTtlSeconds = 10;  ///< RFC 6762 §6.7

class Responder {
 public:
  /// False: too many names.
  bool publish(Time now, const Name& name, const IpAddress& address, const std::vector<LinkId>& links);
  /// RFC 6762 §10.1: where the name was told, its end is told, too.
  void withdraw(const Name& name, Outbox& out);
  [[nodiscard]] const IpAddress* find(const Name& name) const;
  void removeLink(LinkId link);

  void onQuery(Time now, LinkId link, const SocketAddress& from, const Message& query, Outbox& out);
  void handleTimeout(Time now, Outbox& out);
  [[nodiscard]] std::optional<Time> nextTimeout() const;

 private:
  /// What is told of a name on a link: its address, or that it has no other record.
  struct Saying {
    std::optional<Time> last;  ///< multicast
    std::optional<Time> due;
  };
  struct Presence {
    LinkId link = 0;
    Saying address;
    Saying nothingElse;
    int announcementsLeft = kAnnouncements;
  };
  struct Published {
    IpAddress address;
    std::vector<Presence> presences;
  };

  void answer(Time now, const Published& published, Presence& presence, const SocketAddress& from, const Message& query,
              const Question& question, Outbox& out);
  static void say(Time now, const Name& name, const Published& published, Presence& presence, bool positive,
                  Outbox& out);

  std::map<Name, Published> names_;
  Budget unicasts_{kMaxUnicastsPerSecond};
};

}  // namespace portico::mdns
