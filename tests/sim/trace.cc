#include "tests/sim/trace.h"

#include "core/wire/crc32c.h"

namespace portico::sim {

void Trace::mix(std::uint64_t value) {
  hash_ = (hash_ ^ value) * 0x9e3779b97f4a7c15;
  hash_ ^= hash_ >> 29;
}

void Trace::record(Time when, Fate fate, const Packet& packet) {
  ++counts_[static_cast<std::size_t>(fate)];
  mix(static_cast<std::uint64_t>(when.time_since_epoch().count()) << 4 | static_cast<std::uint64_t>(fate));
  mix(std::hash<SocketAddress>()(packet.from));
  mix(std::hash<SocketAddress>()(packet.to));
  if (fate == Fate::sent) mix(static_cast<std::uint64_t>(packet.payload.size()) << 32 | crc32c(packet.payload));
  if (observer) observer(PacketEvent{when, fate, packet});
}

}  // namespace portico::sim
