#include "tests/sim/machine.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/sim/test_socket.h"

namespace portico::sim {
namespace {

using namespace std::chrono_literals;

class MachineTest : public testing::Test {
 protected:
  World world_{5};
  Machine& machine_ = world_.addMachine("alice", "10.0.0.1");
  Machine& other_ = world_.addMachine("bob", "10.0.0.2");
  Time start_ = world_.now();
};

TEST_F(MachineTest, TimerFiresOnceAtItsDeadline) {
  std::vector<Time> fired;
  const auto timer = machine_.createTimer([&](Time now) { fired.push_back(now); });
  timer->set(start_ + 10ms);
  EXPECT_TRUE(fired.empty());
  world_.runFor(1s);
  EXPECT_EQ(fired, (std::vector<Time>{start_ + 10ms}));
}

TEST_F(MachineTest, TimerFollowsEveryMoveOfItsDeadline) {
  std::vector<Time> fired;
  const auto timer = machine_.createTimer([&](Time now) { fired.push_back(now); });
  timer->set(start_ + 10ms);
  timer->set(start_ + 50ms);
  timer->set(start_ + 5ms);
  timer->set(start_ + 30ms);
  world_.runFor(1s);
  EXPECT_EQ(fired, (std::vector<Time>{start_ + 30ms}));
}

TEST_F(MachineTest, TimerStaysSilentAfterCancelAndWorksAgainAfterSet) {
  int fired = 0;
  const auto timer = machine_.createTimer([&](Time) { ++fired; });
  timer->set(start_ + 10ms);
  timer->cancel();
  world_.runFor(1s);
  EXPECT_EQ(fired, 0);
  timer->set(world_.now() + 1ms);
  world_.runFor(1s);
  EXPECT_EQ(fired, 1);
}

TEST_F(MachineTest, TimerOfThePastFiresFromTheLoopAtOnce) {
  int fired = 0;
  const auto timer = machine_.createTimer([&](Time) { ++fired; });
  timer->set(start_ - 1s);
  EXPECT_EQ(fired, 0);
  world_.step();
  EXPECT_EQ(fired, 1);
  EXPECT_EQ(world_.now(), start_);
}

TEST_F(MachineTest, TimerCanBeSetAgainInItsOwnCallback) {
  int fired = 0;
  std::unique_ptr<Timer> timer = machine_.createTimer([&](Time now) {
    if (++fired < 5) timer->set(now + 1ms);
  });
  timer->set(start_ + 1ms);
  world_.runFor(1s);
  EXPECT_EQ(fired, 5);
}

TEST_F(MachineTest, TimersCanBeCancelledSetAndDestroyedByAnothersCallback) {
  std::string log;
  auto cancelled = machine_.createTimer([&](Time) { log += "cancelled "; });
  auto destroyed = machine_.createTimer([&](Time) { log += "destroyed "; });
  auto moved = machine_.createTimer([&](Time) { log += "moved "; });
  std::unique_ptr<Timer> self = machine_.createTimer([&](Time now) {
    log += "self ";
    cancelled->cancel();
    destroyed.reset();
    moved->set(now + 5ms);
    self.reset();
    log += "gone ";
  });
  self->set(start_ + 10ms);
  cancelled->set(start_ + 10ms);
  destroyed->set(start_ + 10ms);
  moved->set(start_ + 10ms);
  world_.runFor(12ms);
  EXPECT_EQ(log, "self gone ");
  world_.runFor(1s);
  EXPECT_EQ(log, "self gone moved ");
}

TEST_F(MachineTest, RunsDeferredTasksFromTheLoopInOrder) {
  std::string log;
  machine_.defer([&] {
    log += "1";
    machine_.defer([&] { log += "3"; });
  });
  other_.defer([&] { log += "2"; });
  EXPECT_EQ(log, "");
  world_.runFor(0s);
  EXPECT_EQ(log, "123");
  EXPECT_EQ(world_.now(), start_);
}

TEST_F(MachineTest, ListsItsInterfacesInTheOrderOfAdding) {
  machine_.addInterface("eth0", "2001:db8::1", world_.internet(), {.temporary = true});
  machine_.addLoopback();
  const auto interfaces = machine_.networkInterfaces();
  ASSERT_EQ(interfaces.size(), 4u);
  EXPECT_EQ(interfaces[0].address, ip("10.0.0.1"));
  EXPECT_TRUE(interfaces[1].temporary);
  EXPECT_FALSE(interfaces[1].loopback);
  EXPECT_EQ(interfaces[3].address, ip("::1"));
  EXPECT_TRUE(interfaces[3].loopback);
}

TEST_F(MachineTest, RefusesAnAddressThatIsTaken) {
  EXPECT_THROW(machine_.addInterface("eth1", "10.0.0.2", world_.internet()), std::invalid_argument);
}

class Deaf final : public UdpReceiver {
  void onDatagrams(Time, std::span<Datagram>) override {}
  void onSocketError(Time, const Error&) override {}
};

std::optional<std::uint16_t> openedPort(Machine& machine, UdpOptions options,
                                        std::vector<std::unique_ptr<UdpSocket>>& keep, UdpReceiver& receiver) {
  auto opened = machine.openUdp(options, receiver);
  if (!opened) return std::nullopt;
  keep.push_back(*std::move(opened));
  return keep.back()->localAddress().port;
}

TEST_F(MachineTest, OpensEachPortOfARangeOnceAndThenNone) {
  Deaf deaf;
  std::vector<std::unique_ptr<UdpSocket>> sockets;
  UdpOptions options{endpoint("10.0.0.1:0"), 6000, 6002};
  EXPECT_EQ(openedPort(machine_, options, sockets, deaf), 6000);
  EXPECT_EQ(openedPort(machine_, options, sockets, deaf), 6001);
  EXPECT_EQ(openedPort(machine_, options, sockets, deaf), 6002);
  EXPECT_EQ(openedPort(machine_, options, sockets, deaf), std::nullopt);
  sockets.erase(sockets.begin() + 1);
  EXPECT_EQ(openedPort(machine_, options, sockets, deaf), 6001);
}

TEST_F(MachineTest, GivesEphemeralPortsThatDiffer) {
  Deaf deaf;
  std::vector<std::unique_ptr<UdpSocket>> sockets;
  UdpOptions options{endpoint("10.0.0.1:0"), 0, 0};
  const auto first = openedPort(machine_, options, sockets, deaf);
  const auto second = openedPort(machine_, options, sockets, deaf);
  ASSERT_TRUE(first && second);
  EXPECT_GE(*first, 49152);
  EXPECT_NE(*first, *second);
}

TEST_F(MachineTest, RefusesAPortInUseAndAnAddressThatItDoesNotHave) {
  Deaf deaf;
  TestSocket taken(machine_, "10.0.0.1:7000");
  for (const std::string_view local : {"10.0.0.1:7000", "0.0.0.0:7000", "10.0.0.2:7001"}) {
    UdpOptions options;
    options.local = endpoint(local);
    const auto opened = machine_.openUdp(options, deaf);
    ASSERT_FALSE(opened) << local;
    EXPECT_EQ(opened.error().code, Error::Network);
  }
}

TEST_F(MachineTest, FailsToOpenWhenToldSo) {
  Deaf deaf;
  machine_.udpFailure = Error(Error::Network, "No.");
  UdpOptions options;
  options.local = endpoint("10.0.0.1:0");
  ASSERT_FALSE(machine_.openUdp(options, deaf));
  machine_.udpFailure.reset();
  EXPECT_TRUE(machine_.openUdp(options, deaf));
}

TEST_F(MachineTest, SocketBoundToAnyAddressTakesAllAndSendsFromAnInterface) {
  TestSocket any(machine_, "0.0.0.0:7000");
  TestSocket peer(other_, "10.0.0.2:8000");
  peer.send("10.0.0.1:7000", "in");
  any.send("10.0.0.2:8000", "out");
  world_.runFor(1s);
  EXPECT_EQ(any.received.size(), 1u);
  ASSERT_EQ(peer.received.size(), 1u);
  EXPECT_EQ(peer.received[0].from, endpoint("10.0.0.1:7000"));
}

TEST_F(MachineTest, ReachesItselfOnEveryAddressEvenWithoutACable) {
  machine_.addLoopback();
  machine_.setConnected(false);
  TestSocket outer(machine_, "10.0.0.1:7000");
  TestSocket loop(machine_, "127.0.0.1:7001");
  loop.send("127.0.0.1:7001", "to itself");
  outer.send("10.0.0.1:7000", "to itself");
  world_.runFor(1s);
  EXPECT_EQ(loop.received.size(), 1u);
  EXPECT_EQ(outer.received.size(), 1u);
}

TEST_F(MachineTest, CountsWhatASocketCanNotSend) {
  TestSocket socket(machine_, "10.0.0.1:7000");
  socket.send("[2001:db8::1]:1", "wrong family");
  socket.send("10.0.0.2:1", std::string(65'508, 'x'));
  EXPECT_EQ(socket.socket().droppedDatagrams(), 2u);
}

TEST_F(MachineTest, LetsASocketBeDestroyedInItsOwnCallback) {
  TestSocket sender(other_, "10.0.0.2:8000");
  TestSocket socket(machine_, "10.0.0.1:7000");
  socket.onBatch = [&] { socket.close(); };
  sender.send("10.0.0.1:7000", "one");
  sender.send("10.0.0.1:7000", "two");
  world_.runFor(1s);
  EXPECT_EQ(socket.received.size(), 2u);
  sender.send("10.0.0.1:7000", "too late");
  world_.runFor(1s);
  EXPECT_EQ(socket.received.size(), 2u);
  EXPECT_EQ(world_.count(Fate::noSocket), 1u);
}

TEST_F(MachineTest, GivesNothingToASocketThatAnotherOneClosedAtTheSameInstant) {
  TestSocket sender(other_, "10.0.0.2:8000");
  TestSocket first(machine_, "10.0.0.1:7000");
  TestSocket second(machine_, "10.0.0.1:7001");
  first.onBatch = [&] { second.close(); };
  sender.send("10.0.0.1:7000", "one");
  sender.send("10.0.0.1:7001", "two");
  world_.runFor(1s);
  EXPECT_EQ(first.received.size(), 1u);
  EXPECT_TRUE(second.received.empty());
}

TEST_F(MachineTest, LetsTheReceiverWriteIntoThePayload) {
  class Scribbler final : public UdpReceiver {
   public:
    void onDatagrams(Time, std::span<Datagram> batch) override {
      for (const Datagram& datagram : batch) {
        for (std::byte& b : datagram.payload) b = std::byte{0};
      }
    }
    void onSocketError(Time, const Error&) override {}
  } scribbler;
  UdpOptions options;
  options.local = endpoint("10.0.0.1:7000");
  const auto scribbled = machine_.openUdp(options, scribbler);
  TestSocket sender(other_, "10.0.0.2:8000");
  TestSocket reader(machine_, "10.0.0.1:7001");
  const std::string text = "as it was";
  sender.send("10.0.0.1:7000", text);
  sender.send("10.0.0.1:7001", text);
  world_.runFor(1s);
  ASSERT_EQ(reader.received.size(), 1u);
  EXPECT_EQ(reader.received[0].text, "as it was");
}

TEST_F(MachineTest, TellsSocketsThatTheirInterfaceHasGone) {
  machine_.addInterface("wlan0", "10.0.0.3", world_.internet());
  TestSocket stays(machine_, "10.0.0.1:7000");
  TestSocket goes(machine_, "10.0.0.3:7000");
  machine_.removeInterface("wlan0");
  EXPECT_TRUE(goes.errors.empty());
  world_.runFor(1s);
  ASSERT_EQ(goes.errors.size(), 1u);
  EXPECT_EQ(goes.errors[0].code, Error::Network);
  EXPECT_TRUE(stays.errors.empty());
  EXPECT_EQ(machine_.networkInterfaces().size(), 1u);
  goes.send("10.0.0.2:1", "nowhere to go");
  EXPECT_EQ(goes.socket().droppedDatagrams(), 1u);
  TestSocket sender(other_, "10.0.0.2:8000");
  sender.send("10.0.0.3:7000", "nobody there");
  world_.runFor(1s);
  EXPECT_EQ(world_.count(Fate::unroutable), 1u);
}

class ResolverTest : public MachineTest {
 protected:
  using Answer = Result<std::vector<IpAddress>>;
  std::unique_ptr<Cancellable> ask(const std::string& name) {
    return machine_.resolve(name, [this](Answer answer) {
      when_ = world_.now();
      answer_ = std::move(answer);
    });
  }
  std::optional<Answer> answer_;
  Time when_;
};

TEST_F(ResolverTest, AnswersFromItsTableAfterTheDelay) {
  world_.addName("stun.example", {ip("203.0.113.9"), ip("2001:db8::9")}, 80ms);
  const auto query = ask("stun.example");
  EXPECT_FALSE(answer_);
  world_.runFor(1s);
  ASSERT_TRUE(answer_ && *answer_);
  EXPECT_EQ(answer_->value(), (std::vector<IpAddress>{ip("203.0.113.9"), ip("2001:db8::9")}));
  EXPECT_EQ(when_, start_ + 80ms);
}

TEST_F(ResolverTest, ResolvesALiteralToItselfFromTheLoop) {
  const auto query = ask("2001:db8::7");
  EXPECT_FALSE(answer_);
  world_.runFor(0s);
  ASSERT_TRUE(answer_ && *answer_);
  EXPECT_EQ(answer_->value(), (std::vector<IpAddress>{ip("2001:db8::7")}));
}

TEST_F(ResolverTest, FailsForAnUnknownNameAndForOneThatIsToldToFail) {
  const auto unknown = ask("nobody.example");
  world_.runFor(1s);
  ASSERT_TRUE(answer_ && !*answer_);
  EXPECT_EQ(answer_->error().code, Error::Network);
  world_.addNameFailure("broken.example", Error(Error::Timeout, "The server did not answer."), 5s);
  const auto broken = ask("broken.example");
  world_.runFor(10s);
  ASSERT_TRUE(answer_ && !*answer_);
  EXPECT_EQ(answer_->error().code, Error::Timeout);
}

TEST_F(ResolverTest, SaysNothingAfterItsQueryIsDestroyed) {
  world_.addName("stun.example", {ip("203.0.113.9")});
  ask("stun.example").reset();
  world_.runFor(1s);
  EXPECT_FALSE(answer_);
}

TEST_F(ResolverTest, LetsTheQueryBeDestroyedInItsOwnCallback) {
  world_.addName("stun.example", {ip("203.0.113.9")});
  std::unique_ptr<Cancellable> query;
  bool answered = false;
  query = machine_.resolve("stun.example", [&](Answer) {
    query.reset();
    answered = true;
  });
  world_.runFor(1s);
  EXPECT_TRUE(answered);
}

TEST_F(MachineTest, HasRandomnessOfItsOwnThatRepeatsWithTheSeed) {
  const auto draw = [](Machine& machine) {
    ByteVector bytes(32);
    machine.randomBytes(bytes);
    return bytes;
  };
  World same(5);
  Machine& twin = same.addMachine("alice", "10.0.0.1");
  const ByteVector first = draw(machine_);
  EXPECT_EQ(first, draw(twin));
  EXPECT_NE(first, draw(machine_));
  EXPECT_NE(first, draw(other_));
  World differs(6);
  EXPECT_NE(first, draw(differs.addMachine("alice", "10.0.0.1")));
}

TEST_F(MachineTest, HasACalendarThatFollowsVirtualTime) {
  EXPECT_EQ(machine_.unixSeconds(), World::kUnixStart);
  world_.runFor(90s);
  EXPECT_EQ(machine_.unixSeconds(), World::kUnixStart + 90);
  EXPECT_EQ(machine_.now(), world_.now());
}

}  // namespace
}  // namespace portico::sim
