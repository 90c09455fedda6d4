// Candidates that have names in place of addresses.
#include <gtest/gtest.h>

#include "tests/unit/ice/hand_made.h"

namespace portico::ice {
namespace {

const std::string kName = "1f4712db-ea17-4bcf-a596-105139dfd8bf.local";

IceCandidate named(std::uint16_t port = 2'000) {
  IceCandidate candidate = candidateAt("192.0.2.2:" + std::to_string(port));
  candidate.address = kName;
  return candidate;
}

IpAddress ipOf(std::string_view text) {
  return *IpAddress::parse(text);
}

struct IceNames : testing::Test {
  Two two;
  Agent& agent = two.a.agent;

  IceNames() { two.a.open(two.pipe.now, "192.0.2.1:1000"); }

  void start() { agent.start(two.pipe.now, handMadeParameters(), IceRole::controlling); }
  std::vector<SocketAddress> checked() {
    std::vector<SocketAddress> remotes;
    while (const auto transmit = agent.pollTransmit()) remotes.push_back(transmit->remote);
    return remotes;
  }
};

TEST_F(IceNames, ANameIsPairedWhenItsAddressIsKnown) {
  start();
  ASSERT_TRUE(agent.addRemoteCandidate(two.pipe.now, named()));
  EXPECT_TRUE(checked().empty());
  agent.nameResolved(two.pipe.now, kName, ipOf("192.0.2.2"));
  EXPECT_EQ(checked(), (std::vector<SocketAddress>{at("192.0.2.2:2000")}));
  ASSERT_EQ(agent.remoteCandidates().size(), 1U);
  EXPECT_EQ(agent.remoteCandidates()[0], named());
  ASSERT_EQ(agent.pairs().size(), 1U);
  EXPECT_EQ(agent.pairs()[0].remote.address, kName);
}

TEST_F(IceNames, AllCandidatesWithThatNameAreAlsoAfterTheEndOfCandidates) {
  start();
  ASSERT_TRUE(agent.addRemoteCandidate(two.pipe.now, named(2'000)));
  ASSERT_TRUE(agent.addRemoteCandidate(two.pipe.now, named(2'001)));
  agent.endOfRemoteCandidates(two.pipe.now);
  agent.nameResolved(two.pipe.now, kName, ipOf("192.0.2.2"));
  EXPECT_EQ(agent.pairs().size(), 2U);
}

TEST_F(IceNames, AnAddressThatNoCandidateMayHaveIsNotPaired) {
  start();
  for (const char* address : {"0.0.0.0", "224.0.0.251", "255.255.255.255", "::ffff:192.0.2.2"}) {
    ASSERT_TRUE(agent.addRemoteCandidate(two.pipe.now, named()));
    agent.nameResolved(two.pipe.now, kName, ipOf(address));
    EXPECT_TRUE(checked().empty()) << address;
  }
  EXPECT_EQ(agent.remoteCandidates().size(), 1U);
}

TEST_F(IceNames, ANameForAnAddressThatIsKnownIsKeptAndMakesNoSecondPair) {
  start();
  ASSERT_TRUE(agent.addRemoteCandidate(two.pipe.now, candidateAt("192.0.2.2:2000")));
  ASSERT_TRUE(agent.addRemoteCandidate(two.pipe.now, named()));
  agent.nameResolved(two.pipe.now, kName, ipOf("192.0.2.2"));
  EXPECT_EQ(agent.pairs().size(), 1U);
  EXPECT_EQ(agent.remoteCandidates().size(), 2U);
}

TEST_F(IceNames, WhatItsCheckRevealedBecomesTheNameThatIsResolvedLater) {
  start();
  agent.handleInput(two.pipe.now, 1, at("192.0.2.2:2000"), checkTo(two.a, "hand").build());
  ASSERT_EQ(agent.remoteCandidates().size(), 1U);
  EXPECT_EQ(agent.remoteCandidates()[0].type, "prflx");
  ASSERT_TRUE(agent.addRemoteCandidate(two.pipe.now, named()));
  agent.nameResolved(two.pipe.now, kName, ipOf("192.0.2.2"));
  ASSERT_EQ(agent.remoteCandidates().size(), 1U);
  EXPECT_EQ(agent.remoteCandidates()[0].address, kName);
  ASSERT_EQ(agent.pairs().size(), 1U);
  EXPECT_EQ(agent.pairs()[0].remote.address, kName);
}

TEST_F(IceNames, NoPairIsMadeOfARelayedAddressAndAName) {
  start();
  agent.addRelayedSocket(two.pipe.now, 9, {at("198.51.100.9:9000"), at("203.0.113.1:1"), at("198.51.100.9:3478"), ""},
                         1);
  ASSERT_TRUE(agent.addRemoteCandidate(two.pipe.now, named()));
  agent.nameResolved(two.pipe.now, kName, ipOf("192.0.2.2"));
  ASSERT_EQ(agent.pairs().size(), 1U);
  EXPECT_EQ(agent.pairs()[0].local.type, "host");
}

TEST_F(IceNames, AHiddenSocketIsToldByItsNameAndSoIsWhatIsRelatedToIt) {
  agent.addSocket(two.pipe.now, 5, at("192.0.2.5:1005"), 1, Transport::udp, kName);
  agent.addMappedAddress(5, {at("198.51.100.9:9000"), at("203.0.113.1:1"), at("198.51.100.9:3478"), ""});
  agent.addMappedAddress(5, {at("198.51.100.9:9000"), at("192.0.2.5:1005"), at("198.51.100.9:3478"), ""});
  const auto& candidates = agent.localCandidates();
  ASSERT_EQ(candidates.size(), 4U);
  EXPECT_EQ(candidates[1].address, kName);
  EXPECT_EQ(candidates[1].port, 1'005);
  EXPECT_EQ(candidates[2].address, "203.0.113.1");
  // The address is public, as the server sees it: to who knows the name only, this is news.
  EXPECT_EQ(candidates[3].address, "192.0.2.5");
  for (const std::size_t i : {2U, 3U}) {
    EXPECT_EQ(candidates[i].relatedAddress, "0.0.0.0");
    EXPECT_EQ(candidates[i].relatedPort, 9);
  }
}

TEST_F(IceNames, AFailureSaysWhyANameHasNoAddress) {
  start();
  ASSERT_TRUE(agent.addRemoteCandidate(two.pipe.now, named()));
  agent.nameResolved(two.pipe.now, kName, Error(Error::Network, "nobody answered"));
  std::string why;
  while (const auto next = agent.nextTimeout()) {
    agent.handleTimeout(*next);
    while (const auto event = agent.pollEvent()) {
      if (const auto* failure = std::get_if<FailureEvent>(&*event)) why = failure->error.message;
    }
    if (!why.empty()) break;
  }
  const std::string end = "; nobody answered";
  EXPECT_TRUE(why.size() > end.size() && why.substr(why.size() - end.size()) == end) << why;
}

}  // namespace
}  // namespace portico::ice
