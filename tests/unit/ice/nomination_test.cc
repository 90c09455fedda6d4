// Regular nomination by us, aggressive nomination by the peer, and the lite agents of both sides.
#include <gtest/gtest.h>

#include "tests/unit/ice/hand_made.h"

namespace portico::ice {
namespace {

TEST(Nomination, TheControllingAgentNominatesOneValidPairAndOnlyThen) {
  Two two;
  two.open();
  two.exchange();
  std::vector<bool> requestsOfA;
  std::size_t nominationsOfB = 0;
  two.pipe.filter = [&](Packet& packet) {
    if (!isRequest(packet.payload)) return true;
    if (packet.from == at("192.0.2.1:1000")) requestsOfA.push_back(hasUseCandidate(packet.payload));
    if (packet.from == at("192.0.2.2:2000") && hasUseCandidate(packet.payload)) ++nominationsOfB;
    return true;
  };
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("completed"));
  ASSERT_GE(requestsOfA.size(), 2U);
  EXPECT_FALSE(requestsOfA.front());
  EXPECT_EQ(std::count(requestsOfA.begin(), requestsOfA.end(), true), 1);
  EXPECT_EQ(nominationsOfB, 0U);
}

TEST(Nomination, APairThroughANatWaitsForABetterOneButNotForLong) {
  Two two;
  two.open();
  // The direct pair is better and never answers; the one that works is server-reflexive on the other side.
  IceCandidate direct = candidateAt("10.0.0.5:2000", 2'130'706'431);
  IceCandidate outside = candidateAt("192.0.2.2:2000", 1'694'498'815, "srflx");
  ASSERT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, direct));
  ASSERT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, outside));
  const Time begin = two.pipe.now;
  two.startA();
  two.pipe.runUntil(begin + milliseconds(199));
  EXPECT_TRUE(two.a.agent.usablePair());
  EXPECT_FALSE(two.a.agent.selectedPair());
  EXPECT_EQ(two.a.state(), "connected");
  two.pipe.runUntil(begin + milliseconds(205));
  EXPECT_EQ(two.a.state(), "completed");
}

TEST(Nomination, IfTheNominatedPairDiesTheNextIsNominated) {
  Two two;
  two.b.open(two.pipe.now, "192.0.2.2:2000", 200);
  two.b.open(two.pipe.now, "192.0.2.3:2000", 100);
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  two.exchange();
  two.pipe.filter = [](Packet& packet) {
    return !(packet.to == at("192.0.2.2:2000") && hasUseCandidate(packet.payload));
  };
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("completed", seconds(9)));
  EXPECT_EQ(two.a.agent.selectedPair()->remoteAddress, at("192.0.2.3:2000"));
}

TEST(Nomination, WhenNoNominationIsAnsweredTheSearchFails) {
  Two two;
  two.open();
  two.exchange();
  two.pipe.filter = [](Packet& packet) { return !hasUseCandidate(packet.payload); };
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("failed", seconds(80)));
  EXPECT_EQ(two.a.failures.size(), 1U);
  EXPECT_EQ(two.b.failures.size(), 1U);
  EXPECT_EQ(two.a.states, (std::vector<std::string>{"checking", "connected", "checking", "failed"}));
}

/// Agent a, controlled, against a peer made by hand that nominates with every check, as aioice does.
class Aggressive : public testing::Test {
 protected:
  Aggressive() {
    two.a.open(two.pipe.now, "192.0.2.1:1000");
    two.a.agent.start(two.pipe.now, handMadeParameters(), IceRole::controlled);
    for (const std::string_view address : {"192.0.2.2:2000", "192.0.2.3:2000"}) {
      two.pipe.others[at(address)] = [this](const Packet& packet) { answer(packet); };
    }
  }
  void answer(const Packet& packet) {
    const auto request = stun::Message::parse(packet.payload);
    if (!request || request->messageClass() != stun::MessageClass::request) return;
    std::array<std::byte, 256> room;
    stun::MessageBuilder builder(room, stun::MessageClass::success, stun::Method::binding, request->transactionId());
    builder.xorAddress(stun::Attribute::xorMappedAddress, packet.from);
    builder.messageIntegrity(asBytes(handMadeParameters().password));
    builder.fingerprint();
    two.pipe.inject(packet.to, packet.from, builder.finish());
  }
  void nominateFrom(std::string_view address, std::uint32_t priority) {
    HandMadeCheck check = checkTo(two.a, "hand");
    check.controlling = 1;
    check.useCandidate = true;
    check.priority = priority;
    two.pipe.inject(at(address), at("192.0.2.1:1000"), check.build());
    two.pipe.run(milliseconds(10));
  }
  SocketAddress selected() const { return two.a.agent.selectedPair()->remoteAddress; }
  Two two;
};

TEST_F(Aggressive, IsFollowedOnceOurOwnCheckIsAnswered) {
  nominateFrom("192.0.2.2:2000", 1'000);
  EXPECT_EQ(two.a.state(), "completed");
  EXPECT_EQ(selected(), at("192.0.2.2:2000"));
}

TEST_F(Aggressive, MovesToABetterPairAndNotToAWorse) {
  nominateFrom("192.0.2.2:2000", 1'000);
  nominateFrom("192.0.2.3:2000", 2'000);
  EXPECT_EQ(selected(), at("192.0.2.3:2000"));
  nominateFrom("192.0.2.2:2000", 1'000);
  EXPECT_EQ(selected(), at("192.0.2.3:2000"));
  EXPECT_EQ(two.a.selections.size(), 2U);
  EXPECT_EQ(two.a.state(), "completed");
}

TEST_F(Aggressive, MovesToAWorsePairWhenTheBetterHasDied) {
  nominateFrom("192.0.2.2:2000", 2'000);
  two.pipe.others.erase(at("192.0.2.2:2000"));
  two.pipe.run(seconds(20));
  EXPECT_EQ(two.a.state(), "disconnected");
  nominateFrom("192.0.2.3:2000", 1'000);
  EXPECT_EQ(selected(), at("192.0.2.3:2000"));
  EXPECT_EQ(two.a.state(), "completed");
}

/// Agent a, controlling, against a peer made by hand that answers all, and checks when a test says so.
class Early : public testing::Test {
 protected:
  Early() {
    two.a.open(two.pipe.now, "192.0.2.1:1000");
    two.pipe.others[at("192.0.2.2:2000")] = [this](const Packet& packet) { onPacket(packet); };
    EXPECT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidateAt("192.0.2.2:2000")));
    two.a.agent.start(two.pipe.now, handMadeParameters(), IceRole::controlling);
  }
  void onPacket(const Packet& packet) {
    const auto request = stun::Message::parse(packet.payload);
    if (!request || request->messageClass() != stun::MessageClass::request) return;
    if (request->has(stun::Attribute::useCandidate)) ++nominations;
    if (checksFirst && nominations == 0) check();
    std::array<std::byte, 256> room;
    stun::MessageBuilder builder(room, stun::MessageClass::success, stun::Method::binding, request->transactionId());
    builder.xorAddress(stun::Attribute::xorMappedAddress, packet.from);
    builder.messageIntegrity(asBytes(handMadeParameters().password));
    builder.fingerprint();
    two.pipe.inject(packet.to, packet.from, builder.finish());
  }
  void check() {
    HandMadeCheck check = checkTo(two.a, "hand");
    check.controlled = 1;
    two.pipe.inject(at("192.0.2.2:2000"), at("192.0.2.1:1000"), check.build());
  }
  Two two;
  std::size_t nominations = 0;
  bool checksFirst = false;
};

TEST_F(Early, ANominationIsRepeatedOnceThePeerChecksForTheFirstTimeAfterIt) {
  two.pipe.run(milliseconds(100));
  ASSERT_EQ(two.a.state(), "completed");
  EXPECT_EQ(nominations, 1U);
  check();
  two.pipe.run(milliseconds(100));
  EXPECT_EQ(nominations, 2U);
  check();
  two.pipe.run(milliseconds(100));
  EXPECT_EQ(nominations, 2U);
  EXPECT_EQ(two.a.selections.size(), 1U);
  EXPECT_EQ(two.a.state(), "completed");
}

TEST_F(Early, ANominationIsSaidOnceToAPeerThatHasChecked) {
  checksFirst = true;
  two.pipe.run(milliseconds(100));
  ASSERT_EQ(two.a.state(), "completed");
  check();
  two.pipe.run(milliseconds(100));
  EXPECT_EQ(nominations, 1U);
}

AgentOptions lite() {
  AgentOptions options;
  options.lite = true;
  return options;
}

TEST(Lite, AFullAgentControlsALitePeerWhateverRoleItWasGiven) {
  Two two({}, lite());
  two.open();
  two.exchange();
  EXPECT_TRUE(two.b.agent.localParameters().iceLite);
  two.startA(IceRole::controlled);
  two.startB(IceRole::controlling);
  ASSERT_TRUE(two.bothIn("completed"));
  EXPECT_EQ(two.a.agent.role(), IceRole::controlling);
  EXPECT_EQ(two.b.agent.role(), IceRole::controlled);
  EXPECT_EQ(two.b.agent.selectedPair()->remoteAddress, at("192.0.2.1:1000"));
}

TEST(Lite, ALiteAgentSendsNoRequestsAndHasHostCandidatesOnly) {
  Two two({}, lite());
  two.open();
  two.b.agent.addStunServer(two.pipe.now, at("198.51.100.1:3478"), "stun:example");
  two.exchange();
  std::size_t requestsOfB = 0;
  two.pipe.filter = [&](Packet& packet) {
    if (packet.from == at("192.0.2.2:2000") && isRequest(packet.payload)) ++requestsOfB;
    return true;
  };
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("completed"));
  two.pipe.run(seconds(120));
  EXPECT_EQ(requestsOfB, 0U);
  EXPECT_EQ(two.b.candidates.size(), 1U);
  EXPECT_EQ(two.b.state(), "completed");
}

TEST(Lite, ALiteAgentNoticesThatItsPeerIsGone) {
  Two two({}, lite());
  ASSERT_TRUE(two.connect());
  two.a.agent.stop(two.pipe.now);
  two.pipe.run(seconds(36));
  EXPECT_EQ(two.b.state(), "failed");
  EXPECT_EQ(two.b.states[two.b.states.size() - 2], "disconnected");
}

TEST(Lite, AnAgentThatHasFailedIsNotBroughtBackByALateCheck) {
  Two two({}, lite());
  ASSERT_TRUE(two.connect());
  HandMadeCheck late = checkTo(two.b, two.a.agent.localParameters().usernameFragment);
  late.controlling = 1;
  late.useCandidate = true;
  two.a.agent.stop(two.pipe.now);
  two.pipe.run(seconds(36));
  ASSERT_EQ(two.b.state(), "failed");
  two.b.agent.handleInput(two.pipe.now, 1, at("192.0.2.1:1000"), late.build());
  EXPECT_EQ(answerOf(two.b), 0);  // there is no harm in an answer
  two.pipe.run(seconds(1));
  EXPECT_EQ(two.b.state(), "failed");
  EXPECT_FALSE(two.b.agent.selectedPair());
}

}  // namespace
}  // namespace portico::ice
