// Parameters and candidates, ours and the peer's.
#include <gtest/gtest.h>

#include "core/ice/credentials.h"
#include "tests/unit/ice/hand_made.h"

namespace portico::ice {
namespace {

IceParameters parametersOf(std::string ufrag, std::string password) {
  IceParameters parameters;
  parameters.usernameFragment = std::move(ufrag);
  parameters.password = std::move(password);
  return parameters;
}

TEST(IceParametersCheck, EmptyOnesAreATypeError) {
  EXPECT_EQ(validate(parametersOf("", "")).error().code, Error::Type);
  EXPECT_EQ(validate(parametersOf("abcd", "")).error().code, Error::Type);
  EXPECT_EQ(validate(parametersOf("", std::string(22, 'p'))).error().code, Error::Type);
}

TEST(IceParametersCheck, LengthsAndCharactersAreThoseOfRfc8839) {
  EXPECT_TRUE(validate(parametersOf("ab+/", std::string(22, '9'))));
  EXPECT_TRUE(validate(parametersOf(std::string(256, 'u'), std::string(256, 'p'))));
  EXPECT_EQ(validate(parametersOf("abc", std::string(22, 'p'))).error().code, Error::Syntax);
  EXPECT_EQ(validate(parametersOf("abcd", std::string(21, 'p'))).error().code, Error::Syntax);
  EXPECT_EQ(validate(parametersOf(std::string(257, 'u'), std::string(22, 'p'))).error().code, Error::Syntax);
  EXPECT_EQ(validate(parametersOf("abcd", std::string(257, 'p'))).error().code, Error::Syntax);
  EXPECT_EQ(validate(parametersOf("ab:d", std::string(22, 'p'))).error().code, Error::Syntax);
  EXPECT_EQ(validate(parametersOf("abcd", std::string(21, 'p') + " ")).error().code, Error::Syntax);
}

TEST(IceParametersCheck, TheAgentMakesGoodOnesWhereNoneAreGiven) {
  Peer peer("p", 3);
  EXPECT_EQ(peer.agent.localParameters().usernameFragment.size(), 4U);
  EXPECT_EQ(peer.agent.localParameters().password.size(), 22U);
  EXPECT_TRUE(validate(peer.agent.localParameters()));
  AgentOptions options;
  options.local = parametersOf("mine", "mymymymymymymymymymymymy");
  Peer named("n", 3, options);
  EXPECT_EQ(named.agent.localParameters(), options.local);
}

TEST(LocalCandidate, AHostCandidateSaysAllThatItIs) {
  Two two;
  two.a.open(two.pipe.now, "192.0.2.1:1000", 65'535);
  ASSERT_EQ(two.a.agent.localCandidates().size(), 1U);
  const IceCandidate& candidate = two.a.agent.localCandidates().front();
  EXPECT_EQ(candidate.type, "host");
  EXPECT_EQ(candidate.address, "192.0.2.1");
  EXPECT_EQ(candidate.port, 1'000);
  EXPECT_EQ(candidate.priority, 2'130'706'431U);
  EXPECT_EQ(candidate.protocol, "udp");
  EXPECT_EQ(candidate.component, 1);
  EXPECT_EQ(candidate.usernameFragment, two.a.agent.localParameters().usernameFragment);
  EXPECT_FALSE(candidate.relatedAddress);
}

TEST(LocalCandidate, FoundationsAreEqualForOneAddressAndDifferOtherwise) {
  Two two;
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  two.a.open(two.pipe.now, "192.0.2.1:1001");
  two.a.open(two.pipe.now, "192.0.2.7:1000");
  const auto& candidates = two.a.agent.localCandidates();
  EXPECT_EQ(candidates[0].foundation, candidates[1].foundation);
  EXPECT_NE(candidates[0].foundation, candidates[2].foundation);
}

TEST(LocalCandidate, ARelayOnlyAgentShowsAndAnswersNothing) {
  AgentOptions options;
  options.relayOnly = true;
  Two two(options);
  two.open();
  EXPECT_TRUE(two.a.agent.localCandidates().empty());
  two.startA();
  EXPECT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidateAt("192.0.2.2:2000")));
  two.a.agent.handleInput(two.pipe.now, 1, at("192.0.2.2:2000"),
                          checkTo(two.a, two.b.agent.localParameters().usernameFragment).build());
  EXPECT_FALSE(two.a.agent.pollTransmit());
}

class RemoteCandidateTest : public testing::Test {
 protected:
  RemoteCandidateTest() {
    two.open();
    two.startA();
  }
  std::size_t requests() {
    std::size_t count = 0;
    two.pipe.filter = [&](Packet& packet) {
      count += isRequest(packet.payload) ? 1 : 0;
      return false;
    };
    two.pipe.run(milliseconds(400));
    return count;
  }
  Two two;
};

TEST_F(RemoteCandidateTest, AddressesAndPortsThatNoneCanHaveAreOperationErrors) {
  for (const std::string_view address :
       {"999.1.1.1", "nonsense", "", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::"}) {
    IceCandidate candidate = candidateAt("192.0.2.2:2000");
    candidate.address = address;
    const auto result = two.a.agent.addRemoteCandidate(two.pipe.now, candidate);
    ASSERT_FALSE(result) << address;
    EXPECT_EQ(result.error().code, Error::Operation) << address;
  }
  IceCandidate portless = candidateAt("192.0.2.2:2000");
  portless.port = 0;
  EXPECT_FALSE(two.a.agent.addRemoteCandidate(two.pipe.now, portless));
  EXPECT_TRUE(two.a.agent.remoteCandidates().empty());
}

TEST_F(RemoteCandidateTest, WhatCanNotBePairedIsKeptAndNotChecked) {
  std::vector<IceCandidate> odd(6, candidateAt("192.0.2.2:2000"));
  odd[0].protocol = "tcp";
  odd[0].tcpType = "active";
  odd[1].type = "quantum";
  odd[2].address = "0a1b2c3d-1111-2222-3333-444455556666.local";
  odd[3].component = 2;
  odd[4].type = "prflx";
  odd[5].address = "2001:db8::2";
  for (const IceCandidate& candidate : odd) EXPECT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidate));
  EXPECT_EQ(two.a.agent.remoteCandidates(), odd);
  EXPECT_EQ(two.a.state(), "checking");
  EXPECT_EQ(requests(), 0U);
}

TEST_F(RemoteCandidateTest, TheProtocolsNameIsRegardlessOfCase) {
  IceCandidate candidate = candidateAt("192.0.2.2:2000");
  candidate.protocol = "UDP";
  EXPECT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidate));
  EXPECT_GT(requests(), 0U);
}

TEST_F(RemoteCandidateTest, TheSameOneTwiceIsOnePair) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidateAt("192.0.2.2:2000")));
  }
  EXPECT_EQ(two.a.agent.remoteCandidates().size(), 1U);
  EXPECT_EQ(requests(), 1U);
}

TEST_F(RemoteCandidateTest, AfterTheEndNoneIsTaken) {
  two.a.agent.endOfRemoteCandidates(two.pipe.now);
  EXPECT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidateAt("192.0.2.2:2000")));
  EXPECT_TRUE(two.a.agent.remoteCandidates().empty());
  EXPECT_EQ(two.a.state(), "new");
}

TEST_F(RemoteCandidateTest, OneOfAnotherSessionIsNotChecked) {
  IceCandidate candidate = candidateAt("192.0.2.2:2000");
  candidate.usernameFragment = "stale";
  EXPECT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidate));
  EXPECT_EQ(requests(), 0U);
}

}  // namespace
}  // namespace portico::ice
