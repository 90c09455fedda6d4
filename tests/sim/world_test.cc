#include "tests/sim/world.h"

#include <gtest/gtest.h>

#include "tests/sim/test_socket.h"

namespace portico::sim {
namespace {

using namespace std::chrono_literals;

struct Outcome {
  std::uint64_t hash;
  std::uint64_t delivered;
  std::uint64_t lost;
};

/// Two machines, one behind a NAT, that bounce datagrams over bad cables.
Outcome play(std::uint64_t seed, char payload = 'x') {
  World world(seed);
  Nat& nat = world.addNat("198.51.100.1", {.mapping = NatBehaviour::addressAndPortDependent, .preservePorts = false});
  Machine& alice = world.addMachine("alice", "192.168.1.2", nat.inside());
  Machine& bob = world.addMachine("bob", "203.0.113.1");
  alice.setLinks({.delay = 10ms, .jitter = 5ms, .loss = 0.1, .duplication = 0.02, .reordering = 0.05});
  TestSocket ping(alice, "192.168.1.2:1000");
  TestSocket pong(bob, "203.0.113.1:2000");
  pong.echo = true;
  for (int i = 0; i < 500; ++i) {
    ping.send(pong.address(), std::string(static_cast<std::size_t>(20 + i), payload));
    world.runFor(3ms);
  }
  world.runFor(1s);
  return Outcome{world.traceHash(), world.count(Fate::delivered), world.count(Fate::lost)};
}

TEST(WorldTest, RepeatsARunExactlyWithTheSameSeed) {
  const Outcome first = play(42);
  const Outcome second = play(42);
  EXPECT_EQ(first.hash, second.hash);
  EXPECT_EQ(first.delivered, second.delivered);
  EXPECT_GT(first.lost, 0u);
  EXPECT_GT(first.delivered, 500u);
}

TEST(WorldTest, RunsOtherwiseWithAnotherSeed) {
  EXPECT_NE(play(42).hash, play(43).hash);
}

TEST(WorldTest, SeesADifferenceInContentAlone) {
  EXPECT_NE(play(42, 'x').hash, play(42, 'y').hash);
}

TEST(WorldTest, RunsUntilThePredicateHoldsAndNoFurther) {
  World world;
  Machine& machine = world.addMachine("alice", "10.0.0.1");
  int ticks = 0;
  std::unique_ptr<Timer> timer = machine.createTimer([&](Time now) {
    ++ticks;
    timer->set(now + 1s);
  });
  timer->set(world.now() + 1s);
  EXPECT_TRUE(world.runUntil([&] { return ticks == 5; }, 1min));
  EXPECT_EQ(world.elapsed(), 5s);
  EXPECT_FALSE(world.runUntil([&] { return ticks == 100; }, 10s));
  EXPECT_EQ(world.elapsed(), 15s);
  EXPECT_EQ(ticks, 15);
}

TEST(WorldTest, SaysWhenTheNextEventIsDueAndThatThereIsNone) {
  World world;
  Machine& machine = world.addMachine("alice", "10.0.0.1");
  EXPECT_EQ(world.nextEvent(), std::nullopt);
  EXPECT_FALSE(world.step());
  const auto timer = machine.createTimer([](Time) {});
  timer->set(world.now() + 3s);
  EXPECT_EQ(world.nextEvent(), World::kStart + 3s);
  EXPECT_TRUE(world.step());
  EXPECT_EQ(world.nextEvent(), std::nullopt);
}

TEST(WorldTest, ShowsEveryEventToAnObserver) {
  World world;
  Machine& alice = world.addMachine("alice", "10.0.0.1");
  Machine& bob = world.addMachine("bob", "10.0.0.2");
  TestSocket from(alice, "10.0.0.1:1");
  TestSocket to(bob, "10.0.0.2:2");
  std::vector<Fate> fates;
  world.observe([&](const PacketEvent& event) { fates.push_back(event.fate); });
  from.send(to.address(), "hello");
  world.runFor(1s);
  EXPECT_EQ(fates, (std::vector<Fate>{Fate::sent, Fate::delivered}));
}

TEST(WorldTest, DropsPostedTasksBeforeItsMachinesGo) {
  auto world = std::make_unique<World>();
  Machine& machine = world->addMachine("alice", "10.0.0.1");
  auto socket = std::make_shared<TestSocket>(machine, "10.0.0.1:1");
  const std::weak_ptr<TestSocket> watch = socket;
  machine.defer([kept = std::move(socket)] { kept->close(); });
  EXPECT_FALSE(watch.expired());
  world.reset();
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace portico::sim
