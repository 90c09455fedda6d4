// TURN over TCP and TLS in a whole peer, and what is told of a server that can't be had so.
#include "tests/peers/relaying.h"

namespace portico::test {
namespace {

struct RelayingByStream : Relaying {};

TEST_F(RelayingByStream, RelaysOverTcpWhatItRelaysOverUdp) {
  server.listenTcp();
  const PeerOptions hidden = with({turn("turn:203.0.113.10?transport=tcp")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather());
  EXPECT_EQ(typesOf(*alice), std::vector<std::string>{"relay"});
  ASSERT_TRUE(connect() && completed());
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(channel->send(std::string(16'384, 'x')));
  ASSERT_TRUE(world.runUntil([&] { return bob->messages.size() == 50; }, 60s));
  EXPECT_TRUE(talk());
  EXPECT_GT(server.counters.channelData, 50u * 14u);
  stopBoth();
  EXPECT_EQ(server.allocations(), 0u);
  EXPECT_EQ(server.counters.deleted, 2u);
}

TEST_F(RelayingByStream, PrefersAServerOverUdpToOneOverTcp) {
  server.listenTcp();
  const PeerOptions hidden = with({turn("turn:203.0.113.10?transport=tcp"), turn("turn:203.0.113.10")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather());
  EXPECT_EQ(typesOf(*alice), (std::vector<std::string>{"relay", "relay"}));
  ASSERT_TRUE(connect() && completed());
  EXPECT_EQ(alice->ice.getSelectedCandidatePair()->local.url, "turn:203.0.113.10");
}

TEST_F(RelayingByStream, ATurnsUrlIsTlsWithTheHostThatItNames) {
  world.addName("turn.example.org", {sim::ip("203.0.113.10")});
  server.listenTcp();
  const PeerOptions hidden = with({turn("turns:turn.example.org:3478")}, true);
  make(hidden, with({turn("turns:203.0.113.10:3478?transport=tcp")}, true));
  ASSERT_TRUE(gather());
  ASSERT_TRUE(connect() && completed());
  EXPECT_TRUE(talk());
  EXPECT_EQ(machineA.tlsServerNames, std::vector<std::optional<std::string>>{"turn.example.org"});
  EXPECT_EQ(machineB.tlsServerNames, std::vector<std::optional<std::string>>{"203.0.113.10"});
}

TEST_F(RelayingByStream, PrefersPlainTcpToTlsAndAsksTheSameServerByBoth) {
  server.listenTcp();
  const PeerOptions hidden = with({turn("turns:203.0.113.10:3478"), turn("turn:203.0.113.10?transport=tcp")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather());
  EXPECT_EQ(typesOf(*alice), (std::vector<std::string>{"relay", "relay"}));
  ASSERT_TRUE(connect() && completed());
  EXPECT_EQ(alice->ice.getSelectedCandidatePair()->local.url, "turn:203.0.113.10?transport=tcp");
}

TEST_F(RelayingByStream, WhatIsNotToBeHadOfAServerIsToldWithWhatToUseInstead) {
  make(with({turn("turns:203.0.113.10?transport=udp"), {.urls = {"stuns:203.0.113.10"}}}), {});
  ASSERT_TRUE(gather());
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].errorCode, 701);
  EXPECT_EQ(problems[0].url, "turns:203.0.113.10?transport=udp");
  EXPECT_NE(problems[0].errorText.find("leave ?transport=udp out"), std::string::npos) << problems[0].errorText;
  EXPECT_EQ(problems[1].url, "stuns:203.0.113.10");
  EXPECT_NE(problems[1].errorText.find("use a stun: URL"), std::string::npos) << problems[1].errorText;
}

TEST_F(RelayingByStream, AConnectionThatTheServerRefusesOrEndsIsTold) {
  const PeerOptions hidden = with({turn("turn:203.0.113.10?transport=tcp")}, true);
  make(hidden, hidden);
  ASSERT_TRUE(gather());
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].errorCode, 701);
  EXPECT_NE(problems[0].errorText.find("nobody listens"), std::string::npos) << problems[0].errorText;
  stopBoth();

  server.listenTcp();
  make(hidden, hidden);
  ASSERT_TRUE(gather() && connect() && completed());
  server.hangUp();
  ASSERT_TRUE(world.runUntil([&] { return alice->ice.state() == IceTransportState::failed; }, 60s));
  ASSERT_FALSE(alice->errors.empty());
  EXPECT_NE(alice->errors.front().message.find("closed the connection"), std::string::npos)
      << alice->errors.front().message;
}

TEST_F(RelayingByStream, AHostWithoutTcpSaysSo) {
  machineA.tcpFailure = Error(Error::NotSupported, "there is no TCP here");
  make(with({turn("turn:203.0.113.10?transport=tcp")}), {});
  ASSERT_TRUE(gather());
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].errorText, "there is no TCP here");
  EXPECT_EQ(problems[0].url, "turn:203.0.113.10?transport=tcp");
}

}  // namespace
}  // namespace portico::test
