#include <gtest/gtest.h>

#include <string>

#include "portico/parameters.h"

namespace portico {
namespace {

TEST(CandidateTest, ParsesAHostCandidate) {
  const auto candidate = IceCandidate::parse("candidate:6815297761 1 udp 659136 1.2.3.4 31102 typ host generation 0");
  ASSERT_TRUE(candidate);
  EXPECT_EQ(candidate->foundation, "6815297761");
  EXPECT_EQ(candidate->component, 1);
  EXPECT_EQ(candidate->protocol, "udp");
  EXPECT_EQ(candidate->priority, 659136u);
  EXPECT_EQ(candidate->address, "1.2.3.4");
  EXPECT_EQ(candidate->port, 31102);
  EXPECT_EQ(candidate->type, "host");
  EXPECT_FALSE(candidate->relatedAddress);
  EXPECT_FALSE(candidate->tcpType);
  EXPECT_EQ(candidate->candidate(), "candidate:6815297761 1 udp 659136 1.2.3.4 31102 typ host");
}

TEST(CandidateTest, ParsesAServerReflexiveCandidate) {
  const auto candidate = IceCandidate::parse(
      "candidate:1 1 UDP 1686052607 203.0.113.1 54321 typ srflx raddr 10.0.1.1 rport 8998 generation 0 ufrag Abc+ "
      "network-id 1 network-cost 50");
  ASSERT_TRUE(candidate);
  EXPECT_EQ(candidate->protocol, "udp");
  EXPECT_EQ(candidate->type, "srflx");
  EXPECT_EQ(candidate->relatedAddress, "10.0.1.1");
  EXPECT_EQ(candidate->relatedPort, 8998);
  EXPECT_EQ(candidate->usernameFragment, "Abc+");
  EXPECT_EQ(candidate->candidate(),
            "candidate:1 1 udp 1686052607 203.0.113.1 54321 typ srflx raddr 10.0.1.1 rport 8998 ufrag Abc+");
}

TEST(CandidateTest, ParsesATcpCandidate) {
  const auto candidate = IceCandidate::parse("candidate:2 1 tcp 1518214911 192.168.1.7 9 typ host tcptype active");
  ASSERT_TRUE(candidate);
  EXPECT_EQ(candidate->protocol, "tcp");
  EXPECT_EQ(candidate->tcpType, "active");
  EXPECT_EQ(candidate->candidate(), "candidate:2 1 tcp 1518214911 192.168.1.7 9 typ host tcptype active");
}

TEST(CandidateTest, ParsesWithoutGenerationAndWithoutPrefixes) {
  const auto bare = IceCandidate::parse("6815297761 1 udp 659136 1.2.3.4 31102 typ host");
  const auto prefixed = IceCandidate::parse("a=candidate:6815297761 1 udp 659136 1.2.3.4 31102 typ host\r\n");
  ASSERT_TRUE(bare);
  ASSERT_TRUE(prefixed);
  EXPECT_EQ(*bare, *prefixed);
}

TEST(CandidateTest, KeepsAnUnknownTypeForTheAgentToIgnore) {
  const auto candidate = IceCandidate::parse("candidate:1 1 udp 1 1.2.3.4 5 typ foo");
  ASSERT_TRUE(candidate);
  EXPECT_EQ(candidate->type, "foo");
}

TEST(CandidateTest, KeepsAnUnknownTransportForTheAgentToIgnore) {
  const auto candidate = IceCandidate::parse("candidate:1 1 ssltcp 1 1.2.3.4 5 typ host");
  ASSERT_TRUE(candidate);
  EXPECT_EQ(candidate->protocol, "ssltcp");
}

TEST(CandidateTest, KeepsAnMdnsNameAsTheAddress) {
  const auto candidate =
      IceCandidate::parse("candidate:1 1 udp 2113937151 4ed6b7a3-f5b8-4c5e-8d0e-8b6d3f0f9c11.local 53705 typ host");
  ASSERT_TRUE(candidate);
  EXPECT_EQ(candidate->address, "4ed6b7a3-f5b8-4c5e-8d0e-8b6d3f0f9c11.local");
}

TEST(CandidateTest, ParsesIpv6AndCutsTheZoneOff) {
  const auto plain = IceCandidate::parse("candidate:1 1 udp 1 2001:db8::1 5 typ host");
  const auto zoned = IceCandidate::parse("candidate:1 1 udp 1 fe80::1%3 5 typ host");
  ASSERT_TRUE(plain);
  ASSERT_TRUE(zoned);
  EXPECT_EQ(plain->address, "2001:db8::1");
  EXPECT_EQ(zoned->address, "fe80::1");
}

TEST(CandidateTest, TakesTheLimitsOfEachField) {
  EXPECT_TRUE(IceCandidate::parse("candidate:+/azAZ09 256 udp 2147483647 0.0.0.0 65535 typ relay raddr :: rport 0"));
  EXPECT_TRUE(IceCandidate::parse("candidate:" + std::string(32, 'f') + " 1 udp 1 1.2.3.4 0 typ prflx"));
}

TEST(CandidateTest, TakesEveryKnownTypeInAnyCase) {
  for (const std::string type : {"host", "srflx", "prflx", "relay"}) {
    const auto candidate = IceCandidate::parse("candidate:1 1 udp 1 1.2.3.4 5 TYP " + type);
    ASSERT_TRUE(candidate);
    EXPECT_EQ(candidate->type, type);
  }
  EXPECT_EQ(IceCandidate::parse("CANDIDATE:1 1 Udp 1 1.2.3.4 5 typ HOST")->type, "host");
}

TEST(CandidateTest, SkipsExtensionsThatItDoesNotKnow) {
  const auto candidate =
      IceCandidate::parse("candidate:1 1 udp 1 1.2.3.4 5 typ host x-new raddr-ish tcptype newtype some-flag");
  ASSERT_TRUE(candidate);
  EXPECT_FALSE(candidate->relatedAddress);
  EXPECT_FALSE(candidate->tcpType);
}

class MalformedCandidateTest : public testing::TestWithParam<std::string_view> {};

TEST_P(MalformedCandidateTest, IsAnOperationError) {
  const auto candidate = IceCandidate::parse(GetParam());
  ASSERT_FALSE(candidate);
  EXPECT_EQ(candidate.error().code, Error::Operation);
  EXPECT_FALSE(candidate.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(Truncated, MalformedCandidateTest,
                         testing::Values("", " ", "candidate:", "a=candidate:", "candidate:1", "candidate:1 1",
                                         "candidate:1 1 udp", "candidate:1 1 udp 1", "candidate:1 1 udp 1 1.2.3.4",
                                         "candidate:1 1 udp 1 1.2.3.4 5", "candidate:1 1 udp 1 1.2.3.4 5 typ",
                                         "candidate:1 1 udp 1 1.2.3.4 5 host",
                                         "candidate:1 1 udp 1 1.2.3.4 5 typ srflx raddr",
                                         "candidate:1 1 udp 1 1.2.3.4 5 typ srflx raddr 1.2.3.4 rport",
                                         "candidate:1 1 udp 1 1.2.3.4 5 typ host ufrag"));
INSTANTIATE_TEST_SUITE_P(Foundation, MalformedCandidateTest,
                         testing::Values("candidate:(Invalid) 1 udp 1 1.2.3.4 5 typ host",
                                         "candidate:a-b 1 udp 1 1.2.3.4 5 typ host",
                                         "candidate:123456789012345678901234567890123 1 udp 1 1.2.3.4 5 typ host"));
INSTANTIATE_TEST_SUITE_P(
    Numbers, MalformedCandidateTest,
    testing::Values("candidate:1 0 udp 1 1.2.3.4 5 typ host", "candidate:1 257 udp 1 1.2.3.4 5 typ host",
                    "candidate:1 -1 udp 1 1.2.3.4 5 typ host", "candidate:1 x udp 1 1.2.3.4 5 typ host",
                    "candidate:1 1 udp 0 1.2.3.4 5 typ host", "candidate:1 1 udp 2147483648 1.2.3.4 5 typ host",
                    "candidate:1 1 udp 99999999999 1.2.3.4 5 typ host", "candidate:1 1 udp +1 1.2.3.4 5 typ host",
                    "candidate:1 1 udp 1 1.2.3.4 65536 typ host", "candidate:1 1 udp 1 1.2.3.4 -5 typ host",
                    "candidate:1 1 udp 1 1.2.3.4 5 typ srflx raddr 1.2.3.4 rport 65536"));
INSTANTIATE_TEST_SUITE_P(Addresses, MalformedCandidateTest,
                         testing::Values("candidate:1 1 udp 1 1.2.3 5 typ host",
                                         "candidate:1 1 udp 1 1.2.3.999 5 typ host",
                                         "candidate:1 1 udp 1 ::zz 5 typ host", "candidate:1 1 udp 1 [::1] 5 typ host",
                                         "candidate:1 1 udp 1 a,b 5 typ host", "candidate:1 1 udp 1 . 5 typ host",
                                         "candidate:1 1 udp 1 fe80::1%eth0 5 typ host",
                                         "candidate:1 1 udp 1 1.2.3.4 5 typ srflx raddr 1.2.3.999 rport 1"));
INSTANTIATE_TEST_SUITE_P(Tokens, MalformedCandidateTest,
                         testing::Values("candidate:1 1 u(dp 1 1.2.3.4 5 typ host",
                                         "candidate:1 1 udp 1 1.2.3.4 5 type host",
                                         "candidate:1 1 udp 1 1.2.3.4 5 typ ho\"st",
                                         "candidate:1 1 udp 1 1.2.3.4 5 typ host ufrag a:b"));

TEST(CandidateTest, RefusesAnAttributeThatIsTooLong) {
  const auto candidate = IceCandidate::parse("candidate:1 1 udp 1 1.2.3.4 5 typ host x " + std::string(4000, 'y'));
  ASSERT_FALSE(candidate);
  EXPECT_EQ(candidate.error().code, Error::Operation);
}

TEST(CandidateTest, RefusesANameThatIsTooLong) {
  const auto candidate = IceCandidate::parse("candidate:1 1 udp 1 " + std::string(254, 'n') + " 5 typ host");
  ASSERT_FALSE(candidate);
}

}  // namespace
}  // namespace portico
