// The `portico-bridge` program. docs/bridge.md is its contract.
#include <sys/resource.h>

#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "native/bridge/arguments.h"
#include "native/bridge/bridge.h"
#include "native/bridge/log.h"

namespace portico::bridge {
namespace {

/// Each socket takes two or three descriptors; the usual soft limit of 1,024 is for programs that use select().
void raiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int run(int argc, const char* const* argv) {
  Arguments arguments = parseArguments(argc, argv);
  if (!arguments.options) return arguments.status;
  raiseDescriptorLimit();
  const bool open = arguments.options->isOpen();
  Bridge bridge(std::move(*arguments.options));
  if (const auto opened = bridge.open(); !opened) {
    std::cerr << "portico-bridge: " << opened.error().message << "\n";
    return kExitFailed;
  }
  if (open) {
    logEvent("warning", {{"text", "neither tokens nor origins are configured: this bridge is for this machine only"}});
  }
  const nlohmann::ordered_json line = {
      {"event", "listening"}, {"url", bridge.url()}, {"metrics", "http://" + bridge.metricsAddress().toString()}};
  std::cout << line.dump() << std::endl;
  bridge.run();
  return kExitClean;
}

}  // namespace
}  // namespace portico::bridge

int main(int argc, char** argv) {
  try {
    return portico::bridge::run(argc, argv);
  } catch (const std::exception& error) {  // no memory, no descriptors for the event loop
    std::cerr << "portico-bridge: " << error.what() << "\n";
    return portico::bridge::kExitFailed;
  }
}
