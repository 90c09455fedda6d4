// Multicast on the loopback interface, which every machine has.
#include <gtest/gtest.h>

#include "tests/unit/native/loop_fixture.h"

namespace portico::test {
namespace {

class UdpMulticast : public ::testing::Test {
 protected:
  /// A group that nobody else has business with (RFC 2365: administratively scoped), on loopback.
  static MulticastOptions group(IpFamily family = IpFamily::v4, std::uint16_t port = 35'353) {
    MulticastOptions options;
    options.group = {*IpAddress::parse(family == IpFamily::v4 ? "239.255.53.53" : "ff01::5353"), port};
    options.interface.name = "lo";
    options.interface.address = IpAddress::loopback(family);
    options.interface.loopback = true;
    return options;
  }

  std::unique_ptr<UdpSocket> join(UdpReceiver& receiver, const MulticastOptions& options) {
    auto socket = loop.openMulticast(options, receiver);
    EXPECT_TRUE(socket.has_value()) << (socket ? "" : socket.error().message);
    return socket ? std::move(*socket) : nullptr;
  }

  Loop loop;
};

TEST_F(UdpMulticast, WhatOneSendsComesToAllThatShareThePortAndToItself) {
  Keeper first;
  Keeper second;
  const auto one = join(first, group());
  const auto other = join(second, group());
  ASSERT_TRUE(one && other);
  sendText(*one, group().group, "hello");
  ASSERT_TRUE(loop.runUntil([&] { return !first.received.empty() && !second.received.empty(); }, kPatience));
  EXPECT_EQ(second.received[0].payload, "hello");
  EXPECT_EQ(second.received[0].remote, (SocketAddress{IpAddress::loopback(IpFamily::v4), group().group.port}));
}

TEST_F(UdpMulticast, OneMayBeInAGroupOfEachFamily) {
  Keeper keeper;
  const auto v4 = join(keeper, group(IpFamily::v4));
  const auto v6 = join(keeper, group(IpFamily::v6));
  ASSERT_TRUE(v4 && v6);
  EXPECT_EQ(v6->localAddress(), (SocketAddress{IpAddress::loopback(IpFamily::v6), group().group.port}));
  // Linux routes no IPv6 multicast on loopback: it is lost, and the socket lives.
  sendText(*v6, group(IpFamily::v6).group, "hello");
  sendText(*v4, group(IpFamily::v4).group, "hello");
  ASSERT_TRUE(loop.runUntil([&] { return !keeper.received.empty(); }, kPatience));
  EXPECT_TRUE(keeper.errors.empty());
}

TEST_F(UdpMulticast, WhatIsSentToTheMachineAloneIsNotForAMemberOfTheGroup) {
  Keeper member;
  Keeper plain;
  const auto joined = join(member, group());
  auto bound = loop.openUdp({{IpAddress::loopback(IpFamily::v4), group().group.port}, 0, 0}, plain);
  ASSERT_TRUE(joined && bound) << (bound ? "" : bound.error().message);
  Keeper nobody;
  const auto sender = openLoopback(loop, nobody);
  sendText(*sender, (*bound)->localAddress(), "for one");
  sendText(*sender, group().group, "for all");
  ASSERT_TRUE(loop.runUntil([&] { return !plain.received.empty(); }, kPatience));
  EXPECT_EQ(plain.received[0].payload, "for one");
  for (const ReceivedDatagram& datagram : member.received) EXPECT_EQ(datagram.payload, "for all");
}

TEST_F(UdpMulticast, AnInterfaceThatIsNotThereIsASentence) {
  Keeper keeper;
  MulticastOptions options = group();
  options.interface.name = "nosuch0";
  const auto socket = loop.openMulticast(options, keeper);
  ASSERT_FALSE(socket.has_value());
  EXPECT_NE(socket.error().message.find("nosuch0"), std::string::npos) << socket.error().message;
}

TEST_F(UdpMulticast, APortThatAnotherHasForItselfIsASentence) {
  Keeper keeper;
  auto exclusive = loop.openUdp({{*IpAddress::parse("0.0.0.0"), 0}, 0, 0}, keeper);
  ASSERT_TRUE(exclusive.has_value());
  const auto socket = loop.openMulticast(group(IpFamily::v4, (*exclusive)->localAddress().port), keeper);
  ASSERT_FALSE(socket.has_value());
  EXPECT_NE(socket.error().message.find("in use"), std::string::npos) << socket.error().message;
}

}  // namespace
}  // namespace portico::test
