#include "tests/sim/nat.h"

#include <gtest/gtest.h>

#include "tests/sim/test_socket.h"

namespace portico::sim {
namespace {

using namespace std::chrono_literals;

constexpr NatBehaviour kIndependent = NatBehaviour::endpointIndependent;
constexpr NatBehaviour kAddress = NatBehaviour::addressDependent;
constexpr NatBehaviour kAddressAndPort = NatBehaviour::addressAndPortDependent;

/// A machine behind a NAT, and two outside of which the first has two sockets.
class NatTest : public testing::Test {
 protected:
  /// What the outside sees of a datagram from the inside.
  SocketAddress outerTowards(TestSocket& outside) {
    const std::size_t before = outside.received.size();
    inner_.send(outside.address(), "out");
    world_.runFor(10ms);
    EXPECT_EQ(outside.received.size(), before + 1);
    return outside.received.back().from;
  }
  bool reaches(TestSocket& outside, const SocketAddress& outer) {
    const std::size_t before = inner_.received.size();
    outside.send(outer, "in");
    world_.runFor(10ms);
    return inner_.received.size() > before;
  }

  World world_{3};
  Nat& nat_ = world_.addNat("198.51.100.1");
  Machine& insideMachine_ = world_.addMachine("inside", "192.168.1.2", nat_.inside());
  Machine& oneMachine_ = world_.addMachine("one", "203.0.113.1");
  Machine& twoMachine_ = world_.addMachine("two", "203.0.113.2");
  TestSocket inner_{insideMachine_, "192.168.1.2:4000"};
  TestSocket one_{oneMachine_, "203.0.113.1:1000"};
  TestSocket oneOtherPort_{oneMachine_, "203.0.113.1:1001"};
  TestSocket two_{twoMachine_, "203.0.113.2:1000"};
};

TEST_F(NatTest, TranslatesBothWays) {
  const SocketAddress outer = outerTowards(one_);
  EXPECT_EQ(outer.ip, ip("198.51.100.1"));
  ASSERT_TRUE(reaches(one_, outer));
  EXPECT_EQ(inner_.received.back().from, endpoint("203.0.113.1:1000"));
  EXPECT_EQ(nat_.mappingOf(inner_.address(), one_.address()), outer);
}

TEST_F(NatTest, TakesNothingInBeforeAnythingWentOut) {
  EXPECT_FALSE(reaches(one_, endpoint("198.51.100.1:4000")));
  EXPECT_EQ(world_.count(Fate::natFiltered), 1u);
}

struct Kinds {
  NatBehaviour mapping;
  NatBehaviour filtering;
};

class NatKindTest : public NatTest, public testing::WithParamInterface<Kinds> {};

TEST_P(NatKindTest, MapsAsRfc4787Section41SaysOfItsKind) {
  nat_.options.mapping = GetParam().mapping;
  nat_.options.filtering = GetParam().filtering;
  const SocketAddress first = outerTowards(one_);
  EXPECT_EQ(outerTowards(one_), first);
  EXPECT_EQ(outerTowards(oneOtherPort_) == first, GetParam().mapping != kAddressAndPort);
  EXPECT_EQ(outerTowards(two_) == first, GetParam().mapping == kIndependent);
}

TEST_P(NatKindTest, FiltersAsRfc4787Section5SaysOfItsKind) {
  nat_.options.mapping = GetParam().mapping;
  nat_.options.filtering = GetParam().filtering;
  const SocketAddress outer = outerTowards(one_);
  EXPECT_TRUE(reaches(one_, outer));
  EXPECT_EQ(reaches(oneOtherPort_, outer), GetParam().filtering != kAddressAndPort);
  EXPECT_EQ(reaches(two_, outer), GetParam().filtering == kIndependent);
}

INSTANTIATE_TEST_SUITE_P(AllKinds, NatKindTest,
                         testing::Values(Kinds{kIndependent, kIndependent}, Kinds{kIndependent, kAddress},
                                         Kinds{kIndependent, kAddressAndPort}, Kinds{kAddress, kIndependent},
                                         Kinds{kAddress, kAddress}, Kinds{kAddress, kAddressAndPort},
                                         Kinds{kAddressAndPort, kIndependent}, Kinds{kAddressAndPort, kAddress},
                                         Kinds{kAddressAndPort, kAddressAndPort}));

TEST_F(NatTest, PreservesAPortThatIsFree) {
  EXPECT_EQ(outerTowards(one_), endpoint("198.51.100.1:4000"));
}

TEST_F(NatTest, GivesAnotherPortWhereTheSameOneIsTaken) {
  Machine& other = world_.addMachine("other", "192.168.1.3", nat_.inside());
  TestSocket rival(other, "192.168.1.3:4000");
  rival.send(one_.address(), "first come");
  world_.runFor(10ms);
  EXPECT_EQ(one_.received.back().from.port, 4000);
  EXPECT_NE(outerTowards(one_).port, 4000);
}

TEST_F(NatTest, DoesNotPreservePortsWhenToldSo) {
  nat_.options.preservePorts = false;
  nat_.options.mapping = kAddressAndPort;
  EXPECT_NE(outerTowards(one_).port, 4000);
  EXPECT_NE(outerTowards(one_).port, outerTowards(two_).port);
}

TEST_F(NatTest, OverloadsAPortForEachRemoteEndpoint) {
  nat_.options = {.mapping = kAddressAndPort, .filtering = kAddressAndPort, .overloadPorts = true};
  Machine& other = world_.addMachine("other", "192.168.1.3", nat_.inside());
  TestSocket rival(other, "192.168.1.3:4000");
  rival.send(one_.address(), "first come");
  world_.runFor(10ms);
  EXPECT_EQ(one_.received.back().from.port, 4000);
  EXPECT_EQ(outerTowards(oneOtherPort_).port, 4000);
  EXPECT_EQ(outerTowards(two_).port, 4000);
  EXPECT_TRUE(reaches(two_, endpoint("198.51.100.1:4000")));
  EXPECT_FALSE(reaches(one_, endpoint("198.51.100.1:4000"))) << "that is the rival's";
  EXPECT_EQ(rival.received.size(), 1u);
}

TEST_F(NatTest, TurnsPacketsRoundOnlyWithHairpinning) {
  Machine& other = world_.addMachine("other", "192.168.1.3", nat_.inside());
  TestSocket neighbour(other, "192.168.1.3:5000");
  neighbour.send(one_.address(), "makes a mapping");
  world_.runFor(10ms);
  const SocketAddress target = one_.received.back().from;
  nat_.options.filtering = kIndependent;

  inner_.send(target, "lost");
  world_.runFor(10ms);
  EXPECT_TRUE(neighbour.received.empty());

  nat_.options.hairpinning = true;
  inner_.send(target, "round");
  world_.runFor(10ms);
  ASSERT_EQ(neighbour.received.size(), 1u);
  // RFC 4787 REQ-9: the source is the external address and port.
  EXPECT_EQ(neighbour.received[0].from, endpoint("198.51.100.1:4000"));
}

TEST_F(NatTest, FiltersWhatHairpinsLikeEverythingElse) {
  nat_.options.hairpinning = true;
  Machine& other = world_.addMachine("other", "192.168.1.3", nat_.inside());
  TestSocket neighbour(other, "192.168.1.3:5000");
  neighbour.send(one_.address(), "makes a mapping");
  inner_.send(one_.address(), "makes a mapping");
  world_.runFor(10ms);
  inner_.send("198.51.100.1:5000", "refused");
  world_.runFor(10ms);
  EXPECT_TRUE(neighbour.received.empty());
  neighbour.send("198.51.100.1:4000", "taken: inner sent there first");
  world_.runFor(10ms);
  EXPECT_EQ(inner_.received.size(), 1u);
}

TEST_F(NatTest, CarriesNeighboursPacketsDirectly) {
  Machine& other = world_.addMachine("other", "192.168.1.3", nat_.inside());
  TestSocket neighbour(other, "192.168.1.3:5000");
  inner_.send("192.168.1.3:5000", "hello");
  world_.runFor(10ms);
  ASSERT_EQ(neighbour.received.size(), 1u);
  EXPECT_EQ(neighbour.received[0].from, inner_.address());
}

TEST_F(NatTest, ForgetsAMappingThatNothingGoesOutThrough) {
  nat_.options.mappingTimeout = 30s;
  const SocketAddress outer = outerTowards(one_);
  world_.runFor(29s);
  EXPECT_TRUE(reaches(one_, outer));  // what comes in refreshes nothing
  world_.runFor(2s);
  EXPECT_FALSE(reaches(one_, outer));
  EXPECT_EQ(nat_.mappingOf(inner_.address(), one_.address()), std::nullopt);
}

TEST_F(NatTest, KeepsAMappingThatIsRefreshedFromInside) {
  nat_.options.mappingTimeout = 30s;
  nat_.options.preservePorts = false;
  const SocketAddress outer = outerTowards(one_);
  for (int i = 0; i < 5; ++i) {
    world_.runFor(20s);
    EXPECT_EQ(outerTowards(one_), outer);
  }
  EXPECT_TRUE(reaches(one_, outer));
}

TEST_F(NatTest, GivesAnExpiredPortToTheNextWhoAsks) {
  nat_.options.mappingTimeout = 1s;
  EXPECT_EQ(outerTowards(one_).port, 4000);
  world_.runFor(2s);
  Machine& other = world_.addMachine("other", "192.168.1.3", nat_.inside());
  TestSocket heir(other, "192.168.1.3:4000");
  heir.send(one_.address(), "mine now");
  world_.runFor(10ms);
  EXPECT_EQ(one_.received.back().from.port, 4000);
  one_.send("198.51.100.1:4000", "to the heir");
  world_.runFor(10ms);
  EXPECT_EQ(heir.received.size(), 1u);
  EXPECT_TRUE(inner_.received.empty());
}

TEST_F(NatTest, ForgetsEverythingWhenItReboots) {
  nat_.options.preservePorts = false;
  const SocketAddress outer = outerTowards(one_);
  nat_.reboot();
  EXPECT_FALSE(reaches(one_, outer));
  EXPECT_NE(outerTowards(one_), outer);
}

TEST_F(NatTest, WorksBehindAnotherNat) {
  Nat& home = world_.addNat("192.168.1.77", {}, nat_.inside());
  Machine& deep = world_.addMachine("deep", "10.0.0.5", home.inside());
  TestSocket socket(deep, "10.0.0.5:6000");
  socket.send(one_.address(), "from two NATs down");
  world_.runFor(10ms);
  ASSERT_EQ(one_.received.size(), 1u);
  EXPECT_EQ(one_.received[0].from, endpoint("198.51.100.1:6000"));
  one_.send(one_.received[0].from, "back");
  world_.runFor(10ms);
  ASSERT_EQ(socket.received.size(), 1u);
  EXPECT_EQ(socket.received[0].from, one_.address());
}

TEST_F(NatTest, HasNoWayOutForAFamilyWithoutAnOuterAddress) {
  insideMachine_.addInterface("eth1", "fd00::2", nat_.inside());
  oneMachine_.addInterface("eth1", "2001:db8::1", world_.internet());
  TestSocket socket(insideMachine_, "[fd00::2]:4000");
  socket.send("[2001:db8::1]:1000", "nowhere");
  world_.runFor(10ms);
  EXPECT_EQ(world_.count(Fate::unroutable), 1u);
}

TEST_F(NatTest, HasACableOfItsOwn) {
  nat_.uplink().up().delay = 30ms;
  const Time start = world_.now();
  inner_.send(one_.address(), "slow");
  world_.runFor(1s);
  ASSERT_EQ(one_.received.size(), 1u);
  EXPECT_GE(one_.received[0].when - start, 30ms);
}

}  // namespace
}  // namespace portico::sim
