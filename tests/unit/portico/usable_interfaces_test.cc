#include "core/portico/usable_interfaces.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

using Names = std::vector<std::string>;

struct UsableInterfaces : testing::Test {
  std::vector<NetworkInterface> all{at("lo", "127.0.0.1", true), at("eth0", "192.0.2.1"),
                                    at("eth1", "198.51.100.1"),  at("wlan0", "2001:db8::1"),
                                    at("docker0", "172.17.0.1"), at("docker_gwbridge", "172.18.0.1")};

  static NetworkInterface at(std::string name, std::string_view address, bool loopback = false) {
    NetworkInterface interface;
    interface.name = std::move(name);
    interface.address = *IpAddress::parse(address);
    interface.loopback = loopback;
    return interface;
  }
  [[nodiscard]] Names used(const IceGatherOptions& options) const {
    Names names;
    for (const NetworkInterface& interface : usableInterfaces(all, options)) names.push_back(interface.name);
    return names;
  }
};

TEST_F(UsableInterfaces, AllButLoopbackAreUsedWhereNothingIsSaid) {
  EXPECT_EQ(used({}), (Names{"eth0", "eth1", "wlan0", "docker0", "docker_gwbridge"}));
}

TEST_F(UsableInterfaces, OnlyThoseThatAreNamedAreUsed) {
  EXPECT_EQ(used({.interfaces = {"eth1", "wlan0"}}), (Names{"eth1", "wlan0"}));
}

TEST_F(UsableInterfaces, AStarAtTheEndStandsForAnyEnd) {
  EXPECT_EQ(used({.interfaces = {"eth*"}}), (Names{"eth0", "eth1"}));
  EXPECT_EQ(used({.interfaces = {"*"}}), (Names{"eth0", "eth1", "wlan0", "docker0", "docker_gwbridge"}));
  EXPECT_EQ(used({.interfaces = {"*0"}}), Names());  // and only at the end
  EXPECT_EQ(used({.interfaces = {"eth"}}), Names());
}

TEST_F(UsableInterfaces, ThoseThatAreExcludedAreNotUsed) {
  EXPECT_EQ(used({.excludedInterfaces = {"docker*", "wlan0"}}), (Names{"eth0", "eth1"}));
}

TEST_F(UsableInterfaces, ExclusionComesBeforeNamesAndBoundAddresses) {
  EXPECT_EQ(used({.interfaces = {"eth*"}, .excludedInterfaces = {"eth0"}}), (Names{"eth1"}));
  EXPECT_EQ(used({.bindAddresses = {*IpAddress::parse("192.0.2.1")}, .excludedInterfaces = {"eth0"}}), Names());
}

TEST_F(UsableInterfaces, BothTheNameAndTheBoundAddressHaveToFit) {
  const IpAddress any = IpAddress::any(IpFamily::v4);
  EXPECT_EQ(used({.bindAddresses = {any}, .interfaces = {"eth1", "wlan0"}}), (Names{"eth1"}));
}

TEST_F(UsableInterfaces, LoopbackIsUsedLikeAnyOtherWhereItIsNamed) {
  EXPECT_EQ(used({.interfaces = {"lo", "eth0"}}), (Names{"lo", "eth0"}));
  EXPECT_EQ(used({.interfaces = {"l*", "eth0"}}), (Names{"eth0"}));
}

TEST_F(UsableInterfaces, WhereNoneIsLeftTheSentenceNamesThoseThatThereAre) {
  const IceGatherOptions options{.interfaces = {"eth9"}};
  EXPECT_EQ(used(options), Names());
  EXPECT_EQ(whyNoInterface(all, options),
            "No network interface that may be used has a usable address. There are: lo, eth0, eth1, wlan0, docker0, "
            "docker_gwbridge.");
  EXPECT_EQ(whyNoInterface({}, {}), "No network interface with a usable address is up.");
}

}  // namespace
}  // namespace portico
