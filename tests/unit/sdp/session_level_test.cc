#include "core/sdp/session_level.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/sdp/text.h"

namespace portico::sdp {
namespace {

TEST(SessionLevelTest, ReadsTheOrigin) {
  const auto session = parse(joined({"v=0", "o=jdoe 18446744073709551615 007 IN IP6 2001:db8::1", "s= ", "t=0 0"}));
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->username, "jdoe");
  EXPECT_EQ(session->id, 18446744073709551615u);
  EXPECT_EQ(session->version, 7u);
  EXPECT_TRUE(session->media.empty());
}

TEST(SessionLevelTest, AUsernameHasABound) {
  const auto with = [](std::size_t length) {
    return parse(joined({"v=0", "o=" + std::string(length, 'u') + " 1 2 IN IP4 0.0.0.0", "s=-", "t=0 0"}));
  };
  EXPECT_TRUE(with(256));
  ASSERT_FALSE(with(257));
  EXPECT_EQ(with(257).error().code, Error::QuotaExceeded);
}

TEST(SessionLevelTest, KeepsBundleGroupsAndNoOthers) {
  using Groups = std::vector<std::vector<std::string>>;
  const auto session =
      parse(inSession({"a=group:BUNDLE 0 1 sdparta_2", "a=group:LS 0 1", "a=group:bundle data", "a=group:BUNDLE"}));
  ASSERT_TRUE(session);
  EXPECT_EQ(session->bundleGroups, (Groups{{"0", "1", "sdparta_2"}, {"data"}, {}}));
}

TEST(SessionLevelTest, GroupsHaveBounds) {
  std::string group = "a=group:BUNDLE";
  for (std::size_t i = 0; i < kMaxSections; ++i) group += " m";
  EXPECT_TRUE(parse(inSession({group})));
  EXPECT_EQ(parse(inSession({group + " m"})).error().code, Error::QuotaExceeded);

  std::string text = inSession({});
  for (std::size_t i = 0; i < kMaxSections; ++i) text += joined({"a=group:BUNDLE"});
  EXPECT_TRUE(parse(text));
  EXPECT_EQ(parse(text + joined({"a=group:BUNDLE"})).error().code, Error::QuotaExceeded);
}

TEST(SessionLevelTest, IceLiteIsOfTheSession) {
  EXPECT_TRUE(parse(inSession({"a=ice-lite"}))->iceLite);
  // As pion 2 had it.
  EXPECT_TRUE(parse(inSession({"a=ice-lite:ice-lite"}))->iceLite);
  EXPECT_FALSE(parse(inSession({}))->iceLite);
  EXPECT_FALSE(parse(inSection({"a=ice-lite"}))->iceLite);
}

class MalformedHeadTest : public testing::TestWithParam<std::pair<std::size_t, std::string_view>> {};

/// The line with that number, from 1, has the given text.
TEST_P(MalformedHeadTest, IsASyntaxErrorInThatLine) {
  std::string_view lines[] = {"v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"};
  const auto [number, text] = GetParam();
  lines[number - 1] = text;
  const auto session = parse(joined({lines[0], lines[1], lines[2], lines[3]}));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Error::Syntax);
  EXPECT_EQ(session.error().line, number);
}

INSTANTIATE_TEST_SUITE_P(Version, MalformedHeadTest,
                         testing::Values(std::pair(1, "v="), std::pair(1, "v=1"), std::pair(1, "v=00"),
                                         std::pair(1, "v=0 1"), std::pair(1, "v=zero")));
INSTANTIATE_TEST_SUITE_P(
    Origin, MalformedHeadTest,
    testing::Values(std::pair(2, "o="), std::pair(2, "o=-"), std::pair(2, "o=- 1 2"), std::pair(2, "o=- 1 2 IN IP4"),
                    std::pair(2, "o=1 2 IN IP4 127.0.0.1"), std::pair(2, "o=- 1 2 IN IP4 127.0.0.1 more"),
                    std::pair(2, "o=- -1 2 IN IP4 127.0.0.1"), std::pair(2, "o=- 1 x IN IP4 127.0.0.1"),
                    std::pair(2, "o=- 18446744073709551616 2 IN IP4 127.0.0.1"),
                    std::pair(2, "o=- 1 18446744073709551616 IN IP4 127.0.0.1"),
                    std::pair(2, "o=- 1 2 I/N IP4 127.0.0.1"), std::pair(2, "o=- 1 2 IN I:P4 127.0.0.1")));
INSTANTIATE_TEST_SUITE_P(NameAndTime, MalformedHeadTest,
                         testing::Values(std::pair(3, "s="), std::pair(4, "t="), std::pair(4, "t=0"),
                                         std::pair(4, "t=0 0 0"), std::pair(4, "t=now later"), std::pair(4, "t=-1 0"),
                                         std::pair(4, "t=0 99999999999999999999999")));

class MalformedSessionAttributeTest : public testing::TestWithParam<std::string_view> {};

TEST_P(MalformedSessionAttributeTest, IsASyntaxError) {
  const auto session = parse(inSession({GetParam()}));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Error::Syntax);
  EXPECT_EQ(session.error().line, 5u);
}

INSTANTIATE_TEST_SUITE_P(Group, MalformedSessionAttributeTest,
                         testing::Values("a=group", "a=group:", "a=group:B:UNDLE 0", "a=group:BUNDLE 0 a/b",
                                         "a=group:BUNDLE \"0\""));

}  // namespace
}  // namespace portico::sdp
