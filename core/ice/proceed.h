#pragma once

#include "core/ice/check.h"
#include "core/ice/gathering.h"
#include "core/ice/nomination.h"
#include "core/ice/session_state.h"

namespace portico::ice {

/// What may follow from any input: a change of state, requests that the pacing allows, and a nomination.
inline void proceed(AgentState& agent, Time now) {
  showFound(agent);
  considerNomination(agent, now);
  continueChecks(agent, now);
  continueGathering(agent, now);
}

}  // namespace portico::ice
