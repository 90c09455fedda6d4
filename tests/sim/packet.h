// A datagram on its way, in memory that is used again.
#pragma once

#include <memory>
#include <vector>

#include "portico/platform/bytes.h"
#include "portico/platform/socket_address.h"

namespace portico::sim {

class PacketPool;

struct Packet {
  SocketAddress from;
  SocketAddress to;
  ByteVector payload;
  PacketPool* pool = nullptr;

  /// With the IP and UDP headers: what takes a link's time and is held against its MTU.
  [[nodiscard]] std::size_t wireSize() const { return payload.size() + (to.ip.isV4() ? 20 : 40) + 8; }
};

struct PacketReturn {
  inline void operator()(Packet* packet) const;
};
using PacketPtr = std::unique_ptr<Packet, PacketReturn>;

class PacketPool {
 public:
  PacketPtr make(const SocketAddress& from, const SocketAddress& to, ByteView payload) {
    if (free_.empty()) {
      free_.push_back(std::make_unique<Packet>());
      free_.back()->pool = this;
    }
    PacketPtr packet(free_.back().release());
    free_.pop_back();
    packet->from = from;
    packet->to = to;
    packet->payload.assign(payload.begin(), payload.end());
    return packet;
  }

  void giveBack(Packet* packet) { free_.emplace_back(packet); }

 private:
  std::vector<std::unique_ptr<Packet>> free_;
};

inline void PacketReturn::operator()(Packet* packet) const {
  packet->pool->giveBack(packet);
}

}  // namespace portico::sim
