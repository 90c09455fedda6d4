#include "portico/native/loop.h"

#include <algorithm>
#include <thread>

#include "tests/unit/native/loop_fixture.h"

namespace portico::test {
namespace {

class LoopTest : public EveryPoller {};
PORTICO_EVERY_POLLER(LoopTest);

TEST_P(LoopTest, RunsDeferredTasksInOrderAndOnlyFromTheLoop) {
  std::vector<int> ran;
  for (int i = 0; i < 5; ++i) {
    loop.defer([&ran, i] { ran.push_back(i); });
  }
  EXPECT_TRUE(ran.empty());
  loop.runOnce(kPatience);
  EXPECT_EQ(ran, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST_P(LoopTest, RunsWhatATaskDefersInTheNextTurnSoThatTimersAreNotHeldUp) {
  bool fired = false;
  const auto timer = loop.createTimer([&](Time) { fired = true; });
  timer->set(loop.now() + Duration(100));
  int turns = 0;
  std::function<void()> again = [&] {
    ++turns;
    loop.defer(again);
  };
  loop.defer(again);
  EXPECT_TRUE(runUntil([&] { return fired; }));
  const int before = turns;
  loop.runOnce(Duration::zero());
  EXPECT_EQ(turns, before + 1);
}

TEST_P(LoopTest, FiresATimerNotBeforeItsTime) {
  std::optional<Time> fired;
  const auto timer = loop.createTimer([&](Time now) { fired = now; });
  const Time due = loop.now() + Duration(300);
  timer->set(due);
  EXPECT_TRUE(runUntil([&] { return fired.has_value(); }));
  EXPECT_GE(*fired, due);
  EXPECT_GE(loop.now(), due);
}

TEST_P(LoopTest, FiresATimerOfThePastFromTheLoopAndNotFromSet) {
  bool fired = false;
  const auto timer = loop.createTimer([&](Time) { fired = true; });
  timer->set(Time(Duration::min()));
  EXPECT_FALSE(fired);
  loop.runOnce(kPatience);
  EXPECT_TRUE(fired);
}

TEST_P(LoopTest, WaitsForATimerOfTheFarFutureWithoutOverflow) {
  const auto timer = loop.createTimer([](Time) { FAIL() << "the end of time"; });
  timer->set(Time(Duration::max()));
  loop.runOnce(Duration(100));
  timer->cancel();
}

TEST_P(LoopTest, WaitsForADurationWithoutEnd) {
  loop.defer([] {});
  loop.runOnce(Duration::max());
  loop.defer([&] { loop.stop(); });
  EXPECT_FALSE(loop.runUntil([] { return false; }, Duration::max()));
}

TEST_P(LoopTest, HandlesTenThousandTimersInOneRun) {
  int fired = 0;
  std::vector<std::unique_ptr<Timer>> timers;
  for (int i = 0; i < 10'000; ++i) {
    timers.push_back(loop.createTimer([&](Time) { ++fired; }));
    timers.back()->set(loop.now() + Duration(i % 100));
  }
  EXPECT_TRUE(runUntil([&] { return fired == 10'000; }));
}

TEST_P(LoopTest, StopEndsTheRunAfterTheTurnInWhichItWasCalled) {
  int ran = 0;
  loop.defer([&] {
    ++ran;
    loop.stop();
  });
  loop.defer([&] {
    ++ran;
    loop.defer([&] { ++ran; });
  });
  loop.run();
  EXPECT_EQ(ran, 2);
  loop.runOnce(Duration::zero());
  EXPECT_EQ(ran, 3);
}

TEST_P(LoopTest, StopBeforeARunEndsThatRunAndNoOther) {
  loop.stop();
  loop.run();
  bool ran = false;
  loop.defer([&] {
    ran = true;
    loop.stop();
  });
  loop.run();
  EXPECT_TRUE(ran);
}

TEST_P(LoopTest, RunUntilGivesUpAtItsLimit) {
  const Time start = loop.now();
  EXPECT_FALSE(loop.runUntil([] { return false; }, Duration(500)));
  EXPECT_GE(loop.now(), start + Duration(500));
}

TEST_P(LoopTest, ARunInsideACallbackReturnsAtOnce) {
  bool ran = false;
  loop.defer([&] {
    loop.run();
    loop.runOnce(kPatience);
    EXPECT_FALSE(loop.runUntil([] { return false; }, kPatience));
    ran = true;
  });
  loop.runOnce(kPatience);
  EXPECT_TRUE(ran);
}

TEST_P(LoopTest, AnExceptionOfACallbackComesOutOfTheRunAndTheLoopGoesOn) {
  loop.defer([] { throw 42; });
  EXPECT_THROW(loop.runOnce(kPatience), int);
  bool ran = false;
  loop.defer([&] { ran = true; });
  loop.runOnce(kPatience);
  EXPECT_TRUE(ran);
}

TEST_P(LoopTest, TakesTasksOfEightThreadsEachInItsOrder) {
  constexpr int kThreads = 8;
  constexpr int kTasks = 500;
  std::vector<int> last(kThreads, -1);
  int ran = 0;
  bool ordered = true;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kTasks; ++i) {
        loop.post([&, t, i] {
          const auto thread = static_cast<std::size_t>(t);
          ordered = ordered && last[thread] == i - 1;
          last[thread] = i;
          ++ran;
        });
      }
    });
  }
  EXPECT_TRUE(runUntil([&] { return ran == kThreads * kTasks; }));
  EXPECT_TRUE(ordered);
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST_P(LoopTest, APostedTaskEndsAWaitWithoutLimit) {
  std::thread other([&] { loop.post([&] { loop.stop(); }); });
  loop.run();
  other.join();
}

TEST_P(LoopTest, ATaskThatATaskPostsRunsAfterIt) {
  std::vector<int> ran;
  loop.post([&] {
    ran.push_back(1);
    loop.post([&] { ran.push_back(3); });
    ran.push_back(2);
  });
  EXPECT_TRUE(runUntil([&] { return ran.size() == 3; }));
  EXPECT_EQ(ran, (std::vector<int>{1, 2, 3}));
}

TEST_P(LoopTest, TimeStandsStillWithinACallbackAndGoesOnBetweenThem) {
  Time first;
  Time second;
  loop.defer([&] { first = loop.now(); });
  loop.runOnce(kPatience);
  loop.runOnce(Duration(50));
  loop.defer([&] { second = loop.now(); });
  loop.runOnce(kPatience);
  EXPECT_GE(second, first + Duration(50));
}

TEST_P(LoopTest, FillsRandomBytesOfAnyLength) {
  ByteVector bytes(70'000);
  loop.randomBytes({});
  loop.randomBytes(bytes);
  const auto tail = std::span(bytes).last(1'000);
  EXPECT_NE(std::count(tail.begin(), tail.end(), std::byte{0}), 1'000);
  EXPECT_GT(loop.unixSeconds(), 1'700'000'000);
}

TEST(LoopLifetime, DestroysTasksThatNeverRan) {
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  {
    Loop loop;
    loop.defer([held] { (void)held; });
    loop.post([held] { (void)held; });
    held.reset();
  }
  EXPECT_TRUE(watch.expired());
}

TEST(LoopLifetime, GivesEveryDescriptorBack) {
  const std::size_t before = countOpenDescriptors();
  for (const auto polling : {LoopOptions::Polling::epoll, LoopOptions::Polling::poll}) {
    Loop loop(withPolling(polling));
    Keeper keeper;
    const auto socket = openLoopback(loop, keeper);
    sendText(*socket, socket->localAddress(), "x");
    EXPECT_TRUE(loop.runUntil([&] { return keeper.received.size() == 1; }, kPatience));
    EXPECT_GT(countOpenDescriptors(), before);
  }
  EXPECT_EQ(countOpenDescriptors(), before);
}

TEST(LoopLifetime, WhatOutlivesTheLoopIsInert) {
  Keeper keeper;
  auto loop = std::make_unique<Loop>();
  const auto timer = loop->createTimer([](Time) { FAIL() << "a timer without its loop"; });
  const auto socket = openLoopback(*loop, keeper);
  auto watcher = loop->watch(0, [] { FAIL() << "a watcher without its loop"; });
  const auto resolution = loop->resolve("localhost", [](auto) { FAIL() << "a name without its loop"; });
  loop.reset();
  timer->set(Time());
  timer->cancel();
  sendText(*socket, socket->localAddress(), "x");
  EXPECT_EQ(socket->droppedDatagrams(), 1U);
}

}  // namespace
}  // namespace portico::test
