// `portico doctor`'s letter: what was found, what it means, what to do. Facts in (facts.h), words out, the same for the
// native command, the npm package's, and whoever asks the C API.
#pragma once

#include "core/json/json.h"

namespace portico::doctor {

/// {"healthy": bool, "letter": text for people, "findings": [{"id", "severity": "fault"|"warning"|"note", "means",
/// "advice"}]}. Not healthy: connections are likely to fail.
json::Json diagnose(const json::Json& facts);

}  // namespace portico::doctor
