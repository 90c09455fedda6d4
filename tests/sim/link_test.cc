#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/sim/test_socket.h"

namespace portico::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLeast = 1us;  // the network's own delay

class LinkTest : public testing::Test {
 protected:
  void sendNumbered(int count) {
    for (int i = 0; i < count; ++i) alice_.send("10.0.0.2:2000", std::to_string(i));
  }
  [[nodiscard]] std::vector<int> numbers() const {
    std::vector<int> out;
    for (const auto& received : bob_.received) out.push_back(std::stoi(received.text));
    return out;
  }
  LinkOptions& up() { return aliceMachine_.cable("eth0").up(); }
  LinkOptions& down() { return bobMachine_.cable("eth0").down(); }

  World world_{7};
  Machine& aliceMachine_ = world_.addMachine("alice", "10.0.0.1");
  Machine& bobMachine_ = world_.addMachine("bob", "10.0.0.2");
  TestSocket alice_{aliceMachine_, "10.0.0.1:1000"};
  TestSocket bob_{bobMachine_, "10.0.0.2:2000"};
  Time start_ = world_.now();
};

TEST_F(LinkTest, DeliversAfterTheDelaysOfBothCables) {
  up().delay = 20ms;
  down().delay = 5ms;
  alice_.send("10.0.0.2:2000", "hello");
  world_.runFor(1s);
  ASSERT_EQ(bob_.received.size(), 1u);
  EXPECT_EQ(bob_.received[0].when, start_ + 25ms + kLeast);
  EXPECT_EQ(bob_.received[0].from, endpoint("10.0.0.1:1000"));
  EXPECT_EQ(bob_.received[0].text, "hello");
}

TEST_F(LinkTest, GivesAllDatagramsOfOneInstantInOneBatch) {
  up().delay = 10ms;
  sendNumbered(50);
  TestSocket other(aliceMachine_, "10.0.0.1:1001");
  other.send("10.0.0.2:2000", "50");
  world_.runFor(5ms);
  sendNumbered(3);
  world_.runFor(1s);
  EXPECT_EQ(bob_.batches, (std::vector<std::size_t>{51, 3}));
}

TEST_F(LinkTest, KeepsTheOrderUnderJitter) {
  up().delay = 10ms;
  up().jitter = 8ms;
  for (int i = 0; i < 200; ++i) {
    alice_.send("10.0.0.2:2000", std::to_string(i));
    world_.runFor(1ms);
  }
  world_.runFor(1s);
  const std::vector<int> order = numbers();
  ASSERT_EQ(order.size(), 200u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  std::set<Duration> delays;
  for (int i = 0; i < 200; ++i) {
    const Duration delay = bob_.received[static_cast<std::size_t>(i)].when - (start_ + i * 1ms);
    EXPECT_GE(delay, 10ms);
    EXPECT_LE(delay, 18ms + kLeast);
    delays.insert(delay);
  }
  EXPECT_GT(delays.size(), 20u);
}

TEST_F(LinkTest, LosesTheShareThatItIsTold) {
  up().loss = 0.05;
  sendNumbered(20'000);
  world_.runFor(1s);
  EXPECT_NEAR(static_cast<double>(world_.count(Fate::lost)), 1000.0, 150.0);
  EXPECT_EQ(bob_.received.size() + world_.count(Fate::lost), 20'000u);
}

TEST_F(LinkTest, LosesNothingAtZeroAndEverythingAtOne) {
  sendNumbered(1000);
  world_.runFor(1s);
  EXPECT_EQ(bob_.received.size(), 1000u);
  up().loss = 1;
  sendNumbered(1000);
  world_.runFor(1s);
  EXPECT_EQ(bob_.received.size(), 1000u);
  EXPECT_EQ(world_.count(Fate::lost), 1000u);
}

TEST_F(LinkTest, LosesOnlyInTheDirectionThatItIsToldFor) {
  up().loss = 1;
  bob_.send("10.0.0.1:1000", "still here");
  world_.runFor(1s);
  EXPECT_EQ(alice_.received.size(), 1u);
}

TEST_F(LinkTest, DuplicatesTheShareThatItIsTold) {
  up().duplication = 0.1;
  sendNumbered(5000);
  world_.runFor(1s);
  EXPECT_NEAR(static_cast<double>(world_.count(Fate::duplicated)), 500.0, 100.0);
  EXPECT_EQ(bob_.received.size(), 5000u + world_.count(Fate::duplicated));
}

TEST_F(LinkTest, ReordersTheShareThatItIsToldAndNoMore) {
  up().delay = 5ms;
  up().reordering = 0.1;
  up().reorderingDelay = 20ms;
  for (int i = 0; i < 2000; ++i) {
    alice_.send("10.0.0.2:2000", std::to_string(i));
    world_.runFor(1ms);
  }
  world_.runFor(1s);
  const std::vector<int> order = numbers();
  ASSERT_EQ(order.size(), 2000u);
  int overtaken = 0;
  int highest = -1;
  for (const int number : order) {
    if (number < highest) ++overtaken;
    highest = std::max(highest, number);
  }
  EXPECT_NEAR(overtaken, 190.0, 60.0);
  EXPECT_LE(static_cast<std::uint64_t>(overtaken), world_.count(Fate::reordered));
}

TEST_F(LinkTest, SendsNoFasterThanItsRate) {
  up().bitsPerSecond = 1'000'000;
  const std::string payload(972, 'x');  // 1,000 bytes with headers: 8 ms each
  for (int i = 0; i < 10; ++i) alice_.send("10.0.0.2:2000", payload);
  world_.runFor(1s);
  ASSERT_EQ(bob_.received.size(), 10u);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(bob_.received[static_cast<std::size_t>(i)].when, start_ + (i + 1) * 8ms + kLeast);
  }
}

TEST_F(LinkTest, KeepsItsRateBelowAMicrosecondForAPacket) {
  up().bitsPerSecond = 10'000'000'000;
  up().queueBytes = 100'000'000;
  const std::string payload(972, 'x');  // 0.8 µs each
  for (int i = 0; i < 10'000; ++i) alice_.send("10.0.0.2:2000", payload);
  world_.runFor(1s);
  ASSERT_EQ(bob_.received.size(), 10'000u);
  EXPECT_EQ(bob_.received.back().when, start_ + 8ms + kLeast);
}

TEST_F(LinkTest, DropsAtTheTailOfAFullQueue) {
  up().bitsPerSecond = 1'000'000;
  up().queueBytes = 5000;
  const std::string filler(966, 'x');
  for (int i = 100'000; i < 100'020; ++i) alice_.send("10.0.0.2:2000", std::to_string(i) + filler);
  world_.runFor(1s);
  ASSERT_EQ(bob_.received.size(), 5u);
  EXPECT_EQ(bob_.received.back().text.substr(0, 6), "100004");
  EXPECT_EQ(world_.count(Fate::queueFull), 15u);
  // Once it has drained there is room again.
  alice_.send("10.0.0.2:2000", "later");
  world_.runFor(1s);
  EXPECT_EQ(bob_.received.size(), 6u);
}

TEST_F(LinkTest, DropsWhatIsLargerThanItsMtuHeadersIncluded) {
  up().mtu = 1280;
  alice_.send("10.0.0.2:2000", std::string(1280 - 28, 'x'));
  alice_.send("10.0.0.2:2000", std::string(1280 - 27, 'x'));
  world_.runFor(1s);
  EXPECT_EQ(bob_.received.size(), 1u);
  EXPECT_EQ(world_.count(Fate::tooBig), 1u);
}

TEST_F(LinkTest, LosesWhatIsOnTheWayWhenTheCableIsPulled) {
  up().delay = 10ms;
  alice_.send("10.0.0.2:2000", "on its way");
  world_.runFor(5ms);
  aliceMachine_.setConnected(false);
  alice_.send("10.0.0.2:2000", "into the void");
  world_.runFor(1s);
  EXPECT_TRUE(bob_.received.empty());
  EXPECT_EQ(world_.count(Fate::linkDown), 2u);
  aliceMachine_.setConnected(true);
  alice_.send("10.0.0.2:2000", "back");
  world_.runFor(1s);
  ASSERT_EQ(bob_.received.size(), 1u);
  EXPECT_EQ(bob_.received[0].text, "back");
}

TEST_F(LinkTest, FollowsAChangeOfItsOptionsFromThenOn) {
  aliceMachine_.setLinks({.delay = 100ms});
  alice_.send("10.0.0.2:2000", "0");
  world_.runFor(1s);
  up().delay = 1ms;
  const Time then = world_.now();
  alice_.send("10.0.0.2:2000", "1");
  world_.runFor(1s);
  ASSERT_EQ(bob_.received.size(), 2u);
  EXPECT_EQ(bob_.received[1].when, then + 1ms + kLeast);
}

TEST_F(LinkTest, CountsWhatNobodyHasOrListensTo) {
  alice_.send("10.0.0.99:2000", "no such machine");
  alice_.send("10.0.0.2:2001", "no such socket");
  world_.runFor(1s);
  EXPECT_EQ(world_.count(Fate::unroutable), 1u);
  EXPECT_EQ(world_.count(Fate::noSocket), 1u);
  EXPECT_EQ(world_.count(Fate::sent), 2u);
}

}  // namespace
}  // namespace portico::sim
