// What every part of one simulated world shares.
#pragma once

#include <vector>

#include "tests/sim/packet.h"
#include "tests/sim/random.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/trace.h"

namespace portico::sim {

class SimulatedStream;

struct Fabric {
  Fabric(std::uint64_t seed, Time start) : scheduler(start), random(seed) {}

  [[nodiscard]] Time now() const { return scheduler.now(); }
  void record(Fate fate, const Packet& packet) { trace.record(scheduler.now(), fate, packet); }

  PacketPool pool;
  Scheduler scheduler;
  Trace trace;
  std::vector<SimulatedStream*> streams;  ///< all ends, in the order of their making
  Random random;  ///< seeds the randomness of each part, so that one part's draws don't disturb another's
};

}  // namespace portico::sim
