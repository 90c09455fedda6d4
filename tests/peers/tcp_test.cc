// ICE over TCP (RFC 6544): peers that meet where no UDP goes through. In the simulator connections need no cable:
// pulling it is a firewall that drops all of UDP.
#include <gtest/gtest.h>

#include "core/wire/packet_frame.h"
#include "platform/stream_gate.h"
#include "portico/sharing_host.h"
#include "tests/peers/peer.h"

namespace portico::test {
namespace {

constexpr std::uint16_t kPort = 3478;

PeerOptions offering(TcpCandidates tcp) {
  PeerOptions options;
  options.gather.tcpCandidates = tcp;
  if (tcp == TcpCandidates::both) options.gather.portLow = options.gather.portHigh = kPort;
  return options;
}

/// alice controls.
struct Tcp : Pair {
  explicit Tcp(TcpCandidates alices = TcpCandidates::active, TcpCandidates bobs = TcpCandidates::both)
      : Tcp(offering(alices), offering(bobs)) {}
  Tcp(const PeerOptions& alices, const PeerOptions& bobs) : Pair(1, alices, bobs) {
    aliceMachine.iceTcp = bobMachine.iceTcp = true;
  }

  void dropUdp() {
    aliceMachine.setConnected(false);
    bobMachine.setConnected(false);
  }
  void connectOverTcp() {
    dropUdp();
    ASSERT_TRUE(connect());
    ASSERT_TRUE(world.runUntil([&] { return bothCompleted() && channel.readyState() == DataChannelState::open; }, 5s));
    EXPECT_EQ(alice->ice.getSelectedCandidatePair()->local.protocol, "tcp");
    EXPECT_EQ(bob->ice.getSelectedCandidatePair()->local.protocol, "tcp");
  }
  void restart() {
    const IceParameters alices = *alice->ice.restart();
    const IceParameters bobs = *bob->ice.restart();
    for (const IceCandidate& candidate : bob->gatherer.getLocalCandidates()) {
      alice->ice.addRemoteCandidate(candidate).ignore();
    }
    for (const IceCandidate& candidate : alice->gatherer.getLocalCandidates()) {
      bob->ice.addRemoteCandidate(candidate).ignore();
    }
    alice->ice.start(bobs).ignore();
    bob->ice.start(alices).ignore();
  }
  [[nodiscard]] bool bothCompleted() const {
    return alice->ice.state() == IceTransportState::completed && bob->ice.state() == IceTransportState::completed;
  }
  void expectDelivery() {
    const std::size_t before = bob->messages.size();
    ASSERT_TRUE(channel.send("over TCP"));
    EXPECT_TRUE(world.runUntil([&] { return bob->messages.size() > before; }, 30s));
  }
  [[nodiscard]] std::size_t connections() { return world.fabric().streams.size() / 2; }

  DataChannel channel = alice->open({.label = "data"});
};

TEST(IceTcp, WhereUdpIsDroppedAnActiveSideConnectsToAPassiveOne) {
  Tcp tcp;
  tcp.connectOverTcp();
  tcp.expectDelivery();
  const IceCandidatePair pair = *tcp.alice->ice.getSelectedCandidatePair();
  EXPECT_EQ(pair.local.tcpType, "active");
  EXPECT_EQ(pair.local.type, "prflx");  // its port came with the connection
  EXPECT_EQ(pair.remote.tcpType, "passive");
  EXPECT_EQ(pair.remote.type, "host");
  EXPECT_EQ(tcp.bob->ice.getSelectedCandidatePair()->remote.tcpType, "active");
}

TEST(IceTcp, AControllingPassiveSideConnectsAsWell) {
  Tcp tcp(TcpCandidates::both, TcpCandidates::active);
  tcp.connectOverTcp();
  tcp.expectDelivery();
}

TEST(IceTcp, TwoSidesThatDoBothKeepOneConnection) {
  Tcp tcp(TcpCandidates::both, TcpCandidates::both);
  tcp.connectOverTcp();
  tcp.expectDelivery();
  tcp.world.runFor(10s);
  EXPECT_EQ(tcp.connections(), 1U);
}

TEST(IceTcp, ALitePassiveSideIsConnectedTo) {
  PeerOptions lite = offering(TcpCandidates::both);
  lite.gather.iceLite = true;
  Tcp tcp(offering(TcpCandidates::active), lite);
  tcp.connectOverTcp();
  tcp.expectDelivery();
  for (const IceCandidate& candidate : tcp.bob->gatherer.getLocalCandidates()) EXPECT_NE(candidate.tcpType, "active");
  tcp.world.runFor(120s);
  EXPECT_TRUE(tcp.bothCompleted());
}

TEST(IceTcp, UdpIsPreferredAndTheConnectionsThatItMakesUselessAreClosed) {
  Tcp tcp;
  ASSERT_TRUE(tcp.connect());
  EXPECT_EQ(tcp.alice->ice.getSelectedCandidatePair()->local.protocol, "udp");
  tcp.world.runFor(5s);
  EXPECT_EQ(tcp.connections(), 0U);
}

TEST(IceTcp, OffersAnActiveCandidateOnPortNineAndAPassiveOneOfTheRange) {
  Tcp tcp;
  tcp.start();
  const std::vector<IceCandidate> alices = tcp.alice->gatherer.getLocalCandidates();
  ASSERT_EQ(alices.size(), 2U);
  EXPECT_EQ(alices[1].candidate().find("candidate:"), 0U);
  EXPECT_NE(alices[1].candidate().find(" tcp "), std::string::npos);
  EXPECT_NE(alices[1].candidate().find(" 203.0.113.1 9 typ host tcptype active"), std::string::npos);
  EXPECT_NE(alices[0].foundation, alices[1].foundation);
  EXPECT_GT(alices[0].priority, alices[1].priority);
  const std::vector<IceCandidate> bobs = tcp.bob->gatherer.getLocalCandidates();
  ASSERT_EQ(bobs.size(), 3U);
  EXPECT_EQ(bobs[2].tcpType, "passive");
  EXPECT_EQ(bobs[2].port, kPort);
  EXPECT_GT(bobs[1].priority, bobs[2].priority);
}

TEST(IceTcp, AHostWithoutTcpSaysSoWhereItIsAskedForAndOffersNone) {
  Tcp tcp;
  tcp.bobMachine.iceTcp = false;
  std::vector<IceCandidateError> errors;
  tcp.bob->gatherer.onIceCandidateError([&](const IceCandidateError& error) { errors.push_back(error); });
  ASSERT_TRUE(tcp.connect());
  EXPECT_EQ(tcp.bob->gatherer.getLocalCandidates().size(), 1U);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].errorText, "TCP candidates can't be had here, where only UDP is.");
}

TEST(IceTcp, APassiveSideThatRefusesFailsThePairAtOnceAndTheOthersGoOn) {
  Tcp tcp;
  tcp.start();
  tcp.world.listenTcp(SocketAddress{sim::ip("203.0.113.2"), kPort}, nullptr);
  ASSERT_TRUE(tcp.world.runUntil([&] { return tcp.connected(); }, 5s));
  EXPECT_EQ(tcp.alice->ice.getSelectedCandidatePair()->local.protocol, "udp");
}

TEST(IceTcp, MovesMuchDataWithoutLosingAny) {
  Tcp tcp;
  tcp.connectOverTcp();
  const std::string chunk(60'000, 'x');
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(tcp.channel.send(chunk));
  EXPECT_TRUE(tcp.world.runUntil([&] { return tcp.bob->messages.size() == 50; }, 60s));
}

TEST(IceTcp, StaysUpAtRestByConsentChecks) {
  Tcp tcp;
  tcp.connectOverTcp();
  tcp.world.runFor(300s);
  EXPECT_TRUE(tcp.bothCompleted());
  tcp.expectDelivery();
}

TEST(IceTcp, RestartsOnAConnectionOfItsOwnAndLosesNothing) {
  Tcp tcp;
  tcp.connectOverTcp();
  const std::uint16_t before = tcp.bob->ice.getSelectedCandidatePair()->remote.port;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(tcp.channel.send(std::to_string(i)));
  tcp.restart();
  ASSERT_TRUE(tcp.world.runUntil([&] { return tcp.bothCompleted() && tcp.bob->messages.size() == 100; }, 30s));
  EXPECT_NE(tcp.bob->ice.getSelectedCandidatePair()->remote.port, before);
  EXPECT_EQ(tcp.alice->gatherer.getLocalCandidates().size(), 2U);
  tcp.world.runFor(10s);
  EXPECT_EQ(tcp.connections(), 1U);
  tcp.expectDelivery();
}

TEST(IceTcp, RestartsTenTimes) {
  Tcp tcp;
  tcp.connectOverTcp();
  for (int i = 0; i < 10; ++i) {
    tcp.restart();
    ASSERT_TRUE(tcp.world.runUntil([&] { return tcp.bothCompleted(); }, 30s)) << i;
    tcp.expectDelivery();
  }
  tcp.world.runFor(10s);
  EXPECT_EQ(tcp.connections(), 1U);
}

TEST(IceTcp, AResetDisconnectsAtOnceAndARestartBringsBackWhatWasQueued) {
  Tcp tcp;
  tcp.connectOverTcp();
  const std::string chunk(60'000, 'x');
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(tcp.channel.send(chunk));
  tcp.world.runFor(25ms);  // in the midst of it
  ASSERT_LT(tcp.bob->messages.size(), 20U);
  tcp.world.resetStreams();
  tcp.world.runFor(20ms);
  EXPECT_EQ(tcp.alice->ice.state(), IceTransportState::disconnected);
  EXPECT_EQ(tcp.bob->ice.state(), IceTransportState::disconnected);
  tcp.restart();
  EXPECT_TRUE(tcp.world.runUntil([&] { return tcp.bothCompleted() && tcp.bob->messages.size() == 20; }, 60s));
}

TEST(IceTcp, AResetThatNothingMendsFailsWithItsReason) {
  for (const bool nominated : {true, false}) {
    Tcp tcp;
    tcp.dropUdp();
    ASSERT_TRUE(tcp.connect());
    if (nominated) {
      ASSERT_TRUE(tcp.world.runUntil([&] { return tcp.bothCompleted(); }, 5s));
    }
    tcp.world.resetStreams();
    ASSERT_TRUE(tcp.world.runUntil([&] { return tcp.alice->ice.state() == IceTransportState::failed; }, 60s));
    ASSERT_FALSE(tcp.alice->errors.empty());
    EXPECT_NE(tcp.alice->errors[0].message.find("connection reset by peer"), std::string::npos)
        << tcp.alice->errors[0].message;
  }
}

TEST(IceTcp, StopsCleanly) {
  Tcp tcp;
  tcp.connectOverTcp();
  tcp.alice->ice.stop().ignore();
  ASSERT_TRUE(tcp.world.runUntil([&] { return tcp.bob->dtls.state() == DtlsTransportState::closed; }, 5s));
  tcp.bob->ice.stop().ignore();
  tcp.world.runFor(1s);
  EXPECT_EQ(tcp.connections(), 0U);
  EXPECT_EQ(tcp.world.tcpListener(SocketAddress{sim::ip("203.0.113.2"), kPort}), nullptr);
}

TEST(IceTcp, AStopFromInsideAHandlerOfAConnectionIsSafe) {
  Tcp tcp;
  tcp.dropUdp();
  tcp.start();
  tcp.bob->ice.onStateChange([&](IceTransportState state) {
    if (state == IceTransportState::connected) tcp.bob->ice.stop().ignore();
  });
  tcp.alice->ice.onStateChange([&](IceTransportState state) {
    if (state == IceTransportState::connected) tcp.alice.reset();
  });
  tcp.world.runFor(10s);
  EXPECT_EQ(tcp.bob->ice.state(), IceTransportState::closed);
}

TEST(IceTcp, RelayOnlyHasNone) {
  PeerOptions relayOnly = offering(TcpCandidates::both);
  relayOnly.gather.relayOnly = true;
  Tcp tcp(offering(TcpCandidates::active), relayOnly);
  tcp.start();
  tcp.world.runFor(5s);
  EXPECT_TRUE(tcp.bob->gatherer.getLocalCandidates().empty());
  EXPECT_EQ(tcp.connections(), 0U);
}

TEST(IceTcp, TwentyPeersShareAPortAndEachGetsItsOwnMessages) {
  sim::World world;
  sim::Machine& server = world.addMachine("server", "203.0.113.1");
  server.iceTcp = true;
  SharingHost shared(server);
  std::vector<std::unique_ptr<Peer>> served;
  std::vector<std::unique_ptr<Peer>> clients;
  for (int i = 0; i < 20; ++i) {
    served.push_back(std::make_unique<Peer>(shared, offering(TcpCandidates::both)));
    sim::Machine& machine = world.addMachine("client", "198.51.100." + std::to_string(i + 1));
    machine.iceTcp = true;
    clients.push_back(std::make_unique<Peer>(machine, offering(TcpCandidates::active)));
    served.back()->gatherer.gather().ignore();
    clients.back()->gatherer.gather().ignore();
  }
  server.setConnected(false);
  world.runFor(1s);
  for (std::size_t i = 0; i < served.size(); ++i) {
    signal(*clients[i], *served[i], IceRole::controlled);
    signal(*served[i], *clients[i], IceRole::controlling);
    clients[i]->open({.label = std::to_string(i)});
  }
  const auto all = [&] {
    return std::all_of(served.begin(), served.end(), [](const auto& peer) { return peer->incoming.size() == 1; });
  };
  ASSERT_TRUE(world.runUntil(all, 30s));
  for (std::size_t i = 0; i < served.size(); ++i) EXPECT_EQ(served[i]->incoming[0].label(), std::to_string(i));
}

// Strangers -----------------------------------------------------------------------------------------------------------

/// Connects, and does as it is told.
struct Stranger final : StreamReceiver {
  explicit Stranger(sim::Machine& machine, const SocketAddress& to) {
    stream = std::move(*machine.openTcp({to, std::nullopt}, *this));
  }
  void onStreamOpen(Time) override {}
  void onStreamBytes(Time, ByteView bytes) override { received += bytes.size(); }
  void onStreamWritable(Time) override {}
  void onStreamClosed(Time now, const Error&) override { closedAt = now; }
  void say(std::string_view text) { stream->send(asBytes(text)); }

  std::unique_ptr<TcpStream> stream;
  std::optional<Time> closedAt;
  std::size_t received = 0;
};

struct Strangers : testing::Test {
  Tcp tcp;
  sim::Machine& machine = tcp.world.addMachine("stranger", "198.51.100.1");
  SocketAddress bob{sim::ip("203.0.113.2"), kPort};
  std::vector<std::unique_ptr<Stranger>> strangers;

  Stranger& add() {
    strangers.push_back(std::make_unique<Stranger>(machine, bob));
    return *strangers.back();
  }
  void expectThatAliceConnects() {
    ASSERT_TRUE(tcp.world.runUntil([&] { return tcp.connected(); }, 30s));
    tcp.expectDelivery();
  }
};

TEST_F(Strangers, WhoSaysNothingIsClosedAfterTheTime) {
  tcp.start();
  Stranger& silent = add();
  tcp.world.runFor(kUnprovenStreamTime - 1ms);
  EXPECT_FALSE(silent.closedAt);
  tcp.world.runFor(100ms);
  EXPECT_TRUE(silent.closedAt);
}

TEST_F(Strangers, WhoSpeaksByteByByteIsClosedAfterTheSameTime) {
  tcp.start();
  Stranger& slow = add();
  slow.say(std::string_view("\x01\x00", 2));
  for (int i = 0; i < 99 && !slow.closedAt; ++i) {
    slow.say(std::string_view("\0", 1));
    tcp.world.runFor(200ms);
  }
  ASSERT_TRUE(slow.closedAt);
  EXPECT_EQ(slow.received, 0U);
}

TEST_F(Strangers, GarbageIsClosedAtOnceAndGetsNoAnswer) {
  tcp.dropUdp();
  tcp.start();
  const std::vector<std::string> garbage = {"GET / HTTP/1.1\r\nHost: 203.0.113.2\r\n\r\n", std::string(2, '\0'),
                                            std::string("\x00\x14", 2) + std::string(20, '\0'),
                                            std::string(3'000, '\xff'),
                                            std::string("\x05\xdc", 2) + std::string(1'500, 'a')};
  for (const std::string& text : garbage) {
    Stranger& one = add();
    one.say(text);
    tcp.world.runFor(100ms);
    EXPECT_TRUE(one.closedAt) << text.substr(0, 8);
    EXPECT_EQ(one.received, 0U);
  }
  expectThatAliceConnects();
}

TEST_F(Strangers, AFloodOfSilentConnectionsLeavesRoomForThePeer) {
  tcp.dropUdp();
  tcp.start();
  for (int i = 0; i < 500; ++i) add();
  tcp.world.runFor(50ms);
  const auto open = std::count_if(strangers.begin(), strangers.end(), [](const auto& s) { return !s->closedAt; });
  EXPECT_LE(static_cast<std::size_t>(open), kMaxUnprovenStreams);
  expectThatAliceConnects();
}

TEST_F(Strangers, FramesThatNeverEndHoldUpNothing) {
  tcp.dropUdp();
  tcp.start();
  ASSERT_TRUE(tcp.world.runUntil([&] { return tcp.connected(); }, 30s));
  for (int i = 0; i < 10; ++i) add().say(std::string_view("\xff\xff", 2));
  tcp.world.runFor(1s);
  tcp.expectDelivery();
}

}  // namespace
}  // namespace portico::test
