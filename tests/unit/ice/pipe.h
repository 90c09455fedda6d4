// Two agents, the wire between them, and the time: all that an agent's tests need of a network.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/ice/agent.h"
#include "core/stun/message.h"

namespace portico::ice {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SeededRandom : public Random {
 public:
  explicit SeededRandom(unsigned seed) : engine_(seed) {}
  void randomBytes(MutableByteView out) override {
    for (std::byte& b : out) b = static_cast<std::byte>(engine_() & 0xff);
  }

 private:
  std::mt19937 engine_;
};

inline SocketAddress at(std::string_view text) {
  return *SocketAddress::parse(text);
}

/// An agent with its sockets, and what it has told so far.
struct Peer {
  Peer(std::string peerName, unsigned seed, AgentOptions options = {})
      : name(std::move(peerName)), random(seed), agent(std::move(options), random) {}

  void open(Time now, std::string_view address, std::uint16_t localPreference = 65'535) {
    const auto id = static_cast<SocketId>(sockets.size() + 1);
    sockets[id] = at(address);
    agent.addSocket(now, id, at(address), localPreference);
  }
  void takeEvents() {
    while (auto event = agent.pollEvent()) {
      if (const auto* state = std::get_if<StateEvent>(&*event)) states.push_back(std::string(toString(state->state)));
      if (const auto* failure = std::get_if<FailureEvent>(&*event)) failures.push_back(failure->error.message);
      if (std::holds_alternative<GatheringDoneEvent>(*event)) ++gatheringDone;
      if (const auto* error = std::get_if<CandidateErrorEvent>(&*event)) errors.push_back(*error);
      if (const auto* local = std::get_if<LocalCandidateEvent>(&*event)) candidates.push_back(local->candidate);
      if (const auto* selected = std::get_if<SelectedPairEvent>(&*event)) selections.push_back(selected->pair);
      if (const auto* role = std::get_if<RoleEvent>(&*event)) roles.push_back(role->role);
    }
  }
  [[nodiscard]] std::string state() const { return std::string(toString(agent.state())); }

  std::string name;
  SeededRandom random;
  Agent agent;
  std::map<SocketId, SocketAddress> sockets;
  std::vector<std::string> states;
  std::vector<std::string> failures;
  std::vector<CandidateErrorEvent> errors;
  std::vector<IceCandidate> candidates;
  std::vector<SelectedPair> selections;
  std::vector<IceRole> roles;
  int gatheringDone = 0;
};

struct Packet {
  Time arrival;
  SocketAddress from;
  SocketAddress to;
  ByteVector payload;
};

/// Carries packets between the peers, and between them and whatever else a test puts at an address.
class Pipe {
 public:
  explicit Pipe(std::vector<Peer*> peers) : peers_(std::move(peers)) {}

  Time now{seconds(1'000)};
  Duration delay = milliseconds(1);
  /// Told of each packet before it leaves, and may change its addresses; false: it is lost.
  std::function<bool(Packet&)> filter;
  /// What answers at an address that no peer has.
  std::map<SocketAddress, std::function<void(const Packet&)>> others;
  std::size_t carried = 0;

  /// The next thing that happens: packets arrive, or else timeouts are due. False when it lies after `end`.
  bool step(Time end) {
    flush();
    const auto next = nextThing();
    if (!next || *next > end) return false;
    now = std::max(now, *next);
    if (!deliver()) {
      for (Peer* peer : peers_) {
        const auto timeout = peer->agent.nextTimeout();
        if (timeout && *timeout <= now) peer->agent.handleTimeout(now);
      }
    }
    flush();
    return true;
  }
  void runUntil(Time end) {
    while (step(end)) {
    }
    now = end;
  }
  void run(Duration time) { runUntil(now + time); }
  /// False if `done` did not come true in that time.
  bool runTo(const std::function<bool()>& done, Duration limit) {
    const Time end = now + limit;
    while (!done()) {
      if (!step(end)) return false;
    }
    return true;
  }
  void inject(SocketAddress from, SocketAddress to, ByteView payload) {
    wire_.push_back(Packet{now, from, to, toVector(payload)});
  }

 private:
  void flush() {
    for (Peer* peer : peers_) {
      while (auto out = peer->agent.pollTransmit()) {
        const auto socket = peer->sockets.find(out->socket);
        if (socket == peer->sockets.end()) continue;
        Packet packet{now + delay, socket->second, out->remote, std::move(out->payload)};
        ++carried;
        if (!filter || filter(packet)) wire_.push_back(std::move(packet));
      }
      peer->takeEvents();
    }
  }
  std::optional<Time> nextThing() const {
    std::optional<Time> next;
    const auto consider = [&](std::optional<Time> when) {
      if (when && (!next || *when < *next)) next = when;
    };
    for (const Packet& packet : wire_) consider(packet.arrival);
    for (const Peer* peer : peers_) consider(peer->agent.nextTimeout());
    return next;
  }
  bool deliver() {
    bool any = false;
    for (std::size_t i = 0; i < wire_.size();) {
      if (wire_[i].arrival > now) {
        ++i;
        continue;
      }
      const Packet packet = std::move(wire_[i]);
      wire_.erase(wire_.begin() + static_cast<std::ptrdiff_t>(i));
      hand(packet);
      any = true;
    }
    return any;
  }
  void hand(const Packet& packet) {
    for (Peer* peer : peers_) {
      for (const auto& [id, address] : peer->sockets) {
        if (address == packet.to) return peer->agent.handleInput(now, id, packet.from, packet.payload);
      }
    }
    const auto other = others.find(packet.to);
    if (other != others.end()) other->second(packet);
  }

  std::vector<Peer*> peers_;
  std::vector<Packet> wire_;
};

/// Tells `to` all candidates of `from`, and that there are no more.
inline void tellCandidates(Time now, Peer& from, Peer& to) {
  for (const IceCandidate& candidate : from.agent.localCandidates()) {
    if (!to.agent.addRemoteCandidate(now, candidate)) std::abort();
  }
  to.agent.endOfRemoteCandidates(now);
}

/// The usual two: a socket each on one network, candidates exchanged, not started.
struct Two {
  explicit Two(AgentOptions optionsA = {}, AgentOptions optionsB = {})
      : a("a", 1, std::move(optionsA)), b("b", 2, std::move(optionsB)), pipe({&a, &b}) {}

  void open() {
    a.open(pipe.now, "192.0.2.1:1000");
    b.open(pipe.now, "192.0.2.2:2000");
    a.agent.endOfSources(pipe.now);
    b.agent.endOfSources(pipe.now);
  }
  void exchange() {
    tellCandidates(pipe.now, a, b);
    tellCandidates(pipe.now, b, a);
  }
  void startA(std::optional<IceRole> role = IceRole::controlling) {
    a.agent.start(pipe.now, b.agent.localParameters(), role);
  }
  void startB(std::optional<IceRole> role = IceRole::controlled) {
    b.agent.start(pipe.now, a.agent.localParameters(), role);
  }
  bool bothIn(const std::string& state, Duration limit = seconds(5)) {
    return pipe.runTo([&] { return a.state() == state && b.state() == state; }, limit);
  }
  /// Open, exchanged, started and completed.
  bool connect() {
    open();
    exchange();
    startA();
    startB();
    return bothIn("completed");
  }

  Peer a;
  Peer b;
  Pipe pipe;
};

}  // namespace portico::ice
