#include "core/datachannel/send_account.h"

#include <gtest/gtest.h>

namespace portico::datachannel {
namespace {

class SendAccountTest : public testing::Test {
 protected:
  void send(std::size_t bytes) {
    account.handed(bytes, bytes);
    account.accepted(bytes);
  }
  void sendOverhead(std::size_t bytes) { account.handed(0, bytes); }
  SendAccount account;
};

TEST_F(SendAccountTest, CountsWhatWasAcceptedUntilItIsInAPacket) {
  send(100);
  account.accepted(50);  // waits in the queue
  EXPECT_EQ(account.bufferedAmount(), 150u);
  account.update(40);
  EXPECT_EQ(account.bufferedAmount(), 90u);
  account.handed(50, 50);
  account.update(0);
  EXPECT_EQ(account.bufferedAmount(), 0u);
  EXPECT_TRUE(account.settled());
}

TEST_F(SendAccountTest, LeavesOutBytesThatTheUserDidNotSend) {
  sendOverhead(20);
  send(100);
  sendOverhead(1);
  sendOverhead(1);
  send(10);
  account.update(132);
  EXPECT_EQ(account.bufferedAmount(), 110u);
  account.update(120);  // of the first 20 only 12 are gone
  EXPECT_EQ(account.bufferedAmount(), 110u);
  account.update(62);
  EXPECT_EQ(account.bufferedAmount(), 60u);
  account.update(11);
  EXPECT_EQ(account.bufferedAmount(), 10u);
  account.update(10);
  EXPECT_EQ(account.bufferedAmount(), 10u);
  account.update(0);
  EXPECT_EQ(account.bufferedAmount(), 0u);
}

TEST_F(SendAccountTest, IsNotSettledWhileOverheadWaits) {
  sendOverhead(1);
  account.update(1);
  EXPECT_FALSE(account.settled());
  account.update(0);
  EXPECT_TRUE(account.settled());
}

TEST_F(SendAccountTest, WhatIsGivenUpInTheQueueIsGone) {
  account.accepted(100);
  account.dropped(100);
  account.update(0);
  EXPECT_EQ(account.bufferedAmount(), 0u);
}

TEST_F(SendAccountTest, AnAssociationThatClaimsToHoldMoreThanItGotIsNotBelieved) {
  send(100);
  account.update(1'000'000);
  EXPECT_EQ(account.bufferedAmount(), 100u);
}

TEST_F(SendAccountTest, NeverGrowsByAnUpdate) {
  send(100);
  account.update(30);
  account.update(80);
  EXPECT_EQ(account.bufferedAmount(), 30u);
}

TEST_F(SendAccountTest, TellsAFallThroughTheThresholdOnce) {
  account.setThreshold(50);
  send(100);
  EXPECT_FALSE(account.update(51));
  EXPECT_TRUE(account.update(50));
  EXPECT_FALSE(account.update(20));
  EXPECT_FALSE(account.update(0));
  send(51);
  EXPECT_TRUE(account.update(0));
}

TEST_F(SendAccountTest, SaysNothingWhenTheAmountWasNeverAbove) {
  account.setThreshold(50);
  send(50);
  EXPECT_FALSE(account.update(0));
}

TEST_F(SendAccountTest, AThresholdPutAboveTheAmountIsNoFall) {
  send(100);
  account.setThreshold(100);
  EXPECT_FALSE(account.update(50));
  EXPECT_FALSE(account.update(0));
}

TEST_F(SendAccountTest, AThresholdPutBelowTheAmountWaitsForTheFall) {
  account.setThreshold(200);
  send(100);
  account.setThreshold(10);
  EXPECT_FALSE(account.update(11));
  EXPECT_TRUE(account.update(10));
}

}  // namespace
}  // namespace portico::datachannel
