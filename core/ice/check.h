// Connectivity checks as the client (RFC 8445 §7.2): what we ask, and what the answers do.
#pragma once

#include <array>

#include "core/ice/agent_state.h"
#include "core/stun/message.h"

namespace portico::ice {

/// Of the comprehension-required attributes, those that a Binding request or response may have (RFC 8489 §6.3.1).
inline constexpr std::array kKnownAttributes = {
    stun::Attribute::mappedAddress,
    stun::Attribute::username,
    stun::Attribute::messageIntegrity,
    stun::Attribute::errorCode,
    stun::Attribute::unknownAttributes,
    stun::Attribute::realm,
    stun::Attribute::nonce,
    stun::Attribute::messageIntegritySha256,
    stun::Attribute::xorMappedAddress,
    stun::Attribute::priority,
    stun::Attribute::useCandidate,
};

/// Starts the checks that the pacing allows.
void continueChecks(AgentState& agent, Time now);
/// A nomination is a check with USE-CANDIDATE on a pair that has passed one (RFC 8445 §8.1.1).
void sendCheck(AgentState& agent, Time now, CandidatePair& pair, Purpose purpose);
void sendConsentCheck(AgentState& agent, Time now);

/// A response, success or error, from `from` at `socket`.
void onResponse(AgentState& agent, Time now, SocketId socket, const SocketAddress& from, const stun::Message& message);
/// Nothing more is answered there.
void onPathLost(AgentState& agent, SocketId socket, const SocketAddress& remote);
void onCheckTimeout(AgentState& agent, const Transaction& transaction);

}  // namespace portico::ice
