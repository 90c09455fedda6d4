#include <gtest/gtest.h>

#include <string>

#include "core/sdp/session.h"

namespace portico::sdp {
namespace {

constexpr std::string_view kOffer =
    "v=0\r\n"
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0\r\n"
    "a=extmap-allow-mixed\r\n"
    "a=msid-semantic: WMS\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=candidate:1 1 udp 2113937151 192.0.2.1 53705 typ host generation 0 network-cost 999\r\n"
    "a=ice-ufrag:Ab1+\r\n"
    "a=ice-pwd:abcdefghijklmnopqrstuv\r\n"
    "a=ice-options:trickle\r\n"
    "a=fingerprint:SHA-256 0a:1B\r\n"
    "a=setup:actpass\r\n"
    "a=mid:0\r\n"
    "a=sctp-port:5000\r\n"
    "a=max-message-size:262144\r\n";

TEST(ParseTest, ReadsWhatADataChannelSessionNeeds) {
  const auto session = parse(kOffer);
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->username, "-");
  EXPECT_EQ(session->id, 4611731400430051336u);
  EXPECT_EQ(session->version, 2u);
  EXPECT_EQ(session->bundleGroups, std::vector<std::vector<std::string>>{{"0"}});
  EXPECT_FALSE(session->iceLite);
  ASSERT_EQ(session->media.size(), 1u);
  const auto& section = session->media[0];
  EXPECT_TRUE(section.isDataChannel());
  EXPECT_FALSE(section.isLegacy());
  EXPECT_EQ(section.mid, "0");
  EXPECT_EQ(section.port, 9);
  EXPECT_EQ(section.transport.usernameFragment, "Ab1+");
  EXPECT_EQ(section.transport.password, "abcdefghijklmnopqrstuv");
  EXPECT_EQ(section.transport.iceOptions, std::vector<std::string>{"trickle"});
  EXPECT_EQ(section.transport.fingerprints, (std::vector<DtlsFingerprint>{{"sha-256", "0A:1B"}}));
  EXPECT_EQ(section.transport.setup, Setup::actpass);
  EXPECT_EQ(section.sctpPort, 5000);
  EXPECT_EQ(section.maxMessageSize, 262144u);
  ASSERT_EQ(section.candidates.size(), 1u);
  EXPECT_EQ(section.candidates[0].port, 53705);
  const auto again = parse(write(*session));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, *session);
}

}  // namespace
}  // namespace portico::sdp
