#include "core/mdns/responder.h"

#include <algorithm>
#include <array>

#include "core/mdns/querier.h"

namespace portico::mdns {
namespace {

using std::chrono::seconds;

/// RFC 6762 §5.4: who asks for a unicast answer gets one if the others have heard it so lately.
constexpr Duration kLately = seconds(kAddressTtlSeconds / 4);

ByteVector response(const Name& name, const IpAddress& address, bool positive, std::uint32_t ttl) {
  std::array<std::byte, kMaxWrittenBytes> room;
  MessageWriter writer(room, 0, true);
  if (positive) {
    writer.address({name, address, ttl, true});
  } else {
    writer.onlyType(name, typeOf(address.family()), ttl, true);
  }
  return toVector(writer.finish());
}

// RFC 6762 §6.7: as a unicast DNS server answers.
ByteVector legacyResponse(const Message& query, const Question& question, const IpAddress& address, bool positive) {
  std::array<std::byte, kMaxWrittenBytes> room;
  MessageWriter writer(room, query.id, true);
  writer.question({question.name, question.type, false});
  if (positive) writer.address({question.name, address, kLegacyTtlSeconds, false});
  return toVector(writer.finish());
}

// RFC 6762 §7.1: who knows it for half its time still is not told again.
bool isKnown(const Message& query, const Name& name, const IpAddress& address) {
  return std::any_of(query.records.begin(), query.records.end(), [&](const AddressRecord& record) {
    return record.name == name && record.address == address && record.ttl >= kAddressTtlSeconds / 2;
  });
}

}  // namespace

// The draft says to announce, and not to probe. The first announcement waits for a second: the peer's question is
// likely to come before that, and RFC 6762 §6 would have it wait for its answer otherwise.
bool Responder::publish(Time now, const Name& name, const IpAddress& address, const std::vector<LinkId>& links) {
  if (names_.size() >= kMaxPublishedNames) return false;
  Published published{address, {}};
  for (const LinkId link : links) {
    Presence presence;
    presence.link = link;
    presence.address.due = now + kMulticastInterval;
    published.presences.push_back(presence);
  }
  return names_.emplace(name, std::move(published)).second;
}

void Responder::withdraw(const Name& name, Outbox& out) {
  const auto found = names_.find(name);
  if (found == names_.end()) return;
  for (const Presence& presence : found->second.presences) {
    if (presence.address.last) {
      out.push_back({presence.link, std::nullopt, response(name, found->second.address, true, 0)});
    }
  }
  names_.erase(found);
}

const IpAddress* Responder::find(const Name& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second.address;
}

void Responder::removeLink(LinkId link) {
  for (auto& [name, published] : names_) {
    std::erase_if(published.presences, [&](const Presence& presence) { return presence.link == link; });
  }
}

void Responder::onQuery(Time now, LinkId link, const SocketAddress& from, const Message& query, Outbox& out) {
  for (const Question& question : query.questions) {
    const auto found = names_.find(question.name);
    if (found == names_.end()) continue;
    for (Presence& presence : found->second.presences) {
      if (presence.link == link) answer(now, found->second, presence, from, query, question, out);
    }
  }
}

void Responder::answer(Time now, const Published& published, Presence& presence, const SocketAddress& from,
                       const Message& query, const Question& question, Outbox& out) {
  const bool positive = question.type == RecordType::any || question.type == typeOf(published.address.family());
  if (positive && isKnown(query, question.name, published.address)) return;
  Saying& saying = positive ? presence.address : presence.nothingElse;
  const bool legacy = from.port != kPort;
  if (legacy || (question.unicast && saying.last && now - *saying.last < kLately)) {
    if (!unicasts_.allows(now)) return;
    unicasts_.spend(now, 1);
    out.push_back({presence.link, from,
                   legacy ? legacyResponse(query, question, published.address, positive)
                          : response(question.name, published.address, positive, kAddressTtlSeconds)});
  } else if (!saying.last || now - *saying.last >= kMulticastInterval) {
    say(now, question.name, published, presence, positive, out);
  } else {
    saying.due = *saying.last + kMulticastInterval;
  }
}

void Responder::say(Time now, const Name& name, const Published& published, Presence& presence, bool positive,
                    Outbox& out) {
  out.push_back({presence.link, std::nullopt, response(name, published.address, positive, kAddressTtlSeconds)});
  Saying& saying = positive ? presence.address : presence.nothingElse;
  saying.last = now;
  saying.due.reset();
  if (positive && presence.announcementsLeft > 0) saying.due = now + kMulticastInterval;
}

void Responder::handleTimeout(Time now, Outbox& out) {
  for (auto& [name, published] : names_) {
    for (Presence& presence : published.presences) {
      if (presence.address.due && *presence.address.due <= now) {
        if (presence.announcementsLeft > 0) --presence.announcementsLeft;
        say(now, name, published, presence, true, out);
      }
      if (presence.nothingElse.due && *presence.nothingElse.due <= now) {
        say(now, name, published, presence, false, out);
      }
    }
  }
}

std::optional<Time> Responder::nextTimeout() const {
  std::optional<Time> next;
  for (const auto& [name, published] : names_) {
    for (const Presence& presence : published.presences) {
      for (const auto& due : {presence.address.due, presence.nothingElse.due}) {
        if (due && (!next || *due < *next)) next = due;
      }
    }
  }
  return next;
}

}  // namespace portico::mdns
