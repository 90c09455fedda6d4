// Candidates over TCP (RFC 6544): what an agent offers, pairs and sends.
#include <gtest/gtest.h>

#include "core/ice/priority.h"
#include "tests/unit/ice/hand_made.h"

namespace portico::ice {
namespace {

constexpr SocketId kUdp = 1;
constexpr SocketId kActive = 2;
constexpr SocketId kPassive = 3;

IceCandidate remoteTcp(std::string type, std::string_view address) {
  const SocketAddress where = at(address);
  IceCandidate candidate;
  candidate.foundation = "f" + type;
  candidate.address = where.ip.toString();
  candidate.port = where.port;
  candidate.priority = candidatePriority(CandidateType::host, Transport::tcpPassive, 65'535);
  candidate.protocol = "tcp";
  candidate.type = "host";
  candidate.tcpType = std::move(type);
  return candidate;
}

/// The hand-made peer's answer to a check.
ByteVector successFor(ByteView check, std::string_view mapped) {
  const auto request = stun::Message::parse(check);
  std::array<std::byte, 1'000> room;
  stun::MessageBuilder builder(room, stun::MessageClass::success, stun::Method::binding, request->transactionId());
  builder.xorAddress(stun::Attribute::xorMappedAddress, at(mapped));
  builder.messageIntegrity(asBytes(handMadeParameters().password));
  builder.fingerprint();
  return toVector(builder.finish());
}

struct IceTcp : testing::Test {
  Peer peer{"p", 1};
  Agent& agent = peer.agent;
  Time now{seconds(1'000)};

  void openTcp() {
    agent.addSocket(now, kActive, at("192.0.2.1:9"), 65'535, Transport::tcpActive);
    agent.addSocket(now, kPassive, at("192.0.2.1:1000"), 65'535, Transport::tcpPassive);
  }
  void start() { agent.start(now, handMadeParameters(), IceRole::controlling); }
  void add(const IceCandidate& candidate) { EXPECT_TRUE(agent.addRemoteCandidate(now, candidate)); }
  std::vector<Transmit> sentNow() {
    std::vector<Transmit> all;
    while (auto out = agent.pollTransmit()) all.push_back(std::move(*out));
    return all;
  }
};

TEST_F(IceTcp, PrioritiesAreThoseOfRfc6544BelowUdpAndAboveRelays) {
  EXPECT_EQ(tcpLocalPreference(Transport::tcpActive, 65'535), 6 * 8'192 + 8'191);
  EXPECT_EQ(tcpLocalPreference(Transport::tcpPassive, 65'534), 4 * 8'192 + 8'190);
  const auto of = [](CandidateType type, Transport transport) { return candidatePriority(type, transport, 65'535); };
  EXPECT_LT(of(CandidateType::host, Transport::tcpActive), of(CandidateType::serverReflexive, Transport::udp));
  EXPECT_LT(of(CandidateType::peerReflexive, Transport::tcpActive), of(CandidateType::host, Transport::tcpActive));
  EXPECT_GT(of(CandidateType::peerReflexive, Transport::tcpActive), of(CandidateType::relayed, Transport::udp));
  EXPECT_EQ(of(CandidateType::host, Transport::tcpActive) >> 24, 90U);  // as browsers'
}

TEST_F(IceTcp, CandidatesSayWhatTheyAre) {
  openTcp();
  ASSERT_EQ(agent.localCandidates().size(), 2U);
  EXPECT_EQ(agent.localCandidates()[0].protocol, "tcp");
  EXPECT_EQ(agent.localCandidates()[0].tcpType, "active");
  EXPECT_EQ(agent.localCandidates()[0].port, 9);
  EXPECT_EQ(agent.localCandidates()[1].tcpType, "passive");
  EXPECT_GT(agent.localCandidates()[0].priority, agent.localCandidates()[1].priority);
}

TEST_F(IceTcp, FoundationsDifferByTransport) {
  agent.addSocket(now, kUdp, at("192.0.2.1:5000"), 65'535);
  openTcp();
  EXPECT_NE(agent.localCandidates()[0].foundation, agent.localCandidates()[1].foundation);
}

TEST_F(IceTcp, ActiveGoesWithPassiveAndNothingElse) {
  agent.addSocket(now, kUdp, at("192.0.2.1:5000"), 65'535);
  openTcp();
  start();
  add(remoteTcp("passive", "192.0.2.2:2000"));
  add(remoteTcp("active", "192.0.2.2:9"));
  add(remoteTcp("so", "192.0.2.2:2001"));
  ASSERT_EQ(agent.pairs().size(), 1U);
  EXPECT_EQ(agent.pairs()[0].local.tcpType, "active");
  EXPECT_EQ(agent.pairs()[0].remote.tcpType, "passive");
}

TEST_F(IceTcp, PortsOfTheSystemAreNotConnectedToExceptThoseOfTheWeb) {
  openTcp();
  start();
  for (const char* address : {"192.0.2.2:25", "192.0.2.2:22", "192.0.2.2:1023"}) add(remoteTcp("passive", address));
  EXPECT_TRUE(agent.pairs().empty());
  for (const char* address : {"192.0.2.2:80", "192.0.2.2:443", "192.0.2.2:1024"}) add(remoteTcp("passive", address));
  EXPECT_EQ(agent.pairs().size(), 3U);
}

TEST_F(IceTcp, AUdpAndATcpCandidateMayHaveOneAddress) {
  agent.addSocket(now, kUdp, at("192.0.2.1:5000"), 65'535);
  openTcp();
  start();
  IceCandidate udp = remoteTcp("passive", "192.0.2.2:2000");
  udp.protocol = "udp";
  udp.tcpType.reset();
  add(udp);
  add(remoteTcp("passive", "192.0.2.2:2000"));
  ASSERT_EQ(agent.pairs().size(), 2U);
  EXPECT_EQ(agent.pairs()[0].remote.protocol, "udp");
  EXPECT_EQ(agent.pairs()[1].remote.protocol, "tcp");
}

TEST_F(IceTcp, ACheckIsSentOnceAndGivenUpAfterAsLongAsOverUdp) {
  openTcp();
  start();
  add(remoteTcp("passive", "192.0.2.2:2000"));
  EXPECT_EQ(sentNow().size(), 1U);
  const Time begin = now;
  while (agent.usesPath(kActive, at("192.0.2.2:2000")) && now < begin + seconds(60)) {
    now = *agent.nextTimeout();
    agent.handleTimeout(now);
    EXPECT_TRUE(sentNow().empty());
  }
  EXPECT_EQ(now - begin, milliseconds(39'500));
}

TEST_F(IceTcp, ACheckThatComesToAPassiveCandidateMakesAPairAndIsAnsweredAndReturnedThere) {
  openTcp();
  start();
  HandMadeCheck check = checkTo(peer, "hand");
  check.controlled = 1;
  agent.handleInput(now, kPassive, at("192.0.2.2:40000"), check.build());
  const std::vector<Transmit> sent = sentNow();
  ASSERT_EQ(sent.size(), 2U);
  for (const Transmit& one : sent) {
    EXPECT_EQ(one.socket, kPassive);
    EXPECT_EQ(one.remote, at("192.0.2.2:40000"));
  }
  EXPECT_TRUE(agent.usesPath(kPassive, at("192.0.2.2:40000")));
  ASSERT_EQ(agent.remoteCandidates().size(), 1U);
  EXPECT_EQ(agent.remoteCandidates()[0].type, "prflx");
  EXPECT_EQ(agent.remoteCandidates()[0].protocol, "tcp");
  EXPECT_EQ(agent.remoteCandidates()[0].tcpType, "active");
}

TEST_F(IceTcp, WhoDoesNotKnowThePasswordProvesNothing) {
  openTcp();
  HandMadeCheck check = checkTo(peer, "hand");
  EXPECT_TRUE(agent.authenticates(check.build()));
  check.password = "wrongwrongwrongwrongwr";
  EXPECT_FALSE(agent.authenticates(check.build()));
  check.password.clear();
  EXPECT_FALSE(agent.authenticates(check.build()));
  check = checkTo(peer, "hand");
  check.username = "other:hand";
  EXPECT_FALSE(agent.authenticates(check.build()));
  EXPECT_FALSE(agent.authenticates(asBytes("GET / HTTP/1.1")));
  EXPECT_FALSE(agent.authenticates({}));
}

TEST_F(IceTcp, ALostConnectionFailsItsPairAtOnceAndTheOthersGoOn) {
  openTcp();
  start();
  add(remoteTcp("passive", "192.0.2.2:2000"));
  add(remoteTcp("passive", "192.0.2.2:2001"));
  sentNow();
  agent.onPathLost(now, kActive, at("192.0.2.2:2000"), "refused");
  ASSERT_EQ(agent.pairs().size(), 2U);
  for (const PairReport& pair : agent.pairs()) {
    EXPECT_EQ(pair.state == PairReport::failed, pair.remote.port == 2'000);
  }
  EXPECT_FALSE(agent.usesPath(kActive, at("192.0.2.2:2000")));
  now += seconds(1);
  agent.handleTimeout(now);
  EXPECT_TRUE(agent.usesPath(kActive, at("192.0.2.2:2001")));
  agent.onPathLost(now, kActive, at("192.0.2.2:2000"), "again");  // and what is unknown is nothing
  agent.onPathLost(now, kPassive, at("192.0.2.2:1"), "unknown");
}

TEST_F(IceTcp, AReplacedSocketIsOfferedOnceAndPairedByItsNewName) {
  openTcp();
  start();
  constexpr SocketId kNext = 7;
  agent.replaceSocket(kActive, kNext);
  agent.restart(now, {});
  EXPECT_EQ(agent.localCandidates().size(), 2U);
  IceParameters next = handMadeParameters();
  next.usernameFragment = "next";
  agent.start(now, next, std::nullopt);
  sentNow();
  add(remoteTcp("passive", "192.0.2.2:2000"));
  const std::vector<Transmit> sent = sentNow();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].socket, kNext);
}

TEST_F(IceTcp, TheSelectedPairIsAnsweredOnItsSocketUntilAnotherTakesItsPlace) {
  agent.addSocket(now, 8, at("192.0.2.7:9"), 65'534, Transport::tcpActive);
  openTcp();
  agent.start(now, handMadeParameters(), IceRole::controlled);
  add(remoteTcp("passive", "192.0.2.2:2000"));
  HandMadeCheck check = checkTo(peer, "hand");
  check.controlling = 1;
  check.useCandidate = true;
  agent.handleInput(now, kActive, at("192.0.2.2:2000"), check.build());
  for (const Transmit& out : sentNow()) {
    if (!isRequest(out.payload)) continue;
    agent.handleInput(now, out.socket, out.remote, successFor(out.payload, "192.0.2.1:40000"));
  }
  ASSERT_TRUE(agent.selectedPair());
  agent.replaceSocket(kActive, 9);
  agent.replaceSocket(8, 10);
  agent.restart(now, {});
  sentNow();
  agent.handleInput(now, kActive, at("192.0.2.2:2000"), check.build(9));
  EXPECT_EQ(sentNow().size(), 1U);
}

TEST_F(IceTcp, NoServerIsAskedAboutIt) {
  openTcp();
  agent.addStunServer(now, at("203.0.113.1:3478"), "stun:203.0.113.1");
  EXPECT_TRUE(sentNow().empty());
}

}  // namespace
}  // namespace portico::ice
