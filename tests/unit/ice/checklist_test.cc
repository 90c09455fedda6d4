#include "core/ice/checklist.h"

#include <gtest/gtest.h>

#include "tests/unit/ice/pipe.h"

namespace portico::ice {
namespace {

CandidatePair pairOf(std::uint16_t port, std::uint32_t priority, std::uint16_t foundation) {
  CandidatePair pair;
  pair.socket = 1;
  pair.remote = SocketAddress{IpAddress::fromV4(0xc0000201), port};
  pair.localPriority = priority;
  pair.remotePriority = priority;
  pair.localFoundation = 1;
  pair.remoteFoundation = foundation;
  return pair;
}

std::uint16_t nextPort(Checklist& list) {
  CandidatePair* pair = list.takeNext();
  if (pair == nullptr) return 0;
  pair->state = PairState::inProgress;
  return pair->remote.port;
}

TEST(Checklist, GivesPairsInTheOrderOfTheirPriority) {
  Checklist list;
  list.add(pairOf(1, 10, 1), IceRole::controlling);
  list.add(pairOf(2, 30, 2), IceRole::controlling);
  list.add(pairOf(3, 20, 3), IceRole::controlling);
  EXPECT_EQ(nextPort(list), 2);
  EXPECT_EQ(nextPort(list), 3);
  EXPECT_EQ(nextPort(list), 1);
  EXPECT_EQ(nextPort(list), 0);
  EXPECT_FALSE(list.hasNext());
}

TEST(Checklist, OfOneFoundationOnlyTheBestIsCheckedAtFirst) {
  Checklist list;
  list.add(pairOf(1, 10, 1), IceRole::controlling);
  list.add(pairOf(2, 30, 1), IceRole::controlling);
  EXPECT_EQ(list.find(1, pairOf(1, 0, 0).remote)->state, PairState::frozen);
  EXPECT_EQ(nextPort(list), 2);
  EXPECT_EQ(nextPort(list), 0);
}

TEST(Checklist, ASuccessThawsItsFoundation) {
  Checklist list;
  list.add(pairOf(1, 30, 1), IceRole::controlling);
  list.add(pairOf(2, 10, 1), IceRole::controlling);
  EXPECT_EQ(nextPort(list), 1);
  list.succeed(*list.find(1, pairOf(1, 0, 0).remote), at("192.0.2.9:1"), Time{});
  EXPECT_EQ(nextPort(list), 2);
}

TEST(Checklist, AFailureLetsTheNextOfItsFoundationGo) {
  Checklist list;
  list.add(pairOf(1, 30, 1), IceRole::controlling);
  list.add(pairOf(2, 10, 1), IceRole::controlling);
  EXPECT_EQ(nextPort(list), 1);
  list.fail(*list.find(1, pairOf(1, 0, 0).remote));
  EXPECT_EQ(nextPort(list), 2);
}

TEST(Checklist, TriggeredChecksGoFirstInTheirOwnOrder) {
  Checklist list;
  for (std::uint16_t i = 1; i <= 4; ++i) list.add(pairOf(i, 100U - i, i), IceRole::controlling);
  list.trigger(*list.find(1, pairOf(4, 0, 0).remote));
  list.trigger(*list.find(1, pairOf(3, 0, 0).remote));
  list.trigger(*list.find(1, pairOf(4, 0, 0).remote));
  EXPECT_EQ(nextPort(list), 4);
  EXPECT_EQ(nextPort(list), 3);
  EXPECT_EQ(nextPort(list), 1);
}

TEST(Checklist, ASucceededPairIsNotTriggered) {
  Checklist list;
  list.add(pairOf(1, 10, 1), IceRole::controlling);
  CandidatePair& pair = *list.find(1, pairOf(1, 0, 0).remote);
  list.succeed(pair, at("192.0.2.9:1"), Time{});
  list.trigger(pair);
  EXPECT_FALSE(list.hasNext());
}

TEST(Checklist, TakesAPairOnce) {
  Checklist list;
  EXPECT_NE(list.add(pairOf(1, 10, 1), IceRole::controlling), nullptr);
  EXPECT_EQ(list.add(pairOf(1, 99, 1), IceRole::controlling), nullptr);
}

TEST(Checklist, AtItsBoundTheLowestPairGivesWay) {
  Checklist list;
  for (std::uint16_t i = 1; i <= kMaxCandidatePairs; ++i) list.add(pairOf(i, 1'000U + i, i), IceRole::controlling);
  EXPECT_EQ(list.add(pairOf(500, 5, 500), IceRole::controlling), nullptr);
  EXPECT_NE(list.add(pairOf(501, 5'000, 501), IceRole::controlling), nullptr);
  EXPECT_EQ(list.pairs().size(), kMaxCandidatePairs);
  EXPECT_EQ(list.find(1, pairOf(1, 0, 0).remote), nullptr);
}

TEST(Checklist, AtItsBoundAFailedPairGivesWayBeforeALowerOne) {
  Checklist list;
  for (std::uint16_t i = 1; i <= kMaxCandidatePairs; ++i) list.add(pairOf(i, 1'000U + i, i), IceRole::controlling);
  list.fail(*list.find(1, pairOf(50, 0, 0).remote));
  EXPECT_NE(list.add(pairOf(500, 5, 500), IceRole::controlling), nullptr);
  EXPECT_EQ(list.find(1, pairOf(50, 0, 0).remote), nullptr);
  EXPECT_NE(list.find(1, pairOf(1, 0, 0).remote), nullptr);
}

TEST(Checklist, ConcludingKeepsWhatIsValid) {
  Checklist list;
  for (std::uint16_t i = 1; i <= 4; ++i) list.add(pairOf(i, 100U - i, i), IceRole::controlling);
  list.succeed(*list.find(1, pairOf(2, 0, 0).remote), at("192.0.2.9:1"), Time{});
  list.conclude();
  ASSERT_EQ(list.pairs().size(), 1U);
  EXPECT_EQ(list.pairs().front().remote.port, 2);
  EXPECT_FALSE(list.hasNext());
}

}  // namespace
}  // namespace portico::ice
