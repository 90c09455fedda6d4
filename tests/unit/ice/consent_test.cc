// RFC 7675: consent given, missed, lost and regained.
#include <gtest/gtest.h>

#include "tests/unit/ice/hand_made.h"

namespace portico::ice {
namespace {

TEST(ConsentTest, HoldsForAsLongAsItIsAnswered) {
  Two two;
  ASSERT_TRUE(two.connect());
  two.pipe.run(seconds(600));
  EXPECT_EQ(two.a.state(), "completed");
  EXPECT_EQ(two.b.state(), "completed");
  const PairStats stats = two.a.agent.usablePairStats();
  EXPECT_GE(stats.consentRequestsSent, 99U);
  EXPECT_LE(stats.consentRequestsSent, 151U);
  // The triggered check overtook the answer to the first: that answer counts for none.
  EXPECT_GE(stats.responsesReceived + 1, stats.requestsSent);
  EXPECT_EQ(stats.currentRoundTripTime, milliseconds(2));
}

TEST(ConsentTest, IntervalsAreSpreadAroundFiveSeconds) {
  Two two;
  ASSERT_TRUE(two.connect());
  std::vector<Time> times;
  two.pipe.filter = [&](Packet& packet) {
    if (packet.from == at("192.0.2.1:1000") && isRequest(packet.payload)) times.push_back(two.pipe.now);
    return true;
  };
  two.pipe.run(seconds(300));
  ASSERT_GT(times.size(), 40U);
  Duration shortest = seconds(9);
  Duration longest{0};
  for (std::size_t i = 1; i < times.size(); ++i) {
    shortest = std::min(shortest, times[i] - times[i - 1]);
    longest = std::max(longest, times[i] - times[i - 1]);
  }
  EXPECT_GE(shortest, seconds(4));
  EXPECT_LT(shortest, milliseconds(4'400));
  EXPECT_LE(longest, seconds(6));
  EXPECT_GT(longest, milliseconds(5'600));
}

TEST(ConsentTest, LostConsentIsDisconnectedFirstAndFailedAfterThirtySeconds) {
  Two two;
  ASSERT_TRUE(two.connect());
  two.pipe.run(seconds(60));
  two.pipe.filter = [](Packet&) { return false; };
  const Time lost = two.pipe.now;
  ASSERT_TRUE(two.bothIn("disconnected", seconds(19)));
  EXPECT_TRUE(two.a.agent.selectedPair());
  ASSERT_TRUE(two.bothIn("failed", seconds(30)));
  EXPECT_GE(two.pipe.now - lost, seconds(24));
  EXPECT_LE(two.pipe.now - lost, seconds(30));
  EXPECT_FALSE(two.a.agent.selectedPair());
  EXPECT_FALSE(two.a.agent.usablePair());
  EXPECT_EQ(two.a.failures.size(), 1U);
}

TEST(ConsentTest, NothingIsSentOnceConsentIsLost) {
  Two two;
  ASSERT_TRUE(two.connect());
  two.pipe.filter = [](Packet&) { return false; };
  ASSERT_TRUE(two.bothIn("failed", seconds(60)));
  const std::size_t carried = two.pipe.carried;
  two.pipe.run(seconds(600));
  EXPECT_EQ(two.pipe.carried, carried);
  EXPECT_FALSE(two.a.agent.nextTimeout());
}

// RFC 7675 §5.1: the time runs from the last valid answer, whatever was asked since.
TEST(ConsentTest, ExpiresThirtySecondsAfterTheLastAnswerToTheMoment) {
  Two two;
  ASSERT_TRUE(two.connect());
  two.pipe.run(seconds(60));
  Time answered{};
  bool cut = false;
  two.pipe.filter = [&](Packet& packet) {
    if (packet.to == at("192.0.2.1:1000") && !isRequest(packet.payload)) {
      if (cut) return false;
      answered = packet.arrival;
      cut = true;
      return true;
    }
    return !cut;
  };
  ASSERT_TRUE(two.pipe.runTo([&] { return two.a.state() == "failed"; }, seconds(60)));
  EXPECT_EQ(two.pipe.now - answered, seconds(30));
}

// RFC 7675 §5.1: a check that is sent again is another transaction, and the peer's own are no answer.
TEST(ConsentTest, EachQuestionIsAnotherTransactionAndThePeersChecksAreNoAnswer) {
  Two two;
  ASSERT_TRUE(two.connect());
  std::vector<stun::TransactionId> asked;
  two.pipe.filter = [&](Packet& packet) {
    if (packet.from == at("192.0.2.1:1000") && isRequest(packet.payload)) {
      asked.push_back(stun::Message::parse(packet.payload)->transactionId());
      return false;
    }
    return true;
  };
  two.pipe.run(seconds(31));
  EXPECT_EQ(two.a.state(), "failed");
  ASSERT_GT(asked.size(), 20U);
  std::sort(asked.begin(), asked.end());
  EXPECT_EQ(std::adjacent_find(asked.begin(), asked.end()), asked.end());
}

// RFC 7675 §5.1: an error response, 403 or any other, gives no consent.
TEST(ConsentTest, AnErrorIsNoConsent) {
  Two two;
  ASSERT_TRUE(two.connect());
  two.pipe.filter = [&](Packet& packet) {
    if (packet.to != at("192.0.2.1:1000") || isRequest(packet.payload)) return true;
    std::array<std::byte, 256> room;
    stun::MessageBuilder refusal(room, stun::MessageClass::error, stun::Method::binding,
                                 stun::Message::parse(packet.payload)->transactionId());
    refusal.errorCode(stun::kForbidden, "Forbidden");
    refusal.messageIntegrity(asBytes(two.b.agent.localParameters().password));
    refusal.fingerprint();
    packet.payload = toVector(refusal.finish());
    return true;
  };
  two.pipe.run(seconds(31));
  EXPECT_EQ(two.a.state(), "failed");
}

TEST(ConsentTest, ADisconnectedAgentComesBackWhenItIsAnswered) {
  Two two;
  ASSERT_TRUE(two.connect());
  two.pipe.filter = [](Packet&) { return false; };
  ASSERT_TRUE(two.bothIn("disconnected", seconds(19)));
  two.pipe.filter = nullptr;
  ASSERT_TRUE(two.bothIn("completed", seconds(7)));
  EXPECT_EQ(two.a.states,
            (std::vector<std::string>{"checking", "connected", "completed", "disconnected", "connected", "completed"}));
}

TEST(ConsentTest, OneLostCheckDisturbsNothing) {
  Two two;
  ASSERT_TRUE(two.connect());
  int dropped = 0;
  two.pipe.filter = [&](Packet& packet) { return !isRequest(packet.payload) || dropped++ % 2 != 0; };
  two.pipe.run(seconds(120));
  EXPECT_GT(dropped, 20);
  EXPECT_EQ(two.a.states.size(), 3U);
}

TEST(ConsentTest, AnAnswerWithAnotherPasswordIsNoConsent) {
  Two two;
  ASSERT_TRUE(two.connect());
  two.pipe.filter = [&](Packet& packet) {
    const auto message = stun::Message::parse(packet.payload);
    if (!message || message->messageClass() == stun::MessageClass::request) return true;
    std::array<std::byte, 256> room;
    stun::MessageBuilder forged(room, stun::MessageClass::success, stun::Method::binding, message->transactionId());
    forged.xorAddress(stun::Attribute::xorMappedAddress, packet.to);
    forged.messageIntegrity(asBytes("someone else's password"));
    forged.fingerprint();
    packet.payload = toVector(forged.finish());
    return true;
  };
  two.pipe.run(seconds(31));
  EXPECT_EQ(two.a.state(), "failed");
  EXPECT_GE(two.a.agent.counters().unauthenticated, 5U);
}

TEST(ConsentTest, AStoppedPeerIsNoticed) {
  Two two;
  ASSERT_TRUE(two.connect());
  two.b.agent.stop(two.pipe.now);
  two.pipe.run(seconds(30));
  EXPECT_EQ(two.a.state(), "failed");
  two.a.agent.stop(two.pipe.now);
  two.a.takeEvents();
  EXPECT_EQ(two.a.states.back(), "closed");
}

}  // namespace
}  // namespace portico::ice
