#include "core/ice/pairing.h"

#include "core/ice/moving.h"

namespace portico::ice {
namespace {

// RFC 8445 §6.1.2.2: of one family, and link-local IPv6 with link-local IPv6 only.
bool goTogether(const IpAddress& local, const IpAddress& remote) {
  if (local.family() != remote.family()) return false;
  return local.isV4() || local.isLinkLocal() == remote.isLinkLocal();
}

// RFC 6544 §6.2. Whoever comes to a passive candidate of ours comes from a port that the peer has not told: such a pair
// is made when its connection brings a check.
bool goTogether(const Base& base, const RemoteCandidate& remote) {
  return remote.transport == counterpart(base.transport) && goTogether(base.address.ip, remote.address->ip);
}

// Pairs are formed while this session looks for one, or has reason to look for another.
bool looking(const AgentState& agent) {
  return agent.active() && (!agent.concluded() || agent.pathsExpected || silent(agent));
}

}  // namespace

CandidatePair* pairUp(AgentState& agent, const Base& base, const RemoteCandidate& remote) {
  if (base.retired || !remote.address || remote.next || !goTogether(base, remote)) return nullptr;
  if (agent.options.relayOnly && !base.relayed()) return nullptr;
  // draft-ietf-mmusic-mdns-ice-candidates §3.3.2: the TURN server would learn what the name hides.
  if (base.relayed() && remote.named()) return nullptr;
  CandidatePair pair;
  pair.socket = base.socket;
  pair.remote = *remote.address;
  pair.transport = base.transport;
  if (base.address.ip.scope() != 0 && remote.address->ip.isLinkLocal()) {
    // A candidate has no scope; ours, on the same link, says which link is meant.
    pair.remote.ip = IpAddress::fromV6(remote.address->ip.bytes().first<16>(), base.address.ip.scope());
  }
  pair.localPriority = base.priority(base.type);
  pair.remotePriority = remote.signalled.priority;
  pair.localFoundation = base.foundation;
  pair.remoteFoundation = remote.foundation;
  return agent.checklist.add(std::move(pair), agent.role);
}

void pairAll(AgentState& agent) {
  for (const Base& base : agent.locals.bases()) pairWithRemotes(agent, base);
}

void pairWithRemotes(AgentState& agent, const Base& base) {
  if (!looking(agent)) return;
  for (const RemoteCandidate& remote : agent.remotes.all()) pairUp(agent, base, remote);
}

void pairWithLocals(AgentState& agent, const RemoteCandidate& remote) {
  if (!looking(agent)) return;
  for (const Base& base : agent.locals.bases()) pairUp(agent, base, remote);
}

}  // namespace portico::ice
