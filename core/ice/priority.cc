#include "core/ice/priority.h"

#include <algorithm>

namespace portico::ice {
namespace {

// RFC 8445 §5.1.2.2's recommended values.
constexpr std::uint32_t typePreference(CandidateType type) {
  switch (type) {
    case CandidateType::host:
      return 126;
    case CandidateType::peerReflexive:
      return 110;
    case CandidateType::serverReflexive:
      return 100;
    case CandidateType::relayed:
      return 0;
  }
  return 0;
}

constexpr std::uint32_t kComponent = 1;

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

std::uint32_t candidatePriority(CandidateType type, std::uint16_t localPreference) {
  return typePreference(type) << 24 | static_cast<std::uint32_t>(localPreference) << 8 | (256 - kComponent);
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
