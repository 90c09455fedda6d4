// The attributes of a session description, a=<name> and a=<name>:<value> (RFC 8866 §5.13), and the tables by which they
// are read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/sdp/grammar.h"
#include "portico/platform/result.h"

namespace portico::sdp {

struct Attribute {
  std::string_view name{};   ///< case-sensitive (RFC 8866 §5)
  std::string_view value{};  ///< empty where there is none
};

/// From what stands behind "a=".
Result<Attribute> parseAttribute(std::string_view text);

/// What takes the value of an attribute into a Target, or says what is wrong with it.
template <typename Target>
struct AttributeReader {
  std::string_view name;
  std::optional<Error> (*read)(std::string_view value, Target& target);
};

/// What is in no table of its level is skipped.
template <typename Target, std::size_t Count>
std::optional<Error> readAttribute(const AttributeReader<Target> (&readers)[Count], const Attribute& attribute,
                                   Target& target) {
  for (const auto& reader : readers) {
    if (reader.name == attribute.name) return reader.read(attribute.value, target);
  }
  return std::nullopt;
}

/// For an attribute that stands at most once at its level. No RFC says what a second one means, and peers differ (the
/// first, the last, an error). One that repeats the first does no harm; of two that differ none is right, so it's
/// refused.
template <typename Value>
std::optional<Error> takeOnce(std::optional<Value>& place, Value value, std::string_view name) {
  if (place && *place != value) return malformed("it gives a second " + std::string(name) + ", unlike the first");
  place = std::move(value);
  return std::nullopt;
}

}  // namespace portico::sdp
