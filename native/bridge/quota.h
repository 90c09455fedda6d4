// How many sockets there are, in all and for each token or client address, and the rates that such a group shares.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "native/bridge/relay/rate_limit.h"
#include "portico/platform/socket_address.h"

namespace portico::bridge {

class Quota;

/// A socket's place in a group; destroying it gives the place back.
class Place {
 public:
  Place(Quota& quota, std::string key, std::shared_ptr<Rates> rates)
      : quota_(&quota), key_(std::move(key)), rates_(std::move(rates)) {}
  ~Place();
  Place(Place&& other) noexcept
      : quota_(std::exchange(other.quota_, nullptr)), key_(std::move(other.key_)), rates_(std::move(other.rates_)) {}
  Place& operator=(Place&&) = delete;
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  [[nodiscard]] const std::shared_ptr<Rates>& rates() const { return rates_; }

 private:
  Quota* quota_;
  std::string key_;
  std::shared_ptr<Rates> rates_;
};

/// Of one kind of group. It outlives its places.
class Quota {
 public:
  /// Nothing: the group has `limit` sockets already.
  std::optional<Place> take(Time now, const std::string& key, std::size_t limit, const RateLimit& rate);

 private:
  friend class Place;
  struct Group {
    std::size_t sockets = 0;
    std::shared_ptr<Rates> rates;
    Time lastTaken;
  };
  void giveBack(const std::string& key);
  void forgetEmpty(Time now);

  std::map<std::string, Group> groups_;
  Time forgetAt_{};
};

/// The key of a client address. Whoever has one IPv6 address has all of its /64 (RFC 6177).
std::string addressKey(const IpAddress& address);

}  // namespace portico::bridge
