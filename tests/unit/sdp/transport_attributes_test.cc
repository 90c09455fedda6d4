#include "core/sdp/transport_attributes.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/sdp/text.h"

namespace portico::sdp {
namespace {

constexpr std::string_view kPassword = "abcdefghijklmnopqrstuv";

std::string attribute(std::string_view name, std::string_view value) {
  return "a=" + std::string(name) + ":" + std::string(value);
}

/// Of the one section that holds these lines.
TransportAttributes read(std::initializer_list<std::string_view> lines) {
  const auto session = parse(inSection(lines));
  EXPECT_TRUE(session) << session.error().message;
  return session ? session->media.at(0).transport : TransportAttributes{};
}

TEST(TransportAttributesTest, TakesCredentialsOfEveryLengthThatTheRfcAllows) {
  for (const std::size_t length : {4u, 5u, 255u, 256u}) {
    const std::string text(length, '+');
    EXPECT_EQ(read({attribute("ice-ufrag", text)}).usernameFragment, text);
  }
  for (const std::size_t length : {22u, 24u, 256u}) {
    const std::string text(length, '/');
    EXPECT_EQ(read({attribute("ice-pwd", text)}).password, text);
  }
}

TEST(TransportAttributesTest, TakesIceOptionsOfEverybody) {
  using Options = std::vector<std::string>;
  EXPECT_EQ(read({"a=ice-options:trickle"}).iceOptions, (Options{"trickle"}));
  EXPECT_EQ(read({"a=ice-options:trickle ice2 trickle"}).iceOptions, (Options{"trickle", "ice2"}));
  EXPECT_EQ(read({"a=ice-options:trickle", "a=ice-options:renomination"}).iceOptions,
            (Options{"trickle", "renomination"}));
  EXPECT_EQ(read({"a=ice-options:ice2,trickle"}).iceOptions, (Options{"ice2", "trickle"}));
  EXPECT_EQ(read({"a=ice-options:google-ice trickle"}).iceOptions, (Options{"trickle"}));
}

TEST(TransportAttributesTest, IceOptionsHaveABound) {
  std::string value;
  for (int i = 0; i < 17; ++i) value += "option" + std::to_string(i) + " ";
  const auto session = parse(inSection({attribute("ice-options", value)}));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Error::QuotaExceeded);
}

TEST(TransportAttributesTest, BringsFingerprintsIntoOneForm) {
  using Fingerprints = std::vector<DtlsFingerprint>;
  EXPECT_EQ(read({"a=fingerprint:SHA-256 0a:fF"}).fingerprints, (Fingerprints{{"sha-256", "0A:FF"}}));
  EXPECT_EQ(read({"a=fingerprint: sha-1 AB"}).fingerprints, (Fingerprints{{"sha-1", "AB"}}));
}

TEST(TransportAttributesTest, KeepsEveryFingerprintOnce) {
  using Fingerprints = std::vector<DtlsFingerprint>;
  EXPECT_EQ(read({"a=fingerprint:sha-256 AA", "a=fingerprint:sha-512 BB", "a=fingerprint:SHA-256 aa",
                  "a=fingerprint:sha-256 CC"})
                .fingerprints,
            (Fingerprints{{"sha-256", "AA"}, {"sha-512", "BB"}, {"sha-256", "CC"}}));
}

TEST(TransportAttributesTest, FingerprintsHaveABound) {
  std::string text = inSection({});
  for (std::size_t i = 0; i < kMaxFingerprints; ++i)
    text += joined({"a=fingerprint:sha-256 " + std::to_string(10 + i)});
  const auto fits = parse(text);
  ASSERT_TRUE(fits);
  EXPECT_EQ(fits->media.at(0).transport.fingerprints.size(), kMaxFingerprints);

  const auto doesNot = parse(text + joined({"a=fingerprint:sha-256 AA"}));
  ASSERT_FALSE(doesNot);
  EXPECT_EQ(doesNot.error().code, Error::QuotaExceeded);
  EXPECT_EQ(doesNot.error().line, 0u);
  std::string longHash = "x-long AA";
  for (int i = 0; i < 128; ++i) longHash += ":AA";
  EXPECT_EQ(parse(inSection({attribute("fingerprint", longHash)})).error().code, Error::QuotaExceeded);
}

TEST(TransportAttributesTest, KnowsEverySetupInAnyCase) {
  EXPECT_EQ(read({"a=setup:actpass"}).setup, Setup::actpass);
  EXPECT_EQ(read({"a=setup:active"}).setup, Setup::active);
  EXPECT_EQ(read({"a=setup:passive"}).setup, Setup::passive);
  EXPECT_EQ(read({"a=setup:holdconn"}).setup, Setup::holdconn);
  EXPECT_EQ(read({"a=setup:ActPass"}).setup, Setup::actpass);
}

TEST(TransportAttributesTest, TakesATlsId) {
  EXPECT_EQ(read({"a=tls-id:abc3de65cddef001be82"}).tlsId, "abc3de65cddef001be82");
  EXPECT_EQ(read({attribute("tls-id", std::string(255, '-'))}).tlsId, std::string(255, '-'));
}

TEST(TransportAttributesTest, ASectionHasWhatTheSessionSays) {
  const auto session =
      parse(inSession({"a=ice-ufrag:abcd", attribute("ice-pwd", kPassword), "a=ice-options:trickle",
                       "a=fingerprint:sha-256 AA", "a=setup:passive", "a=tls-id:abc3de65cddef001be82",
                       "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=audio 9 UDP/TLS/RTP/SAVPF 111"}));
  ASSERT_TRUE(session);
  const TransportAttributes expected{"abcd",         std::string(kPassword), {"trickle"}, {{"sha-256", "AA"}},
                                     Setup::passive, "abc3de65cddef001be82"};
  EXPECT_EQ(session->media.at(0).transport, expected);
  EXPECT_EQ(session->media.at(1).transport, expected);
}

TEST(TransportAttributesTest, WhatASectionSaysItselfTakesThePlaceOfThat) {
  const auto session = parse(
      inSession({"a=ice-ufrag:abcd", attribute("ice-pwd", kPassword), "a=ice-options:trickle",
                 "a=fingerprint:sha-256 AA", "a=setup:passive", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
                 "a=ice-options:ice2", "a=fingerprint:sha-512 BB", "a=setup:active"}));
  ASSERT_TRUE(session);
  const TransportAttributes expected{"abcd", std::string(kPassword), {"ice2"}, {{"sha-512", "BB"}}, Setup::active, {}};
  EXPECT_EQ(session->media.at(0).transport, expected);
}

TEST(TransportAttributesTest, TheTwoCredentialsAreInheritedTogether) {
  const auto session = parse(inSession({"a=ice-ufrag:abcd", attribute("ice-pwd", kPassword),
                                        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=ice-ufrag:mine"}));
  ASSERT_TRUE(session);
  EXPECT_EQ(session->media.at(0).transport.usernameFragment, "mine");
  EXPECT_FALSE(session->media.at(0).transport.password);
}

class MalformedTransportTest : public testing::TestWithParam<std::string> {};

TEST_P(MalformedTransportTest, IsASyntaxErrorInASection) {
  const auto session = parse(inSection({GetParam()}));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Error::Syntax);
  EXPECT_EQ(session.error().line, 7u);
}

TEST_P(MalformedTransportTest, IsASyntaxErrorInTheSession) {
  const auto session = parse(inSession({GetParam(), "m=audio 0 UDP/TLS/RTP/SAVPF 0"}));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Error::Syntax);
  EXPECT_EQ(session.error().line, 5u);
}

INSTANTIATE_TEST_SUITE_P(Credentials, MalformedTransportTest,
                         testing::Values("a=ice-ufrag", "a=ice-ufrag:", "a=ice-ufrag:abc", "a=ice-ufrag:ab:d",
                                         "a=ice-ufrag:ab d", "a=ice-ufrag:abc-", "a=ice-ufrag:abc\xc3\xa9",
                                         "a=ice-ufrag:" + std::string(257, 'a'), "a=ice-pwd",
                                         "a=ice-pwd:", "a=ice-pwd:abcdefghijklmnopqrstu",
                                         "a=ice-pwd:abcdefghijklmnopqrst=v", "a=ice-pwd:abcdefghijklmnop rstuvw",
                                         "a=ice-pwd:" + std::string(257, 'a'), "a=ice-options", "a=ice-options: "));
INSTANTIATE_TEST_SUITE_P(
    Dtls, MalformedTransportTest,
    testing::Values("a=fingerprint", "a=fingerprint:", "a=fingerprint:sha-256", "a=fingerprint:sha-256 ",
                    "a=fingerprint:sha-256 A", "a=fingerprint:sha-256 AAA",
                    "a=fingerprint:sha-256 AA:", "a=fingerprint:sha-256 AA:B", "a=fingerprint:sha-256 :AA",
                    "a=fingerprint:sha-256 AA::BB", "a=fingerprint:sha-256 AA-BB", "a=fingerprint:sha-256 AABB",
                    "a=fingerprint:sha-256 AG", "a=fingerprint:sha-256 AA:BB CC", "a=fingerprint:sha/256 AA",
                    "a=fingerprint:AA:BB", "a=setup", "a=setup:", "a=setup:both", "a=setup:active passive",
                    "a=setup:actpas", "a=tls-id", "a=tls-id:short", "a=tls-id:0123456789012345678",
                    "a=tls-id:0123456789012345678!", "a=tls-id:" + std::string(256, 'a')));

}  // namespace
}  // namespace portico::sdp
