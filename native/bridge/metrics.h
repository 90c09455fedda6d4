// What /metrics says, in Prometheus's text format 0.0.4.
#pragma once

#include <map>
#include <string>

#include "native/bridge/relay/counters.h"

namespace portico::bridge {

struct MetricsSnapshot {
  std::size_t sockets = 0;
  std::uint64_t socketsOpened = 0;
  std::size_t handshakes = 0;                           ///< going on
  std::map<unsigned, std::uint64_t> refusedHandshakes;  ///< by HTTP status
  std::size_t queuedBytes = 0;
  std::size_t longestQueueBytes = 0;
  std::size_t destinations = 0;
  bool draining = false;
  Counters counters;
};

std::string renderMetrics(const MetricsSnapshot& snapshot);

}  // namespace portico::bridge
