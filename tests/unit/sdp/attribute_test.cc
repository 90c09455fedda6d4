#include "core/sdp/attribute.h"

#include <gtest/gtest.h>

#include "core/sdp/session.h"
#include "tests/unit/sdp/text.h"

namespace portico::sdp {
namespace {

TEST(AttributeTest, HasANameAndPerhapsAValue) {
  const auto flag = parseAttribute("ice-lite");
  ASSERT_TRUE(flag);
  EXPECT_EQ(flag->name, "ice-lite");
  EXPECT_EQ(flag->value, "");
  const auto value = parseAttribute("msid-semantic: WMS a:b ");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->name, "msid-semantic");
  EXPECT_EQ(value->value, "WMS a:b");
}

TEST(AttributeTest, TheNameIsAToken) {
  for (const std::string_view text : {"", ":", ":value", "two words", "two words:value", "na/me", "\"name\""}) {
    const auto attribute = parseAttribute(text);
    ASSERT_FALSE(attribute) << text;
    EXPECT_EQ(attribute.error().code, Error::Syntax);
  }
}

TEST(AttributeTest, NamesAreCaseSensitive) {
  const auto session = parse(inSection({"a=MID:0", "a=Setup:nothing"}));
  ASSERT_TRUE(session);
  EXPECT_FALSE(session->media[0].mid);
}

TEST(AttributeTest, WhatIsNotUnderstoodIsSkippedAndNotWrittenBack) {
  const auto session = parse(inSection({"a=sctp-init:AAAA", "a=x-new", "a=rtcp-fb:* nack"}));
  ASSERT_TRUE(session);
  EXPECT_EQ(*session, *parse(inSection({})));
  const std::string text = write(*session);
  EXPECT_EQ(text.find("sctp-init"), std::string::npos);
  EXPECT_EQ(text.find("x-new"), std::string::npos);
}

TEST(AttributeTest, ASecondOneThatSaysTheSameDoesNoHarm) {
  const auto session =
      parse(inSection({"a=setup:active", "a=setup:ACTIVE", "a=mid:0", "a=mid:0", "a=sctp-port:5000", "a=sctp-port:5000",
                       "a=max-message-size:1", "a=max-message-size:1", "a=ice-ufrag:abcd", "a=ice-ufrag:abcd",
                       "a=end-of-candidates", "a=end-of-candidates"}));
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->media[0].transport.setup, Setup::active);
}

class ContradictionTest : public testing::TestWithParam<std::pair<std::string_view, std::string_view>> {};

TEST_P(ContradictionTest, IsASyntaxErrorInTheSecondLine) {
  const auto session = parse(inSection({GetParam().first, GetParam().second}));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Error::Syntax);
  EXPECT_EQ(session.error().line, 8u);
}

INSTANTIATE_TEST_SUITE_P(
    Attributes, ContradictionTest,
    testing::Values(std::pair("a=mid:0", "a=mid:1"), std::pair("a=setup:active", "a=setup:passive"),
                    std::pair("a=ice-ufrag:abcd", "a=ice-ufrag:abce"),
                    std::pair("a=ice-pwd:0123456789012345678901", "a=ice-pwd:0123456789012345678902"),
                    std::pair("a=tls-id:01234567890123456789", "a=tls-id:01234567890123456788"),
                    std::pair("a=sctp-port:5000", "a=sctp-port:5001"),
                    std::pair("a=max-message-size:0", "a=max-message-size:1")));

}  // namespace
}  // namespace portico::sdp
