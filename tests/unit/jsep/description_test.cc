#include "core/jsep/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/jsep/sessions.h"

namespace portico::jsep {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

const IceCandidate kCandidate = *IceCandidate::parse("candidate:1 1 udp 2130706431 203.0.113.9 50000 typ host");

TEST(ADescription, GetsItsCandidatesInItsOwnSection) {
  sdp::Session two = session();
  two.media = {dataOffer().media[0], media("audio", "a")};
  Description description = Description::of(SdpType::offer, two);
  EXPECT_TRUE(addCandidate(description, 0, kCandidate));
  EXPECT_TRUE(addCandidate(description, 1, std::nullopt));
  const std::string& text = description.text.sdp;
  const std::size_t audio = text.find("m=audio");
  EXPECT_LT(text.find("a=candidate:1 1 udp"), audio);
  EXPECT_GT(text.find("a=end-of-candidates"), audio);
  const auto again = Description::parse(description.text);
  ASSERT_TRUE(again);
  EXPECT_EQ(description.session, again->session);
}

TEST(ADescription, TakesACandidateOnce) {
  Description description = Description::of(SdpType::offer, dataOffer());
  EXPECT_TRUE(addCandidate(description, 0, kCandidate));
  EXPECT_FALSE(addCandidate(description, 0, kCandidate));
  EXPECT_TRUE(addCandidate(description, 0, std::nullopt));
  EXPECT_FALSE(addCandidate(description, 0, std::nullopt));
}

TEST(ADescription, TakesNoMoreCandidatesThanItsBound) {
  Description description = Description::of(SdpType::offer, dataOffer());
  for (std::uint16_t port = 1; port <= sdp::kMaxCandidates + 10; ++port) {
    IceCandidate candidate = kCandidate;
    candidate.port = port;
    EXPECT_EQ(port <= sdp::kMaxCandidates, addCandidate(description, 0, candidate));
  }
}

TEST(ADescription, LacksNoLineEndWhereTheTextDid) {
  SessionDescription text = Description::of(SdpType::offer, dataOffer()).text;
  text.sdp.resize(text.sdp.size() - 2);
  Description description = *Description::parse(text);
  addCandidate(description, 0, std::nullopt);
  EXPECT_THAT(description.text.sdp, EndsWith("\r\na=end-of-candidates\r\n"));
}

TEST(ADescription, FindsTheSectionOfACandidate) {
  sdp::Session two = session();
  two.media = {media("audio", "a"), dataOffer().media[0]};
  EXPECT_EQ(1u, findSection(two, {.sdpMid = "0"}));
  EXPECT_EQ(1u, findSection(two, {.sdpMLineIndex = std::uint16_t{1}}));
  EXPECT_EQ(0u, findSection(two, {.sdpMid = "a", .sdpMLineIndex = std::uint16_t{1}}));
  EXPECT_FALSE(findSection(two, {.sdpMid = "other", .sdpMLineIndex = std::uint16_t{1}}));
  EXPECT_FALSE(findSection(two, {.sdpMLineIndex = std::uint16_t{2}}));
  for (sdp::MediaSection& section : two.media) section.mid.reset();
  EXPECT_EQ(1u, findSection(two, {.sdpMid = "other", .sdpMLineIndex = std::uint16_t{1}}));
}

TEST(ADescription, HasTheTransportOfItsBundleWhereItsSectionHasNone) {
  sdp::Session two = session();
  two.media = {media("audio", "a"), dataOffer().media[0]};
  two.media[1].transport = {};
  two.bundleGroups = {{"a", "0"}};
  const sdp::TransportAttributes shared = transportOf(two, 1);
  EXPECT_EQ("tagged", shared.usernameFragment);
  EXPECT_EQ(1u, shared.fingerprints.size());
  EXPECT_EQ(sdp::Setup::actpass, shared.setup);
  two.bundleGroups.clear();
  EXPECT_FALSE(transportOf(two, 1).usernameFragment);
}

TEST(Descriptions, BecomeCurrentWithTheAnswer) {
  Descriptions all;
  const Description one = Description::of(SdpType::offer, dataOffer());
  all.set(Side::local, SdpType::offer, one, SignalingState::haveLocalOffer);
  EXPECT_TRUE(all.pending(Side::local) && !all.current(Side::local));
  all.set(Side::remote, SdpType::pranswer, one, SignalingState::haveRemotePranswer);
  EXPECT_TRUE(all.pending(Side::remote) && !all.current(Side::remote));
  all.set(Side::remote, SdpType::answer, one, SignalingState::stable);
  EXPECT_TRUE(all.current(Side::local) && all.current(Side::remote));
  EXPECT_FALSE(all.pending(Side::local) || all.pending(Side::remote));
  all.set(Side::remote, SdpType::offer, one, SignalingState::haveRemoteOffer);
  all.set(Side::remote, SdpType::rollback, {}, SignalingState::stable);
  EXPECT_TRUE(all.current(Side::remote) && !all.pending(Side::remote));
}

}  // namespace
}  // namespace portico::jsep
