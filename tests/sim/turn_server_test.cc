#include "tests/sim/turn_server.h"

#include <gtest/gtest.h>

#include "core/turn/client.h"
#include "tests/sim/test_socket.h"

namespace portico::sim {
namespace {

using namespace std::chrono_literals;

class SeededRandom : public portico::Random {
 public:
  explicit SeededRandom(Machine& machine) : machine_(machine) {}
  void randomBytes(MutableByteView out) override { machine_.randomBytes(out); }

 private:
  Machine& machine_;
};

/// A client on a machine: what its owner in the stack does for it.
class Caller final : public UdpReceiver {
 public:
  Caller(World& world, Machine& machine, const SocketAddress& server)
      : world_(world), server_(server), random_(machine), client(turn::ClientOptions{"user", "password"}, random_) {
    auto opened = machine.openUdp({}, *this);
    socket_ = *std::move(opened);
    timer_ = machine.createTimer([this](Time now) {
      client.handleTimeout(now);
      flush();
    });
    client.start(world_.now());
    flush();
  }

  void flush() {
    while (auto event = client.pollEvent()) {
      if (const auto* allocated = std::get_if<turn::Allocated>(&*event)) relayed = allocated->relayed;
      if (const auto* ended = std::get_if<turn::Ended>(&*event)) code = ended->code;
    }
    std::vector<OutgoingDatagram> batch;
    for (std::size_t i = 0; i < client.output().size(); ++i) batch.push_back({server_, client.output()[i]});
    socket_->send(batch);
    client.output().clear();
    if (const auto next = client.nextTimeout()) timer_->set(*next);
  }
  void send(const SocketAddress& peer, std::string_view text) {
    client.send(world_.now(), peer, asBytes(text));
    flush();
  }

  std::vector<SocketAddress> relayed;
  std::vector<std::string> received;
  std::optional<int> code;

 private:
  void onDatagrams(Time now, std::span<Datagram> batch) override {
    for (const Datagram& datagram : batch) {
      if (const auto data = client.handleInput(now, datagram.payload)) received.emplace_back(asText(data->payload));
    }
    flush();
  }
  void onSocketError(Time, const Error&) override {}

  World& world_;
  SocketAddress server_;
  SeededRandom random_;
  std::unique_ptr<UdpSocket> socket_;
  std::unique_ptr<Timer> timer_;

 public:
  turn::Client client;
};

class TurnServerTest : public testing::Test {
 protected:
  World world_;
  Machine& machine_ = world_.addMachine("alice", "192.0.2.2");
  Machine& peerMachine_ = world_.addMachine("bob", "192.0.2.3");
  TurnServer server_{world_.addMachine("turn", "203.0.113.9"), "203.0.113.9:3478"};
  TestSocket peer_{peerMachine_, "192.0.2.3:4000"};
};

TEST_F(TurnServerTest, RelaysBothWaysByIndicationsAndOnAChannel) {
  Caller caller(world_, machine_, server_.address());
  ASSERT_TRUE(world_.runUntil([&] { return !caller.relayed.empty(); }, 5s));
  EXPECT_EQ(caller.relayed.front().ip, ip("203.0.113.9"));

  caller.send(endpoint("192.0.2.3:4000"), "by indication");
  ASSERT_TRUE(world_.runUntil([&] { return peer_.received.size() == 1; }, 5s));
  EXPECT_EQ(peer_.received[0].text, "by indication");
  peer_.send(caller.relayed.front(), "back");
  ASSERT_TRUE(world_.runUntil([&] { return caller.received.size() == 1; }, 5s));

  caller.client.bindChannel(world_.now(), endpoint("192.0.2.3:4000"));
  caller.flush();
  world_.runFor(1s);
  EXPECT_EQ(server_.counters.channelBinds, 1u);
  caller.send(endpoint("192.0.2.3:4000"), "on a channel");
  peer_.send(caller.relayed.front(), "back again");
  ASSERT_TRUE(world_.runUntil([&] { return peer_.received.size() == 2 && caller.received.size() == 2; }, 5s));
  EXPECT_EQ(server_.counters.channelData, 1u);
  EXPECT_EQ(caller.received[1], "back again");
}

TEST_F(TurnServerTest, LetsNobodyInWhoHasNoPermission) {
  Caller caller(world_, machine_, server_.address());
  ASSERT_TRUE(world_.runUntil([&] { return !caller.relayed.empty(); }, 5s));
  peer_.send(caller.relayed.front(), "hello");
  world_.runFor(1s);
  EXPECT_TRUE(caller.received.empty());
  EXPECT_EQ(server_.counters.notPermitted, 1u);
}

TEST_F(TurnServerTest, EndsAnAllocationThatNobodyRefreshesAndKeepsOneThatIs) {
  server_.lifetime = 20s;
  server_.nonceLifetime = 45s;
  Caller caller(world_, machine_, server_.address());
  world_.runFor(1h);
  EXPECT_TRUE(caller.client.allocated());
  EXPECT_GT(server_.counters.refreshed, 3'600u / 11u);
  EXPECT_GT(server_.counters.stale, 50u);
  EXPECT_EQ(server_.counters.expired, 0u);
}

TEST_F(TurnServerTest, DeletesAnAllocationThatIsGivenBack) {
  Caller caller(world_, machine_, server_.address());
  world_.runFor(1s);
  ASSERT_EQ(server_.allocations(), 1u);
  caller.client.stop(world_.now());
  caller.flush();
  world_.runFor(1s);
  EXPECT_EQ(server_.allocations(), 0u);
  EXPECT_EQ(server_.counters.deleted, 1u);
}

TEST_F(TurnServerTest, RefusesAsItIsTold) {
  const auto codeOf = [&] {
    Caller caller(world_, machine_, server_.address());
    world_.runFor(10s);
    return caller.code.value_or(0);
  };
  server_.refusesEverybody = true;
  EXPECT_EQ(codeOf(), 401);
  server_.refusesEverybody = false;
  server_.findsEveryNonceStale = true;
  EXPECT_EQ(codeOf(), 438);
  server_.findsEveryNonceStale = false;
  server_.quota = 0;
  EXPECT_EQ(codeOf(), 486);
  server_.allocateError = 508;
  EXPECT_EQ(codeOf(), 508);
  server_.silent = true;
  EXPECT_EQ(codeOf(), 701);
}

}  // namespace
}  // namespace portico::sim
