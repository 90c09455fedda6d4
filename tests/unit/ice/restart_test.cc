// ICE restarts (RFC 8445 §9) while the old pair is in use.
#include <gtest/gtest.h>

#include "tests/unit/ice/hand_made.h"

namespace portico::ice {
namespace {

class Restart : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(two.connect());
    two.a.states.clear();
    two.b.states.clear();
  }
  void restartBoth() {
    two.a.agent.restart(two.pipe.now, {});
    two.b.agent.restart(two.pipe.now, {});
  }
  void startBoth() {
    two.exchange();
    two.startA();
    two.startB();
  }
  Two two;
};

TEST_F(Restart, MakesNewCredentialsAndAnnouncesTheCandidatesAgain) {
  const IceParameters before = two.a.agent.localParameters();
  two.a.candidates.clear();
  two.a.gatheringDone = 0;
  two.a.agent.restart(two.pipe.now, {});
  two.a.takeEvents();
  EXPECT_NE(two.a.agent.localParameters().usernameFragment, before.usernameFragment);
  EXPECT_NE(two.a.agent.localParameters().password, before.password);
  ASSERT_EQ(two.a.candidates.size(), 1U);
  EXPECT_EQ(two.a.candidates[0].usernameFragment, two.a.agent.localParameters().usernameFragment);
  EXPECT_EQ(two.a.gatheringDone, 1);
}

TEST_F(Restart, OfTwoInOneGoEachTellsItsEndUnderItsName) {
  std::vector<std::string> names;
  for (int i = 0; i < 2; ++i) {
    two.a.agent.restart(two.pipe.now, {});
    names.push_back(two.a.agent.localParameters().usernameFragment);
  }
  std::vector<std::string> ended;
  while (const auto event = two.a.agent.pollEvent()) {
    if (const auto* done = std::get_if<GatheringDoneEvent>(&*event)) ended.push_back(done->usernameFragment);
  }
  EXPECT_EQ(ended, names);
}

TEST_F(Restart, ThePairInUseStaysUntilTheNewOneIsThere) {
  restartBoth();
  std::size_t looks = 0;
  startBoth();
  while (two.a.states.empty() || two.a.states.back() != "completed" || two.b.states.back() != "completed") {
    ASSERT_TRUE(two.pipe.step(two.pipe.now + seconds(5)));
    ASSERT_TRUE(two.a.agent.usablePair());
    ASSERT_TRUE(two.b.agent.usablePair());
    ASSERT_TRUE(two.a.agent.isKnownRemote(1, at("192.0.2.2:2000")));
    ++looks;
  }
  EXPECT_GT(looks, 3U);
  EXPECT_EQ(two.a.selections.size(), 2U);
  EXPECT_EQ(two.b.selections.size(), 2U);
  EXPECT_EQ(two.a.states, (std::vector<std::string>{"new", "checking", "connected", "completed"}));
  two.pipe.run(seconds(60));
  EXPECT_EQ(two.a.state(), "completed");
}

TEST_F(Restart, LeavesTheStateAsW3CHasItWhereAPeerConnectionAsksForThat) {
  two.a.agent.stayConnectedOnRestart();
  restartBoth();
  startBoth();
  ASSERT_TRUE(two.bothIn("completed"));
  EXPECT_EQ(two.a.states, (std::vector<std::string>{"connected", "completed"}));
}

TEST_F(Restart, OfAConnectionThatWasLostGoesBackToChecking) {
  for (const char* lost : {"disconnected", "failed"}) {
    two.a.agent.stayConnectedOnRestart();
    two.pipe.filter = [](Packet&) { return false; };
    ASSERT_TRUE(two.bothIn(lost, seconds(60)));
    two.pipe.filter = nullptr;
    two.a.states.clear();
    restartBoth();
    startBoth();
    ASSERT_TRUE(two.bothIn("completed"));
    EXPECT_EQ(two.a.states, (std::vector<std::string>{"checking", "connected", "completed"})) << lost;
  }
}

TEST_F(Restart, ThatLosesItsOldPathGoesOnLooking) {
  two.a.agent.stayConnectedOnRestart();
  two.b.agent.stayConnectedOnRestart();
  two.pipe.filter = [](Packet&) { return false; };
  restartBoth();
  startBoth();
  two.pipe.run(seconds(31));  // longer than consent, and the checks have one more try
  EXPECT_EQ(two.a.state(), "checking");
  EXPECT_FALSE(two.a.agent.selectedPair());
  two.pipe.filter = nullptr;
  EXPECT_TRUE(two.bothIn("completed", seconds(5)));
}

TEST_F(Restart, ConsentOnTheOldPairGoesOnWithTheOldCredentials) {
  restartBoth();
  two.pipe.run(seconds(120));
  EXPECT_TRUE(two.a.agent.selectedPair());
  EXPECT_TRUE(two.b.agent.selectedPair());
  EXPECT_EQ(two.a.agent.counters().unauthenticated, 0U);
  startBoth();
  EXPECT_TRUE(two.bothIn("completed"));
}

TEST_F(Restart, CandidatesMayComeBeforeTheNewParameters) {
  restartBoth();
  IceCandidate candidate = two.b.agent.localCandidates().front();
  candidate.usernameFragment.reset();
  ASSERT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidate));
  ASSERT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, two.b.agent.localCandidates().front()));
  two.startA();
  two.startB();
  EXPECT_TRUE(two.bothIn("completed"));
  EXPECT_EQ(two.a.agent.remoteCandidates().size(), 1U);
}

TEST_F(Restart, ChecksOfTheNewSessionThatComeEarlyAreTakenUpAtTheStart) {
  restartBoth();
  tellCandidates(two.pipe.now, two.b, two.a);
  two.startA();
  two.pipe.run(milliseconds(100));
  two.startB();
  EXPECT_TRUE(two.bothIn("completed", milliseconds(20)));
}

// Chromium checks so while the answer to its restart is under way, and if it is answered it never checks otherwise.
TEST_F(Restart, ChecksThatKnowTheNewNameOfThePeerAloneAreNotAnswered) {
  for (const bool failed : {false, true}) {
    if (failed) {
      two.pipe.filter = [](Packet&) { return false; };
      ASSERT_TRUE(two.bothIn("failed", seconds(60)));
    }
    const IceParameters before = two.a.agent.localParameters();
    const HandMadeCheck check = checkTo(two.a, "next");
    const auto answered = [&](const HandMadeCheck& asked) {
      while (sent(two.a)) {
      }
      two.a.agent.handleInput(two.pipe.now, 1, at("192.0.2.2:3000"), asked.build());
      return answerOf(two.a);
    };
    EXPECT_FALSE(answered(check)) << "the offer is under way";
    two.a.agent.restart(two.pipe.now, {});
    EXPECT_FALSE(answered(check)) << "the answer, or an offer of ours, is being made";
    two.a.agent.restart(two.pipe.now, before);
    EXPECT_FALSE(answered(check)) << "our offer was taken back";
    two.a.agent.restart(two.pipe.now, {});
    IceParameters next = handMadeParameters();
    next.usernameFragment = "next";
    two.a.agent.start(two.pipe.now, next, std::nullopt);
    EXPECT_FALSE(answered(check)) << "the answer is under way";
    EXPECT_EQ(answered(checkTo(two.a, "next")), 0);
    two.a.agent.start(two.pipe.now, two.b.agent.localParameters(), std::nullopt);
  }
}

TEST_F(Restart, ChecksThatKnowTheOldNameOfThePeerAreAnswered) {
  const std::string before = two.b.agent.localParameters().usernameFragment;
  two.a.agent.restart(two.pipe.now, {});
  two.a.agent.start(two.pipe.now, handMadeParameters(), std::nullopt);
  while (sent(two.a)) {
  }
  two.a.agent.handleInput(two.pipe.now, 1, at("192.0.2.2:3000"), checkTo(two.a, before).build());
  EXPECT_EQ(answerOf(two.a), 0);
}

TEST_F(Restart, OldCandidatesAreForgotten) {
  ASSERT_EQ(two.a.agent.remoteCandidates().size(), 1U);
  restartBoth();
  two.a.agent.start(two.pipe.now, handMadeParameters(), std::nullopt);
  EXPECT_TRUE(two.a.agent.remoteCandidates().empty());
  two.a.takeEvents();
  EXPECT_EQ(two.a.states, (std::vector<std::string>{"new"}));
}

TEST_F(Restart, KeepsTheRoles) {
  restartBoth();
  two.exchange();
  two.startA(std::nullopt);
  two.startB(std::nullopt);
  ASSERT_TRUE(two.bothIn("completed"));
  EXPECT_EQ(two.a.agent.role(), IceRole::controlling);
}

TEST(RestartAlone, KeepsTheRolesThatTheChecksSettledAgainstThoseOfTheStart) {
  Two two;
  two.open();
  two.exchange();
  // Who starts first controls (RFC 8445 §7.3.1.1), whatever role it was given.
  two.startB(IceRole::controlled);
  two.pipe.run(milliseconds(20));
  two.startA(IceRole::controlling);
  ASSERT_TRUE(two.bothIn("completed"));
  ASSERT_EQ(two.b.agent.role(), IceRole::controlling);

  two.a.agent.restart(two.pipe.now, {});
  two.b.agent.restart(two.pipe.now, {});
  two.exchange();
  two.startB(IceRole::controlled);
  two.pipe.run(milliseconds(20));  // B nominates in this time
  two.startA(IceRole::controlling);
  EXPECT_TRUE(two.bothIn("completed"));
  EXPECT_EQ(two.a.agent.role(), IceRole::controlled);
  EXPECT_EQ(two.b.agent.role(), IceRole::controlling);
}

TEST_F(Restart, MovesToANewPathWhenTheOldIsGone) {
  two.pipe.filter = [](Packet& packet) {
    return packet.from != at("192.0.2.1:1000") && packet.to != at("192.0.2.1:1000");
  };
  two.a.open(two.pipe.now, "192.0.2.50:1000");
  restartBoth();
  startBoth();
  ASSERT_TRUE(two.bothIn("completed"));
  EXPECT_EQ(two.a.agent.selectedPair()->socket, 2U);
  EXPECT_EQ(two.b.agent.selectedPair()->remoteAddress, at("192.0.2.50:1000"));
}

// A peer that follows no second nomination: this is the first of its session.
TEST_F(Restart, ThatLosesItsOldSocketNominatesAllTheSame) {
  two.a.agent.stayConnectedOnRestart();
  two.a.open(two.pipe.now, "192.0.2.1:1001");
  restartBoth();
  two.a.agent.removeSocket(two.pipe.now, 1, "it is gone");
  int nominations = 0;
  const IceParameters peer = handMadeParameters();
  two.pipe.others[at("192.0.2.9:9")] = [&](const Packet& packet) {
    const auto message = stun::Message::parse(packet.payload);
    if (!message || message->messageClass() != stun::MessageClass::request) return;
    nominations += hasUseCandidate(packet.payload) ? 1 : 0;
    std::array<std::byte, 200> room;
    stun::MessageBuilder answer(room, stun::MessageClass::success, stun::Method::binding, message->transactionId());
    answer.xorAddress(stun::Attribute::xorMappedAddress, packet.from);
    answer.messageIntegrity(asBytes(peer.password));
    answer.fingerprint();
    two.pipe.inject(packet.to, packet.from, answer.finish());
  };
  ASSERT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, candidateAt("192.0.2.9:9")));
  two.a.agent.start(two.pipe.now, peer, std::nullopt);
  EXPECT_TRUE(two.pipe.runTo([&] { return two.a.state() == "completed"; }, seconds(5))) << two.a.state();
  EXPECT_EQ(nominations, 1);
}

TEST_F(Restart, WhatIsFoundTakesThePlaceOfAnOldPairThatIsSilent) {
  two.a.agent.stayConnectedOnRestart();
  two.b.agent.stayConnectedOnRestart();
  two.b.open(two.pipe.now, "203.0.113.2:2001");
  const auto dead = [](const Packet& packet) {
    return packet.to == at("192.0.2.2:2000") || packet.from == at("192.0.2.2:2000");
  };
  two.pipe.filter = [&](Packet& packet) { return !dead(packet) && !hasUseCandidate(packet.payload); };
  ASSERT_TRUE(two.bothIn("disconnected", seconds(30)));
  two.a.states.clear();
  restartBoth();
  startBoth();
  two.pipe.run(seconds(2));
  EXPECT_EQ(two.a.states, (std::vector<std::string>{"checking", "connected"}));
  ASSERT_TRUE(two.a.agent.usablePair());
  EXPECT_EQ(two.a.agent.usablePair()->remoteAddress, at("203.0.113.2:2001"));
  two.pipe.filter = [&](Packet& packet) { return !dead(packet); };
  EXPECT_TRUE(two.bothIn("completed"));
}

TEST_F(Restart, AnOldPairThatIsDoubtedIsNoDisconnectionWhereAnotherIsFound) {
  two.a.agent.stayConnectedOnRestart();
  two.b.agent.stayConnectedOnRestart();
  bool nominates = false;
  two.pipe.filter = [&](Packet& packet) { return nominates || !hasUseCandidate(packet.payload); };
  restartBoth();
  startBoth();
  two.pipe.run(milliseconds(100));
  const std::string before = *two.a.agent.usablePair()->local.usernameFragment;
  two.a.agent.doubt(two.pipe.now, 1);
  EXPECT_NE(*two.a.agent.usablePair()->local.usernameFragment, before);
  nominates = true;
  EXPECT_TRUE(two.bothIn("completed"));
  EXPECT_EQ(two.a.states, (std::vector<std::string>{"connected", "completed"}));
}

TEST_F(Restart, BringsAFailedAgentBack) {
  two.pipe.filter = [](Packet&) { return false; };
  ASSERT_TRUE(two.bothIn("failed", seconds(60)));
  two.pipe.filter = nullptr;
  restartBoth();
  startBoth();
  EXPECT_TRUE(two.bothIn("completed"));
}

TEST_F(Restart, OneThatFindsNothingFailsAfterPatience) {
  two.pipe.filter = [](Packet&) { return false; };
  restartBoth();
  startBoth();
  ASSERT_TRUE(two.bothIn("failed", seconds(41)));
  EXPECT_FALSE(two.a.agent.usablePair());
}

TEST_F(Restart, TwiceInARowIsFine) {
  restartBoth();
  restartBoth();
  startBoth();
  ASSERT_TRUE(two.bothIn("completed"));
  restartBoth();
  startBoth();
  EXPECT_TRUE(two.bothIn("completed"));
}

TEST_F(Restart, StartingAgainWithTheSameParametersDoesNothing) {
  two.startA();
  two.a.takeEvents();
  EXPECT_TRUE(two.a.states.empty());
  EXPECT_EQ(two.a.state(), "completed");
}

}  // namespace
}  // namespace portico::ice
