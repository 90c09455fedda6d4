#include "portico/operation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sim/world.h"

namespace portico {
namespace {

using namespace std::chrono_literals;

struct OperationTest : testing::Test {
  sim::World world;
  sim::Machine& host = world.addMachine("host");
  std::vector<std::string> log;
};

TEST_F(OperationTest, TellsItsResultFromTheLoopAndInTheOrderOfAsking) {
  Completer<int> completer(host);
  const Operation<int> operation = completer.operation();
  operation.then([&](const Result<int>& result) { log.push_back("first " + std::to_string(*result)); });
  operation.then([&](const Result<int>& result) { log.push_back("second " + std::to_string(*result)); });
  EXPECT_FALSE(operation.done());
  completer.complete(5);
  EXPECT_TRUE(operation.done());
  EXPECT_TRUE(log.empty());
  world.runFor(1ms);
  EXPECT_EQ(log, (std::vector<std::string>{"first 5", "second 5"}));
}

TEST_F(OperationTest, TellsWhoAsksLateTheSame) {
  Completer<int> completer(host);
  completer.complete(5);
  completer.complete(6);
  completer.operation().then([&](const Result<int>& result) { log.push_back(std::to_string(*result)); });
  EXPECT_TRUE(log.empty());
  world.runFor(1ms);
  EXPECT_EQ(log, std::vector<std::string>{"5"});
}

TEST_F(OperationTest, EndsWithClosedWhenItsObjectIsDestroyed) {
  std::optional<Operation<void>> operation;
  {
    Completer<void> completer(host);
    operation = completer.operation();
    operation->then([&](const Result<void>& result) { log.emplace_back(result.error().name()); });
  }
  ASSERT_TRUE(operation->done());
  world.runFor(1ms);
  EXPECT_EQ(log, std::vector<std::string>{"AbortError"});
}

TEST_F(OperationTest, MayBeAskedAgainFromItsOwnCallback) {
  Completer<void> completer(host);
  const Operation<void> operation = completer.operation();
  operation.then([&, operation](const Result<void>&) {
    log.emplace_back("outer");
    operation.then([&](const Result<void>&) { log.emplace_back("inner"); });
  });
  completer.complete({});
  world.runFor(1ms);
  EXPECT_EQ(log, (std::vector<std::string>{"outer", "inner"}));
}

#if defined(__cpp_lib_coroutine)
// The least of a coroutine: it starts at once, and nobody waits for it.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

Detached awaitBoth(Operation<int> first, Operation<int> second, std::vector<std::string>& log) {
  const Result<int> one = co_await first;
  log.push_back(std::to_string(*one));
  const Result<int> two = co_await second;
  log.push_back(two ? std::to_string(*two) : two.error().message);
}

TEST_F(OperationTest, IsAwaitedByCoroutines) {
  Completer<int> first(host);
  Completer<int> second(host);
  awaitBoth(first.operation(), second.operation(), log);
  EXPECT_TRUE(log.empty());
  second.complete(Error(Error::Timeout, "too late"));
  first.complete(1);
  world.runFor(1ms);
  EXPECT_EQ(log, (std::vector<std::string>{"1", "too late"}));
}
#endif

}  // namespace
}  // namespace portico
