// RFC 7675: the peer's continued agreement to be sent to, asked for every few seconds.
#pragma once

#include <optional>

#include "core/ice/agent_state.h"

namespace portico::ice {

/// Unanswered checks, a second apart, after which a connection is called disconnected: about eleven seconds after the
/// last answer. At 20 % loss each way six in a row are one in five hundred.
inline constexpr int kUnansweredForDisconnected = 6;
/// A lite agent sends no checks; it counts the intervals in which none came.
inline constexpr int kOverdueForDisconnected = 2;

void beginConsent(AgentState& agent, Time now, Time confirmed);
/// An authenticated answer on the selected pair, or, for a lite agent, an authenticated check there.
void confirmConsent(AgentState& agent, Time now);
void handleConsentTimeout(AgentState& agent, Time now);
/// The peer was heard of so lately that the connection is not called disconnected.
[[nodiscard]] bool hasFreshConsent(const AgentState& agent);
[[nodiscard]] std::optional<Time> consentDeadline(const AgentState& agent);

}  // namespace portico::ice
