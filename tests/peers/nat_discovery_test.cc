// NAT behaviour discovery (RFC 5780) on the simulated network: every kind of NAT is found to be what it is.
#include <gtest/gtest.h>

#include <array>

#include "core/stun/message_builder.h"
#include "portico/nat_discovery.h"
#include "tests/peers/peer.h"
#include "tests/sim/behaviour_server.h"
#include "tests/sim/stun_server.h"
#include "tests/sim/test_socket.h"

namespace portico::test {
namespace {

using sim::NatBehaviour::addressAndPortDependent;
using sim::NatBehaviour::addressDependent;
using sim::NatBehaviour::endpointIndependent;

constexpr std::array kKinds = {endpointIndependent, addressDependent, addressAndPortDependent};

NatDependence inOurWords(sim::NatBehaviour kind) {
  switch (kind) {
    case endpointIndependent:
      return NatDependence::endpointIndependent;
    case addressDependent:
      return NatDependence::addressDependent;
    case addressAndPortDependent:
      break;
  }
  return NatDependence::addressAndPortDependent;
}

struct NatDiscovering : testing::Test {
  explicit NatDiscovering(std::uint64_t seed = 1) : world(seed) {}

  sim::World world;
  sim::Machine& serverMachine = addServerMachine();
  sim::BehaviourServer server{serverMachine, "203.0.113.9", "203.0.113.10"};

  sim::Machine& addServerMachine() {
    sim::Machine& machine = world.addMachine("server", "203.0.113.9");
    machine.addInterface("eth1", "203.0.113.10", world.internet());
    return machine;
  }

  sim::Machine& behind(const sim::NatOptions& options) {
    return world.addMachine("m", "192.168.1.2", world.addNat("198.51.100.1", options).inside());
  }

  Result<NatReport> discover(Host& machine, std::vector<std::string> urls = {"stun:203.0.113.9"},
                             NatDiscoveryOptions options = {}) {
    options.gather.iceServers = std::vector<IceServer>{{.urls = std::move(urls)}};
    NatDiscovery discovery(machine, options);
    const auto operation = discovery.discover();
    world.runUntil([&] { return operation.done(); }, 60s);
    return operation.done() ? operation.result() : Error(Error::Timeout, "It did not end.");
  }

  portico::NatBehaviour only(const Result<NatReport>& report) {
    if (!report || report->behaviours.size() != 1) {
      ADD_FAILURE() << (report ? "not one local address" : report.error().message);
      return {};
    }
    return report->behaviours.front();
  }
};

TEST_F(NatDiscovering, FindsEachKindOfNatToBeWhatItIs) {
  int number = 0;
  for (const sim::NatBehaviour mapping : kKinds) {
    for (const sim::NatBehaviour filtering : kKinds) {
      const std::string external = "198.51.100." + std::to_string(10 + ++number);
      sim::Nat& nat =
          world.addNat(external, {.mapping = mapping, .filtering = filtering, .preservePorts = number % 2 == 0});
      sim::Machine& machine = world.addMachine("m" + external, "192.168.1.2", nat.inside());
      const portico::NatBehaviour found = only(discover(machine));
      EXPECT_EQ(found.mapping, inOurWords(mapping)) << toString(found.mapping);
      EXPECT_EQ(found.filtering, inOurWords(filtering)) << toString(found.filtering);
      EXPECT_TRUE(found.translated());
      ASSERT_TRUE(found.mapped);
      EXPECT_EQ(found.mapped->ip.toString(), external);
    }
  }
}

TEST_F(NatDiscovering, FindsTheSameThroughLoss) {
  int right = 0;
  for (int run = 0; run < 20; ++run) {
    sim::Nat& nat = world.addNat("198.51.100." + std::to_string(10 + run),
                                 {.mapping = addressDependent, .filtering = addressDependent});
    sim::Machine& machine = world.addMachine("m" + std::to_string(run), "192.168.1.2", nat.inside());
    machine.setLinks({.delay = 50ms, .loss = 0.1});
    const portico::NatBehaviour found = only(discover(machine));
    if (found.mapping == NatDependence::addressDependent && found.filtering == NatDependence::addressDependent) ++right;
  }
  EXPECT_GE(right, 19);  // four of four lost is one in 750
}

TEST_F(NatDiscovering, WithoutANatSaysSo) {
  const portico::NatBehaviour found = only(discover(world.addMachine("m", "203.0.113.1")));
  EXPECT_FALSE(found.translated());
  EXPECT_EQ(found.mapping, NatDependence::endpointIndependent);
  EXPECT_EQ(found.filtering, NatDependence::endpointIndependent);
  ASSERT_EQ(found.answers.size(), 1u);
  EXPECT_TRUE(found.answers.front().roundTripTime);
  EXPECT_EQ(found.answers.front().otherAddress->toString(), "203.0.113.10:3479");
}

TEST_F(NatDiscovering, TwoPlainServersTellWhetherTheMappingDepends) {
  sim::StunServer one(world.addMachine("one", "203.0.113.20"), "203.0.113.20:3478");
  sim::StunServer two(world.addMachine("two", "203.0.113.21"), "203.0.113.21:3478");
  const std::vector<std::string> urls = {"stun:203.0.113.20", "stun:203.0.113.21"};
  const portico::NatBehaviour cone = only(discover(behind({.mapping = endpointIndependent}), urls));
  EXPECT_EQ(cone.mapping, NatDependence::endpointIndependent);
  EXPECT_EQ(cone.filtering, NatDependence::unknown);
  EXPECT_FALSE(cone.filteringUnknown.empty());
  sim::Nat& symmetric = world.addNat("198.51.100.2", {.mapping = addressAndPortDependent});
  EXPECT_EQ(only(discover(world.addMachine("s", "192.168.1.2", symmetric.inside()), urls)).mapping,
            NatDependence::dependent);
}

TEST_F(NatDiscovering, OnePlainServerTellsTheAddressAlone) {
  sim::StunServer one(world.addMachine("one", "203.0.113.20"), "203.0.113.20:3478");
  const portico::NatBehaviour found = only(discover(behind({}), {"stun:203.0.113.20"}));
  EXPECT_TRUE(found.translated());
  EXPECT_EQ(found.mapping, NatDependence::unknown);
}

TEST_F(NatDiscovering, WhereNothingAnswersEndsInTimeAndSaysWhatEachServerDid) {
  world.addNameFailure("nowhere.example", Error(Error::Network, "There is no such name."));
  const Time begin = world.now();
  const auto report =
      discover(behind({}), {"stun:203.0.113.99", "stun:nowhere.example", "turn:203.0.113.99?transport=tcp"});
  EXPECT_LT(world.now() - begin, 6s);
  const portico::NatBehaviour found = only(report);
  EXPECT_FALSE(found.mapped);
  ASSERT_EQ(found.answers.size(), 1u);
  EXPECT_EQ(found.answers.front().errorCode, 701);
  ASSERT_EQ(report->servers.size(), 3u);
  EXPECT_EQ(report->servers[1].errorText, "There is no such name.");
  EXPECT_EQ(report->servers[2].addresses.size(), 1u);
}

TEST_F(NatDiscovering, ADeadServerKeepsALiveOneNotWaitingLong) {
  const portico::NatBehaviour found =
      only(discover(behind({.filtering = endpointIndependent}), {"stun:203.0.113.99", "stun:203.0.113.9"}));
  EXPECT_EQ(found.filtering, NatDependence::endpointIndependent);
  EXPECT_EQ(found.mapping, NatDependence::endpointIndependent);
}

TEST_F(NatDiscovering, TheTimeLimitEndsItWithWhatIsKnown) {
  NatDiscoveryOptions options;
  options.timeout = 1s;
  const Time begin = world.now();
  const portico::NatBehaviour found = only(discover(behind({}), {"stun:203.0.113.9"}, options));
  EXPECT_LE(world.now() - begin, 1s);
  EXPECT_TRUE(found.mapped);
  EXPECT_EQ(found.filtering, NatDependence::unknown);
}

TEST_F(NatDiscovering, FiltersOnlyWhereItIsAskedTo) {
  NatDiscoveryOptions options;
  options.filtering = false;
  const portico::NatBehaviour found =
      only(discover(behind({.mapping = addressDependent}), {"stun:203.0.113.9"}, options));
  EXPECT_EQ(found.mapping, NatDependence::addressDependent);
  EXPECT_EQ(found.filtering, NatDependence::unknown);
}

TEST_F(NatDiscovering, DoesNotTakeAServersWordWhereTheOtherAddressIsSilent) {
  server.alternateSilent = true;
  const portico::NatBehaviour found = only(discover(behind({.filtering = endpointIndependent})));
  EXPECT_EQ(found.filtering, NatDependence::unknown);
  EXPECT_NE(found.filteringUnknown.find("other address"), std::string::npos);
}

TEST_F(NatDiscovering, SaysWhatAServerDoesNotSupport) {
  server.ignoresChangeRequest = true;
  sim::Machine& machine = behind({});
  EXPECT_EQ(only(discover(machine)).filtering, NatDependence::unknown);
  server.ignoresChangeRequest = false;
  server.refusesChangeRequest = true;
  const portico::NatBehaviour found = only(discover(machine));
  EXPECT_EQ(found.filtering, NatDependence::unknown);
  EXPECT_EQ(found.mapping, NatDependence::endpointIndependent);
}

// RFC 5780 §4.5: what has been sent to the other address would let its answers in.
TEST_F(NatDiscovering, DoesNotMeasureAFilterThatItHasOpenedItself) {
  server.liesAboutOther = sim::endpoint("203.0.113.20:3479");
  sim::StunServer plain(world.addMachine("plain", "203.0.113.20"), "203.0.113.20:3478");
  const portico::NatBehaviour found = only(discover(behind({}), {"stun:203.0.113.20", "stun:203.0.113.9"}));
  EXPECT_EQ(found.filtering, NatDependence::unknown);
  EXPECT_NE(found.filteringUnknown.find("asked before"), std::string::npos);
}

TEST_F(NatDiscovering, SendsNothingWhereAHostileServerPointsTo) {
  sim::Machine& machine = behind({});
  for (const char* other : {"127.0.0.1:3479", "192.168.1.1:3479", "224.0.0.1:3479", "255.255.255.255:3479",
                            "203.0.113.9:1", "[2001:db8::1]:3479"}) {
    server.liesAboutOther = sim::endpoint(other);
    std::uint64_t strays = 0;
    world.observe([&](const sim::PacketEvent& event) {
      if (event.packet.to == *server.liesAboutOther) ++strays;
    });
    const portico::NatBehaviour found = only(discover(machine));
    world.observe({});
    EXPECT_EQ(strays, 0u) << other;
    EXPECT_FALSE(found.answers.front().otherAddress) << other;
    EXPECT_TRUE(found.mapped);
  }
}

TEST_F(NatDiscovering, TakesNoAnswerFromSomeoneElseAndNoNonsense) {
  sim::TestSocket liar(world.addMachine("liar", "203.0.113.66"), "203.0.113.66:3478");
  sim::TestSocket stranger(world.addMachine("stranger", "203.0.113.67"), "203.0.113.67:3478");
  sim::Machine& machine = world.addMachine("m", "203.0.113.1");
  liar.onBatch = [&] {
    const auto& last = liar.received.back();
    const auto request = stun::Message::parse(asBytes(last.text));
    std::array<std::byte, 64> room{};
    stun::MessageBuilder answer(room, stun::MessageClass::success, stun::Method::binding, request->transactionId());
    answer.xorAddress(stun::Attribute::xorMappedAddress, sim::endpoint("198.51.100.66:66"));
    stranger.send(last.from, asText(answer.finish()));  // the right transaction, from the wrong address
    liar.send(last.from, "nonsense");
    liar.send(last.from, last.text);  // our own request
  };
  const portico::NatBehaviour found = only(discover(machine, {"stun:203.0.113.66"}));
  EXPECT_FALSE(found.mapped);
  EXPECT_EQ(liar.received.size(), 4u);
}

TEST_F(NatDiscovering, AsksFromEachLocalAddress) {
  sim::Machine& machine = behind({});
  machine.addInterface("eth1", "203.0.113.1", world.internet());
  const auto report = discover(machine);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->behaviours.size(), 2u);
  EXPECT_TRUE(report->behaviours[0].translated());
  EXPECT_FALSE(report->behaviours[1].translated());
}

TEST_F(NatDiscovering, MayBeClosedAtAnyMomentAndTwice) {
  sim::Machine& machine = behind({});
  for (const Duration after : {0ms, 20ms, 300ms, 2000ms}) {
    NatDiscoveryOptions options;
    options.gather.iceServers = std::vector<IceServer>{{.urls = {"stun:203.0.113.9"}}};
    NatDiscovery discovery(machine, options);
    const auto operation = discovery.discover();
    world.runFor(after);
    discovery.close();
    discovery.close();
    world.runFor(10s);
    ASSERT_TRUE(operation.done());
    ASSERT_FALSE(operation.result());
    EXPECT_EQ(operation.result().error().code, Error::Closed);
  }
  EXPECT_EQ(only(discover(machine)).mapping, NatDependence::endpointIndependent);  // nothing was left behind
}

TEST_F(NatDiscovering, RefusesABadUrlAndAMachineWithoutNetwork) {
  const auto bad = discover(behind({}), {"http://203.0.113.9"});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Error::Syntax);
  const auto alone = discover(world.addMachine("alone"));
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().code, Error::Network);
}

}  // namespace
}  // namespace portico::test
