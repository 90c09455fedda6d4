// JSON as the command speaks it: one object a line, members in the order in which they were written.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "portico/platform/result.h"

namespace portico::command {

using Json = nlohmann::ordered_json;

/// The deepest line of the contract has four levels; a hostile one gets no stack of ours.
inline constexpr int kMaxJsonDepth = 16;

/// Any JSON value. Errors: Syntax.
Result<Json> parseJson(std::string_view text);
/// Without a line break. Never throws: what is no UTF-8 is replaced by U+FFFD.
std::string toLine(const Json& value);

/// The member's string, or nullptr where there is none or it is no string.
const std::string* findString(const Json& object, const char* key);

}  // namespace portico::command
