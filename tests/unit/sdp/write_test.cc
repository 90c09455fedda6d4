#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "core/sdp/session.h"
#include "tests/unit/sdp/text.h"

namespace portico::sdp {
namespace {

IceCandidate candidate(std::string_view attribute) {
  return *IceCandidate::parse(attribute);
}

MediaSection dataSection() {
  MediaSection section;
  section.media = "application";
  section.protocol = "UDP/DTLS/SCTP";
  section.formats = {"webrtc-datachannel"};
  section.mid = "0";
  section.transport = {"abcd", "abcdefghijklmnopqrstuv", {"trickle", "ice2"}, {{"sha-256", "0A:1B"}}, Setup::actpass,
                       {}};
  section.candidates = {candidate("candidate:1 1 udp 2113937151 192.0.2.1 53705 typ host"),
                        candidate("candidate:2 1 udp 1 203.0.113.1 5 typ srflx raddr 192.0.2.1 rport 6")};
  section.endOfCandidates = true;
  section.sctpPort = 5000;
  section.maxMessageSize = 262144;
  return section;
}

MediaSection rejected(std::string media, std::string protocol, std::string format) {
  MediaSection section;
  section.media = std::move(media);
  section.port = 0;
  section.protocol = std::move(protocol);
  section.formats = {std::move(format)};
  section.mid = "1";
  return section;
}

Session withSections(std::vector<MediaSection> sections) {
  Session session;
  session.id = 4611731400430051336;
  session.version = 2;
  session.bundleGroups = {{"0"}};
  session.media = std::move(sections);
  return session;
}

void expectSameAgain(const Session& session) {
  const auto again = parse(write(session));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, session) << write(session);
}

TEST(WriteTest, WritesADescriptionAsBrowsersDo) {
  EXPECT_EQ(
      write(withSections({dataSection()})),
      joined({"v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
              "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0",
              "a=candidate:1 1 udp 2113937151 192.0.2.1 53705 typ host",
              "a=candidate:2 1 udp 1 203.0.113.1 5 typ srflx raddr 192.0.2.1 rport 6", "a=end-of-candidates", "a=mid:0",
              "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuv", "a=ice-options:trickle ice2",
              "a=fingerprint:sha-256 0A:1B", "a=setup:actpass", "a=sctp-port:5000", "a=max-message-size:262144"}));
}

TEST(WriteTest, WritesNoLineForWhatIsAbsent) {
  MediaSection bare;
  bare.media = "application";
  bare.protocol = "UDP/DTLS/SCTP";
  bare.formats = {"webrtc-datachannel"};
  Session session;
  session.media = {bare};
  EXPECT_EQ(write(session), joined({"v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=-", "t=0 0",
                                    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0"}));
  expectSameAgain(session);
}

TEST(WriteTest, ARejectedSectionHasItsLineAndItsMidAlone) {
  auto audio = rejected("audio", "UDP/TLS/RTP/SAVPF", "111");
  audio.transport = dataSection().transport;
  audio.candidates = dataSection().candidates;
  audio.endOfCandidates = true;
  EXPECT_EQ(write(withSections({audio})),
            joined({"v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
                    "m=audio 0 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:1", "a=inactive"}));
  auto data = rejected("application", "UDP/DTLS/SCTP", "webrtc-datachannel");
  EXPECT_EQ(write(withSections({data})),
            joined({"v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
                    "m=application 0 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:1"}));
}

TEST(WriteTest, ABundleOnlySectionHasAllItsLines) {
  auto section = dataSection();
  section.port = 0;
  section.bundleOnly = true;
  const std::string text = write(withSections({section}));
  EXPECT_NE(text.find("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"), std::string::npos);
  EXPECT_NE(text.find("a=bundle-only\r\n"), std::string::npos);
  EXPECT_NE(text.find("a=ice-ufrag:abcd\r\n"), std::string::npos);
}

TEST(WriteTest, ALegacySectionIsWrittenInItsForm) {
  auto section = dataSection();
  section.protocol = "DTLS/SCTP";
  section.formats = {"5000"};
  const std::string text = write(withSections({section}));
  EXPECT_NE(text.find("m=application 9 DTLS/SCTP 5000\r\n"), std::string::npos);
  EXPECT_NE(text.find("a=sctpmap:5000 webrtc-datachannel 1024\r\n"), std::string::npos);
  EXPECT_EQ(text.find("sctp-port"), std::string::npos);
}

TEST(WriteTest, WhatIsWrittenParsesToTheSameSession) {
  expectSameAgain(Session());
  expectSameAgain(withSections({dataSection()}));

  auto all = withSections({dataSection(), rejected("audio", "UDP/TLS/RTP/SAVPF", "111")});
  all.username = "jdoe";
  all.id = std::numeric_limits<std::uint64_t>::max();
  all.version = std::numeric_limits<std::uint64_t>::max();
  all.iceLite = true;
  all.bundleGroups = {{"0", "2"}, {}, {"gone"}};
  auto second = dataSection();
  second.mid = "2";
  second.port = 0;
  second.bundleOnly = true;
  second.rtcpMux = true;
  second.transport.tlsId = "abc3de65cddef001be82";
  second.transport.setup = Setup::holdconn;
  second.transport.fingerprints = {{"sha-256", "AA"}, {"sha-512", "BB:CC"}, {"x-new", "DD"}};
  second.maxMessageSize = 0;
  second.sctpPort = 65535;
  second.candidates = {
      candidate("candidate:a+/ 2 tcp 1 4ed6b7a3-f5b8-4c5e-8d0e-8b6d3f0f9c11.local 9 typ host tcptype so"),
      candidate("candidate:1 1 udp 1 2001:db8::1 5 typ relay raddr :: rport 0 ufrag abcd")};
  all.media.push_back(second);
  auto legacy = dataSection();
  legacy.mid.reset();
  legacy.protocol = "DTLS/SCTP";
  legacy.formats = {"5000"};
  all.media.push_back(legacy);
  legacy.sctpPort = 5001;  // unlike the line's
  all.media.push_back(legacy);
  legacy.formats = {"webrtc-datachannel"};
  all.media.push_back(legacy);
  expectSameAgain(all);
}

TEST(WriteTest, TheLargestSessionThatParsesIsWrittenAndParsesAgain) {
  std::string text = inSession({"a=ice-options:trickle"});
  for (std::size_t i = 0; i < kMaxSections; ++i) {
    text += joined({"m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=mid:" + std::to_string(i)});
    for (std::size_t f = 0; f < kMaxFingerprints; ++f)
      text += joined({"a=fingerprint:sha-256 " + std::to_string(10 + f)});
  }
  const auto session = parse(text);
  ASSERT_TRUE(session);
  expectSameAgain(*session);
}

}  // namespace
}  // namespace portico::sdp
