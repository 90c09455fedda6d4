// The command line, as values.
#pragma once

#include <optional>

#include "native/bridge/options.h"

namespace portico::bridge {

inline constexpr int kExitClean = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

/// Without options there is only the status to leave with: help was printed, or an error.
struct Arguments {
  std::optional<Options> options;
  int status = kExitClean;
};

Arguments parseArguments(int argc, const char* const* argv);

}  // namespace portico::bridge
