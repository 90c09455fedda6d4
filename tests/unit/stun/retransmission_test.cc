#include "core/stun/retransmission.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace portico::stun {
namespace {

using std::chrono::milliseconds;

std::vector<std::int64_t> plan(Retransmission retransmission) {
  std::vector<std::int64_t> times;
  for (;;) {
    const Time when = retransmission.deadline();
    times.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count());
    if (retransmission.poll(when) == Retransmission::Due::giveUp) return times;
  }
}

TEST(Retransmission, FollowsTheTimesOfRfc8489) {
  // §6.2.1's example: sent at 0, 500, 1500, 3500, 7500, 15500 and 31500 ms, given up at 39500 ms.
  EXPECT_EQ(plan(Retransmission(Time{})), (std::vector<std::int64_t>{500, 1500, 3500, 7500, 15500, 31500, 39500}));
}

TEST(Retransmission, SaysNothingBeforeItsTime) {
  Retransmission retransmission{Time{}};
  EXPECT_EQ(retransmission.poll(Time{milliseconds(499)}), Retransmission::Due::nothing);
  EXPECT_EQ(retransmission.poll(Time{milliseconds(500)}), Retransmission::Due::resend);
  EXPECT_EQ(retransmission.poll(Time{milliseconds(500)}), Retransmission::Due::nothing);
}

TEST(Retransmission, WhatALongSleepMissedIsNotMadeUpFor) {
  Retransmission retransmission{Time{}};
  const Time late{milliseconds(10'000)};
  EXPECT_EQ(retransmission.poll(late), Retransmission::Due::resend);
  EXPECT_EQ(retransmission.poll(late), Retransmission::Due::nothing);
  EXPECT_EQ(retransmission.deadline(), late + milliseconds(1'000));
}

TEST(Retransmission, ASingleSendOnlyWaits) {
  EXPECT_EQ(plan(Retransmission(Time{}, {milliseconds(100), 1, 8})), (std::vector<std::int64_t>{800}));
}

TEST(Retransmission, AfterStopSendingOnlyTheWaitRemains) {
  Retransmission retransmission{Time{}};
  retransmission.stopSending();
  EXPECT_EQ(plan(retransmission), (std::vector<std::int64_t>{8500}));
}

}  // namespace
}  // namespace portico::stun
