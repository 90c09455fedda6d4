// The engine by itself; tests/peers/nat_discovery_test.cc has it behind NATs.
#include "core/nat/discovery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "core/stun/message_builder.h"

namespace portico::nat {
namespace {

class Counter final : public Random {
 public:
  void randomBytes(MutableByteView out) override { std::fill(out.begin(), out.end(), std::byte{++count_}); }

 private:
  std::uint8_t count_ = 0;
};

SocketAddress at(const std::string& text) {
  return *SocketAddress::parse(text);
}

struct DiscoveryTest : testing::Test {
  Time now{std::chrono::seconds(1)};
  Counter random;
  Discovery discovery{at("192.168.1.2:5000"), true, random};
  std::map<std::string, std::string> mappedAt;  ///< by where it is asked; nothing: silence

  void answer(const Transmit& request) {
    const auto mapped = mappedAt.find(request.remote.toString());
    const auto message = stun::Message::parse(request.payload);
    if (mapped == mappedAt.end() || message->has(stun::Attribute::changeRequest)) return;
    std::array<std::byte, 128> room{};
    stun::MessageBuilder builder(room, stun::MessageClass::success, stun::Method::binding, message->transactionId());
    builder.xorAddress(stun::Attribute::xorMappedAddress, at(mapped->second));
    builder.address(stun::Attribute::otherAddress, at("203.0.113.2:3479"));
    discovery.handleInput(now, request.remote, builder.finish());
  }

  NatBehaviour run() {
    discovery.addServer(now, at("203.0.113.1:3478"), "stun:a");
    discovery.endOfServers(now);
    while (!discovery.done()) {
      for (const Transmit& request : discovery.takeOutput()) answer(request);
      const auto next = discovery.nextTimeout();
      if (!next) break;
      now = std::max(now, *next);
      discovery.handleTimeout(now);
    }
    EXPECT_TRUE(discovery.done());
    return discovery.result();
  }
};

// What Linux' masquerade does, whose mapping is endpoint-independent as long as it may keep the port.
TEST_F(DiscoveryTest, TakesNoOtherPortThatItsOwnFilteringTestsCausedForADependence) {
  mappedAt = {{"203.0.113.1:3478", "198.51.100.1:5000"},
              {"203.0.113.2:3478", "198.51.100.1:5000"},
              {"203.0.113.2:3479", "198.51.100.1:61000"}};
  const NatBehaviour found = run();
  EXPECT_EQ(found.mapping, NatDependence::endpointIndependent);
  EXPECT_EQ(found.filtering, NatDependence::addressAndPortDependent);
}

TEST_F(DiscoveryTest, SaysNothingOfTheFilterWhereTheOtherPortIsSilentForAll) {
  mappedAt = {{"203.0.113.1:3478", "198.51.100.1:5000"}, {"203.0.113.2:3478", "198.51.100.1:5000"}};
  const NatBehaviour found = run();
  EXPECT_EQ(found.mapping, NatDependence::endpointIndependent);
  EXPECT_EQ(found.filtering, NatDependence::unknown);
}

TEST_F(DiscoveryTest, LeavesOutServersThatAreMoreThanItsBound) {
  for (int i = 0; i < 20; ++i) discovery.addServer(now, at("203.0.113." + std::to_string(50 + i) + ":3478"), "stun:x");
  EXPECT_EQ(run().answers.size(), kMaxServers);
}

}  // namespace
}  // namespace portico::nat
