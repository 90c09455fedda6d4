// Usage: trace_dump. Plays seeded scenarios on the simulated network and prints every packet and every event of both
// peers. A native build and one in WebAssembly must print the same: tests/peers/same_trace compares them.
#include <array>
#include <cinttypes>
#include <cstdio>
#include <string>

#include "core/dtls/cipher_suites.h"
#include "core/wire/crc32c.h"
#include "tests/peers/peer.h"
#include "tests/peers/sdp_peer.h"
#include "tests/sim/stun_server.h"

// The one decision that is meant to depend on the machine, and on nothing else: this stands in the library's place, so
// that both builds encrypt alike.
namespace portico::dtls {
const int* cipherSuites() {
  static constexpr std::array<int, 2> kOne{0xCCA9, 0};  // TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, RFC 7905
  return kOne.data();
}
bool servesClientsOrder() {
  return true;
}
}  // namespace portico::dtls

namespace portico::test {
namespace {

const char* nameOf(sim::Fate fate) {
  static constexpr std::array<const char*, sim::kFates> kNames{"sent",       "delivered",   "lost",     "duplicated",
                                                               "reordered",  "queueFull",   "too big",  "link down",
                                                               "unroutable", "natFiltered", "no socket"};
  return kNames[static_cast<std::size_t>(fate)];
}

void print(const sim::PacketEvent& event) {
  const auto time = (event.when - sim::World::kStart).count();
  std::printf("%" PRId64 " %s %s > %s %u %08" PRIx32 "\n", std::int64_t{time}, nameOf(event.fate),
              event.packet.from.toString().c_str(), event.packet.to.toString().c_str(),
              static_cast<unsigned>(event.packet.payload.size()), crc32c(event.packet.payload));
}

void watch(sim::World& world) {
  world.observe(print);
}

template <typename AnyPeer>
void print(const char* who, const AnyPeer& peer) {
  for (const std::string& line : peer.log) std::printf("%s: %s\n", who, line.c_str());
  for (const Error& error : peer.errors) std::printf("%s: error %s\n", who, error.message.c_str());
  for (const std::string& message : peer.messages) {
    std::printf("%s: message %u %08" PRIx32 "\n", who, static_cast<unsigned>(message.size()), crc32c(asBytes(message)));
  }
}

void print(const Pair& pair) {
  print("alice", *pair.alice);
  print("bob", *pair.bob);
}

void sendAll(DataChannel& channel, int count, std::size_t bytes) {
  for (int i = 0; i < count; ++i) {
    std::string message(bytes, static_cast<char>('a' + i % 26));
    if (!channel.send(message)) std::printf("%s: message %d was refused\n", channel.label().c_str(), i);
  }
}

// A few words each way, then an orderly end.
void talk(Pair& pair) {
  DataChannel channel = pair.alice->open({.label = "talk"});
  pair.connect();
  pair.world.runUntil([&] { return !pair.bob->incoming.empty(); }, 30s);
  sendAll(channel, 3, 40);
  pair.world.runFor(1s);
  if (!pair.bob->incoming.empty()) sendAll(pair.bob->incoming.front(), 3, 4'000);
  pair.world.runFor(20s);
  channel.close();
  pair.world.runFor(2s);
  pair.alice->sctp.stop().ignore();
  pair.alice->dtls.stop().ignore();
  pair.alice->ice.stop().ignore();
  pair.world.runFor(5s);
}

void connectOnACleanNetwork() {
  Pair pair(1);
  watch(pair.world);
  pair.setLinks({.delay = 10ms});
  talk(pair);
  print(pair);
}

void connectOnABadNetwork(std::uint64_t seed) {
  Pair pair(seed);
  watch(pair.world);
  pair.setLinks({.delay = 30ms, .jitter = 10ms, .loss = 0.15, .duplication = 0.05, .reordering = 0.1});
  talk(pair);
  pair.world.runFor(60s);
  print(pair);
}

void connectThroughNats() {
  sim::World world(7);
  watch(world);
  sim::Machine& server = world.addMachine("stun", "203.0.113.9");
  const sim::StunServer stun(server, "203.0.113.9:3478");
  sim::Nat& one = world.addNat("198.51.100.1");
  sim::Nat& two = world.addNat("198.51.100.2", {.filtering = sim::NatBehaviour::addressDependent});
  sim::Machine& left = world.addMachine("left", "192.168.1.2", one.inside());
  sim::Machine& right = world.addMachine("right", "10.0.0.2", two.inside());
  left.setLinks({.delay = 5ms});
  const PeerOptions options{
      .gather = {.iceServers =
                     std::vector<IceServer>{{.urls = {"stun:203.0.113.9"}, .username = {}, .credential = {}}}},
      .sctp = {}};
  Peer alice(left, options);
  Peer bob(right, options);
  DataChannel channel = alice.open({.label = "nat"});
  alice.gatherer.gather().ignore();
  bob.gatherer.gather().ignore();
  world.runFor(5s);
  signal(bob, alice, IceRole::controlling);
  signal(alice, bob, IceRole::controlled);
  world.runFor(5s);
  sendAll(channel, 2, 100);
  world.runFor(60s);
  print("alice", alice);
  print("bob", bob);
}

void restart() {
  Pair pair(11);
  watch(pair.world);
  pair.setLinks({.delay = 5ms, .loss = 0.02});
  DataChannel channel = pair.alice->open({.label = "restart"});
  pair.connect();
  pair.world.runFor(3s);
  sendAll(channel, 50, 500);
  const Result<IceParameters> alices = pair.alice->ice.restart();
  const Result<IceParameters> bobs = pair.bob->ice.restart();
  for (const IceCandidate& candidate : pair.bob->gatherer.getLocalCandidates())
    pair.alice->ice.addRemoteCandidate(candidate).ignore();
  for (const IceCandidate& candidate : pair.alice->gatherer.getLocalCandidates())
    pair.bob->ice.addRemoteCandidate(candidate).ignore();
  pair.alice->ice.start(*bobs).ignore();
  pair.bob->ice.start(*alices).ignore();
  sendAll(channel, 50, 500);
  pair.world.runFor(20s);
  print(pair);
}

// Three channels at once, both ways, over a link that fills and loses.
void transfer() {
  Pair pair(13);
  watch(pair.world);
  pair.setLinks({.delay = 10ms, .loss = 0.01, .bitsPerSecond = 50'000'000, .queueBytes = 128 * 1024});
  DataChannel large = pair.alice->open({.label = "large"});
  DataChannel late = pair.alice->open({.label = "late", .ordered = false, .maxPacketLifeTime = std::uint16_t{50}});
  DataChannel rare = pair.alice->open({.label = "rare", .maxRetransmits = std::uint16_t{0}, .priority = 1024});
  pair.connect();
  pair.world.runFor(1s);
  sendAll(large, 30, 65'536);
  sendAll(late, 200, 1'500);
  sendAll(rare, 200, 100);
  sendAll(large, 2, 262'144);
  if (!pair.bob->incoming.empty()) sendAll(pair.bob->incoming.front(), 20, 20'000);
  pair.world.runFor(30s);
  print(pair);
}

// A thousand short-lived streams on few ids, and an end while messages are on their way.
void openAndClose() {
  Pair pair(17);
  watch(pair.world);
  pair.setLinks({.delay = 2ms});
  pair.connect();
  for (int round = 0; round < 10; ++round) {
    std::vector<DataChannel> channels;
    for (int i = 0; i < 20; ++i)
      channels.push_back(pair.alice->open({.label = std::to_string(round) + "." + std::to_string(i)}));
    pair.world.runFor(100ms);
    for (DataChannel& channel : channels) sendAll(channel, 2, 10);
    for (DataChannel& channel : channels) channel.close();
    pair.world.runFor(1s);
  }
  DataChannel last = pair.bob->open({.label = "last"});
  pair.world.runFor(1s);
  sendAll(last, 20, 50'000);
  pair.bob->sctp.stop().ignore();
  pair.bob->ice.stop().ignore();
  pair.world.runFor(40s);
  print(pair);
}

// Offers that meet, a restart, and descriptions as they were sent.
void negotiate() {
  SdpPair pair;
  watch(pair.world);
  pair.alice->open({.label = "alice's"});
  DataChannel channel = pair.bob->open({.label = "bob's"});
  pair.connect();
  pair.world.runFor(1s);
  sendAll(channel, 5, 1'000);
  pair.bob->pc.restartIce();
  pair.world.runFor(3s);
  sendAll(channel, 5, 1'000);
  pair.world.runFor(3s);
  for (const SdpPeer* peer : {pair.alice.get(), pair.bob.get()}) {
    for (const SessionDescription& description : peer->sent) std::fputs(description.sdp.c_str(), stdout);
  }
  pair.alice->pc.close();
  pair.world.runFor(5s);
  print("alice", *pair.alice);
  print("bob", *pair.bob);
}

}  // namespace
}  // namespace portico::test

int main() {
  using namespace portico::test;
  std::puts("# a clean network");
  connectOnACleanNetwork();
  for (const std::uint64_t seed : {std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{5}}) {
    std::printf("# a bad network, seed %u\n", static_cast<unsigned>(seed));
    connectOnABadNetwork(seed);
  }
  std::puts("# two NATs");
  connectThroughNats();
  std::puts("# a restart");
  restart();
  std::puts("# a transfer");
  transfer();
  std::puts("# opening and closing");
  openAndClose();
  std::puts("# session descriptions");
  negotiate();
  return 0;
}
