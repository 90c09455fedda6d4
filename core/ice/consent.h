// RFC 7675: the peer's continued agreement to be sent to, asked for every few seconds.
#pragma once

#include <optional>

#include "core/ice/agent_state.h"

namespace portico::ice {

/// Unanswered checks after which a connection is called disconnected: one is a lost packet, two are an outage.
inline constexpr int kUnansweredForDisconnected = 2;

void beginConsent(AgentState& agent, Time now, Time confirmed);
/// An authenticated answer on the selected pair, or, for a lite agent, an authenticated check there.
void confirmConsent(AgentState& agent, Time now);
void handleConsentTimeout(AgentState& agent, Time now);
[[nodiscard]] std::optional<Time> consentDeadline(const AgentState& agent);

}  // namespace portico::ice
