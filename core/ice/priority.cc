#include "core/ice/priority.h"

#include <algorithm>

namespace portico::ice {
namespace {

// RFC 8445 §5.1.2.2's recommended values. RFC 6544 §4.2 lets the transport count for more than the type: over TCP these
// are libwebrtc's, below all that is direct over UDP and above relays.
constexpr std::uint32_t typePreference(CandidateType type, Transport transport) {
  const bool udp = transport == Transport::udp;
  switch (type) {
    case CandidateType::host:
      return udp ? 126 : 90;
    case CandidateType::peerReflexive:
      return udp ? 110 : 80;
    case CandidateType::serverReflexive:
      return 100;
    case CandidateType::relayed:
      return 0;
  }
  return 0;
}

constexpr std::uint32_t kComponent = 1;

// RFC 6544 §4.2, of host candidates.
constexpr std::uint16_t kActiveDirection = 6;
constexpr std::uint16_t kPassiveDirection = 4;
constexpr int kOtherPreferenceBits = 13;

}  // namespace

std::optional<CandidateType> parseCandidateType(std::string_view text) {
  for (const auto type :
       {CandidateType::host, CandidateType::peerReflexive, CandidateType::serverReflexive, CandidateType::relayed}) {
    if (toString(type) == text) return type;
  }
  return std::nullopt;
}

std::string_view toString(CandidateType type) {
  switch (type) {
    case CandidateType::host:
      return "host";
    case CandidateType::peerReflexive:
      return "prflx";
    case CandidateType::serverReflexive:
      return "srflx";
    case CandidateType::relayed:
      return "relay";
  }
  return "";
}

std::uint32_t candidatePriority(CandidateType type, Transport transport, std::uint16_t localPreference) {
  return typePreference(type, transport) << 24 | static_cast<std::uint32_t>(localPreference) << 8 | (256 - kComponent);
}

std::uint16_t tcpLocalPreference(Transport transport, std::uint16_t preference) {
  const std::uint16_t direction = transport == Transport::tcpActive ? kActiveDirection : kPassiveDirection;
  const int other = preference & ((1 << kOtherPreferenceBits) - 1);
  return static_cast<std::uint16_t>(direction << kOtherPreferenceBits | other);
}

Transport counterpart(Transport transport) {
  switch (transport) {
    case Transport::tcpActive:
      return Transport::tcpPassive;
    case Transport::tcpPassive:
      return Transport::tcpActive;
    case Transport::udp:
      break;
  }
  return Transport::udp;
}

std::string_view protocolOf(Transport transport) {
  return transport == Transport::udp ? "udp" : "tcp";
}

std::optional<std::string> tcpTypeOf(Transport transport) {
  if (transport == Transport::udp) return std::nullopt;
  return transport == Transport::tcpActive ? "active" : "passive";
}

std::uint64_t pairPriority(std::uint32_t controlling, std::uint32_t controlled) {
  const std::uint64_t g = controlling;
  const std::uint64_t d = controlled;
  return (std::min(g, d) << 32) + 2 * std::max(g, d) + (g > d ? 1 : 0);
}

std::uint64_t pairPriority(IceRole role, std::uint32_t local, std::uint32_t remote) {
  return role == IceRole::controlling ? pairPriority(local, remote) : pairPriority(remote, local);
}

}  // namespace portico::ice
