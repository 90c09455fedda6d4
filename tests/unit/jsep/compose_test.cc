#include "core/jsep/compose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/jsep/sessions.h"

namespace portico::jsep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Composing, OffersNothingWhereThereIsNothing) {
  EXPECT_THAT(composeOffer({}, std::nullopt, session()).media, IsEmpty());
}

TEST(Composing, OffersASectionForDataInABundleOfItsOwn) {
  const sdp::Session offer = dataOffer();
  ASSERT_EQ(1u, offer.media.size());
  EXPECT_TRUE(offer.media[0].isDataChannel());
  EXPECT_EQ("0", offer.media[0].mid);
  EXPECT_EQ(sdp::Setup::actpass, offer.media[0].transport.setup);
  EXPECT_THAT(offer.media[0].transport.iceOptions, ElementsAre("trickle"));
  EXPECT_THAT(offer.bundleGroups, ElementsAre(ElementsAre("0")));
}

TEST(Composing, KeepsTheOrderOfSectionsInLaterOffers) {
  Descriptions descriptions;
  sdp::Session before = session();
  before.media = {rejected(media("audio", "a")), dataOffer().media[0]};
  before.media[1].mid = "d";
  descriptions.set(Side::local, SdpType::offer, Description::of(SdpType::offer, before),
                   SignalingState::haveLocalOffer);
  const sdp::Session offer = composeOffer(descriptions, transport("later"), session());
  ASSERT_EQ(2u, offer.media.size());
  EXPECT_EQ("audio", offer.media[0].media);
  EXPECT_EQ(0, offer.media[0].port);
  EXPECT_EQ("d", offer.media[1].mid);
  EXPECT_EQ("later", offer.media[1].transport.usernameFragment);
}

TEST(Composing, GivesANewSectionAMidThatNobodyHas) {
  Descriptions descriptions;
  sdp::Session before = session();
  before.media = {rejected(media("audio", "1"))};
  descriptions.set(Side::local, SdpType::offer, Description::of(SdpType::offer, before),
                   SignalingState::haveLocalOffer);
  const sdp::Session offer = composeOffer(descriptions, transport(), session());
  ASSERT_EQ(2u, offer.media.size());
  EXPECT_EQ("2", offer.media[1].mid);
}

TEST(Composing, AnswersTheFirstSectionForDataAndRejectsAllOthers) {
  sdp::Session offer = session();
  offer.media = {media("audio", "a"), dataOffer().media[0], dataOffer().media[0]};
  offer.media[1].mid = "d";
  offer.media[2].mid = "e";
  offer.bundleGroups = {{"a", "d", "e"}};
  const sdp::Session answer = composeAnswer(offer, transport("mine"), session());
  ASSERT_EQ(3u, answer.media.size());
  EXPECT_EQ(0, answer.media[0].port);
  EXPECT_EQ(9, answer.media[1].port);
  EXPECT_EQ(0, answer.media[2].port);
  EXPECT_EQ("mine", answer.media[1].transport.usernameFragment);
  EXPECT_THAT(answer.bundleGroups, ElementsAre(ElementsAre("d")));
  EXPECT_EQ(sdp::Setup::active, answer.media[1].transport.setup);
}

TEST(Composing, BundlesOnlyWhatWasOfferedInABundle) {
  sdp::Session offer = dataOffer();
  offer.bundleGroups.clear();
  EXPECT_THAT(composeAnswer(offer, transport(), session()).bundleGroups, IsEmpty());
}

TEST(Composing, AnswersABundleOnlySectionWithAPort) {
  sdp::Session offer = session();
  offer.media = {media("audio", "a"), dataOffer().media[0]};
  offer.media[1].mid = "d";
  offer.media[1].port = 0;
  offer.media[1].bundleOnly = true;
  offer.bundleGroups = {{"a", "d"}};
  const sdp::Session answer = composeAnswer(offer, transport(), session());
  EXPECT_EQ(9, answer.media[1].port);
  EXPECT_FALSE(answer.media[1].bundleOnly);
  EXPECT_TRUE(answer.media[1].rtcpMux);
}

TEST(Composing, SpeaksOfRtcpOnlyWhereTheTransportWasToCarryIt) {
  EXPECT_FALSE(composeAnswer(dataOffer(), transport(), session()).media[0].rtcpMux);
}

TEST(Composing, KeepsTheRolesOfTheHandshakeThatWas) {
  LocalTransport settled = transport();
  settled.settled = sdp::Setup::passive;
  EXPECT_EQ(sdp::Setup::passive, composeAnswer(dataOffer(), settled, session()).media[0].transport.setup);
}

TEST(Composing, TakesTheRoleThatAnOffererLeaves) {
  EXPECT_EQ(sdp::Setup::active, answerTo(sdp::Setup::actpass));
  EXPECT_EQ(sdp::Setup::active, answerTo(sdp::Setup::passive));
  EXPECT_EQ(sdp::Setup::passive, answerTo(sdp::Setup::active));
  EXPECT_EQ(sdp::Setup::active, answerTo(std::nullopt));
}

}  // namespace
}  // namespace portico::jsep
