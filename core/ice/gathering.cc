#include "core/ice/gathering.h"

#include <algorithm>

#include "core/ice/pairing.h"
#include "core/stun/message_builder.h"

namespace portico::ice {
namespace {

constexpr int kServerUnreachable = 701;  // W3C webrtc-pc §4.8.3

bool canAsk(const Base& base, const StunServer& server) {
  const bool family = base.address.ip.family() == server.address.ip.family();
  // A link-local socket reaches link-local servers only.
  return family && (!base.address.ip.isLinkLocal() || server.address.ip.isLinkLocal());
}

void addTask(AgentState& agent, const Base& base, std::size_t server) {
  // What is mapped over TCP is of use to simultaneous-open alone (RFC 6544 §4.1).
  if (base.transport != Transport::udp) return;
  // RFC 8445 §2.5: a lite agent has host candidates only; relayOnly hides what a STUN server would show.
  // Nor is a relayed address asked about: its server has told all.
  if (agent.options.lite || agent.options.relayOnly || base.relayed()) return;
  if (!canAsk(base, agent.gathering.servers[server])) return;
  if (agent.gathering.waiting.size() >= kMaxTransactions) {
    ++agent.counters.overBound;
    return;
  }
  agent.gathering.waiting.push_back(Gathering::Task{base.socket, static_cast<std::uint32_t>(server)});
}

void sendRequest(AgentState& agent, Time now, const Gathering::Task& task) {
  std::array<std::byte, stun::kHeaderBytes> room;
  Transaction transaction;
  transaction.id = agent.newTransactionId();
  stun::MessageBuilder builder(room, stun::MessageClass::request, stun::Method::binding, transaction.id);
  transaction.purpose = Purpose::gathering;
  transaction.subject = task.server;
  transaction.socket = task.socket;
  transaction.remote = agent.gathering.servers[task.server].address;
  transaction.sentAt = now;
  transaction.retransmission = stun::Retransmission(now, kGatheringPlan);
  transaction.packet = toVector(builder.finish());
  agent.transmit(transaction.socket, transaction.remote, transaction.packet);
  agent.transactions.add(std::move(transaction));
}

void reportError(AgentState& agent, const Transaction& transaction, int code, std::string text) {
  if (agent.gathering.servers[transaction.subject].turn) return;
  CandidateErrorEvent event;
  if (const Base* base = agent.locals.base(transaction.socket)) {
    const SocketAddress plain = withoutScope(base->address);
    if (base->name.empty()) {
      event.address = plain.ip.toString();
      event.port = plain.port;
    }
  }
  event.url = agent.gathering.servers[transaction.subject].url;
  event.errorCode = code;
  event.errorText = std::move(text);
  agent.emit(std::move(event));
}

bool isAsked(const AgentState& agent, const SocketAddress& server) {
  const auto& servers = agent.gathering.servers;
  return std::any_of(servers.begin(), servers.end(), [&](const StunServer& s) { return s.address == server; });
}

// The allocation has told what the Binding request asked for: gathering need not wait for the answer.
void stopAsking(AgentState& agent, SocketId socket, const SocketAddress& server) {
  const auto& servers = agent.gathering.servers;
  const auto same = [&](SocketId asking, std::uint32_t asked) {
    return asking == socket && servers[asked].turn && servers[asked].address == server;
  };
  std::erase_if(agent.gathering.waiting, [&](const Gathering::Task& task) { return same(task.socket, task.server); });
  agent.transactions.eraseIf([&](const Transaction& transaction) {
    return transaction.purpose == Purpose::gathering && same(transaction.socket, transaction.subject);
  });
}

}  // namespace

void gatherFrom(AgentState& agent, const Base& base) {
  if (!agent.options.relayOnly) {
    const IceCandidate* host = agent.locals.addHost(base, agent.current.localUfrag);
    if (host != nullptr) agent.emit(LocalCandidateEvent{*host});
  }
  for (std::size_t i = 0; i < agent.gathering.servers.size(); ++i) addTask(agent, base, i);
}

void gatherFrom(AgentState& agent, const StunServer& server) {
  if (server.turn && isAsked(agent, server.address)) return;
  agent.gathering.servers.push_back(server);
  for (const Base& base : agent.locals.bases()) addTask(agent, base, agent.gathering.servers.size() - 1);
}

void gatherFrom(AgentState& agent, const Base& base, const RelayedAddress& relayed) {
  RelayedAddress told = relayed;
  // RFC 8839 §5.1: who wants to be seen by the relay's address only does not tell from where the relay is used.
  if (agent.options.relayOnly) told.mapped = hiddenAddress(relayed.address.ip.family());
  const IceCandidate* added = agent.locals.addRelayed(base, told, agent.current.localUfrag);
  if (added != nullptr) agent.emit(LocalCandidateEvent{*added});
}

void gatherMapped(AgentState& agent, SocketId socket, const RelayedAddress& relayed) {
  stopAsking(agent, socket, relayed.server);
  const Base* base = agent.locals.base(socket);
  if (base == nullptr || agent.options.lite || agent.options.relayOnly || relayed.mapped.port == 0) return;
  const IceCandidate* added =
      agent.locals.addServerReflexive(*base, relayed.mapped, relayed.server, relayed.url, agent.current.localUfrag);
  if (added != nullptr) agent.emit(LocalCandidateEvent{*added});
}

void continueGathering(AgentState& agent, Time now) {
  auto& waiting = agent.gathering.waiting;
  while (!waiting.empty() && !agent.transactions.full() && agent.pacer.allows(now)) {
    agent.pacer.spend(now);
    sendRequest(agent, now, waiting.front());
    waiting.erase(waiting.begin());
  }
  const bool done = agent.gathering.sourcesEnded && waiting.empty() && !agent.transactions.anyFor(Purpose::gathering);
  if (done && !agent.gathering.announced) {
    agent.gathering.announced = true;
    agent.emit(GatheringDoneEvent{agent.current.localUfrag});
  }
}

void onGatheringResponse(AgentState& agent, const Transaction& transaction, const stun::Message& message) {
  agent.gathering.anyAnswer = true;
  const Base* base = agent.locals.base(transaction.socket);
  if (base == nullptr) return;
  if (message.messageClass() == stun::MessageClass::error) {
    const auto error = message.errorCode();
    reportError(agent, transaction, error ? error->code : kServerUnreachable,
                error ? std::string(error->reason) : "the STUN server refused the request");
    return;
  }
  const auto mapped = message.mappedAddress();
  if (!mapped || mapped->port == 0 || mapped->ip.isAny()) {
    reportError(agent, transaction, kServerUnreachable, "the STUN server's answer names no address");
    return;
  }
  const StunServer& server = agent.gathering.servers[transaction.subject];
  const IceCandidate* added =
      agent.locals.addServerReflexive(*base, *mapped, server.address, server.url, agent.current.localUfrag);
  if (added != nullptr) agent.emit(LocalCandidateEvent{*added});
}

void onGatheringTimeout(AgentState& agent, const Transaction& transaction) {
  agent.gathering.anySilence = true;
  reportError(agent, transaction, kServerUnreachable, "the STUN server did not answer");
}

void announceAgain(AgentState& agent) {
  agent.locals.setUfrag(agent.current.localUfrag);
  if (!agent.options.relayOnly) {  // only where renewCandidates() has forgotten them they are not there
    for (const Base& base : agent.locals.bases()) {
      if (!base.relayed() && !base.retired) agent.locals.addHost(base, agent.current.localUfrag);
    }
  }
  for (const IceCandidate& candidate : agent.locals.signalled()) agent.emit(LocalCandidateEvent{candidate});
  agent.gathering.announced = false;
}

}  // namespace portico::ice
