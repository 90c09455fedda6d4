// What an agent answers to what it is asked, right or wrong.
#include <gtest/gtest.h>

#include "tests/unit/ice/hand_made.h"
#include "tests/unit/stun/hex.h"

namespace portico::ice {
namespace {

class Responder : public testing::Test {
 protected:
  Responder() {
    two.open();
    two.a.agent.start(two.pipe.now, handMadeParameters(), IceRole::controlled);
    two.a.takeEvents();
  }
  void receive(ByteView packet, std::string_view from = "192.0.2.2:2000") {
    two.a.agent.handleInput(two.pipe.now, 1, at(from), packet);
  }
  HandMadeCheck rightCheck() const { return checkTo(two.a, "hand"); }
  Two two;
};

TEST_F(Responder, ARightCheckIsAnsweredWithTheSendersAddress) {
  receive(rightCheck().build());
  const auto packet = sent(two.a);
  ASSERT_TRUE(packet);
  const auto message = stun::Message::parse(*packet);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->messageClass(), stun::MessageClass::success);
  EXPECT_EQ(message->transactionId()[0], std::byte{7});
  EXPECT_EQ(message->mappedAddress(), at("192.0.2.2:2000"));
  EXPECT_TRUE(message->verifyIntegrity(asBytes(two.a.agent.localParameters().password)));
  EXPECT_TRUE(message->verifyFingerprint());
}

TEST_F(Responder, ACheckFromNowhereMakesAPeerReflexiveCandidateAndATriggeredCheck) {
  receive(rightCheck().build());
  EXPECT_EQ(answerOf(two.a), 0);
  const auto triggered = two.a.agent.pollTransmit();
  ASSERT_TRUE(triggered);
  EXPECT_TRUE(isRequest(triggered->payload));
  EXPECT_EQ(triggered->remote, at("192.0.2.2:2000"));
  const auto remotes = two.a.agent.remoteCandidates();
  ASSERT_EQ(remotes.size(), 1U);
  EXPECT_EQ(remotes[0].type, "prflx");
  EXPECT_EQ(remotes[0].priority, 0x6e0001ffU);
  EXPECT_EQ(two.a.state(), "checking");
}

TEST_F(Responder, ASignalledCandidateTakesThePlaceOfThePeerReflexiveOne) {
  receive(rightCheck().build());
  EXPECT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidateAt("192.0.2.2:2000")));
  ASSERT_EQ(two.a.agent.remoteCandidates().size(), 1U);
  EXPECT_EQ(two.a.agent.remoteCandidates()[0].type, "host");
}

TEST_F(Responder, AnotherMethodIsABadRequest) {
  HandMadeCheck allocate = rightCheck();
  allocate.method = static_cast<stun::Method>(3);
  receive(allocate.build());
  EXPECT_EQ(answerOf(two.a), 400);
  EXPECT_FALSE(sent(two.a));
}

TEST_F(Responder, WithoutUsernameOrIntegrityItIsABadRequest) {
  HandMadeCheck nameless = rightCheck();
  nameless.username.clear();
  receive(nameless.build());
  EXPECT_EQ(answerOf(two.a), 400);
  HandMadeCheck unsigned_ = rightCheck();
  unsigned_.password.clear();
  receive(unsigned_.build());
  EXPECT_EQ(answerOf(two.a), 400);
  EXPECT_EQ(two.a.agent.counters().unauthenticated, 2U);
  EXPECT_TRUE(two.a.agent.remoteCandidates().empty());
}

TEST_F(Responder, AWrongUsernameOrPasswordIsUnauthenticated) {
  HandMadeCheck stranger = rightCheck();
  stranger.username = "xxxx:hand";
  receive(stranger.build());
  EXPECT_EQ(answerOf(two.a), 401);
  HandMadeCheck liar = rightCheck();
  liar.password = "not the password at all";
  receive(liar.build());
  EXPECT_EQ(answerOf(two.a), 401);
  EXPECT_EQ(two.a.agent.counters().unauthenticated, 2U);
  EXPECT_TRUE(two.a.agent.remoteCandidates().empty());
  EXPECT_FALSE(sent(two.a));
}

TEST_F(Responder, AWrongOrMissingFingerprintIsDroppedAndCounted) {
  ByteVector packet = rightCheck().build();
  packet.back() ^= std::byte{1};
  receive(packet);
  HandMadeCheck without = rightCheck();
  without.fingerprint = false;
  receive(without.build());
  EXPECT_FALSE(sent(two.a));
  EXPECT_EQ(two.a.agent.counters().unauthenticated, 2U);
}

TEST_F(Responder, WhatIsNotStunIsDroppedAndCounted) {
  receive(fromHex("00"));
  receive(fromHex("0001 0000 00000000 000000000000000000000000"));
  receive({});
  EXPECT_FALSE(sent(two.a));
  EXPECT_EQ(two.a.agent.counters().malformed, 3U);
}

TEST_F(Responder, AnUnknownRequiredAttributeIsNamedIn420) {
  HandMadeCheck odd = rightCheck();
  odd.extra = 0x7ffe;
  receive(odd.build());
  const auto packet = sent(two.a);
  ASSERT_TRUE(packet);
  const auto message = stun::Message::parse(*packet);
  EXPECT_EQ(message->errorCode()->code, 420);
  EXPECT_EQ(toVector(*message->find(stun::Attribute::unknownAttributes)), fromHex("7ffe"));
  EXPECT_TRUE(message->verifyIntegrity(asBytes(two.a.agent.localParameters().password)));
}

TEST_F(Responder, AThousandBytesOfAnUnknownOptionalAttributeAreIgnored) {
  HandMadeCheck big = rightCheck();
  big.extra = 0xc070;
  big.extraBytes = 1'000;
  receive(big.build());
  EXPECT_EQ(answerOf(two.a), 0);
}

TEST_F(Responder, AnIndicationAsksForNothing) {
  ByteVector indication = rightCheck().build();
  indication[0] = std::byte{0x00};
  indication[1] = std::byte{0x11};
  receive(indication);
  EXPECT_FALSE(sent(two.a));
}

TEST_F(Responder, AnAnswerToNothingIsCounted) {
  ByteVector answer = fromHex("0101 0000 2112a442 000000000000000000000000");
  receive(answer);
  EXPECT_EQ(two.a.agent.counters().unmatched, 1U);
}

TEST_F(Responder, ACheckOfASessionThatIsNotOursIsNotAnswered) {
  receive(checkTo(two.a, "else").build());
  EXPECT_FALSE(sent(two.a));
  EXPECT_TRUE(two.a.agent.remoteCandidates().empty());
}

TEST(ResponderEarly, AnUnstartedAgentIsConnectedToAndCatchesUp) {
  Two two;
  two.open();
  tellCandidates(two.pipe.now, two.b, two.a);
  two.startA();
  two.pipe.run(seconds(1));
  EXPECT_EQ(two.a.state(), "completed");
  EXPECT_EQ(two.b.state(), "new");
  EXPECT_TRUE(two.b.agent.isKnownRemote(1, at("192.0.2.1:1000")));
  two.startB();
  EXPECT_TRUE(two.bothIn("completed", milliseconds(10)));
}

TEST(ResponderPath, AnAnswerFromAnotherAddressFailsThePair) {
  Two two;
  two.open();
  two.exchange();
  two.pipe.filter = [](Packet& packet) {
    const bool answer = !isRequest(packet.payload);
    if (answer && packet.from == at("192.0.2.2:2000")) packet.from = at("192.0.2.2:2001");
    return true;
  };
  two.startA();
  two.pipe.run(seconds(2));
  EXPECT_FALSE(two.a.agent.usablePair());
  EXPECT_EQ(two.a.state(), "checking");
  EXPECT_EQ(two.pipe.carried, 2U);  // the pair is not tried again
}

TEST(ResponderPath, AnAnswerWithTheWrongPasswordIsNotBelieved) {
  Two two;
  two.open();
  two.exchange();
  IceParameters wrong = two.b.agent.localParameters();
  wrong.password = "wrongwrongwrongwrongwrong";
  two.a.agent.start(two.pipe.now, wrong, IceRole::controlling);
  two.startB();
  two.pipe.run(seconds(20));
  EXPECT_FALSE(two.a.agent.usablePair());
  EXPECT_GT(two.b.agent.counters().unauthenticated, 0U);
}

}  // namespace
}  // namespace portico::ice
