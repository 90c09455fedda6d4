// Candidates with names in place of addresses (draft-ietf-mmusic-mdns-ice-candidates), on one simulated segment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <set>

#include "core/mdns/engine.h"
#include "core/mdns/message.h"
#include "core/portico/mdns_service.h"
#include "tests/peers/peer.h"
#include "tests/sim/stun_server.h"
#include "tests/sim/turn_server.h"

namespace portico::test {
namespace {

using testing::HasSubstr;
using testing::Not;

PeerOptions hidden() {
  PeerOptions options;
  options.gather.mdns = MdnsPolicy::hide;
  return options;
}

bool isName(const std::string& text) {
  return mdns::Name::parse(text).has_value();
}

/// All multicast DNS packets of a run.
struct Wire {
  struct Packet {
    SocketAddress from;
    SocketAddress to;
    std::optional<mdns::Message> message;
    Time at;
  };
  explicit Wire(sim::World& observed) : world(observed) {
    world.observe([this](const sim::PacketEvent& event) {
      if (event.fate != sim::Fate::sent || event.packet.from.port != mdns::kPort) return;
      packets.push_back({event.packet.from, event.packet.to, mdns::Message::parse(event.packet.payload), event.when});
    });
  }
  ~Wire() { world.observe({}); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  [[nodiscard]] std::size_t questions() const {
    return static_cast<std::size_t>(std::count_if(packets.begin(), packets.end(), [](const Packet& packet) {
      return packet.message && !packet.message->response;
    }));
  }
  sim::World& world;
  std::vector<Packet> packets;
};

TEST(Mdns, TwoPeersThatHideTheirAddressesConnectByTheirNames) {
  Pair pair(1, hidden(), hidden());
  ASSERT_TRUE(pair.connect());
  for (Peer* peer : {pair.alice.get(), pair.bob.get()}) {
    for (const IceCandidate& candidate : peer->ice.getLocalCandidates()) {
      EXPECT_TRUE(isName(candidate.address)) << candidate.candidate();
      EXPECT_THAT(candidate.candidate(), Not(HasSubstr("203.0.113.")));
    }
    const auto selected = peer->ice.getSelectedCandidatePair();
    ASSERT_TRUE(selected.has_value());
    EXPECT_TRUE(isName(selected->local.address));
    EXPECT_TRUE(isName(selected->remote.address)) << selected->remote.candidate();
    for (const IceCandidate& candidate : peer->ice.getRemoteCandidates()) EXPECT_TRUE(isName(candidate.address));
  }
}

TEST(Mdns, PeersThatHaveIpv6AloneConnectByTheirNames) {
  sim::World world(13);
  Peer alice(world.addMachine("alice", "2001:db8::1"), hidden());
  Peer bob(world.addMachine("bob", "2001:db8::2"), hidden());
  Wire wire(world);
  for (Peer* peer : {&alice, &bob}) peer->gatherer.gather().ignore();
  world.runFor(1s);
  signal(bob, alice, IceRole::controlling);
  signal(alice, bob, IceRole::controlled);
  ASSERT_TRUE(world.runUntil([&] { return alice.sctp.state() == SctpTransportState::connected; }, 10s));
  for (const Wire::Packet& packet : wire.packets) EXPECT_EQ(packet.to.ip, sim::ip("ff02::fb"));
  EXPECT_GT(wire.questions(), 0U);
  EXPECT_TRUE(isName(alice.ice.getSelectedCandidatePair()->remote.address));
}

TEST(Mdns, NamesGoOnOnAnInterfaceThatGetsAnotherAddress) {
  PeerOptions roaming = hidden();
  roaming.gather.networkChangePolicy = NetworkChangePolicy::gather;
  Pair pair(14, roaming, hidden());
  pair.alice->gatherer.gather().ignore();
  pair.bob->gatherer.gather().ignore();
  pair.world.runFor(1s);
  const std::string before = pair.alice->gatherer.getLocalCandidates().at(0).address;
  const std::string interface = pair.aliceMachine.networkInterfaces().at(0).name;
  pair.aliceMachine.quietRemoval = true;
  pair.aliceMachine.removeInterface(interface);
  pair.aliceMachine.addInterface(interface, "203.0.113.9", pair.world.internet());
  pair.world.runFor(2s);
  ASSERT_EQ(pair.alice->gatherer.getLocalCandidates().size(), 1U);
  EXPECT_NE(pair.alice->gatherer.getLocalCandidates()[0].address, before);
  signal(*pair.bob, *pair.alice, IceRole::controlling);
  signal(*pair.alice, *pair.bob, IceRole::controlled);
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.connected(); }, 10s));
  EXPECT_TRUE(isName(pair.bob->ice.getSelectedCandidatePair()->remote.address));
}

TEST(Mdns, APeerThatHidesMeetsOneThatDoesNot) {
  Pair pair(2, hidden());
  ASSERT_TRUE(pair.connect());
  EXPECT_TRUE(isName(pair.bob->ice.getRemoteCandidates()[0].address));
  EXPECT_FALSE(isName(pair.alice->ice.getRemoteCandidates()[0].address));
}

TEST(Mdns, APeerIsFoundByItsNameAloneWhereItHearsNoCandidates) {
  Pair pair(3, hidden());
  for (Peer* peer : {pair.alice.get(), pair.bob.get()}) peer->gatherer.gather().ignore();
  ASSERT_TRUE(pair.world.runUntil(
      [&] {
        return pair.alice->gatherer.state() == IceGathererState::complete &&
               pair.bob->gatherer.state() == IceGathererState::complete;
      },
      60s));
  signal(*pair.alice, *pair.bob, IceRole::controlling);
  pair.alice->ice.start(pair.bob->gatherer.getLocalParameters(), IceRole::controlled).ignore();
  pair.alice->dtls.start(pair.bob->dtls.getLocalParameters()).ignore();
  pair.alice->sctp.start(SctpTransport::getCapabilities()).ignore();
  const Duration before = pair.world.elapsed();
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.connected(); }, 30s));
  EXPECT_TRUE(isName(pair.bob->ice.getSelectedCandidatePair()->remote.address));
  // The first question is answered at once: the announcement has waited for it.
  EXPECT_LT(pair.world.elapsed() - before, 500ms);
}

TEST(Mdns, ANameIsNotAskedForWherePolicyOrRoleHaveNoUseForIt) {
  PeerOptions off;
  off.gather.mdns = MdnsPolicy::off;
  PeerOptions lite;
  lite.gather.iceLite = true;
  PeerOptions relayOnly;
  relayOnly.gather.relayOnly = true;
  for (const PeerOptions& options : {off, lite, relayOnly}) {
    Pair pair(4, hidden(), options);
    Wire wire(pair.world);
    pair.connect(5s);
    for (const Wire::Packet& packet : wire.packets) EXPECT_NE(packet.from.ip, sim::ip("203.0.113.2"));
  }
}

TEST(Mdns, ThreeTransportsOfOneHostAskWithOneVoiceAndSocket) {
  sim::World world(5);
  sim::Machine& server = world.addMachine("server", "203.0.113.1");
  sim::Machine& client = world.addMachine("client", "203.0.113.2");
  std::vector<std::unique_ptr<Peer>> peers;
  Wire wire(world);
  Peer hiding(client, hidden());
  hiding.gatherer.gather().ignore();
  for (int i = 0; i < 3; ++i) {
    peers.push_back(std::make_unique<Peer>(server));
    peers.back()->gatherer.gather().ignore();
  }
  ASSERT_TRUE(world.runUntil([&] { return hiding.gatherer.state() == IceGathererState::complete; }, 10s));
  for (auto& peer : peers) signal(hiding, *peer, IceRole::controlling);
  world.runFor(100ms);
  EXPECT_EQ(wire.questions(), 1U);
  world.runFor(20s);
  EXPECT_EQ(wire.questions(), 1U);
}

TEST(Mdns, ANameThatNobodyAnswersForLeavesTheOtherCandidatesAndSaysSoWhereNoneIsLeft) {
  Pair pair(6);
  pair.alice->gatherer.gather().ignore();
  IceCandidate candidate =
      *IceCandidate::parse("candidate:1 1 udp 2122262783 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 54596 typ host");
  pair.alice->ice.addRemoteCandidate(candidate).ignore();
  pair.alice->ice.addRemoteCandidate(std::nullopt).ignore();
  pair.alice->ice.start(pair.bob->gatherer.getLocalParameters(), IceRole::controlling).ignore();
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.alice->ice.state() == IceTransportState::failed; }, 60s));
  ASSERT_FALSE(pair.alice->errors.empty());
  EXPECT_THAT(pair.alice->errors[0].message, HasSubstr("nobody answered for 1f4712db"));
  EXPECT_EQ(pair.alice->ice.getRemoteCandidates().at(0), candidate);
}

TEST(Mdns, NamesOfNoCandidateAndAHundredCandidatesMakeNoFlood) {
  Pair pair(7);
  Wire wire(pair.world);
  pair.alice->gatherer.gather().ignore();
  pair.alice->ice.start(pair.bob->gatherer.getLocalParameters(), IceRole::controlling).ignore();
  const auto add = [&](const std::string& address, std::uint16_t port) {
    const auto candidate =
        IceCandidate::parse("candidate:1 1 udp 2122262783 " + address + ' ' + std::to_string(port) + " typ host");
    ASSERT_TRUE(candidate.has_value()) << address;
    pair.alice->ice.addRemoteCandidate(*candidate).ignore();
  };
  for (const char* address : {"printer.local", "a.1f4712db-ea17-4bcf-a596-105139dfd8bf.local", "example.org"})
    add(address, 9);
  pair.world.runFor(1s);
  EXPECT_EQ(wire.questions(), 0U);
  for (unsigned i = 0; i < 120; ++i) {
    char name[64];
    std::snprintf(name, sizeof name, "00000000-0000-4000-8000-%012x.local", i);
    add(name, static_cast<std::uint16_t>(10'000 + i));
  }
  pair.world.runFor(60s);
  EXPECT_EQ(wire.questions(), 16U * mdns::kAskIntervals.size());
}

/// Of a peer that hides its address and asks a STUN server how that looks.
std::vector<IceCandidate> hiddenAndMapped(sim::World& world, sim::Machine& machine) {
  sim::StunServer server(world.addMachine("stun", "203.0.113.9"), "203.0.113.9:3478");
  PeerOptions options = hidden();
  options.gather.iceServers = {{.urls = {"stun:203.0.113.9"}, .username = {}, .credential = {}}};
  Peer peer(machine, options);
  peer.gatherer.gather().ignore();
  EXPECT_TRUE(world.runUntil([&] { return peer.gatherer.state() == IceGathererState::complete; }, 30s));
  return peer.gatherer.getLocalCandidates();
}

TEST(Mdns, AServerReflexiveCandidateOfAHiddenAddressDoesNotTellIt) {
  sim::World world(8);
  sim::Nat& nat = world.addNat("198.51.100.1");
  sim::Machine& machine = world.addMachine("alice", "192.168.1.2", nat.inside());
  const auto candidates = hiddenAndMapped(world, machine);
  ASSERT_EQ(candidates.size(), 2U);
  EXPECT_EQ(candidates[1].address, "198.51.100.1");
  EXPECT_EQ(candidates[1].relatedAddress, "0.0.0.0");
  EXPECT_EQ(candidates[1].relatedPort, 9);
  for (const IceCandidate& candidate : candidates) EXPECT_THAT(candidate.candidate(), Not(HasSubstr("192.168.")));
}

TEST(Mdns, APublicAddressIsToldAsServerReflexiveBesideTheNameThatHidesIt) {
  sim::World world(9);
  sim::Machine& machine = world.addMachine("alice", "203.0.113.1");
  const auto candidates = hiddenAndMapped(world, machine);
  ASSERT_EQ(candidates.size(), 2U);
  EXPECT_TRUE(isName(candidates[0].address));
  EXPECT_EQ(candidates[1].type, "srflx");
  EXPECT_EQ(candidates[1].address, "203.0.113.1");
}

TEST(Mdns, EachAddressHasANameOfItsOwnAndEachGathererToo) {
  sim::World world(10);
  sim::Machine& machine = world.addMachine("alice", "203.0.113.1");
  machine.addInterface("eth0", "2001:db8::1", world.internet());
  std::set<std::string> names;
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 2; ++i) {
    peers.push_back(std::make_unique<Peer>(machine, hidden()));
    peers.back()->gatherer.gather().ignore();
    world.runFor(1s);
    for (const IceCandidate& candidate : peers.back()->gatherer.getLocalCandidates()) names.insert(candidate.address);
  }
  EXPECT_EQ(names.size(), 4U);
}

TEST(Mdns, ClosingSaysGoodbyeToTheNetworkAndLetsGoOfTheSockets) {
  sim::World world(11);
  sim::Machine& machine = world.addMachine("alice", "203.0.113.1");
  Wire wire(world);
  auto peer = std::make_unique<Peer>(machine, hidden());
  peer->gatherer.gather().ignore();
  world.runFor(5s);
  ASSERT_EQ(wire.packets.size(), 2U);  // the announcements
  const std::string name = peer->gatherer.getLocalCandidates().at(0).address;
  peer->ice.stop().ignore();
  peer.reset();
  world.runFor(1s);
  ASSERT_EQ(wire.packets.size(), 3U);
  ASSERT_EQ(wire.packets[2].message->records.size(), 1U);
  EXPECT_EQ(wire.packets[2].message->records[0].name.toString(), name);
  EXPECT_EQ(wire.packets[2].message->records[0].ttl, 0U);
  EXPECT_TRUE(machine.commonService().expired());
}

TEST(Mdns, WithoutMulticastAddressesStayHiddenAndAnErrorSaysThatNobodyResolvesTheNames) {
  Pair pair(12, hidden());
  pair.aliceMachine.multicastFailure = Error(Error::NotSupported, "there is no multicast here");
  std::vector<std::string> errors;
  pair.alice->gatherer.onIceCandidateError([&](const IceCandidateError& error) { errors.push_back(error.errorText); });
  // By the checks of the one that hides.
  ASSERT_TRUE(pair.connect());
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_THAT(errors[0], HasSubstr("there is no multicast here"));
  EXPECT_TRUE(isName(pair.alice->gatherer.getLocalCandidates().at(0).address));
}

/// Someone else on the segment.
struct Stranger final : UdpReceiver {
  Stranger(sim::World& world, std::string_view address)
      : machine(world.addMachine("stranger", address)),
        socket(std::move(
            *machine.openMulticast({{sim::ip("224.0.0.251"), mdns::kPort}, machine.networkInterfaces()[0]}, *this))) {}

  void onDatagrams(Time, std::span<Datagram> batch) override {
    for (const Datagram& datagram : batch) {
      const auto message = mdns::Message::parse(datagram.payload);
      if (!message || message->response) continue;
      for (const mdns::Question& question : message->questions) onQuestion(question);
    }
  }
  void onSocketError(Time, const Error&) override {}

  void say(const mdns::Name& name, const std::vector<IpAddress>& addresses) {
    std::array<std::byte, mdns::kMaxWrittenBytes> room;
    mdns::MessageWriter writer(room, 0, true);
    for (const IpAddress& address : addresses) writer.address({name, address, 120, true});
    send(writer.finish());
  }
  void send(ByteView packet) {
    const OutgoingDatagram datagram{{sim::ip("224.0.0.251"), mdns::kPort}, packet};
    socket->send({&datagram, 1});
  }

  std::function<void(const mdns::Question&)> onQuestion = [](const auto&) {};
  sim::Machine& machine;
  std::unique_ptr<UdpSocket> socket;
};

TEST(Mdns, WhoAnswersForAnothersNameGetsChecksAndNoConnection) {
  Pair pair(13, hidden());
  Stranger stranger(pair.world, "203.0.113.66");
  stranger.onQuestion = [&](const mdns::Question& question) {
    stranger.say(question.name, {stranger.machine.networkInterfaces()[0].address});
  };
  // Alice's own checks lead to bob all the same.
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.bob->ice.state(), IceTransportState::completed);
  EXPECT_NE(pair.bob->ice.getSelectedCandidatePair()->remote.address, "203.0.113.66");
}

TEST(Mdns, ANameWithSeveralAddressesIsNotBelieved) {
  Pair pair(14);
  Stranger stranger(pair.world, "203.0.113.66");
  std::size_t asked = 0;
  stranger.onQuestion = [&](const mdns::Question& question) {
    ++asked;
    stranger.say(question.name, {sim::ip("203.0.113.77"), sim::ip("203.0.113.78")});
  };
  std::size_t checks = 0;
  pair.world.observe([&](const sim::PacketEvent& event) {
    if (event.packet.to.ip == sim::ip("203.0.113.77") || event.packet.to.ip == sim::ip("203.0.113.78")) ++checks;
  });
  pair.alice->gatherer.gather().ignore();
  pair.alice->ice.start(pair.bob->gatherer.getLocalParameters(), IceRole::controlling).ignore();
  pair.alice->ice
      .addRemoteCandidate(*IceCandidate::parse(
          "candidate:1 1 udp 2122262783 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 54596 typ host"))
      .ignore();
  pair.world.runFor(10s);
  EXPECT_EQ(asked, 1U);
  EXPECT_EQ(checks, 0U);
}

TEST(Mdns, ConnectingGoesOnUnderAFloodOfMulticast) {
  Pair pair(15, hidden(), hidden());
  Stranger stranger(pair.world, "203.0.113.66");
  auto timer = stranger.machine.createTimer({});
  std::function<void(Time)> flood = [&](Time now) {
    for (int i = 0; i < 50; ++i) {
      std::array<std::byte, 16> random;
      stranger.machine.randomBytes(random);
      stranger.send(random);
      struct Source final : Random {
        explicit Source(sim::Machine& host) : machine(host) {}
        void randomBytes(MutableByteView out) override { machine.randomBytes(out); }
        sim::Machine& machine;
      } source(stranger.machine);
      stranger.say(mdns::Name::random(source), {sim::ip("203.0.113.99")});
    }
    timer->set(now + 1ms);
  };
  timer = stranger.machine.createTimer(flood);
  timer->set(pair.world.now());
  EXPECT_TRUE(pair.connect(10s));
}

TEST(Mdns, NoPairIsMadeOfARelayedAddressAndAName) {
  sim::World world(16);
  sim::Machine& relay = world.addMachine("relay", "203.0.113.9");
  sim::TurnServer server(relay, "203.0.113.9:3478");
  PeerOptions options;
  options.gather.iceServers = {{.urls = {"turn:203.0.113.9"}, .username = "user", .credential = "password"}};
  Peer bob(world.addMachine("bob", "203.0.113.2"), options);
  Peer alice(world.addMachine("alice", "203.0.113.1"), hidden());
  bob.gatherer.gather().ignore();
  alice.gatherer.gather().ignore();
  ASSERT_TRUE(world.runUntil([&] { return bob.gatherer.state() == IceGathererState::complete; }, 30s));
  std::size_t fromRelay = 0;
  world.observe([&](const sim::PacketEvent& event) {
    const bool relayed = event.packet.from.ip == sim::ip("203.0.113.9") && event.packet.from.port != 3478;
    if (relayed && event.packet.to.ip == sim::ip("203.0.113.1")) ++fromRelay;
  });
  signal(alice, bob, IceRole::controlling);
  world.runFor(5s);
  EXPECT_EQ(fromRelay, 0U);
}

TEST(Mdns, ClosingInTheMiddleOfAnythingIsFine) {
  for (const Duration when : {Duration(0ms), Duration(1ms), Duration(5ms), Duration(30ms), Duration(1s)}) {
    Pair pair(17, hidden(), hidden());
    pair.start();
    pair.world.runFor(when);
    pair.alice.reset();
    pair.world.runFor(2s);
    pair.bob->ice.stop().ignore();
    pair.bob->ice.stop().ignore();
    pair.world.runFor(20s);
    pair.bob.reset();
    pair.world.runFor(1s);
    EXPECT_TRUE(pair.bobMachine.commonService().expired());
  }
}

TEST(Mdns, AnInterfaceThatGoesTakesNothingElseWithIt) {
  Pair pair(18, hidden(), hidden());
  pair.aliceMachine.addInterface("eth1", "203.0.113.3", pair.world.internet());
  ASSERT_TRUE(pair.connect());
  pair.aliceMachine.removeInterface("eth1");
  pair.world.runFor(5s);
  EXPECT_TRUE(pair.connected());
}

}  // namespace
}  // namespace portico::test
