#include <gtest/gtest.h>

#include <string>

#include "core/sdp/session.h"
#include "tests/unit/sdp/text.h"

namespace portico::sdp {
namespace {

/// What W3C's RTCError says of a text that is not SDP.
void expectSyntaxError(std::string_view text, std::uint32_t line) {
  const auto session = parse(text);
  ASSERT_FALSE(session) << text;
  EXPECT_EQ(session.error().code, Error::Syntax) << text;
  EXPECT_EQ(session.error().line, line) << text;
  EXPECT_EQ(session.error().message.find("Line " + std::to_string(line) + " of the session description"), 0u);
}

TEST(ParseTest, ADescriptionMayHaveNoSection) {
  const auto session = parse("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
  ASSERT_TRUE(session);
  Session expected;
  expected.id = 1;
  expected.version = 2;
  EXPECT_EQ(*session, expected);
}

TEST(ParseTest, SkipsTheLinesThatItDoesNotNeed) {
  const auto session = parse(joined({"v=0",
                                     "o=- 1 2 IN IP4 127.0.0.1",
                                     "s=A call",
                                     "i=about",
                                     "u=http://example.com/",
                                     "e=j.doe@example.com",
                                     "p=+1 617 555-6011",
                                     "c=IN IP4 0.0.0.0",
                                     "b=AS:128",
                                     "t=0 0",
                                     "r=7d 1h 0 25h",
                                     "t=3034423619 3042462419",
                                     "z=2882844526 -1h",
                                     "k=clear:x",
                                     "a=recvonly",
                                     "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
                                     "i=",
                                     "c=IN IP4 0",
                                     "b=",
                                     "k=prompt",
                                     "a=mid:0",
                                     "b=AS:30",
                                     "a=setup:active"}));
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->media.at(0).mid, "0");
  EXPECT_EQ(session->media.at(0).transport.setup, Setup::active);
}

TEST(ParseTest, TheEncodingOfTheNameDoesNotMatter) {
  EXPECT_TRUE(parse("v=0\r\no=\xff 1 2 IN IP4 h\r\ns=\xc3\x28\r\nt=0 0\r\n"));
}

TEST(ParseTest, EmptyTextIsAnErrorInLineOne) {
  expectSyntaxError("", 1);
  expectSyntaxError("\r\n", 1);
  expectSyntaxError("Invalid SDP", 1);
  expectSyntaxError("{\"type\":\"offer\"}", 1);
}

TEST(ParseTest, TextThatEndsTooSoonIsAnErrorInTheLineThatIsMissing) {
  expectSyntaxError("v=0\r\n", 2);
  expectSyntaxError("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n", 3);
  expectSyntaxError("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\n", 4);
  expectSyntaxError("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\na=group:BUNDLE 0\r\n", 5);
}

TEST(ParseTest, TheHeadHasAnOrder) {
  const std::string_view v = "v=0", o = "o=- 1 2 IN IP4 127.0.0.1", s = "s=-", t = "t=0 0", m = "m=audio 0 RTP/AVP 0";
  EXPECT_TRUE(parse(joined({v, o, s, t, m})));
  expectSyntaxError(joined({o, v, s, t, m}), 1);
  expectSyntaxError(joined({v, s, o, t, m}), 2);
  expectSyntaxError(joined({v, o, t, s, m}), 3);
  expectSyntaxError(joined({v, o, s, m, t}), 4);
  expectSyntaxError(joined({v, o, s, t, m, t}), 6);
  expectSyntaxError(joined({v, o, s, t, v}), 5);
  expectSyntaxError(joined({v, o, s, t, o}), 5);
  expectSyntaxError(joined({v, o, s, t, s}), 5);
  expectSyntaxError(joined({v, o, s, t, m, v}), 6);
  expectSyntaxError(joined({v, "a=mid:0", o, s, t}), 2);
}

TEST(ParseTest, UnknownTypesAreRefused) {
  for (const std::string_view line : {"x=y", "A=mid:0", "==", "1=2", "\xc3=a", "l=", "V=0"}) {
    expectSyntaxError(inSession({line}), 5);
    expectSyntaxError(inSection({line}), 7);
  }
}

TEST(ParseTest, LinesOfTheSessionDoNotStandInASection) {
  for (const std::string_view line : {"u=http://example.com/", "e=j.doe@example.com", "p=1", "r=7d 1h 0", "z=0 0"}) {
    expectSyntaxError(inSection({line}), 7);
  }
}

TEST(ParseTest, AMidIsUnique) {
  const std::string_view data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel";
  const auto session = parse(inSession({data, "a=mid:0", data, "a=mid:1", data, data, "a=mid:2"}));
  ASSERT_TRUE(session);
  EXPECT_FALSE(session->media.at(2).mid);
  expectSyntaxError(inSession({data, "a=mid:0", data, "a=mid:1", data, "a=mid:0"}), 10);
  expectSyntaxError(inSession({"m=audio 0 RTP/AVP 0", "a=mid:0", data, "a=mid:0"}), 8);
}

TEST(ParseTest, AnErrorNamesItsLineWhateverEndsTheLines) {
  expectSyntaxError("v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\na=setup:x\n", 5);
  expectSyntaxError("v=0\r\no=- 1 2 IN IP4 127.0.0.1\ns=-\r\nt=0 0\na=setup:x", 5);
}

TEST(ParseTest, TheWholeTextHasABound) {
  std::string text = inSection({});
  while (text.size() + 102 <= kMaxSessionBytes) text += "a=" + std::string(98, 'x') + "\r\n";
  EXPECT_TRUE(parse(text));
  text += std::string(kMaxSessionBytes - text.size() + 1, '\n');
  const auto session = parse(text);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Error::QuotaExceeded);
  EXPECT_EQ(session.error().line, 0u);
  EXPECT_FALSE(session.error().message.empty());
}

TEST(ParseTest, SectionsHaveABound) {
  std::string text = inSession({});
  for (std::size_t i = 0; i < kMaxSections; ++i) text += joined({"m=audio 0 RTP/AVP 0"});
  const auto session = parse(text);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->media.size(), kMaxSections);
  EXPECT_EQ(parse(text + joined({"m=audio 0 RTP/AVP 0"})).error().code, Error::QuotaExceeded);
}

}  // namespace
}  // namespace portico::sdp
