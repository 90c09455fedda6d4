#include "core/json/json.h"

namespace portico::json {

Result<Json> parseJson(std::string_view text) {
  bool tooDeep = false;
  const auto watchDepth = [&tooDeep](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxJsonDepth) tooDeep = true;
    return !tooDeep;
  };
  Json value = Json::parse(text.begin(), text.end(), watchDepth, /*allow_exceptions=*/false);
  if (tooDeep)
    return Error(Error::Syntax, "The JSON is nested deeper than " + std::to_string(kMaxJsonDepth) + " levels.");
  if (value.is_discarded()) return Error(Error::Syntax, "That is no JSON.");
  return value;
}

std::string toLine(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const Json* findObject(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || !found->is_object() ? nullptr : &*found;
}

std::optional<bool> findBool(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_boolean()) return std::nullopt;
  return found->get<bool>();
}

const std::string* findString(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace portico::json
