// The clocks of the bridge, for parts that are told the time.
#pragma once

#include <chrono>

#include "portico/platform/time.h"

namespace portico::bridge {

inline Time now() {
  return Time(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

inline std::int64_t unixSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace portico::bridge
