#include "core/ice/consent.h"

#include <algorithm>

#include "core/ice/check.h"
#include "core/ice/moving.h"
#include "core/ice/session_state.h"

namespace portico::ice {
namespace {

// RFC 7675 §5.1 asks every five seconds and no more. At 20 % loss each way one such question in three stays unanswered,
// and six in a row within minutes: a working connection would end. So an unanswered one is repeated each second.
constexpr Duration kRepeatInterval = std::chrono::seconds(1);

// RFC 7675 §5.1: from 0.8 to 1.2 of the interval, so that two agents do not fall into step. A lite agent sends none:
// its turn to look is when a check of its peer is overdue.
Time nextTime(AgentState& agent, Time now) {
  const auto interval = static_cast<double>(agent.options.consentInterval.count());
  const double factor = agent.options.lite ? 1.2 : 0.8 + 0.4 * agent.randomFraction();
  return now + Duration(static_cast<Duration::rep>(interval * factor));
}

void expire(AgentState& agent) {
  agent.consent.reset();
  const bool inUse = agent.established() || agent.state == IceTransportState::disconnected;
  if (inUse && !agent.searching()) {
    fail(agent, agent.selectionLost.empty() ? "the peer has not answered for the consent timeout of RFC 7675"
                                            : "the path that was in use is gone: " + agent.selectionLost);
  } else {
    dropSelection(agent);  // an ICE restart is under way: it decides
    if (inUse && !hasFound(agent)) agent.changeState(IceTransportState::checking);
    showFound(agent);
  }
}

}  // namespace

void beginConsent(AgentState& agent, Time now, Time confirmed) {
  Consent consent;
  consent.lastConfirmed = confirmed;
  consent.nextCheck = nextTime(agent, now);
  agent.consent = consent;
}

void confirmConsent(AgentState& agent, Time now) {
  if (!agent.consent) return;
  agent.consent->lastConfirmed = now;
  if (agent.options.lite || agent.consent->unanswered > 0) agent.consent->nextCheck = nextTime(agent, now);
  agent.consent->unanswered = 0;
  if (agent.state == IceTransportState::disconnected && agent.selection) {
    agent.changeState(IceTransportState::connected);
    if (!agent.searching()) agent.completionDue = now;
  }
}

void handleConsentTimeout(AgentState& agent, Time now) {
  if (!agent.consent) return;
  if (now >= agent.consent->lastConfirmed + agent.options.consentTimeout) {
    expire(agent);
    return;
  }
  if (!agent.selection || now < agent.consent->nextCheck) return;
  if (!hasFreshConsent(agent)) {
    showSilence(agent);
    if (!agent.selection) return;
  }
  if (++agent.consent->unanswered == kUnansweredForSilent) searchAgain(agent);
  agent.consent->nextCheck = agent.options.lite ? nextTime(agent, now) : now + kRepeatInterval;
  if (!agent.options.lite) sendConsentCheck(agent, now);
}

bool hasFreshConsent(const AgentState& agent) {
  const int limit = agent.options.lite ? kOverdueForDisconnected : kUnansweredForDisconnected;
  return agent.consent && agent.consent->unanswered < limit;
}

std::optional<Time> consentDeadline(const AgentState& agent) {
  if (!agent.consent) return std::nullopt;
  const Time end = agent.consent->lastConfirmed + agent.options.consentTimeout;
  return agent.selection ? std::min(end, agent.consent->nextCheck) : end;
}

}  // namespace portico::ice
