#include "core/ice/agent_state.h"

#include <algorithm>

#include "core/wire/byte_reader.h"

namespace portico::ice {

AgentState::AgentState(AgentOptions agentOptions, Random& randomSource)
    : options(std::move(agentOptions)),
      random(randomSource),
      localParameters(options.local),
      pacer(options.checkInterval) {
  fillCredentials(localParameters, random);
  localParameters.iceLite = options.lite;
  current.localUfrag = localParameters.usernameFragment;
  current.localPassword = localParameters.password;
  newTieBreaker();
}

bool AgentState::active() const {
  return remoteKnown && !options.lite && state != IceTransportState::closed && state != IceTransportState::failed;
}

bool AgentState::anyUsableBase() const {
  return std::any_of(locals.bases().begin(), locals.bases().end(),
                     [&](const Base& base) { return !options.relayOnly || base.relayed(); });
}

void AgentState::transmit(SocketId socket, const SocketAddress& remote, ByteView packet) {
  if (packet.empty() || transmits.size() >= kMaxQueuedTransmits) {
    ++counters.overBound;
    return;
  }
  Transmit out;
  out.socket = socket;
  out.remote = remote;
  out.payload = toVector(packet);
  transmits.push(std::move(out));
}

void AgentState::changeState(IceTransportState next) {
  if (state == next || over()) return;
  state = next;
  completionDue.reset();
  emit(StateEvent{next});
}

void AgentState::changeRole(IceRole next) {
  if (role == next) return;
  role = next;
  if (!concluded()) nominations = 0;
  checklist.reprioritize(role);
  if (concluded()) {
    const CandidatePair* pair = checklist.find(selection->id);
    if (pair != nullptr) selection->priority = pair->priority;
  }
  emit(RoleEvent{next});
}

void AgentState::newTieBreaker() {
  std::array<std::byte, 8> bytes;
  random.randomBytes(bytes);
  tieBreaker = ByteReader(bytes).u64();
}

stun::TransactionId AgentState::newTransactionId() {
  stun::TransactionId id;
  random.randomBytes(id);
  return id;
}

double AgentState::randomFraction() {
  std::array<std::byte, 4> bytes;
  random.randomBytes(bytes);
  return ByteReader(bytes).u32() / 4'294'967'296.0;
}

const Credentials& AgentState::selectionCredentials() const {
  return selection && selection->previousSession && previous ? *previous : current;
}

}  // namespace portico::ice
