#include "native/network_interfaces.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "portico/native/loop.h"

namespace portico {
namespace {

NetworkInterface interfaceOf(std::string name, std::string_view address) {
  NetworkInterface interface;
  interface.name = std::move(name);
  interface.address = *IpAddress::parse(address);
  return interface;
}

TEST(NetworkInterfaces, TheMachinesOwnHaveLoopbackFlaggedAsSuch) {
  Loop loop;
  const auto interfaces = loop.networkInterfaces();
  const auto loopback = std::find_if(interfaces.begin(), interfaces.end(), [](const NetworkInterface& interface) {
    return interface.address == IpAddress::loopback(IpFamily::v4);
  });
  ASSERT_NE(loopback, interfaces.end());
  for (const NetworkInterface& interface : interfaces) {
    EXPECT_FALSE(interface.name.empty());
    EXPECT_EQ(interface.loopback, interface.address.isLoopback()) << interface.address.toString();
    EXPECT_EQ(interface.address.isV6() && interface.address.isLinkLocal(), interface.address.scope() != 0);
  }
}

TEST(NetworkInterfaces, TheKernelsFlagsTellTemporaryAndDeprecatedAddresses) {
  std::vector<NetworkInterface> interfaces = {interfaceOf("eth0", "2001:db8::1"), interfaceOf("eth0", "2001:db8::2"),
                                              interfaceOf("eth0", "2001:db8::3"), interfaceOf("eth0", "192.0.2.1")};
  applyInet6Flags(
      "20010db8000000000000000000000001 02 40 00 01     eth0\n"
      "20010db8000000000000000000000002 02 40 00 21     eth0\n"
      "20010db8000000000000000000000003 02 40 00 80     eth0\n",
      interfaces);
  ASSERT_EQ(interfaces.size(), 4U);
  EXPECT_TRUE(interfaces[0].temporary);
  EXPECT_FALSE(interfaces[0].deprecated);
  EXPECT_TRUE(interfaces[1].temporary);
  EXPECT_TRUE(interfaces[1].deprecated);
  EXPECT_FALSE(interfaces[2].temporary);
  EXPECT_FALSE(interfaces[2].deprecated);
  EXPECT_FALSE(interfaces[3].temporary);
}

TEST(NetworkInterfaces, AddressesThatAreNotToBeUsedAreLeftOut) {
  std::vector<NetworkInterface> interfaces = {interfaceOf("eth0", "2001:db8::1"), interfaceOf("eth0", "2001:db8::2"),
                                              interfaceOf("eth0", "2001:db8::3")};
  applyInet6Flags(
      "20010db8000000000000000000000001 02 40 00 40     eth0\n"   // tentative
      "20010db8000000000000000000000002 02 40 00 48     eth0\n"   // a duplicate
      "20010db8000000000000000000000003 02 40 00 44     eth0\n",  // tentative and optimistic
      interfaces);
  ASSERT_EQ(interfaces.size(), 1U);
  EXPECT_EQ(interfaces[0].address.toString(), "2001:db8::3");
}

TEST(NetworkInterfaces, FlagsBelongToTheInterfaceThatTheyName) {
  std::vector<NetworkInterface> interfaces = {interfaceOf("eth0", "fe80::1"), interfaceOf("eth1", "fe80::1")};
  applyInet6Flags("fe800000000000000000000000000001 03 40 20 01     eth1\n", interfaces);
  EXPECT_FALSE(interfaces[0].temporary);
  EXPECT_TRUE(interfaces[1].temporary);
}

TEST(NetworkInterfaces, LinesThatMakeNoSenseChangeNothing) {
  std::vector<NetworkInterface> interfaces = {interfaceOf("eth0", "2001:db8::1")};
  applyInet6Flags(
      "\n\n20010db8000000000000000000000001\nxyz 02 40 00 40 eth0\n20010db8000000000000000000000001 02 40 00 zz eth0\n",
      interfaces);
  EXPECT_EQ(interfaces.size(), 1U);
}

}  // namespace
}  // namespace portico
