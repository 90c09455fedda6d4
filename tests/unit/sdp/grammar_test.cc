#include "core/sdp/grammar.h"

#include <gtest/gtest.h>

#include <limits>

namespace portico::sdp {
namespace {

TEST(GrammarTest, ANumberIsDigitsAlone) {
  EXPECT_EQ(number("0", 9), 0u);
  EXPECT_EQ(number("007", 9), 7u);
  for (const std::string_view text : {"", " 1", "1 ", "+1", "-1", "0x1", "1.0", "a"})
    EXPECT_FALSE(number(text, 9)) << text;
}

TEST(GrammarTest, ANumberIsNeverTruncated) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(number("65535", 65535), 65535u);
  EXPECT_FALSE(number("65536", 65535));
  EXPECT_FALSE(number("8", 7));
  EXPECT_EQ(number("18446744073709551615", kMost), kMost);
  EXPECT_FALSE(number("18446744073709551616", kMost));
  EXPECT_FALSE(number("99999999999999999999999999", kMost));
}

TEST(GrammarTest, ATokenHasNoSpaceColonSlashOrQuote) {
  EXPECT_TRUE(isToken("sdparta_0"));
  EXPECT_TRUE(isToken("!#$%&'*+-.^_`{|}~"));
  for (const std::string_view text : {"", "a b", "a:b", "a/b", "a\"b", "a(b", "a;b", "a=b", "a\x80", "a\t"}) {
    EXPECT_FALSE(isToken(text)) << text;
  }
}

TEST(GrammarTest, WordsAreTakenOneByOne) {
  std::string_view text = "  one two   three ";
  EXPECT_EQ(nextWord(text), "one");
  EXPECT_EQ(nextWord(text), "two");
  EXPECT_EQ(nextWord(text), "three");
  EXPECT_EQ(nextWord(text), "");
  EXPECT_EQ(nextWord(text), "");
}

TEST(GrammarTest, LiteralsAreCaseInsensitive) {
  EXPECT_TRUE(matches("BUNDLE", "bundle"));
  EXPECT_TRUE(matches("bUnDlE", "bundle"));
  EXPECT_FALSE(matches("BUNDLES", "bundle"));
  EXPECT_EQ(lowered("SHA-256"), "sha-256");
  EXPECT_EQ(uppered("0a:bF"), "0A:BF");
}

}  // namespace
}  // namespace portico::sdp
