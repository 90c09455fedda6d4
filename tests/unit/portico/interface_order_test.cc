// RFC 8421: which of our addresses is tried first.
#include "core/portico/interface_order.h"

#include <gtest/gtest.h>

#include <string>

namespace portico {
namespace {

/// "eth0 2001:db8::1" and so on, in order of preference.
std::string order(const std::vector<std::pair<std::string, std::string>>& addresses) {
  std::vector<NetworkInterface> interfaces;
  for (const auto& [name, address] : addresses) interfaces.push_back({name, *IpAddress::parse(address)});
  std::string text;
  for (const NetworkInterface& interface : inOrderOfPreference(interfaces)) {
    text += (text.empty() ? "" : " ") + interface.address.toString();
  }
  return text;
}

TEST(InterfaceOrder, OfOneAddressOfEachFamilyIpv6IsFirst) {
  EXPECT_EQ(order({{"eth0", "10.0.0.1"}, {"eth0", "2001:db8::1"}}), "2001:db8::1 10.0.0.1");
}

TEST(InterfaceOrder, TwoIpv4AddressesAreAmongSixOfIpv6AfterAHeadStartOfFour) {
  // RFC 8421 §5's example.
  EXPECT_EQ(order({{"a", "10.0.0.1"},
                   {"b", "10.0.0.2"},
                   {"c", "2001:db8::1"},
                   {"d", "2001:db8::2"},
                   {"e", "2001:db8::3"},
                   {"f", "2001:db8::4"},
                   {"g", "2001:db8::5"},
                   {"h", "2001:db8::6"}}),
            "2001:db8::1 2001:db8::2 2001:db8::3 2001:db8::4 10.0.0.1 2001:db8::5 10.0.0.2 2001:db8::6");
}

TEST(InterfaceOrder, WhereIpv4HasMoreTheFamiliesTakeTurnsFromTheFirstOn) {
  EXPECT_EQ(
      order({{"a", "10.0.0.1"}, {"b", "10.0.0.2"}, {"c", "10.0.0.3"}, {"a", "2001:db8::1"}, {"b", "2001:db8::2"}}),
      "2001:db8::1 10.0.0.1 2001:db8::2 10.0.0.2 10.0.0.3");
}

TEST(InterfaceOrder, AnInterfaceOfManyAddressesDoesNotHoldUpAnother) {
  EXPECT_EQ(order({{"vpn", "10.1.0.1"}, {"vpn", "10.1.0.2"}, {"vpn", "10.1.0.3"}, {"eth0", "10.0.0.1"}}),
            "10.1.0.1 10.0.0.1 10.1.0.2 10.1.0.3");
}

TEST(InterfaceOrder, OneFamilyAloneKeepsTheSystemsOrder) {
  EXPECT_EQ(order({{"a", "10.0.0.2"}, {"b", "10.0.0.1"}}), "10.0.0.2 10.0.0.1");
  EXPECT_EQ(order({{"a", "2001:db8::2"}, {"b", "2001:db8::1"}}), "2001:db8::2 2001:db8::1");
  EXPECT_EQ(order({}), "");
}

}  // namespace
}  // namespace portico
