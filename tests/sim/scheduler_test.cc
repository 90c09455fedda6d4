#include "tests/sim/scheduler.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace portico::sim {
namespace {

using namespace std::chrono_literals;

class Probe final : public Source {
 public:
  Probe(Scheduler& scheduler, std::string name, std::string& log)
      : id(scheduler.add(*this)), scheduler_(scheduler), name_(std::move(name)), log_(log) {}
  ~Probe() override { scheduler_.remove(id); }

  SourceId id;
  std::function<void()> then;

 private:
  void fire(Time) override {
    log_ += name_;
    if (then) then();
  }

  Scheduler& scheduler_;
  std::string name_;
  std::string& log_;
};

class SchedulerTest : public testing::Test {
 protected:
  void runAll() {
    while (scheduler_.step()) {
    }
  }

  Scheduler scheduler_{Time(1s)};
  std::string log_;
  Probe a_{scheduler_, "a", log_};
  Probe b_{scheduler_, "b", log_};
  Probe c_{scheduler_, "c", log_};
};

TEST_F(SchedulerTest, RunsTheEarliestFirst) {
  scheduler_.at(Time(4s), Phase::timers, a_.id);
  scheduler_.at(Time(2s), Phase::timers, b_.id);
  scheduler_.at(Time(3s), Phase::timers, c_.id);
  EXPECT_EQ(scheduler_.next(), Time(2s));
  runAll();
  EXPECT_EQ(log_, "bca");
  EXPECT_EQ(scheduler_.now(), Time(4s));
}

TEST_F(SchedulerTest, RunsPhasesInOrderAtOneInstantAndEqualsInTheOrderOfAsking) {
  scheduler_.at(Time(2s), Phase::timers, a_.id);
  scheduler_.at(Time(2s), Phase::deliveries, b_.id);
  scheduler_.at(Time(2s), Phase::links, c_.id);
  scheduler_.at(Time(2s), Phase::links, b_.id);
  runAll();
  EXPECT_EQ(log_, "cbba");
}

TEST_F(SchedulerTest, RunsTasksBeforeTheNextEvent) {
  scheduler_.at(Time(2s), Phase::links, a_.id);
  scheduler_.at(Time(2s), Phase::links, b_.id);
  a_.then = [this] {
    scheduler_.post([this] {
      log_ += '1';
      scheduler_.post([this] { log_ += '3'; });
    });
    scheduler_.post([this] { log_ += '2'; });
  };
  runAll();
  EXPECT_EQ(log_, "a123b");
}

TEST_F(SchedulerTest, MeetsADeadlineOfThePastAtOnce) {
  scheduler_.at(Time(0s), Phase::timers, a_.id);
  EXPECT_TRUE(scheduler_.step());
  EXPECT_EQ(scheduler_.now(), Time(1s));
}

TEST_F(SchedulerTest, ForgetsARemovedSourceEvenWhenItsPlaceIsTakenAgain) {
  auto gone = std::make_unique<Probe>(scheduler_, "x", log_);
  scheduler_.at(Time(2s), Phase::timers, gone->id);
  gone.reset();
  Probe next(scheduler_, "y", log_);
  runAll();
  EXPECT_EQ(log_, "");
  EXPECT_EQ(scheduler_.next(), std::nullopt);
}

TEST_F(SchedulerTest, SaysThatTimeStandsStillInsteadOfRunningForEver) {
  a_.then = [this] { scheduler_.at(scheduler_.now(), Phase::timers, a_.id); };
  scheduler_.at(Time(2s), Phase::timers, a_.id);
  EXPECT_THROW(runAll(), std::runtime_error);
}

}  // namespace
}  // namespace portico::sim
