// What happened to packets: counted, and folded into one number that is the same for two runs only if they were.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "portico/platform/time.h"
#include "tests/sim/packet.h"

namespace portico::sim {

enum class Fate : std::uint8_t {
  sent,         ///< handed to the network by a socket
  delivered,    ///< handed to a socket
  lost,         ///< by a link's loss
  duplicated,   ///< by a link
  reordered,    ///< held back by a link, so that later ones overtake it
  queueFull,    ///< dropped at the tail of a link's queue
  tooBig,       ///< larger than a link's MTU
  linkDown,     ///< the cable was pulled
  unroutable,   ///< nobody has the address
  natFiltered,  ///< a NAT had no mapping, or its filter refused the sender
  noSocket,     ///< the machine has no socket there
};
inline constexpr std::size_t kFates = static_cast<std::size_t>(Fate::noSocket) + 1;

struct PacketEvent {
  Time when;
  Fate fate;
  const Packet& packet;
};

class Trace {
 public:
  void record(Time when, Fate fate, const Packet& packet);

  [[nodiscard]] std::uint64_t count(Fate fate) const { return counts_[static_cast<std::size_t>(fate)]; }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  /// Sees every event; for a test that looks for something, or for a person.
  std::function<void(const PacketEvent&)> observer;

 private:
  void mix(std::uint64_t value);

  std::array<std::uint64_t, kFates> counts_{};
  std::uint64_t hash_ = 0x243f6a8885a308d3;
};

}  // namespace portico::sim
