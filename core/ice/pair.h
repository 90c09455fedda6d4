// A candidate pair (RFC 8445 §6.1.2): a socket of ours and an address of the peer's.
#pragma once

#include <cstdint>
#include <optional>

#include "core/ice/agent.h"

namespace portico::ice {

using PairId = std::uint32_t;  ///< never reused within an agent

/// RFC 8445 §6.1.2.6.
enum class PairState : std::uint8_t { frozen, waiting, inProgress, succeeded, failed };

struct CandidatePair {
  PairId id = 0;
  SocketId socket = 0;
  SocketAddress remote;
  Transport transport = Transport::udp;  ///< of our side
  std::uint32_t localPriority = 0;
  std::uint32_t remotePriority = 0;
  std::uint64_t priority = 0;
  std::uint16_t localFoundation = 0;
  std::uint16_t remoteFoundation = 0;
  PairState state = PairState::frozen;
  bool nominateOnSuccess = false;       ///< RFC 8445 §7.3.1.5: USE-CANDIDATE came before our own check was answered
  std::uint32_t nomination = 0;         ///< the number that the peer gave its nomination of this pair
  std::optional<SocketAddress> mapped;  ///< set: the pair is in the valid list, and this is how the peer sees us
  Time lastSuccess{};
  PairStats stats;

  [[nodiscard]] bool valid() const { return mapped.has_value(); }
  [[nodiscard]] bool outstanding() const {
    return state == PairState::frozen || state == PairState::waiting || state == PairState::inProgress;
  }
  [[nodiscard]] bool sameFoundation(const CandidatePair& other) const {
    return localFoundation == other.localFoundation && remoteFoundation == other.remoteFoundation;
  }
};

}  // namespace portico::ice
