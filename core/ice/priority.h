// The priorities of RFC 8445 §5.1.2 and §6.1.2.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "portico/parameters.h"

namespace portico::ice {

enum class CandidateType : std::uint8_t { host, peerReflexive, serverReflexive, relayed };

/// "host", "srflx", "prflx", "relay" (RFC 8839 §5.1); anything else: nullopt.
std::optional<CandidateType> parseCandidateType(std::string_view text);
std::string_view toString(CandidateType type);

/// RFC 8445 §5.1.2.1, for component 1.
std::uint32_t candidatePriority(CandidateType type, std::uint16_t localPreference);

/// RFC 8445 §6.1.2.3: G is the controlling agent's candidate, D the controlled one's.
std::uint64_t pairPriority(std::uint32_t controlling, std::uint32_t controlled);
std::uint64_t pairPriority(IceRole role, std::uint32_t local, std::uint32_t remote);

}  // namespace portico::ice
