// The names that stand for the addresses of host candidates: "<UUID>.local" (draft-ietf-mmusic-mdns-ice-candidates).
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/random.h"

namespace portico::mdns {

/// No other name is resolved or answered for (§3.2.2 of the draft): a peer must not send our checks to a printer.
class Name {
 public:
  static constexpr std::size_t kUuidCharacters = 36;

  /// In letters of either case, as DNS compares them (RFC 6762 §16).
  static std::optional<Name> parse(std::string_view text);
  /// A UUID of version 4 (RFC 4122 §4.4).
  static Name random(Random& random);

  [[nodiscard]] std::string toString() const;

  friend bool operator==(const Name& a, const Name& b) { return a.uuid_ == b.uuid_; }
  friend bool operator<(const Name& a, const Name& b) { return a.uuid_ < b.uuid_; }

 private:
  std::array<std::byte, 16> uuid_{};
};

}  // namespace portico::mdns
