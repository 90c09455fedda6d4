// A simulated network of any number of machines, in virtual time. The same seed and the same calls give the same run.
//
//   World world(seed);
//   Machine& alice = world.addMachine("alice", "203.0.113.1");
//   Nat& nat = world.addNat("198.51.100.1", {.mapping = NatBehaviour::addressAndPortDependent});
//   Machine& bob = world.addMachine("bob", "192.168.1.2", nat.inside());
//   bob.setLinks({.delay = 25ms, .loss = 0.01});
//   … objects that get `alice` and `bob` as their Host …
//   EXPECT_TRUE(world.runUntil([&] { return connected; }, 10s));
//
// The world outlives everything that was made with its machines.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/fabric.h"
#include "tests/sim/machine.h"
#include "tests/sim/nat.h"
#include "tests/sim/network.h"

namespace portico::sim {

/// An address in a test's source; throws std::invalid_argument for what is none.
IpAddress ip(std::string_view text);
/// The same with a port: "192.0.2.1:5000", "[2001:db8::1]:5000".
SocketAddress endpoint(std::string_view text);

class World {
 public:
  explicit World(std::uint64_t seed = 1);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Topology --------------------------------------------------------------------------------------------------------

  /// The network of public addresses; it has no way out.
  [[nodiscard]] Network& internet() { return internet_; }
  /// A machine without an interface.
  Machine& addMachine(std::string name);
  /// A machine with interface "eth0" in `network`.
  Machine& addMachine(std::string name, std::string_view address, Network& network);
  Machine& addMachine(std::string name, std::string_view address);  ///< in the internet
  /// A NAT with one outer address, in the internet or behind another NAT.
  Nat& addNat(std::string_view external, const NatOptions& options = {});
  Nat& addNat(std::string_view external, const NatOptions& options, Network& outside);

  // Connections (stream.h) --------------------------------------------------------------------------------------------

  void listenTcp(const SocketAddress& local, StreamListener* listener) { listeners_[local] = listener; }
  [[nodiscard]] StreamListener* tcpListener(const SocketAddress& at) const {
    const auto found = listeners_.find(at);
    return found == listeners_.end() ? nullptr : found->second;
  }

  /// All connections end, as by a reset: what is on its way is lost.
  void resetStreams();

  // Names -----------------------------------------------------------------------------------------------------------

  void addName(std::string name, std::vector<IpAddress> addresses, Duration delay = kResolverDelay);
  void addNameFailure(std::string name, Error error, Duration delay = kResolverDelay);
  struct NameEntry {
    Result<std::vector<IpAddress>> answer;
    Duration delay;
  };
  /// What a resolver answers: Network for a name that nobody added.
  [[nodiscard]] NameEntry lookUp(const std::string& name) const;

  // Time ------------------------------------------------------------------------------------------------------------

  [[nodiscard]] Time now() const { return fabric_.now(); }
  /// Since the world began.
  [[nodiscard]] Duration elapsed() const { return fabric_.now() - kStart; }
  /// When the next event is due; nullopt: nothing will ever happen again by itself.
  std::optional<Time> nextEvent() { return fabric_.scheduler.next(); }
  /// Runs the next event; false where there is none.
  bool step() { return fabric_.scheduler.step(); }
  /// Runs events until the predicate holds, for at most `limit`; says whether it holds. It is asked after each event.
  bool runUntil(const std::function<bool()>& predicate, Duration limit);
  /// Runs exactly so long.
  void runFor(Duration duration);

  // Observation -----------------------------------------------------------------------------------------------------

  /// A number that two runs share only if the same packets went the same ways at the same times.
  [[nodiscard]] std::uint64_t traceHash() const { return fabric_.trace.hash(); }
  [[nodiscard]] std::uint64_t count(Fate fate) const { return fabric_.trace.count(fate); }
  void observe(std::function<void(const PacketEvent&)> observer) { fabric_.trace.observer = std::move(observer); }

  [[nodiscard]] Fabric& fabric() { return fabric_; }

  static constexpr Duration kResolverDelay = std::chrono::milliseconds(20);
  /// Not zero, so that a Time that nobody set is not by chance right.
  static constexpr Time kStart = Time(std::chrono::hours(1000));
  static constexpr std::int64_t kUnixStart = 1'790'000'000;  ///< September 2026

 private:
  Fabric fabric_;
  Network internet_;
  std::map<std::string, NameEntry> names_;
  std::map<SocketAddress, StreamListener*> listeners_;
  std::vector<std::unique_ptr<Nat>> nats_;
  std::vector<std::unique_ptr<Machine>> machines_;
};

}  // namespace portico::sim
