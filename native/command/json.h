// JSON as the command speaks it: one object a line.
#pragma once

#include "core/json/json.h"

namespace portico::command {

using json::findNumber;
using json::findObject;
using json::findString;
using json::Json;
using json::orNull;
using json::parseJson;
using json::toLine;

}  // namespace portico::command
