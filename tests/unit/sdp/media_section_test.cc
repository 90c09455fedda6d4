#include "core/sdp/media_section.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/sdp/text.h"

namespace portico::sdp {
namespace {

MediaSection read(std::initializer_list<std::string_view> lines) {
  const auto session = parse(inSession(lines));
  EXPECT_TRUE(session) << session.error().message;
  return session ? session->media.at(0) : MediaSection{};
}

TEST(MediaSectionTest, ReadsItsLine) {
  const auto section = read({"m=video 51372/2 UDP/TLS/RTP/SAVPF 96 97 98"});
  EXPECT_EQ(section.media, "video");
  EXPECT_EQ(section.port, 51372);
  EXPECT_EQ(section.protocol, "UDP/TLS/RTP/SAVPF");
  EXPECT_EQ(section.formats, (std::vector<std::string>{"96", "97", "98"}));
  EXPECT_FALSE(section.isDataChannel());
}

TEST(MediaSectionTest, ReadsSctpOverDtlsOverUdpAndTcp) {
  for (const std::string protocol : {"UDP/DTLS/SCTP", "TCP/DTLS/SCTP"}) {
    const auto section =
        read({"m=application 9 " + protocol + " webrtc-datachannel", "a=sctp-port:5001", "a=max-message-size:100000"});
    EXPECT_EQ(section.protocol, protocol);
    EXPECT_TRUE(section.isDataChannel());
    EXPECT_FALSE(section.isLegacy());
    EXPECT_EQ(section.sctpPort, 5001);
    EXPECT_EQ(section.maxMessageSize, 100000u);
  }
}

TEST(MediaSectionTest, WhatIsAbsentStaysAbsent) {
  const auto section = read({"m=application 9 UDP/DTLS/SCTP webrtc-datachannel"});
  EXPECT_TRUE(section.isDataChannel());
  EXPECT_FALSE(section.sctpPort);
  EXPECT_FALSE(section.maxMessageSize);
  EXPECT_FALSE(section.mid);
  EXPECT_FALSE(section.endOfCandidates);
  EXPECT_EQ(section.transport, TransportAttributes{});
}

TEST(MediaSectionTest, NumbersGoToTheirLimits) {
  const auto most = read({"m=application 65535 UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:65535",
                          "a=max-message-size:18446744073709551615"});
  EXPECT_EQ(most.port, 65535);
  EXPECT_EQ(most.sctpPort, 65535);
  EXPECT_EQ(most.maxMessageSize, 18446744073709551615u);
  const auto least =
      read({"m=application 1 UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:0", "a=max-message-size:0"});
  EXPECT_EQ(least.sctpPort, 0);
  EXPECT_EQ(least.maxMessageSize, 0u);
}

TEST(MediaSectionTest, TheLegacyFormHasItsPortInSctpMapOrInTheLine) {
  const auto mapped = read({"m=application 9 DTLS/SCTP 5000", "a=sctpmap:5000 webrtc-datachannel 1024"});
  EXPECT_TRUE(mapped.isDataChannel());
  EXPECT_TRUE(mapped.isLegacy());
  EXPECT_EQ(mapped.sctpPort, 5000);
  const auto bare = read({"m=application 9 DTLS/SCTP 5001"});
  EXPECT_TRUE(bare.isDataChannel());
  EXPECT_EQ(bare.sctpPort, 5001);
  const auto named = read({"m=application 9 DTLS/SCTP webrtc-datachannel", "a=sctp-port:5002"});
  EXPECT_TRUE(named.isDataChannel());
  EXPECT_EQ(named.sctpPort, 5002);
}

TEST(MediaSectionTest, ASctpPortCountsBeforeASctpMapAndThatBeforeTheLine) {
  EXPECT_EQ(read({"m=application 9 DTLS/SCTP 1", "a=sctpmap:2 webrtc-datachannel", "a=sctp-port:3"}).sctpPort, 3);
  EXPECT_EQ(read({"m=application 9 DTLS/SCTP 1", "a=sctpmap:2 webrtc-datachannel 16"}).sctpPort, 2);
  EXPECT_EQ(read({"m=application 9 DTLS/SCTP 1", "a=sctpmap:2 bfcp 2"}).sctpPort, 1);
  EXPECT_EQ(read({"m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=sctpmap:2 webrtc-datachannel 16"}).sctpPort,
            2);
}

TEST(MediaSectionTest, KeepsCandidatesInTheirOrder) {
  const auto section = read({"m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
                             "a=candidate:1 1 udp 2113937151 192.0.2.1 53705 typ host generation 0",
                             "a=candidate:2 1 tcp 1518214911 192.0.2.1 9 typ host tcptype active",
                             "a=candidate:3 1 UDP 1686052607 203.0.113.1 54321 typ srflx raddr 192.0.2.1 rport 8998",
                             "a=end-of-candidates"});
  ASSERT_EQ(section.candidates.size(), 3u);
  EXPECT_EQ(section.candidates[0].address, "192.0.2.1");
  EXPECT_EQ(section.candidates[1].tcpType, "active");
  EXPECT_EQ(section.candidates[2].relatedPort, 8998);
  EXPECT_TRUE(section.endOfCandidates);
}

TEST(MediaSectionTest, ACandidateThatDoesNotParseIsSkipped) {
  const auto section =
      read({"m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=candidate:", "a=candidate",
            "a=candidate:1 1 quic six-hundred [::] x", "a=candidate:1 1 udp 1 192.0.2.1 99999 typ host",
            "a=candidate:1 1 udp 1 192.0.2.1 5 typ host"});
  ASSERT_EQ(section.candidates.size(), 1u);
  EXPECT_EQ(section.candidates[0].port, 5);
}

TEST(MediaSectionTest, CandidatesOverTheBoundAreSkipped) {
  std::string text = inSection({});
  for (std::size_t i = 1; i <= kMaxCandidates + 5; ++i) {
    text += joined({"a=candidate:1 1 udp 1 192.0.2.1 " + std::to_string(i) + " typ host"});
  }
  const auto session = parse(text + joined({"a=mid:0"}));
  ASSERT_TRUE(session);
  ASSERT_EQ(session->media.at(0).candidates.size(), kMaxCandidates);
  EXPECT_EQ(session->media.at(0).candidates.back().port, kMaxCandidates);
  EXPECT_EQ(session->media.at(0).mid, "0");
}

TEST(MediaSectionTest, EndOfCandidatesInTheSessionIsOfAllSections) {
  const auto session = parse(inSession(
      {"a=end-of-candidates", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=audio 9 UDP/TLS/RTP/SAVPF 111"}));
  ASSERT_TRUE(session);
  EXPECT_TRUE(session->media.at(0).endOfCandidates);
  EXPECT_TRUE(session->media.at(1).endOfCandidates);
}

TEST(MediaSectionTest, BundleOnlyIsForASectionWithPortZeroInABundleGroup) {
  const std::string data = "m=application 0 UDP/DTLS/SCTP webrtc-datachannel";
  EXPECT_TRUE(read({"a=group:BUNDLE 0", data, "a=mid:0", "a=bundle-only"}).bundleOnly);
  EXPECT_FALSE(read({"a=group:BUNDLE 1", data, "a=mid:0", "a=bundle-only"}).bundleOnly);
  EXPECT_FALSE(read({"a=group:BUNDLE 0", data, "a=bundle-only"}).bundleOnly);
  EXPECT_FALSE(read({data, "a=mid:0", "a=bundle-only"}).bundleOnly);
  EXPECT_FALSE(
      read({"a=group:BUNDLE 0", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=mid:0", "a=bundle-only"})
          .bundleOnly);
}

TEST(MediaSectionTest, RtcpMuxIsForASectionThatIsNotRejected) {
  EXPECT_TRUE(read({"m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtcp-mux"}).rtcpMux);
  EXPECT_FALSE(read({"m=audio 9 UDP/TLS/RTP/SAVPF 111"}).rtcpMux);
  EXPECT_FALSE(read({"m=audio 0 UDP/TLS/RTP/SAVPF 111", "a=rtcp-mux"}).rtcpMux);
}

TEST(MediaSectionTest, ARejectedOneKeepsItsLineAndItsMidAlone) {
  const auto session = parse(inSession({"a=setup:active", "a=end-of-candidates", "m=application 0 DTLS/SCTP 5000",
                                        "a=mid:0", "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuv",
                                        "a=fingerprint:sha-256 AA", "a=sctpmap:5000 webrtc-datachannel 256",
                                        "a=max-message-size:1", "a=candidate:1 1 udp 1 192.0.2.1 5 typ host"}));
  ASSERT_TRUE(session);
  MediaSection expected;
  expected.media = "application";
  expected.port = 0;
  expected.protocol = "DTLS/SCTP";
  expected.formats = {"5000"};
  expected.mid = "0";
  EXPECT_EQ(session->media.at(0), expected);
  EXPECT_TRUE(session->media.at(0).isDataChannel());
}

TEST(MediaSectionTest, FormatsHaveABound) {
  std::string line = "m=audio 9 UDP/TLS/RTP/SAVPF";
  for (int i = 0; i < 256; ++i) line += " 0";
  EXPECT_TRUE(parse(inSession({line})));
  const auto session = parse(inSession({line + " 0"}));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Error::QuotaExceeded);
}

class MalformedMediaLineTest : public testing::TestWithParam<std::string_view> {};

TEST_P(MalformedMediaLineTest, IsASyntaxError) {
  const auto session = parse(inSession({GetParam()}));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Error::Syntax);
  EXPECT_EQ(session.error().line, 5u);
}

INSTANTIATE_TEST_SUITE_P(Missing, MalformedMediaLineTest,
                         testing::Values("m=", "m= ", "m=application", "m=application 9",
                                         "m=application 9 UDP/DTLS/SCTP", "m=application 9 UDP/DTLS/SCTP ",
                                         "m=9 UDP/DTLS/SCTP webrtc-datachannel"));
INSTANTIATE_TEST_SUITE_P(Ports, MalformedMediaLineTest,
                         testing::Values("m=application 65536 UDP/DTLS/SCTP webrtc-datachannel",
                                         "m=application -1 UDP/DTLS/SCTP webrtc-datachannel",
                                         "m=application x UDP/DTLS/SCTP webrtc-datachannel",
                                         "m=application 9/ UDP/DTLS/SCTP webrtc-datachannel",
                                         "m=application 9/x UDP/DTLS/SCTP webrtc-datachannel",
                                         "m=application /2 UDP/DTLS/SCTP webrtc-datachannel",
                                         "m=application 4294967305 UDP/DTLS/SCTP webrtc-datachannel",
                                         "m=application 9 DTLS/SCTP 65536",
                                         "m=application 9 DTLS/SCTP 99999999999999"));
INSTANTIATE_TEST_SUITE_P(
    Tokens, MalformedMediaLineTest,
    testing::Values("m=appli/cation 9 UDP/DTLS/SCTP webrtc-datachannel", "m=application 9 UDP//SCTP webrtc-datachannel",
                    "m=application 9 UDP/ webrtc-datachannel", "m=application 9 /UDP webrtc-datachannel",
                    "m=application 9 UDP/DTLS/SCTP webrtc:datachannel", "m=application 9 UDP/DTLS/SCTP ok \"no\"",
                    "m=application\t9 UDP/DTLS/SCTP webrtc-datachannel"));

class MalformedSectionAttributeTest : public testing::TestWithParam<std::string_view> {};

TEST_P(MalformedSectionAttributeTest, IsASyntaxError) {
  const auto session = parse(inSection({GetParam()}));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Error::Syntax);
  EXPECT_EQ(session.error().line, 7u);
}

TEST_P(MalformedSectionAttributeTest, IsNothingInTheSession) {
  EXPECT_TRUE(parse(inSession({GetParam()})));
}

INSTANTIATE_TEST_SUITE_P(Mid, MalformedSectionAttributeTest,
                         testing::Values("a=mid", "a=mid:", "a=mid: ", "a=mid:a b", "a=mid:a/b", "a=mid:\xc3\xa9"));
INSTANTIATE_TEST_SUITE_P(Sctp, MalformedSectionAttributeTest,
                         testing::Values("a=sctp-port", "a=sctp-port:", "a=sctp-port:-1", "a=sctp-port:65536",
                                         "a=sctp-port:70536", "a=sctp-port:05000", "a=sctp-port:5000 5001",
                                         "a=sctp-port:0x10", "a=max-message-size",
                                         "a=max-message-size:", "a=max-message-size:-1", "a=max-message-size:1.5",
                                         "a=max-message-size:007", "a=max-message-size:18446744073709551616",
                                         "a=max-message-size:99999999999999999999999", "a=sctpmap",
                                         "a=sctpmap:", "a=sctpmap:5000", "a=sctpmap:65536 webrtc-datachannel 256",
                                         "a=sctpmap:webrtc-datachannel 5000"));

}  // namespace
}  // namespace portico::sdp
