// Peers of both address families, and families that do not work (RFC 8421).
#include <gtest/gtest.h>

#include "tests/peers/peer.h"

namespace portico::test {
namespace {

constexpr int kAddresses = 4;  ///< of each family, on interfaces of their own

/// Two machines, each with `kAddresses` interfaces of both families, on one link of 20 ms.
struct DualStack : testing::Test {
  sim::World world;
  sim::Machine& aliceMachine = world.addMachine("alice");
  sim::Machine& bobMachine = world.addMachine("bob");
  std::unique_ptr<Peer> alice;
  std::unique_ptr<Peer> bob;

  void plugIn(bool v4Works, bool v6Works) {
    int machine = 1;
    for (sim::Machine* each : {&aliceMachine, &bobMachine}) {
      for (int i = 1; i <= kAddresses; ++i) {
        const std::string number = std::to_string(machine * 16 + i);
        for (const std::string& address : {"203.0.113." + number, "2001:db8::" + number}) {
          sim::Attachment& cable = each->addInterface("eth" + std::to_string(i), address, world.internet());
          const bool v6 = address.find(':') != std::string::npos;
          cable.set({.delay = 10ms, .connected = v6 ? v6Works : v4Works});
        }
      }
      ++machine;
    }
    alice = std::make_unique<Peer>(aliceMachine);
    bob = std::make_unique<Peer>(bobMachine);
  }

  /// From the exchange of the candidates to the first pair that carries data.
  [[nodiscard]] Duration timeToConnect() {
    alice->gatherer.gather().ignore();
    bob->gatherer.gather().ignore();
    world.runFor(1s);
    const Time begin = world.now();
    signal(*bob, *alice, IceRole::controlling);
    signal(*alice, *bob, IceRole::controlled);
    EXPECT_TRUE(world.runUntil([&] { return alice->ice.state() == IceTransportState::connected; }, 30s));
    return world.now() - begin;
  }
};

TEST_F(DualStack, WhereBothFamiliesWorkIpv6IsUsed) {
  plugIn(true, true);
  EXPECT_LT(timeToConnect(), 200ms);
  EXPECT_NE(alice->ice.getSelectedCandidatePair()->local.address.find(':'), std::string::npos);
}

// Every address of a family goes with every one of the other side: sixteen pairs, 800 ms of checks at Ta.
TEST_F(DualStack, ABrokenIpv6DelaysAConnectionByLessThanAFifthOfItsChecks) {
  plugIn(true, false);
  EXPECT_LT(timeToConnect(), 450ms);
  EXPECT_EQ(alice->ice.getSelectedCandidatePair()->local.address.find(':'), std::string::npos);
}

TEST_F(DualStack, ABrokenIpv4DelaysItNotAtAll) {
  plugIn(false, true);
  EXPECT_LT(timeToConnect(), 200ms);
}

TEST_F(DualStack, PairsOfTheFamiliesTakeTurns) {
  plugIn(true, true);
  alice->gatherer.gather().ignore();
  world.runFor(1s);
  std::string families;
  for (const IceCandidate& candidate : alice->gatherer.getLocalCandidates()) {
    families += candidate.address.find(':') == std::string::npos ? '4' : '6';
  }
  EXPECT_EQ(families, "66464644");
}

}  // namespace
}  // namespace portico::test
