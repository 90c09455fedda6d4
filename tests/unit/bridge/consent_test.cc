#include "native/bridge/relay/consent.h"

#include <gtest/gtest.h>

#include "tests/unit/bridge/stun_messages.h"

namespace portico::bridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Verdict = Consent::Verdict;

const ByteView kData = asBytes("a datagram that is no STUN message at all");

class ConsentTest : public testing::Test {
 protected:
  void give() {
    ASSERT_EQ(consent_.onSend(now_, request(1)), Verdict::pass);
    ASSERT_TRUE(consent_.onReceive(now_, answer(1)));
  }

  Consent consent_;
  Time now_ = Time(seconds(1000));
};

TEST_F(ConsentTest, OnlyStunRequestsPassWithoutConsent) {
  EXPECT_EQ(consent_.onSend(now_, kData), Verdict::notStun);
  EXPECT_EQ(consent_.onSend(now_, {}), Verdict::notStun);
  EXPECT_EQ(consent_.onSend(now_, answer(1)), Verdict::notStun);
  EXPECT_EQ(consent_.onSend(now_, stunMessage(stun::MessageClass::indication, 1)), Verdict::notStun);
  ByteVector forged = request(1);
  forged[2] = std::byte{0xff};  // a length that is not the datagram's
  EXPECT_EQ(consent_.onSend(now_, forged), Verdict::notStun);
  EXPECT_EQ(consent_.onSend(now_, request(1)), Verdict::pass);
}

TEST_F(ConsentTest, AnAnswerToAnOwnTransactionIsConsentFor30Seconds) {
  give();
  now_ += milliseconds(29'999);
  EXPECT_EQ(consent_.onSend(now_, kData), Verdict::pass);
  EXPECT_TRUE(consent_.onReceive(now_, kData));
  now_ += milliseconds(1);
  EXPECT_EQ(consent_.onSend(now_, kData), Verdict::notStun);
}

TEST_F(ConsentTest, AnErrorIsAnAnswer) {
  ASSERT_EQ(consent_.onSend(now_, request(1)), Verdict::pass);
  EXPECT_TRUE(consent_.onReceive(now_, stunMessage(stun::MessageClass::error, 1)));
  EXPECT_TRUE(consent_.isGiven(now_));
}

TEST_F(ConsentTest, EachNewAnswerProlongsIt) {
  give();
  for (int number = 2; number < 10; ++number) {
    now_ += seconds(25);
    EXPECT_EQ(consent_.onSend(now_, request(number)), Verdict::pass);
    EXPECT_TRUE(consent_.onReceive(now_, answer(number)));
  }
  EXPECT_TRUE(consent_.isGiven(now_));
}

TEST_F(ConsentTest, OtherThingsThatComeInAreNoConsent) {
  ASSERT_EQ(consent_.onSend(now_, request(1)), Verdict::pass);
  EXPECT_TRUE(consent_.onReceive(now_, answer(2)));
  EXPECT_TRUE(consent_.onReceive(now_, request(1)));
  EXPECT_TRUE(consent_.onReceive(now_, kData));
  EXPECT_FALSE(consent_.isGiven(now_));
  EXPECT_EQ(consent_.onSend(now_, kData), Verdict::notStun);
}

TEST_F(ConsentTest, TheSameAnswerAgainProlongsNothing) {
  give();
  now_ += seconds(20);
  EXPECT_TRUE(consent_.onReceive(now_, answer(1)));
  now_ += seconds(11);
  EXPECT_FALSE(consent_.isGiven(now_));
}

TEST_F(ConsentTest, AnAnswerThatComesAfterItsTransactionHasFailedIsNone) {
  ASSERT_EQ(consent_.onSend(now_, request(1)), Verdict::pass);
  now_ += seconds(30);
  ASSERT_EQ(consent_.onSend(now_, request(2)), Verdict::pass);
  now_ += seconds(10);
  EXPECT_TRUE(consent_.onReceive(now_, answer(1)));
  EXPECT_FALSE(consent_.isGiven(now_));
}

TEST_F(ConsentTest, RequestsKeepADistanceOf20Milliseconds) {
  EXPECT_EQ(consent_.onSend(now_, request(1)), Verdict::pass);
  EXPECT_EQ(consent_.onSend(now_, request(2)), Verdict::tooFast);
  now_ += milliseconds(19);
  EXPECT_EQ(consent_.onSend(now_, request(2)), Verdict::tooFast);
  now_ += milliseconds(1);
  EXPECT_EQ(consent_.onSend(now_, request(2)), Verdict::pass);
}

TEST_F(ConsentTest, EachRequestThatComesInLetsOneOutAtOnce) {
  EXPECT_EQ(consent_.onSend(now_, request(1)), Verdict::pass);
  EXPECT_TRUE(consent_.onReceive(now_, request(50)));
  EXPECT_EQ(consent_.onSend(now_, request(2)), Verdict::pass);
  EXPECT_EQ(consent_.onSend(now_, request(3)), Verdict::tooFast);
}

TEST_F(ConsentTest, WhatComesInLetsOutNoMoreThanTwelveWithoutAnAnswer) {
  for (int number = 0; number < 12; ++number) {
    EXPECT_EQ(consent_.onSend(now_, request(number)), Verdict::pass);
    EXPECT_TRUE(consent_.onReceive(now_, request(50 + number)));
  }
  EXPECT_EQ(consent_.onSend(now_, request(12)), Verdict::tooFast);
}

TEST_F(ConsentTest, TwelveRequestsWithoutAnAnswerAreAll) {
  for (int number = 0; number < 12; ++number, now_ += seconds(1)) {
    EXPECT_EQ(consent_.onSend(now_, request(number)), Verdict::pass);
  }
  EXPECT_EQ(consent_.onSend(now_, request(12)), Verdict::tooFast);
  now_ += std::chrono::hours(1);
  EXPECT_EQ(consent_.onSend(now_, request(13)), Verdict::tooFast);
}

TEST_F(ConsentTest, AnAnswerStartsTheCountAnew) {
  for (int number = 0; number < 11; ++number, now_ += seconds(1)) {
    ASSERT_EQ(consent_.onSend(now_, request(number)), Verdict::pass);
  }
  ASSERT_TRUE(consent_.onReceive(now_, answer(10)));
  now_ += seconds(60);
  for (int number = 20; number < 32; ++number, now_ += seconds(1)) {
    EXPECT_EQ(consent_.onSend(now_, request(number)), Verdict::pass);
  }
  EXPECT_EQ(consent_.onSend(now_, request(40)), Verdict::tooFast);
}

TEST_F(ConsentTest, WithConsentRequestsNeedNoDistance) {
  give();
  for (int number = 2; number < 100; ++number) EXPECT_EQ(consent_.onSend(now_, request(number)), Verdict::pass);
}

TEST_F(ConsentTest, NothingComesInBeforeARequestNorAfterItsTransactionHasFailed) {
  EXPECT_FALSE(consent_.onReceive(now_, kData));
  EXPECT_FALSE(consent_.onReceive(now_, request(9)));
  ASSERT_EQ(consent_.onSend(now_, request(1)), Verdict::pass);
  now_ += milliseconds(39'499);
  EXPECT_TRUE(consent_.onReceive(now_, kData));
  now_ += milliseconds(1);
  EXPECT_FALSE(consent_.onReceive(now_, kData));
}

TEST_F(ConsentTest, ARequestThatCameInMayBeAnsweredOnce) {
  ASSERT_EQ(consent_.onSend(now_, request(1)), Verdict::pass);
  ASSERT_TRUE(consent_.onReceive(now_, request(7)));
  EXPECT_EQ(consent_.onSend(now_, answer(7)), Verdict::pass);
  EXPECT_EQ(consent_.onSend(now_, answer(7)), Verdict::notStun);
  for (int number = 0; number < 100; ++number) ASSERT_TRUE(consent_.onReceive(now_, request(number)));
  int passed = 0;
  while (passed < 100 && consent_.onSend(now_, answer(1)) == Verdict::pass) ++passed;
  EXPECT_EQ(passed, static_cast<int>(kMaxOwedAnswers));
}

}  // namespace
}  // namespace portico::bridge
