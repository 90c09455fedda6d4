// One direction of a cable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>

#include "tests/sim/fabric.h"

namespace portico::sim {

/// Probabilities are from 0 to 1, for each packet by itself.
struct LinkOptions {
  Duration delay{0};
  Duration jitter{0};  ///< up to so much is added to the delay; packets stay in order all the same
  double loss = 0;
  double duplication = 0;
  double reordering = 0;  ///< of being held back by 1 µs to reorderingDelay, while others overtake
  Duration reorderingDelay = std::chrono::milliseconds(10);
  std::uint64_t bitsPerSecond = 0;      ///< 0: no limit
  std::size_t queueBytes = 256 * 1024;  ///< what waits for the rate limit; what does not fit is dropped
  std::size_t mtu = 1500;               ///< with IP and UDP headers; larger ones are dropped, as with DF set
  bool connected = true;                ///< false: the cable is pulled, and what is on it is lost
};

class Link final : public Source {
 public:
  using Sink = std::function<void(PacketPtr)>;

  /// `floor` is added to each delay: without it two parties could answer each other for ever at one instant.
  Link(Fabric& fabric, Duration floor, Sink sink);
  ~Link() override;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void send(PacketPtr packet);

  /// May be changed at any time; counts for the packets sent from then on (`connected` also for those on their way).
  LinkOptions options;

 private:
  struct InFlight {
    Time arrival;
    PacketPtr packet;
  };

  void fire(Time now) override;
  bool admit(const Packet& packet, Time& departure);
  void launch(PacketPtr packet, Time departure);
  void pass(PacketPtr packet);
  void schedule();

  Fabric& fabric_;
  Duration floor_;
  Sink sink_;
  SourceId id_;
  Random random_;
  std::deque<InFlight> inFlight_;  // by time of arrival
  Time lastArrival_ = Time::min();
  Time nextFire_ = Time::max();
  std::int64_t busyUntil_ = 0;  // nanoseconds, for a packet takes less than a microsecond on a fast link
};

}  // namespace portico::sim
