// Two agents find each other: states, times, orders of events, losses.
#include <gtest/gtest.h>

#include "tests/unit/ice/hand_made.h"

namespace portico::ice {
namespace {

const std::vector<std::string> kUsualStates = {"checking", "connected", "completed"};

TEST(Connect, TwoAgentsCompleteOverTheirHostCandidates) {
  Two two;
  ASSERT_TRUE(two.connect());
  EXPECT_EQ(two.a.states, kUsualStates);
  EXPECT_EQ(two.b.states, kUsualStates);
  EXPECT_EQ(two.a.agent.role(), IceRole::controlling);
  EXPECT_EQ(two.b.agent.role(), IceRole::controlled);
  ASSERT_TRUE(two.a.agent.selectedPair());
  ASSERT_TRUE(two.b.agent.selectedPair());
  EXPECT_EQ(two.a.agent.selectedPair()->remoteAddress, at("192.0.2.2:2000"));
  EXPECT_EQ(two.b.agent.selectedPair()->remoteAddress, at("192.0.2.1:1000"));
  EXPECT_EQ(two.a.agent.selectedPair()->local.type, "host");
  EXPECT_EQ(two.a.agent.selectedPair()->remote.type, "host");
  EXPECT_EQ(two.a.selections.size(), 1U);
  EXPECT_EQ(two.b.selections.size(), 1U);
}

TEST(Connect, TakesNoLongerThanItsRoundTrips) {
  Two two;
  two.open();
  two.exchange();
  const Time begin = two.pipe.now;
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("completed"));
  // Check, answer, nomination, answer: two round trips of 2 ms, and no pacing in between.
  EXPECT_LE(two.pipe.now - begin, milliseconds(4));
}

TEST(Connect, CompletedComesInALaterStepThanConnected) {
  Two two;
  two.open();
  two.exchange();
  two.startA();
  two.startB();
  ASSERT_TRUE(two.pipe.runTo([&] { return two.a.agent.selectedPair() != nullptr; }, seconds(1)));
  EXPECT_EQ(two.a.state(), "connected");
  EXPECT_EQ(two.a.agent.nextTimeout(), two.pipe.now);
  two.a.agent.handleTimeout(two.pipe.now);
  EXPECT_EQ(two.a.state(), "completed");
}

TEST(Connect, APairIsUsableOneRoundTripAfterTheStart) {
  Two two;
  two.open();
  two.exchange();
  two.startA();
  two.startB();
  two.pipe.run(milliseconds(2));
  EXPECT_TRUE(two.a.agent.usablePair());
  EXPECT_TRUE(two.b.agent.usablePair());
  EXPECT_FALSE(two.a.agent.selectedPair());
}

TEST(Connect, APairThatIsUsableIsToldOnceAndIsConnected) {
  Two two;
  two.open();
  two.exchange();
  bool nominates = false;
  two.pipe.filter = [&](Packet& packet) { return nominates || !hasUseCandidate(packet.payload); };
  two.startA();
  two.startB();
  two.pipe.run(milliseconds(100));
  for (Peer* peer : {&two.a, &two.b}) {
    EXPECT_EQ(peer->states, (std::vector<std::string>{"checking", "connected"}));
    EXPECT_EQ(peer->selections.size(), 1U);
    EXPECT_FALSE(peer->agent.selectedPair());
    EXPECT_TRUE(peer->agent.pairs().front().usable);
    EXPECT_FALSE(peer->agent.pairs().front().nominated);
  }
  nominates = true;
  ASSERT_TRUE(two.bothIn("completed", seconds(5)));
  for (Peer* peer : {&two.a, &two.b}) {
    EXPECT_EQ(peer->selections.size(), 1U);
    EXPECT_TRUE(peer->agent.pairs().front().nominated);
  }
}

TEST(Connect, APairThatIsKnownByBetterCandidatesWhenItIsNominatedIsToldAgain) {
  Two two;
  two.open();
  tellCandidates(two.pipe.now, two.b, two.a);
  bool nominates = false;
  two.pipe.filter = [&](Packet& packet) { return nominates || !hasUseCandidate(packet.payload); };
  two.startA();
  two.startB();
  two.pipe.run(milliseconds(100));
  ASSERT_EQ(two.b.selections.size(), 1U);
  EXPECT_EQ(two.b.selections[0].remote.type, "prflx");
  tellCandidates(two.pipe.now, two.a, two.b);
  nominates = true;
  ASSERT_TRUE(two.bothIn("completed", seconds(5)));
  ASSERT_EQ(two.b.selections.size(), 2U);
  EXPECT_EQ(two.b.selections[1].remote.type, "host");
  EXPECT_EQ(two.a.selections.size(), 1U);
}

TEST(Connect, StaysNewUntilTheFirstCandidateEvenWhenStarted) {
  Two two;
  two.open();
  two.startA();
  two.pipe.run(seconds(1));
  EXPECT_EQ(two.a.state(), "new");
  ASSERT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, two.b.agent.localCandidates().front()));
  EXPECT_EQ(two.a.state(), "checking");
}

TEST(Connect, CandidatesTrickleInAfterTheStart) {
  Two two;
  two.open();
  two.startA();
  two.startB();
  two.pipe.run(milliseconds(300));
  ASSERT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, two.b.agent.localCandidates().front()));
  EXPECT_TRUE(two.bothIn("completed", milliseconds(20)));  // b learns of a by a's check
}

TEST(Connect, ReverseOrderConnects) {
  Two two;
  two.open();
  two.exchange();
  two.startB();
  two.pipe.run(seconds(1));
  two.startA();
  EXPECT_TRUE(two.bothIn("completed", milliseconds(20)));
}

TEST(Connect, ConnectsOverIpv6) {
  Two two;
  two.a.open(two.pipe.now, "[2001:db8::1]:1000");
  two.b.open(two.pipe.now, "[2001:db8::2]:2000");
  two.exchange();
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("completed"));
  EXPECT_EQ(two.a.agent.selectedPair()->remoteAddress, at("[2001:db8::2]:2000"));
}

TEST(Connect, PrefersTheFamilyThatLocalPreferencePutsFirst) {
  Two two;
  for (Peer* peer : {&two.a, &two.b}) {
    const std::string last = peer == &two.a ? "1" : "2";
    peer->open(two.pipe.now, "192.0.2." + last + ":1000", 100);
    peer->open(two.pipe.now, "[2001:db8::" + last + "]:1000", 200);
  }
  two.exchange();
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("completed"));
  EXPECT_TRUE(two.a.agent.selectedPair()->remoteAddress.ip.isV6());
  EXPECT_TRUE(two.b.agent.selectedPair()->remoteAddress.ip.isV6());
}

TEST(Connect, LinkLocalAddressesTakeTheScopeOfTheSocket) {
  Two two;
  two.a.open(two.pipe.now, "[fe80::1%3]:1000");
  two.b.open(two.pipe.now, "[fe80::2%3]:2000");
  EXPECT_EQ(two.a.agent.localCandidates().front().address, "fe80::1");
  two.exchange();
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("completed"));
  EXPECT_EQ(two.a.agent.selectedPair()->remoteAddress, at("[fe80::2%3]:2000"));
}

TEST(Connect, SurvivesTheLossOfAQuarterOfAllPackets) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Two two;
    std::mt19937 dice(seed);
    two.pipe.filter = [&](Packet&) { return dice() % 4 != 0; };
    two.open();
    two.exchange();
    two.startA();
    two.startB();
    EXPECT_TRUE(two.bothIn("completed", seconds(30))) << seed;
  }
}

TEST(Connect, APeerThatIsNotThereFailsAfterPatienceAndNotBefore) {
  Two two;
  two.open();
  two.exchange();
  two.pipe.filter = [](Packet&) { return false; };
  const Time begin = two.pipe.now;
  two.startA();
  two.pipe.runUntil(begin + milliseconds(39'499));
  EXPECT_EQ(two.a.state(), "checking");
  two.pipe.run(milliseconds(1));
  EXPECT_EQ(two.a.states, (std::vector<std::string>{"checking", "failed"}));
  EXPECT_EQ(two.a.failures.size(), 1U);
  EXPECT_FALSE(two.a.agent.nextTimeout());
}

TEST(Connect, WithNoCandidatesAtAllPatienceEndsTheWait) {
  Two two;
  two.open();
  two.startA();
  two.a.agent.endOfRemoteCandidates(two.pipe.now);
  two.pipe.run(milliseconds(39'499));
  EXPECT_EQ(two.a.state(), "new");
  two.pipe.run(milliseconds(1));
  EXPECT_EQ(two.a.states, (std::vector<std::string>{"failed"}));
}

TEST(Connect, APairThatFailsDoesNotStopTheOthers) {
  Two two;
  two.open();
  IceCandidate dead = two.b.agent.localCandidates().front();
  dead.address = "203.0.113.9";
  dead.priority += 256;
  ASSERT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, dead));
  two.exchange();
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("completed", milliseconds(100)));
  EXPECT_EQ(two.a.agent.selectedPair()->remoteAddress, at("192.0.2.2:2000"));
}

TEST(Connect, StopEndsAtOnceAndForGood) {
  Two two;
  ASSERT_TRUE(two.connect());
  const std::size_t carried = two.pipe.carried;
  two.a.agent.stop(two.pipe.now);
  two.a.agent.stop(two.pipe.now);
  EXPECT_EQ(two.a.state(), "closed");
  EXPECT_FALSE(two.a.agent.nextTimeout());
  EXPECT_FALSE(two.a.agent.selectedPair());
  two.startA();
  two.a.agent.restart(two.pipe.now, {});
  EXPECT_TRUE(two.a.agent.addRemoteCandidate(two.pipe.now, two.b.agent.localCandidates().front()));
  two.a.open(two.pipe.now, "192.0.2.9:1000");
  two.a.agent.handleTimeout(two.pipe.now + seconds(60));
  two.a.takeEvents();
  EXPECT_EQ(two.a.states.back(), "closed");
  EXPECT_FALSE(two.a.agent.pollTransmit());
  EXPECT_EQ(two.pipe.carried, carried);
}

TEST(Connect, StopBeforeTheStartIsFine) {
  Two two;
  two.a.agent.stop(two.pipe.now);
  two.a.takeEvents();
  EXPECT_EQ(two.a.states, (std::vector<std::string>{"closed"}));
}

TEST(Connect, TwoRunsWithTheSameSeedsAreTheSame) {
  const auto run = [] {
    Two two;
    std::vector<ByteVector> packets;
    two.pipe.filter = [&](Packet& packet) {
      packets.push_back(packet.payload);
      return true;
    };
    two.connect();
    two.pipe.run(seconds(60));
    return packets;
  };
  const auto first = run();
  EXPECT_GT(first.size(), 20U);
  EXPECT_EQ(first, run());
}

TEST(Connect, RemovingTheSocketInUseDisconnectsAndFailsWhenConsentEnds) {
  Two two;
  ASSERT_TRUE(two.connect());
  two.a.agent.removeSocket(two.pipe.now, 1, "gone");
  EXPECT_FALSE(two.a.agent.selectedPair());
  EXPECT_FALSE(two.a.agent.usablePair());
  EXPECT_TRUE(two.a.agent.localCandidates().empty());
  two.pipe.run(seconds(31));
  EXPECT_EQ(two.a.states, (std::vector<std::string>{"checking", "connected", "completed", "disconnected", "failed"}));
}

TEST(Connect, RemovingAnUnusedSocketChangesNothing) {
  Two two;
  two.a.open(two.pipe.now, "192.0.2.1:1000", 200);
  two.a.open(two.pipe.now, "192.0.2.7:1000", 100);
  two.b.open(two.pipe.now, "192.0.2.2:2000");
  two.exchange();
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("completed"));
  two.a.agent.removeSocket(two.pipe.now, 2, "gone");
  two.pipe.run(seconds(60));
  EXPECT_EQ(two.a.state(), "completed");
  EXPECT_EQ(two.a.agent.localCandidates().size(), 1U);
}

TEST(Connect, AnIdleAgentWakesForConsentAlone) {
  Two two;
  ASSERT_TRUE(two.connect());
  two.pipe.run(seconds(10));
  int wakeups = 0;
  const Time end = two.pipe.now + seconds(60);
  while (two.pipe.now < end) {
    const auto next = two.a.agent.nextTimeout();
    ASSERT_TRUE(next);
    two.pipe.runUntil(*next);
    two.pipe.run(milliseconds(4));
    ++wakeups;
  }
  EXPECT_LE(wakeups, 16);  // every 4 to 6 s
}

TEST(Connect, KnowsTheRemoteOfItsPairs) {
  Two two;
  ASSERT_TRUE(two.connect());
  EXPECT_TRUE(two.a.agent.isKnownRemote(1, at("192.0.2.2:2000")));
  EXPECT_FALSE(two.a.agent.isKnownRemote(1, at("192.0.2.2:2001")));
}

}  // namespace
}  // namespace portico::ice
