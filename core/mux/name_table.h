// Who of those that share a port has which username fragments: whom a check is for (RFC 8445 §7.2.2).
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/stun/message.h"
#include "portico/platform/bytes.h"
#include "portico/platform/result.h"

namespace portico {

/// Members with one username fragment, each of which may have to be asked whether the password is its own. Of 10,000
/// names of 24 random bits (RFC 8445 §5.3) three pairs are alike; more are a program's own choice.
inline constexpr std::size_t kMaxNamesakes = 8;

/// A Member keeps its `names`, a vector of strings, for this.
template <typename Member>
class NameTable {
 public:
  /// In place of the names that it had. QuotaExceeded, and nothing changes, where a name has kMaxNamesakes already.
  Result<void> name(Member& member, std::span<const std::string_view> names) {
    for (const std::string_view one : names) {
      const auto [begin, end] = members_.equal_range(one);
      const auto others = std::count_if(begin, end, [&](const auto& entry) { return entry.second != &member; });
      if (static_cast<std::size_t>(others) < kMaxNamesakes) continue;
      return Error(Error::QuotaExceeded, "too many connections on one port have the usernameFragment " +
                                             std::string(one) +
                                             ": give each its own, or leave it to be made at random");
    }
    unname(member);
    member.names.assign(names.begin(), names.end());
    for (const std::string& one : member.names) members_.emplace(one, &member);
    return {};
  }

  void unname(Member& member) {
    for (const std::string& one : member.names) {
      const auto [begin, end] = members_.equal_range(one);
      const auto at = std::find_if(begin, end, [&](const auto& entry) { return entry.second == &member; });
      if (at != end) members_.erase(at);
    }
    member.names.clear();
  }

  /// Whom a check is for; null: nobody, or it is none. One who has the name alone is not asked; of several it is the
  /// one for whom `authenticates` is true, or else any: somebody has to refuse it.
  template <typename Predicate>
  Member* find(ByteView check, Predicate authenticates) const {
    const auto message = stun::Message::parse(check);
    const auto username = message ? message->text(stun::Attribute::username) : std::nullopt;
    if (!username) return nullptr;
    const auto [begin, end] = members_.equal_range(username->substr(0, username->find(':')));
    if (begin == end || std::next(begin) == end) return begin == end ? nullptr : begin->second;
    const auto at = std::find_if(begin, end, [&](const auto& entry) { return authenticates(*entry.second); });
    return (at == end ? begin : at)->second;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const noexcept { return std::hash<std::string_view>()(name); }
  };

  std::unordered_multimap<std::string, Member*, Hash, std::equal_to<>> members_;
};

}  // namespace portico
