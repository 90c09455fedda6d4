// A stranger on the network, who knows every address and writes what it likes.
#include <gtest/gtest.h>

#include "tests/peers/peer.h"
#include "tests/sim/test_socket.h"

namespace portico::test {
namespace {

struct Hostile : testing::Test {
  Pair pair;
  sim::Machine& stranger = pair.world.addMachine("stranger", "203.0.113.66");
  DataChannel channel = pair.alice->open({.label = "data"});

  [[nodiscard]] SocketAddress alicesAddress() const {
    const IceCandidate candidate = pair.alice->gatherer.getLocalCandidates().front();
    return {*IpAddress::parse(candidate.address), candidate.port};
  }
};

TEST_F(Hostile, GarbageOfEveryProtocolDuringEveryPhaseHarmsNothing) {
  sim::Random random(99);
  sim::TestSocket socket(stranger, "203.0.113.66:9");
  pair.alice->gatherer.gather().ignore();
  pair.bob->gatherer.gather().ignore();
  pair.world.runFor(100ms);
  const SocketAddress target = alicesAddress();
  const auto flood = [&] {
    for (unsigned first = 0; first < 256; ++first) {
      ByteVector packet(static_cast<std::size_t>(random.upTo(1'400)));
      random.fill(packet);
      if (!packet.empty()) packet[0] = static_cast<std::byte>(first);
      socket.send(target, asText(packet));
    }
  };
  flood();
  signal(*pair.bob, *pair.alice, IceRole::controlling);
  flood();
  pair.world.runFor(500ms);
  flood();
  signal(*pair.alice, *pair.bob, IceRole::controlled);
  for (int i = 0; i < 50; ++i) {
    flood();
    pair.world.step();
  }
  ASSERT_TRUE(pair.world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 30s));
  for (int i = 0; i < 100; ++i) {
    flood();
    ASSERT_TRUE(channel.send(std::string(5'000, 'x')));
    pair.world.runFor(1ms);
  }
  EXPECT_TRUE(pair.world.runUntil([&] { return pair.bob->messages.size() == 100; }, 30s));
  EXPECT_TRUE(pair.alice->errors.empty());
  EXPECT_GT(pair.alice->ice.getStats().packetsDiscarded, 1'000u);
}

TEST_F(Hostile, ReplayedPacketsOfTheConnectionAreTakenOnce) {
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 5s));
  // Nine in ten packets come twice, and a third late: as if someone on the path recorded and repeated them.
  pair.setLinks({.delay = 5ms, .duplication = 0.9, .reordering = 0.3});
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(channel.send(std::to_string(i)));
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.bob->messages.size() == 200; }, 30s));
  pair.world.runFor(5s);
  ASSERT_EQ(pair.bob->messages.size(), 200u);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(pair.bob->messages[static_cast<std::size_t>(i)], std::to_string(i));
}

}  // namespace
}  // namespace portico::test
