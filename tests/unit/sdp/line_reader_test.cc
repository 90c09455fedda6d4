#include "core/sdp/line_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/sdp/session.h"

namespace portico::sdp {
namespace {

/// "v0 s-" for the lines v=0 and s=-; and "!3" for an error in line 3.
std::string read(std::string_view text) {
  LineReader reader(text);
  std::string out;
  while (true) {
    const auto line = reader.next();
    if (!line) return out + "!" + std::to_string(reader.number());
    if (!line->has_value()) return out;
    out += (*line)->type;
    out += (*line)->value;
    out += ' ';
  }
}

TEST(LineReaderTest, LinesEndWithCrLfOrLf) {
  EXPECT_EQ(read("v=0\r\ns=-\r\n"), "v0 s- ");
  EXPECT_EQ(read("v=0\ns=-\n"), "v0 s- ");
  EXPECT_EQ(read("v=0\r\ns=-\n"), "v0 s- ");
}

TEST(LineReaderTest, TheLastLineMayLackItsEnd) {
  EXPECT_EQ(read("v=0\r\ns=-"), "v0 s- ");
  EXPECT_EQ(read("v=0"), "v0 ");
}

TEST(LineReaderTest, EmptyLinesMayFollowTheLast) {
  EXPECT_EQ(read("v=0\r\n\r\n\r\n"), "v0 ");
  EXPECT_EQ(read("v=0\n\n"), "v0 ");
  EXPECT_EQ(read("\n"), "");
  EXPECT_EQ(read("\r\n\r\n"), "");
  EXPECT_EQ(read(""), "");
}

TEST(LineReaderTest, EmptyLinesInBetweenAreRefused) {
  EXPECT_EQ(read("v=0\n\ns=-\n"), "v0 !2");
  EXPECT_EQ(read("\r\nv=0\r\n"), "!1");
}

TEST(LineReaderTest, AValueMayBeEmptyAndHoldAnyOtherByte) {
  EXPECT_EQ(read("k=\n"), "k ");
  EXPECT_EQ(read("s=a=b \xff\x01\t\n"), "sa=b \xff\x01\t ");
}

TEST(LineReaderTest, ALineBeginsWithALetterAndAnEqualsSign) {
  EXPECT_EQ(read("v=0\nInvalid SDP\n"), "v0 !2");
  EXPECT_EQ(read("v=0\na\n"), "v0 !2");
  EXPECT_EQ(read("v=0\n a=b\n"), "v0 !2");
  EXPECT_EQ(read("v =0\n"), "!1");
}

TEST(LineReaderTest, RefusesNulAndBareCarriageReturns) {
  EXPECT_EQ(read(std::string_view("v=0\ns=a\0b\n", 10)), "v0 !2");
  EXPECT_EQ(read("v=0\ns=a\rb\n"), "v0 !2");
  EXPECT_EQ(read("v=0\rs=-\r"), "!1");
  EXPECT_EQ(read("v=0\r\r\n"), "!1");
  EXPECT_EQ(read("v=0\r\ns=-\r"), "v0 !2");
}

TEST(LineReaderTest, ALineHasABound) {
  const std::string most = "s=" + std::string(kMaxLineBytes - 2, 'x');
  LineReader fits(most);
  EXPECT_TRUE(fits.next());
  const std::string more = most + "x\r\n";
  LineReader doesNot(more);
  const auto line = doesNot.next();
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().code, Error::QuotaExceeded);
}

}  // namespace
}  // namespace portico::sdp
