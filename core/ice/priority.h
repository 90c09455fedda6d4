// The priorities of RFC 8445 §5.1.2 and §6.1.2.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/ice/agent.h"
#include "portico/parameters.h"

namespace portico::ice {

enum class CandidateType : std::uint8_t { host, peerReflexive, serverReflexive, relayed };

/// "host", "srflx", "prflx", "relay" (RFC 8839 §5.1); anything else: nullopt.
std::optional<CandidateType> parseCandidateType(std::string_view text);
std::string_view toString(CandidateType type);

/// RFC 8445 §5.1.2.1, for component 1.
std::uint32_t candidatePriority(CandidateType type, Transport transport, std::uint16_t localPreference);

/// RFC 6544 §4.2: the direction, then what orders candidates of one direction: the low 13 bits of `preference`.
std::uint16_t tcpLocalPreference(Transport transport, std::uint16_t preference);

/// What the other side's candidate of a pair is: active goes with passive (RFC 6544 §6.2).
Transport counterpart(Transport transport);
/// "udp", "tcp".
std::string_view protocolOf(Transport transport);
/// RFC 6544 §4.5 tcptype; nullopt for UDP.
std::optional<std::string> tcpTypeOf(Transport transport);

/// RFC 8445 §6.1.2.3: G is the controlling agent's candidate, D the controlled one's.
std::uint64_t pairPriority(std::uint32_t controlling, std::uint32_t controlled);
std::uint64_t pairPriority(IceRole role, std::uint32_t local, std::uint32_t remote);

}  // namespace portico::ice
