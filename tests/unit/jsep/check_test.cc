#include "core/jsep/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/jsep/sessions.h"

namespace portico::jsep {
namespace {

using testing::HasSubstr;

struct Checking : testing::Test {
  Descriptions descriptions;

  void offered(const sdp::Session& offer) {
    descriptions.set(Side::local, SdpType::offer, Description::of(SdpType::offer, offer),
                     SignalingState::haveLocalOffer);
  }
  std::string refusal(SdpType type, const sdp::Session& given) {
    const Result<void> valid = checkRemote(descriptions, type, given);
    if (valid) return "";
    EXPECT_EQ(Error::InvalidAccess, valid.error().code);
    return valid.error().message;
  }
};

TEST_F(Checking, TakesAnOfferAndItsAnswer) {
  EXPECT_EQ("", refusal(SdpType::offer, dataOffer()));
  offered(dataOffer());
  EXPECT_EQ("", refusal(SdpType::answer, composeAnswer(dataOffer(), transport(), session())));
}

TEST_F(Checking, TakesAnOfferWithoutAnythingForData) {
  sdp::Session offer = session();
  EXPECT_EQ("", refusal(SdpType::offer, offer));
  offer.media = {media("audio", "a")};
  EXPECT_EQ("", refusal(SdpType::offer, offer));
}

TEST_F(Checking, NamesTheSectionAndWhatItLacks) {
  sdp::Session offer = dataOffer();
  offer.media[0].transport.password.reset();
  EXPECT_THAT(refusal(SdpType::offer, offer), HasSubstr("m-line 0 has no a=ice-ufrag and a=ice-pwd"));
  offer = dataOffer();
  offer.media[0].transport.fingerprints.clear();
  EXPECT_THAT(refusal(SdpType::offer, offer), HasSubstr("m-line 0 has no a=fingerprint"));
}

TEST_F(Checking, RefusesAnAnswerWithOtherSections) {
  sdp::Session offer = dataOffer();
  offer.media.push_back(rejected(media("audio", "a")));
  offered(offer);
  sdp::Session answer = composeAnswer(offer, transport(), session());
  answer.media.pop_back();
  EXPECT_THAT(refusal(SdpType::answer, answer), HasSubstr("1 m-lines where 2"));
  answer = composeAnswer(offer, transport(), session());
  std::swap(answer.media[0], answer.media[1]);
  EXPECT_THAT(refusal(SdpType::answer, answer), HasSubstr("is for audio"));
}

TEST_F(Checking, RefusesALaterOfferThatDropsOrRenamesASection) {
  descriptions.set(Side::remote, SdpType::answer, Description::of(SdpType::answer, dataOffer()),
                   SignalingState::stable);
  EXPECT_THAT(refusal(SdpType::offer, session()), HasSubstr("0 m-lines where 1"));
  sdp::Session renamed = dataOffer();
  renamed.media[0].mid = "x";
  EXPECT_THAT(refusal(SdpType::offer, renamed), HasSubstr("has the mid \"x\""));
}

TEST_F(Checking, KnowsADescriptionThatWasMadeHereByWhatCounts) {
  const sdp::Session made = dataOffer();
  sdp::Session given = made;
  given.media[0].transport.iceOptions.clear();
  given.media[0].endOfCandidates = true;
  EXPECT_TRUE(sameAsCreated(given, made));
  given.media[0].maxMessageSize = 1;
  EXPECT_FALSE(sameAsCreated(given, made));
}

}  // namespace
}  // namespace portico::jsep
