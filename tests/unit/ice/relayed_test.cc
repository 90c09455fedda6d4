// Relayed addresses as bases: what is offered of them, and what a relay-only agent does with its sockets.
#include <gtest/gtest.h>

#include "tests/unit/ice/hand_made.h"
#include "tests/unit/ice/pipe.h"

namespace portico::ice {
namespace {

constexpr SocketId kRelayed = 0x80000000;

RelayedAddress relayed(std::string_view address) {
  return {at(address), at("203.0.113.5:4000"), at("203.0.113.1:3478"), "turn:example.org"};
}

void addRelay(Pipe& pipe, Peer& peer, std::string_view address) {
  peer.sockets[kRelayed] = at(address);
  peer.agent.addRelayedSocket(pipe.now, kRelayed, relayed(address), 65'535);
}

TEST(Relayed, IsTheLastOfTheCandidates) {
  Two two;
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  addRelay(two.pipe, two.a, "203.0.113.1:50000");
  two.a.agent.addMappedAddress(1, relayed("203.0.113.1:50000"));
  two.a.takeEvents();
  ASSERT_EQ(two.a.candidates.size(), 3u);
  const IceCandidate& candidate = two.a.candidates[1];
  EXPECT_EQ(candidate.type, "relay");
  EXPECT_EQ(candidate.address, "203.0.113.1");
  EXPECT_EQ(candidate.port, 50'000);
  EXPECT_EQ(candidate.relatedAddress, "203.0.113.5");
  EXPECT_EQ(candidate.relatedPort, std::uint16_t{4'000});
  EXPECT_EQ(candidate.url, "turn:example.org");
  EXPECT_EQ(candidate.priority, (65'535u << 8) + 255u);
  EXPECT_EQ(two.a.candidates[2].type, "srflx");
  EXPECT_EQ(two.a.candidates[2].relatedAddress, "192.0.2.1");
}

TEST(Relayed, IsNotAskedAboutAtStunServers) {
  Two two;
  addRelay(two.pipe, two.a, "203.0.113.1:50000");
  two.a.agent.addStunServer(two.pipe.now, at("203.0.113.2:3478"), "stun:example.org");
  EXPECT_FALSE(two.a.agent.pollTransmit());
}

TEST(Relayed, CarriesAConnectionWhereNothingElseDoes) {
  Two two;
  two.open();
  addRelay(two.pipe, two.a, "203.0.113.1:50000");
  two.pipe.filter = [](Packet& packet) {
    return packet.from.ip == at("203.0.113.1:1").ip || packet.to.ip == at("203.0.113.1:1").ip;
  };
  two.exchange();
  two.startA();
  two.startB();
  ASSERT_TRUE(
      two.pipe.runTo([&] { return two.a.state() == "completed" && two.b.state() == "completed"; }, seconds(10)));
  EXPECT_EQ(two.a.agent.selectedPair()->local.type, "relay");
  EXPECT_EQ(two.a.agent.selectedPair()->socket, kRelayed);
  EXPECT_EQ(two.b.agent.selectedPair()->remote.type, "relay");
}

TEST(Relayed, WaitsForABetterPathBeforeItIsNominated) {
  Two two;
  two.open();
  addRelay(two.pipe, two.a, "203.0.113.1:50000");
  // The direct path is slower than the relay, by less than the patience of a nomination.
  two.pipe.filter = [&](Packet& packet) {
    const bool direct = packet.from.ip != at("203.0.113.1:1").ip && packet.to.ip != at("203.0.113.1:1").ip;
    if (direct) packet.arrival += milliseconds(40);
    return true;
  };
  two.exchange();
  two.startA();
  two.startB();
  ASSERT_TRUE(
      two.pipe.runTo([&] { return two.a.state() == "completed" && two.b.state() == "completed"; }, seconds(10)));
  EXPECT_EQ(two.a.agent.selectedPair()->local.type, "host");
}

TEST(Relayed, OnlyMeansThatSocketsNeitherAskNorAnswer) {
  AgentOptions hidden;
  hidden.relayOnly = true;
  Two two(hidden);
  two.open();
  addRelay(two.pipe, two.a, "203.0.113.1:50000");
  bool direct = false;
  two.pipe.filter = [&](Packet& packet) {
    direct = direct || packet.from == at("192.0.2.1:1000");
    return true;
  };
  two.exchange();
  ASSERT_EQ(two.a.agent.localCandidates().size(), 1u);
  EXPECT_EQ(two.a.agent.localCandidates()[0].type, "relay");
  EXPECT_EQ(two.a.agent.localCandidates()[0].relatedAddress, "0.0.0.0");
  IceCandidate secret = two.a.agent.localCandidates()[0];  // somebody tells b where a's socket is
  secret.address = "192.0.2.1";
  secret.port = 1'000;
  secret.type = "host";
  two.startA();
  two.startB();
  ASSERT_TRUE(two.b.agent.addRemoteCandidate(two.pipe.now, secret));
  ASSERT_TRUE(two.pipe.runTo([&] { return two.a.state() == "completed"; }, seconds(10)));
  EXPECT_FALSE(direct);
}

TEST(Relayed, OnlyWithoutARelayFailsAndSaysWhy) {
  AgentOptions hidden;
  hidden.relayOnly = true;
  Two two(hidden);
  two.open();
  two.exchange();
  two.startA();
  two.startB();
  two.pipe.run(seconds(90));
  EXPECT_EQ(two.a.state(), "failed");
  EXPECT_EQ(two.a.failures,
            std::vector<std::string>{"only relayed candidates may be used, and no TURN server gave one"});
}

TEST(Relayed, ThatIsLostIsNamedInTheFailure) {
  Two two;
  two.open();
  addRelay(two.pipe, two.a, "203.0.113.1:50000");
  two.pipe.filter = [](Packet& packet) {
    return packet.from.ip == at("203.0.113.1:1").ip || packet.to.ip == at("203.0.113.1:1").ip;
  };
  two.exchange();
  two.startA();
  two.startB();
  ASSERT_TRUE(two.pipe.runTo([&] { return two.a.state() == "completed"; }, seconds(10)));
  two.a.agent.removeSocket(two.pipe.now, kRelayed, "the server has gone");
  two.pipe.run(seconds(40));
  EXPECT_EQ(two.a.state(), "failed");
  EXPECT_EQ(two.a.failures, std::vector<std::string>{"the path that was in use is gone: the server has gone"});
}

TEST(Relayed, IsNothingForALiteAgent) {
  AgentOptions lite;
  lite.lite = true;
  Two two(lite);
  addRelay(two.pipe, two.a, "203.0.113.1:50000");
  EXPECT_TRUE(two.a.agent.localCandidates().empty());
}

}  // namespace
}  // namespace portico::ice
