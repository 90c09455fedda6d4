#include "core/datachannel/utf8.h"

#include <gtest/gtest.h>

namespace portico::datachannel {
namespace {

constexpr const char* kOne = "\xEF\xBF\xBD";
const std::string kTwo = std::string(kOne) + kOne;
const std::string kThree = kTwo + kOne;

TEST(Utf8, AcceptsEachLengthAndBothEndsOfItsRange) {
  for (const char* text : {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(isUtf8(text)) << text;
    EXPECT_EQ(sanitizedUtf8(text), text);
  }
  EXPECT_TRUE(isUtf8(std::string_view("\0", 1)));
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndWhatIsBeyondUnicode) {
  for (const char* text : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                           "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC2", "\xE2\x82", "\xF0\x9F\x98"}) {
    EXPECT_FALSE(isUtf8(text));
  }
}

TEST(Utf8, PutsOneReplacementForEachMaximalSubpart) {
  EXPECT_EQ(sanitizedUtf8("a\xE2\x82z"), "a" + std::string(kOne) + "z");
  EXPECT_EQ(sanitizedUtf8("\xF0\x9F\x98"), kOne);
  EXPECT_EQ(sanitizedUtf8("\xED\xA0\x80"), kThree);
  EXPECT_EQ(sanitizedUtf8("\xC0\x80"), kTwo);
  EXPECT_EQ(sanitizedUtf8("\xC2\xC2\xA9"), std::string(kOne) + "\xC2\xA9");
}

}  // namespace
}  // namespace portico::datachannel
