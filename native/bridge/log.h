// The log: JSON, one object a line, on standard error. Neither payloads nor tokens are ever in it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace portico::bridge {

/// `fields` is an object; "time" and "event" go in front of it.
void logEvent(std::string_view event, const nlohmann::ordered_json& fields);

}  // namespace portico::bridge
