// Any number of peers on one UDP port (portico/sharing_host.h).
#include <gtest/gtest.h>

#include "tests/peers/peer.h"
#include "tests/peers/sdp_peer.h"
#include "tests/sim/stun_server.h"
#include "tests/sim/turn_server.h"

namespace portico::test {
namespace {

constexpr std::uint16_t kPort = 3478;

struct Sharing : testing::Test {
  sim::World world;
  sim::Machine& server = world.addMachine("server", "203.0.113.1");
  SharingHost shared{server};
  std::vector<std::unique_ptr<Peer>> served;
  std::vector<std::unique_ptr<Peer>> clients;
  std::vector<sim::Machine*> machines;  ///< of the clients
  std::uint16_t clientPort = 0;

  /// A peer on the server's one port.
  Peer& serve(PeerOptions options = {}) {
    options.gather.portLow = options.gather.portHigh = kPort;
    return *served.emplace_back(std::make_unique<Peer>(shared, options));
  }
  /// A client on a machine of its own, and its peer.
  void add(const PeerOptions& more = {}) {
    serve(more);
    const std::size_t number = clients.size();
    sim::Machine& machine =
        world.addMachine("client" + std::to_string(number), "198.51.100." + std::to_string(number + 1));
    machines.push_back(&machine);
    PeerOptions options = more;
    options.gather.iceLite = false;
    options.gather.portLow = options.gather.portHigh = clientPort;
    clients.push_back(std::make_unique<Peer>(machine, options));
  }

  void connect(Duration limit = 30s) {
    for (auto* peers : {&served, &clients}) {
      for (const auto& peer : *peers) peer->gatherer.gather().ignore();
    }
    ASSERT_TRUE(world.runUntil([&] { return all(IceGathererState::complete); }, 60s));
    for (std::size_t i = 0; i < served.size(); ++i) {
      signal(*clients[i], *served[i], IceRole::controlled);
      signal(*served[i], *clients[i], IceRole::controlling);
    }
    ASSERT_TRUE(world.runUntil([&] { return connected(); }, limit));
  }

  [[nodiscard]] bool all(IceGathererState state) const {
    const auto has = [&](const auto& peer) { return peer->gatherer.state() == state; };
    return std::all_of(served.begin(), served.end(), has) && std::all_of(clients.begin(), clients.end(), has);
  }
  [[nodiscard]] bool connected() const {
    const auto up = [](const auto& peer) { return peer->sctp.state() == SctpTransportState::connected; };
    return std::all_of(served.begin(), served.end(), up) && std::all_of(clients.begin(), clients.end(), up);
  }
};

TEST_F(Sharing, TwentyPeersConnectOnOnePortAndEachGetsItsOwnMessages) {
  for (int i = 0; i < 20; ++i) add();
  connect();
  for (const auto& peer : served) {
    ASSERT_EQ(peer->gatherer.getLocalCandidates().size(), 1U);
    EXPECT_EQ(peer->gatherer.getLocalCandidates()[0].port, kPort);
  }
  std::vector<DataChannel> channels;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    channels.push_back(clients[i]->open({.label = "data"}));
    ASSERT_TRUE(world.runUntil([&] { return channels.back().readyState() == DataChannelState::open; }, 5s));
    ASSERT_TRUE(channels.back().send("from " + std::to_string(i)));
  }
  world.runFor(1s);
  for (std::size_t i = 0; i < served.size(); ++i) {
    ASSERT_EQ(served[i]->messages.size(), 1U) << i;
    EXPECT_EQ(served[i]->messages[0], "from " + std::to_string(i));
  }
}

TEST_F(Sharing, OneThatStopsLeavesTheOthersConnected) {
  for (int i = 0; i < 3; ++i) add();
  connect();
  served[0]->ice.stop().ignore();
  served[0].reset();
  world.runFor(60s);
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(clients[i]->ice.state(), IceTransportState::completed);
  }
  add();
  served.back()->gatherer.gather().ignore();
  EXPECT_TRUE(world.runUntil([&] { return served.back()->gatherer.state() == IceGathererState::complete; }, 10s));
  EXPECT_EQ(served.back()->gatherer.getLocalCandidates().at(0).port, kPort);
}

TEST_F(Sharing, EachGetsTheStunServersAnswerToItsOwnQuestion) {
  sim::Machine& stunMachine = world.addMachine("stun", "192.0.2.1");
  sim::StunServer stun(stunMachine, "192.0.2.1:3478");
  PeerOptions options;
  options.gather.iceServers = {{.urls = {"stun:192.0.2.1:3478"}}};
  for (int i = 0; i < 5; ++i) add(options);
  connect();  // each has its answer: otherwise gathering would have ended with an error of the server
  EXPECT_LT(world.elapsed(), 5s);
}

TEST_F(Sharing, AnotherSocketErrorReachesAll) {
  for (int i = 0; i < 3; ++i) add();
  connect();
  server.removeInterface("eth0");
  EXPECT_TRUE(world.runUntil(
      [&] {
        return std::all_of(served.begin(), served.end(),
                           [](const auto& peer) { return peer->ice.state() == IceTransportState::disconnected; });
      },
      5s));
}

TEST_F(Sharing, WhatNobodyClaimsIsDroppedWithoutAnAnswer) {
  add();
  connect();
  sim::Machine& stranger = world.addMachine("stranger", "192.0.2.66");
  Peer guess(stranger);
  guess.gatherer.gather().ignore();
  world.runFor(1s);
  for (const IceCandidate& candidate : served[0]->gatherer.getLocalCandidates()) {
    guess.ice.addRemoteCandidate(candidate).ignore();
  }
  guess.ice.start({"wrong", "wrongwrongwrongwrongwrong"}, IceRole::controlling).ignore();
  world.runFor(60s);
  EXPECT_EQ(guess.ice.state(), IceTransportState::failed);
  EXPECT_EQ(guess.ice.getStats().packetsReceived, 0U);
  EXPECT_TRUE(connected());
}

TEST_F(Sharing, ATurnServersSecondUserOnAPortIsToldWhyItHasNoAddressThere) {
  sim::TurnServer turn(world.addMachine("turn", "192.0.2.10"), "192.0.2.10:3478");
  PeerOptions options;
  options.gather.iceServers = {{.urls = {"turn:192.0.2.10"}, .username = "user", .credential = "password"}};
  std::vector<IceCandidateError> problems;
  for (int i = 0; i < 2; ++i) {
    serve(options).gatherer.onIceCandidateError([&](const IceCandidateError& error) { problems.push_back(error); });
    served.back()->gatherer.gather().ignore();
  }
  ASSERT_TRUE(world.runUntil([&] { return all(IceGathererState::complete); }, 10s));
  EXPECT_EQ(served[0]->gatherer.getLocalCandidates().back().type, "relay");
  EXPECT_NE(served[1]->gatherer.getLocalCandidates().back().type, "relay");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].errorCode, 437);
  EXPECT_NE(problems[0].errorText.find("another connection on this port"), std::string::npos);
  EXPECT_EQ(turn.counters.allocated, 1U);

  served[0].reset();  // gives the address back, and the server to who comes next
  Peer& next = serve(options);
  next.gatherer.gather().ignore();
  ASSERT_TRUE(world.runUntil([&] { return next.gatherer.state() == IceGathererState::complete; }, 10s));
  EXPECT_EQ(next.gatherer.getLocalCandidates().back().type, "relay");
}

TEST_F(Sharing, AnIceRestartIsFoundByItsNewName) {
  for (int i = 0; i < 2; ++i) add();
  connect();
  ASSERT_TRUE(served[0]->ice.restart());
  ASSERT_TRUE(clients[0]->ice.restart());
  signal(*clients[0], *served[0], IceRole::controlled);
  signal(*served[0], *clients[0], IceRole::controlling);
  EXPECT_TRUE(world.runUntil([&] { return clients[0]->ice.state() == IceTransportState::completed; }, 10s));
  EXPECT_TRUE(world.runUntil([&] { return served[0]->ice.state() == IceTransportState::completed; }, 10s));
  clients[0]->open({.label = "after"});
  EXPECT_TRUE(world.runUntil([&] { return served[0]->incoming.size() == 1; }, 5s));
}

/// A server that only answers, and one that checks, too.
struct SharingBothWays : Sharing, testing::WithParamInterface<bool> {
  [[nodiscard]] static PeerOptions options() {
    PeerOptions result;
    result.gather.iceLite = GetParam();
    return result;
  }
};
INSTANTIATE_TEST_SUITE_P(Server, SharingBothWays, testing::Bool(),
                         [](const auto& lite) { return lite.param ? "Lite" : "Full"; });

TEST_P(SharingBothWays, PeersThatAreGoneAreNoticedAndLeaveNothingBehind) {
  for (int i = 0; i < 5; ++i) add(options());
  connect();
  EXPECT_EQ(shared.stats().members, 5U);
  EXPECT_EQ(shared.stats().routes, 5U);
  for (std::size_t i = 1; i < 5; ++i) machines[i]->removeInterface("eth0");
  ASSERT_TRUE(world.runUntil(
      [&] {
        return std::all_of(served.begin() + 1, served.end(),
                           [](const auto& peer) { return peer->ice.state() == IceTransportState::failed; });
      },
      40s));  // the 30 seconds of RFC 7675 after the last check, which comes every six at most
  served.erase(served.begin() + 1, served.end());
  world.runFor(1s);
  EXPECT_EQ(shared.stats().members, 1U);
  EXPECT_EQ(shared.stats().routes, 1U);
  EXPECT_EQ(served[0]->ice.state(), IceTransportState::completed);
}

TEST_P(SharingBothWays, APeerThatNeverComesFailsInItsTime) {
  Peer& lonely = serve(options());
  Peer guest(world.addMachine("guest", "192.0.2.66"));
  lonely.gatherer.gather().ignore();
  guest.gatherer.gather().ignore();
  world.runFor(1s);
  signal(guest, lonely, IceRole::controlled);
  guest.ice.stop().ignore();
  EXPECT_TRUE(world.runUntil([&] { return lonely.ice.state() == IceTransportState::failed; }, 90s));
}

TEST_P(SharingBothWays, AClientThatComesAnewFromItsOldPortGetsThroughOnceTheOldConnectionIsSilent) {
  clientPort = 5'000;
  add(options());
  connect();
  // It dies without a word, and is there again at once.
  machines[0]->removeInterface("eth0");
  clients[0].reset();
  world.runFor(1s);
  machines[0]->addInterface("eth0", "198.51.100.1", world.internet());
  PeerOptions fromThere;
  fromThere.gather.portLow = fromThere.gather.portHigh = clientPort;
  Peer& anew = *clients.emplace_back(std::make_unique<Peer>(*machines[0], fromThere));
  Peer& itsServed = serve(options());
  anew.gatherer.gather().ignore();
  itsServed.gatherer.gather().ignore();
  world.runFor(100ms);
  signal(anew, itsServed, IceRole::controlled);
  signal(itsServed, anew, IceRole::controlling);
  EXPECT_TRUE(world.runUntil([&] { return anew.sctp.state() == SctpTransportState::connected; }, 25s));
}

TEST_P(SharingBothWays, APeerOfAnotherThatNamesTheAddressOfAClientTakesNothingFromIt) {
  clientPort = 5'000;
  add(options());
  // Before the client has sent anything, a peer of the same server says that it is there.
  Peer& liar = serve();
  liar.gatherer.gather().ignore();
  world.runFor(1s);
  liar.ice.addRemoteCandidate(*IceCandidate::parse("candidate:1 1 udp 2130706431 198.51.100.1 5000 typ host")).ignore();
  liar.ice.start({"liar", "liarliarliarliarliarliar"}, IceRole::controlling).ignore();
  world.runFor(1s);
  EXPECT_EQ(shared.stats().routes, 1U);
  served[0].swap(served[1]);  // connect() is for pairs
  const std::unique_ptr<Peer> kept = std::move(served[0]);
  served.erase(served.begin());
  connect(5s);
}

TEST_P(SharingBothWays, AServerByDescriptionsTakesOffersAndMakesThem) {
  PeerConnectionConfiguration configuration;
  configuration.ice.iceLite = GetParam();
  configuration.ice.portLow = configuration.ice.portHigh = kPort;
  for (const bool serverOffers : {false, true}) {
    SdpPeer atServer(shared, configuration);
    SdpPeer client(world.addMachine("client", serverOffers ? "198.51.100.20" : "198.51.100.10"));
    client.polite = serverOffers;
    atServer.polite = !serverOffers;
    const auto join = [&](SdpPeer& from, SdpPeer& to) {
      from.wire = [&](SdpPeer::Line line) { from.host.defer([&to, line = std::move(line)] { to.receive(line); }); };
    };
    join(atServer, client);
    join(client, atServer);
    DataChannel channel = (serverOffers ? atServer : client).open({.label = "data"});
    ASSERT_TRUE(world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 10s)) << serverOffers;
    ASSERT_FALSE(atServer.sent.empty());
    const std::string& sdp = atServer.sent.front().sdp;
    const std::size_t lite = sdp.find("a=ice-lite\r\n");
    EXPECT_EQ(lite != std::string::npos, GetParam());
    if (GetParam()) {
      EXPECT_LT(lite, sdp.find("m="));  // RFC 8839 §5.3: at session level
    }
    EXPECT_EQ(client.pc.sctp()->transport().iceTransport().role(),
              GetParam() || !serverOffers ? IceRole::controlling : IceRole::controlled);
    EXPECT_TRUE(client.errors.empty());
    EXPECT_TRUE(atServer.errors.empty());
    atServer.pc.close();
    client.pc.close();
    world.runFor(1s);
  }
  EXPECT_EQ(shared.stats().members, 0U);
}

}  // namespace
}  // namespace portico::test
