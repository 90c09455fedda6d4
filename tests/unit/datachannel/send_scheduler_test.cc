#include "core/datachannel/send_scheduler.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

namespace portico::datachannel {
namespace {

/// Takes `room` bytes and then no more.
class Taker final : public SendScheduler::Sink {
 public:
  bool handOver(Time, Channel& channel, const QueuedMessage& message) override {
    if (message.bytes.size() > room) return false;
    room -= message.bytes.size();
    bytes[channel.key] += message.bytes.size();
    order.push_back(channel.key);
    return true;
  }
  void onQueueEmpty(Time, Channel& channel) override { emptied.push_back(channel.key); }

  std::size_t room = SIZE_MAX;
  std::map<ChannelKey, std::size_t> bytes;
  std::vector<ChannelKey> order;
  std::vector<ChannelKey> emptied;
};

class SendSchedulerTest : public testing::Test {
 protected:
  Channel& channel(std::uint16_t priority) {
    DataChannelParameters parameters;
    parameters.priority = priority;
    const auto key = static_cast<ChannelKey>(channels.size() + 1);
    channels.push_back(std::make_unique<Channel>(key, parameters));
    return *channels.back();
  }
  void push(Channel& to, std::size_t bytes, int times = 1) {
    for (int i = 0; i < times; ++i) {
      QueuedMessage message;
      message.bytes.resize(bytes);
      scheduler.push(to, std::move(message));
    }
  }
  void run() { scheduler.run(Time{}, taker); }

  std::vector<std::unique_ptr<Channel>> channels;
  SendScheduler scheduler;
  Taker taker;
};

TEST_F(SendSchedulerTest, KeepsTheOrderOfAChannelAndForgetsWhatWentOut) {
  Channel& only = channel(256);
  for (std::size_t size = 1; size <= 200; ++size) push(only, size);
  EXPECT_EQ(scheduler.cost(), 200u * 201 / 2 + 200 * QueuedMessage::kCostBesideBytes);
  for (int i = 0; i < 40; ++i) {
    taker.room = 600;
    run();
  }
  taker.room = SIZE_MAX;
  run();
  EXPECT_EQ(taker.bytes[1], 200u * 201 / 2);
  EXPECT_EQ(taker.order.size(), 200u);
  EXPECT_TRUE(scheduler.empty());
  EXPECT_EQ(taker.emptied, std::vector<ChannelKey>{1});
}

TEST_F(SendSchedulerTest, SharesByPriority) {
  std::vector<Channel*> all;
  for (const std::uint16_t priority :
       {std::uint16_t{128}, std::uint16_t{256}, std::uint16_t{512}, std::uint16_t{1024}}) {
    all.push_back(&channel(priority));
  }
  for (Channel* each : all) push(*each, 1'000, 4'000);
  for (int i = 0; i < 200; ++i) {  // room comes in pieces, as it does
    taker.room = 10'000;
    run();
  }
  const auto share = [this](ChannelKey key) { return static_cast<double>(taker.bytes[key]) / 2'000'000; };
  EXPECT_NEAR(share(1), 1.0 / 15, 0.02);
  EXPECT_NEAR(share(2), 2.0 / 15, 0.02);
  EXPECT_NEAR(share(3), 4.0 / 15, 0.02);
  EXPECT_NEAR(share(4), 8.0 / 15, 0.06);
}

TEST_F(SendSchedulerTest, SharesByBytesAndNotByMessages) {
  Channel& large = channel(256);
  Channel& small = channel(256);
  push(large, 200'000, 20);
  push(small, 1'000, 4'000);
  for (int i = 0; i < 10; ++i) {
    taker.room = 200'000;
    run();
  }
  EXPECT_GT(taker.bytes[2], 700'000u);
  EXPECT_GT(taker.bytes[1], 700'000u);
}

TEST_F(SendSchedulerTest, AChannelThatComesLateIsServedBeforeAnothersBacklogIs) {
  Channel& busy = channel(1024);
  push(busy, 16'000, 1'000);
  taker.room = 160'000;
  run();
  Channel& late = channel(128);
  push(late, 100);
  taker.room = 160'000;
  run();
  EXPECT_EQ(taker.bytes[2], 100u);
}

TEST_F(SendSchedulerTest, PrioritiesOutsideTheFourCountAsTheNearest) {
  Channel& none = channel(0);
  Channel& most = channel(65'535);
  push(none, 1'000, 2'000);
  push(most, 1'000, 2'000);
  taker.room = 1'152'000;
  run();
  EXPECT_NEAR(static_cast<double>(taker.bytes[2]) / static_cast<double>(taker.bytes[1]), 8.0, 1.5);
}

TEST_F(SendSchedulerTest, TakesAMessageThatIsLongerThanARoundsShare) {
  Channel& low = channel(128);
  push(low, 10'000'000);
  run();
  EXPECT_EQ(taker.bytes[1], 10'000'000u);
}

TEST_F(SendSchedulerTest, AChannelThatIsRemovedLeavesTheOthersTheirTurns) {
  Channel& first = channel(256);
  Channel& second = channel(256);
  Channel& third = channel(256);
  for (Channel* each : {&first, &second, &third}) push(*each, 10'000, 10);
  taker.room = 10'000;
  run();
  scheduler.remove(first);
  scheduler.remove(third);
  taker.room = SIZE_MAX;
  run();
  EXPECT_EQ(taker.bytes[2], 100'000u);
  EXPECT_EQ(taker.bytes[1], 10'000u);
  EXPECT_TRUE(scheduler.empty());
}

TEST_F(SendSchedulerTest, AClearedChannelMayFillItsQueueAgain) {
  Channel& only = channel(256);
  push(only, 100, 3);
  scheduler.clear(only);
  EXPECT_TRUE(scheduler.empty());
  push(only, 7);
  run();
  EXPECT_EQ(taker.bytes[1], 7u);
}

}  // namespace
}  // namespace portico::datachannel
