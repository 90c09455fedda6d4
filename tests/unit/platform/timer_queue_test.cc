#include "platform/timer_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

namespace portico {
namespace {

Time at(int microseconds) {
  return Time(Duration(microseconds));
}

TEST(TimerQueue, FiresWhatIsDueInOrderOfTimeAndLeavesTheRest) {
  TimerQueue queue;
  std::vector<int> fired;
  TimerEntry late(queue, [&](Time) { fired.push_back(30); });
  TimerEntry early(queue, [&](Time) { fired.push_back(10); });
  TimerEntry middle(queue, [&](Time) { fired.push_back(20); });
  late.set(at(30));
  early.set(at(10));
  middle.set(at(20));
  queue.fireDue(at(20));
  EXPECT_EQ(fired, (std::vector<int>{10, 20}));
  EXPECT_EQ(queue.next(), at(30));
}

TEST(TimerQueue, FiresTimersOfOneMomentInTheOrderInWhichTheyWereSet) {
  TimerQueue queue;
  std::vector<int> fired;
  std::vector<std::unique_ptr<TimerEntry>> timers;
  for (int i = 0; i < 50; ++i) {
    timers.push_back(std::make_unique<TimerEntry>(queue, [&fired, i](Time) { fired.push_back(i); }));
    timers.back()->set(at(5));
  }
  queue.fireDue(at(5));
  EXPECT_EQ(fired.size(), 50U);
  EXPECT_TRUE(std::is_sorted(fired.begin(), fired.end()));
}

TEST(TimerQueue, ATimerThatIsSetAgainMoves) {
  TimerQueue queue;
  int fired = 0;
  TimerEntry timer(queue, [&](Time) { ++fired; });
  timer.set(at(10));
  timer.set(at(50));
  queue.fireDue(at(10));
  EXPECT_EQ(fired, 0);
  timer.set(at(20));
  queue.fireDue(at(20));
  EXPECT_EQ(fired, 1);
  queue.fireDue(at(100));
  EXPECT_EQ(fired, 1);
}

TEST(TimerQueue, ATimerSetInItsOwnCallbackForThePastWaitsForTheNextRound) {
  TimerQueue queue;
  int fired = 0;
  TimerEntry* self = nullptr;
  TimerEntry timer(queue, [&](Time) {
    ++fired;
    self->set(at(0));
  });
  self = &timer;
  timer.set(at(1));
  queue.fireDue(at(1));
  EXPECT_EQ(fired, 1);
  queue.fireDue(at(1));
  EXPECT_EQ(fired, 2);
}

TEST(TimerQueue, ACallbackCancelsMovesAndDestroysTimersThatAreDueWithIt) {
  TimerQueue queue;
  std::vector<int> fired;
  auto doomed = std::make_unique<TimerEntry>(queue, [&](Time) { fired.push_back(2); });
  TimerEntry cancelled(queue, [&](Time) { fired.push_back(3); });
  TimerEntry moved(queue, [&](Time) { fired.push_back(4); });
  TimerEntry first(queue, [&](Time) {
    fired.push_back(1);
    doomed.reset();
    cancelled.cancel();
    moved.set(at(9));
  });
  first.set(at(1));
  doomed->set(at(2));
  cancelled.set(at(2));
  moved.set(at(2));
  queue.fireDue(at(5));
  EXPECT_EQ(fired, (std::vector<int>{1}));
  queue.fireDue(at(9));
  EXPECT_EQ(fired, (std::vector<int>{1, 4}));
}

TEST(TimerQueue, ATimerDestroyedInItsOwnCallbackKeepsWhatTheCallbackHolds) {
  TimerQueue queue;
  auto held = std::make_shared<int>(7);
  int seen = 0;
  std::unique_ptr<TimerEntry> timer;
  timer = std::make_unique<TimerEntry>(queue, [&timer, &seen, held](Time) {
    timer.reset();
    seen = *held;
  });
  const std::weak_ptr<int> watch = held;
  held.reset();
  timer->set(at(1));
  queue.fireDue(at(1));
  EXPECT_EQ(seen, 7);
  EXPECT_TRUE(watch.expired());
}

TEST(TimerQueue, TenThousandTimersThatMoveAndGoAtRandomFireInOrder) {
  TimerQueue queue;
  std::mt19937 random(1);
  std::vector<int> fired;
  std::vector<std::unique_ptr<TimerEntry>> timers;
  std::vector<int> when(10'000, -1);
  for (std::size_t i = 0; i < when.size(); ++i) {
    timers.push_back(std::make_unique<TimerEntry>(queue, [&, i](Time) { fired.push_back(when[i]); }));
  }
  for (int step = 0; step < 40'000; ++step) {
    const std::size_t i = random() % when.size();
    if (random() % 4 == 0) {
      timers[i]->cancel();
      when[i] = -1;
    } else {
      when[i] = static_cast<int>(random() % 1'000);
      timers[i]->set(at(when[i]));
    }
  }
  std::vector<int> expected;
  std::copy_if(when.begin(), when.end(), std::back_inserter(expected), [](int w) { return w >= 0; });
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(queue.size(), expected.size());
  queue.fireDue(at(1'000));
  EXPECT_EQ(fired, expected);
  EXPECT_EQ(queue.size(), 0U);
}

}  // namespace
}  // namespace portico
