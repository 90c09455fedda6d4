// What the peers of the field write: what is read of it, and that nothing of that is lost when it's written again.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "core/sdp/session.h"
#include "tests/unit/sdp/vectors/aiortc.h"
#include "tests/unit/sdp/vectors/chromium.h"
#include "tests/unit/sdp/vectors/firefox.h"
#include "tests/unit/sdp/vectors/libdatachannel.h"
#include "tests/unit/sdp/vectors/pion.h"
#include "tests/unit/sdp/vectors/safari.h"

namespace portico::sdp {
namespace {

struct Expected {
  std::string name;
  std::string_view text;
  /// The sections: "<media> <port> <mid>", with what else is worth saying: "rejected" "bundle-only" "legacy" "data",
  /// and the number of candidates where there are some, with a full stop behind it if no more are to come.
  std::vector<std::string> sections;
  std::vector<std::string> iceOptions;
  Setup setup;
  std::uint64_t maxMessageSize;  ///< 1 where none is said
};

std::ostream& operator<<(std::ostream& out, const Expected& expected) {
  return out << expected.name;
}

std::string summary(const MediaSection& section) {
  std::string out = section.media + ' ' + std::to_string(section.port) + ' ' + section.mid.value_or("-");
  if (section.port == 0) out += section.bundleOnly ? " bundle-only" : " rejected";
  if (section.isLegacy()) out += " legacy";
  if (section.isDataChannel()) out += " data";
  if (!section.candidates.empty() || section.endOfCandidates) out += ' ' + std::to_string(section.candidates.size());
  if (section.endOfCandidates) out += '.';
  return out;
}

class VectorTest : public testing::TestWithParam<Expected> {};

TEST_P(VectorTest, IsReadWithAllThatADataChannelNeeds) {
  const auto& expected = GetParam();
  const auto session = parse(expected.text);
  ASSERT_TRUE(session) << session.error().message;
  ASSERT_EQ(session->bundleGroups.size(), 1u);

  std::vector<std::string> sections;
  std::size_t dataSections = 0;
  for (const auto& section : session->media) {
    sections.push_back(summary(section));
    if (section.port == 0 && !section.bundleOnly) continue;
    EXPECT_GE(section.transport.usernameFragment.value_or("").size(), 4u);
    EXPECT_GE(section.transport.password.value_or("").size(), 22u);
    ASSERT_EQ(section.transport.fingerprints.size(), 1u);
    EXPECT_EQ(section.transport.fingerprints[0].algorithm, "sha-256");
    EXPECT_EQ(section.transport.fingerprints[0].value.size(), 95u);
    EXPECT_EQ(section.transport.iceOptions, expected.iceOptions);
    EXPECT_EQ(section.transport.setup, expected.setup);
    if (!section.isDataChannel()) continue;
    ++dataSections;
    EXPECT_EQ(section.sctpPort, 5000);
    EXPECT_EQ(section.maxMessageSize.value_or(1), expected.maxMessageSize);
  }
  EXPECT_EQ(sections, expected.sections);
  EXPECT_EQ(dataSections, 1u);
}

TEST_P(VectorTest, IsTheSameWithEitherEndOfLines) {
  std::string text;
  for (const char c : GetParam().text) {
    if (c == '\n') text += '\r';
    text += c;
  }
  const auto session = parse(text);
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(*session, *parse(GetParam().text));
}

TEST_P(VectorTest, IsTheSameWhenItIsWrittenAndReadAgain) {
  const auto session = parse(GetParam().text);
  ASSERT_TRUE(session) << session.error().message;
  const auto again = parse(write(*session));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, *session);
}

TEST_P(VectorTest, CutAnywhereItParsesOrNamesTheLineThatWasCut) {
  std::uint32_t line = 1;
  for (std::size_t length = 0; length < GetParam().text.size(); ++length) {
    const auto session = parse(GetParam().text.substr(0, length));
    if (!session) {
      ASSERT_EQ(session.error().code, Error::Syntax) << length;
      ASSERT_GE(session.error().line, line) << length;
      ASSERT_LE(session.error().line, line + 1) << length;  // that which is missing
    }
    if (GetParam().text[length] == '\n') ++line;
  }
}

const std::vector<std::string> kTrickle = {"trickle"};
constexpr std::uint64_t kBrowsers = 262144;
constexpr std::uint64_t kMozilla = 1073741823;

INSTANTIATE_TEST_SUITE_P(
    Chromium, VectorTest,
    testing::Values(
        Expected{"Data", vectors::kChromiumData, {"application 9 0 data 2"}, kTrickle, Setup::actpass, kBrowsers},
        Expected{"Media",
                 vectors::kChromiumMedia,
                 {"audio 9 0 2", "video 9 1", "application 9 2 data"},
                 kTrickle,
                 Setup::actpass,
                 kBrowsers},
        Expected{"MediaAnswer",
                 vectors::kChromiumMediaAnswer,
                 {"audio 9 0 1", "video 9 1", "application 9 2 data"},
                 kTrickle,
                 Setup::active,
                 kBrowsers},
        Expected{"Stopped",
                 vectors::kChromiumStopped,
                 {"audio 0 0 rejected", "video 9 1 2", "application 9 2 data 2"},
                 kTrickle,
                 Setup::actpass,
                 kBrowsers}));

INSTANTIATE_TEST_SUITE_P(
    Firefox, VectorTest,
    testing::Values(
        Expected{"Data", vectors::kFirefoxData, {"application 9 0 data 4."}, kTrickle, Setup::actpass, kMozilla},
        Expected{"Media",
                 vectors::kFirefoxMedia,
                 {"audio 9 0 8.", "video 0 1 bundle-only", "application 0 2 bundle-only data"},
                 kTrickle,
                 Setup::actpass,
                 kMozilla},
        Expected{"Stopped",
                 vectors::kFirefoxStopped,
                 {"audio 0 0 rejected", "video 9 1", "application 9 2 data"},
                 kTrickle,
                 Setup::actpass,
                 kMozilla},
        Expected{"Data61",
                 vectors::kFirefox61Data,
                 {"application 58712 sdparta_0 legacy data 3."},
                 kTrickle,
                 Setup::actpass,
                 kMozilla},
        Expected{"Media61",
                 vectors::kFirefox61Media,
                 {"audio 58712 sdparta_0 2.", "video 58712 sdparta_1 2.", "application 58712 sdparta_2 legacy data 3."},
                 kTrickle,
                 Setup::actpass,
                 kMozilla}));

INSTANTIATE_TEST_SUITE_P(
    Safari, VectorTest,
    testing::Values(
        Expected{"Data", vectors::kSafariData, {"application 9 0 data 2"}, kTrickle, Setup::actpass, kBrowsers},
        Expected{"Media",
                 vectors::kSafariMedia,
                 {"audio 9 0 2", "video 9 1 2", "application 9 2 data 2"},
                 kTrickle,
                 Setup::actpass,
                 kBrowsers},
        Expected{
            "Data12", vectors::kSafari12Data, {"application 61203 data legacy data 1"}, kTrickle, Setup::actpass, 1}));

INSTANTIATE_TEST_SUITE_P(
    Aiortc, VectorTest,
    testing::Values(
        Expected{"Data", vectors::kAiortcData, {"application 45748 0 legacy data 2."}, {}, Setup::actpass, 65536},
        Expected{"Media",
                 vectors::kAiortcMedia,
                 {"audio 32873 0 2.", "video 39188 1 2.", "application 52600 2 legacy data 2."},
                 {},
                 Setup::actpass,
                 65536},
        Expected{"Answer", vectors::kAiortcAnswer, {"application 60175 0 legacy data 2."}, {}, Setup::active, 65536}));

INSTANTIATE_TEST_SUITE_P(
    Pion, VectorTest,
    testing::Values(Expected{"Data", vectors::kPionData, {"application 9 0 data 4."}, {}, Setup::actpass, kMozilla},
                    Expected{"Media",
                             vectors::kPionMedia,
                             {"audio 9 0 4.", "video 9 1", "application 9 2 data"},
                             {},
                             Setup::actpass,
                             kMozilla},
                    Expected{"Lite2",
                             vectors::kPion2Lite,
                             {"audio 0 - rejected", "application 9 1 legacy data 2."},
                             {},
                             Setup::active,
                             1}));

const std::vector<std::string> kIce2 = {"ice2", "trickle"};

INSTANTIATE_TEST_SUITE_P(
    Libdatachannel, VectorTest,
    testing::Values(
        Expected{
            "Data", vectors::kLibdatachannelData, {"application 41667 0 data 2."}, kIce2, Setup::actpass, kBrowsers},
        Expected{"Media",
                 vectors::kLibdatachannelMedia,
                 {"audio 60105 audio 2.", "video 60105 video", "application 60105 0 data"},
                 kIce2,
                 Setup::actpass,
                 kBrowsers},
        Expected{"MediaAnswer",
                 vectors::kLibdatachannelMediaAnswer,
                 {"audio 60772 audio 2.", "video 60772 video", "application 60772 0 data"},
                 kIce2,
                 Setup::active,
                 kBrowsers}));

TEST(VectorsTest, AnIceLitePeerIsKnown) {
  EXPECT_TRUE(parse(vectors::kPion2Lite)->iceLite);
  EXPECT_FALSE(parse(vectors::kPionData)->iceLite);
}

}  // namespace
}  // namespace portico::sdp
