#include "core/mdns/querier.h"

#include <algorithm>
#include <array>

namespace portico::mdns {

bool Querier::ask(Time now, const Name& name) {
  if (answerFromCache(now, name)) return true;
  if (pending_.size() >= kMaxPendingNames && pending_.count(name) == 0) return false;
  pending_.try_emplace(name, Pending{now});
  return true;
}

void Querier::onRecords(Time now, const std::vector<AddressRecord>& records) {
  for (const AddressRecord& record : records) remember(now, record, records);
  for (const AddressRecord& record : records) {
    if (pending_.count(record.name) != 0 && answerFromCache(now, record.name)) pending_.erase(record.name);
  }
}

// RFC 6762 §10.1, §10.2. An attacker's names push out others', which are asked for again then.
void Querier::remember(Time now, const AddressRecord& record, const std::vector<AddressRecord>& together) {
  auto found = cache_.find(record.name);
  if (record.ttl == 0) {
    if (found != cache_.end()) std::erase(found->second.addresses, record.address);
    return;
  }
  if (found == cache_.end()) {
    if (cache_.size() >= kMaxCachedNames) {
      cache_.erase(std::min_element(cache_.begin(), cache_.end(),
                                    [](const auto& a, const auto& b) { return a.second.expires < b.second.expires; }));
    }
    found = cache_.try_emplace(record.name).first;
  }
  std::vector<IpAddress>& addresses = found->second.addresses;
  if (found->second.expires <= now) addresses.clear();
  if (record.flush) {
    std::erase_if(addresses, [&](const IpAddress& known) {
      return std::none_of(together.begin(), together.end(), [&](const AddressRecord& other) {
        return other.name == record.name && other.address == known;
      });
    });
  }
  found->second.expires = now + std::chrono::seconds(std::min(record.ttl, kAddressTtlSeconds));
  const bool known = std::find(addresses.begin(), addresses.end(), record.address) != addresses.end();
  if (!known && addresses.size() < kMaxCachedAddresses) addresses.push_back(record.address);
}

bool Querier::answerFromCache(Time now, const Name& name) {
  const auto found = cache_.find(name);
  if (found == cache_.end() || found->second.expires <= now || found->second.addresses.empty()) return false;
  if (found->second.addresses.size() == 1) {
    answers_.push_back({name, found->second.addresses.front()});
  } else {  // draft-ietf-mmusic-mdns-ice-candidates §3.2.2
    answers_.push_back({name, Error(Error::Network, "the name " + name.toString() + " has more than one address")});
  }
  return true;
}

// One question a packet: Chromium reads no second one. By multicast, although the draft prefers unicast answers: the
// port is shared with other programs of the machine, and one of them would get those (RFC 6762 §15.1).
std::size_t Querier::sendQuestions(const Name& name, Outbox& out) {
  const std::size_t before = out.size();
  const auto put = [&](const Link& link, RecordType type) {
    std::array<std::byte, kMaxWrittenBytes> room;
    MessageWriter writer(room, 0, false);
    writer.question({name, type, false});
    out.push_back({link.id, std::nullopt, toVector(writer.finish())});
  };
  const bool anyV6 =
      std::any_of(links_.begin(), links_.end(), [](const Link& link) { return link.family == IpFamily::v6; });
  // Not every responder listens on IPv6, so an IPv6 address is asked for on IPv4 as well; the reverse never helps.
  for (const Link& link : links_) {
    if (link.family == IpFamily::v4) put(link, RecordType::a);
    if (anyV6) put(link, RecordType::aaaa);
  }
  return out.size() - before;
}

void Querier::handleTimeout(Time now, Outbox& out) {
  for (auto it = pending_.begin(); it != pending_.end();) {
    auto& [name, pending] = *it;
    if (pending.due <= now && pending.asked == kAskIntervals.size()) {
      answers_.push_back({name, Error(Error::Network, "nobody answered for " + name.toString() + " by multicast DNS")});
      it = pending_.erase(it);
      continue;
    }
    if (pending.due <= now && budget_.allows(now)) {
      budget_.spend(now, sendQuestions(name, out));
      pending.due = now + kAskIntervals[pending.asked++];
    }
    ++it;
  }
}

std::optional<Time> Querier::nextTimeout() const {
  std::optional<Time> next;
  for (const auto& [name, pending] : pending_) {
    const bool asks = pending.asked < kAskIntervals.size();
    const Time due = asks ? budget_.nextAllowed(pending.due) : pending.due;
    if (!next || due < *next) next = due;
  }
  return next;
}

}  // namespace portico::mdns
