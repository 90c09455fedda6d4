// JSON at the edges of the core: the C API and the command. Members keep the order in which they were written.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "portico/platform/result.h"

namespace portico::json {

using Json = nlohmann::ordered_json;

/// The deepest value that anybody needs has four levels; a hostile one gets no stack of ours.
inline constexpr int kMaxJsonDepth = 16;

/// Any JSON value. Errors: Syntax.
Result<Json> parseJson(std::string_view text);
/// Without a line break. Never throws: what is no UTF-8 is replaced by U+FFFD.
std::string toLine(const Json& value);

/// A whole number that fits T; nullopt where there is none.
template <typename T>
std::optional<T> findNumber(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  if (!found->is_number_unsigned() && found->get<std::int64_t>() < 0) return std::nullopt;
  const auto number = found->get<std::uint64_t>();
  if (number > std::numeric_limits<T>::max()) return std::nullopt;
  return static_cast<T>(number);
}

/// The member if it is an object, or nullptr.
const Json* findObject(const Json& object, const char* key);
/// The member if it is true or false.
std::optional<bool> findBool(const Json& object, const char* key);

template <typename T>
Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// The member's string, or nullptr where there is none or it is no string.
const std::string* findString(const Json& object, const char* key);

}  // namespace portico::json
