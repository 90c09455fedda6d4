#include "native/bridge/relay/address_policy.h"

#include <gtest/gtest.h>

#include "native/bridge/relay/denied_networks.h"
#include "native/bridge/relay/embedded_address.h"

namespace portico::bridge {
namespace {

IpAddress ip(const std::string& text) {
  const auto address = IpAddress::parse(text);
  EXPECT_TRUE(address) << text;
  return address.value_or(IpAddress());
}

AddressPolicy policyWith(std::initializer_list<const char*> allowed) {
  AddressPolicyOptions options;
  for (const char* text : allowed) options.allow.push_back(*Network::parse(text));
  return AddressPolicy(options);
}

bool permits(const AddressPolicy& policy, const IpAddress& address, std::uint16_t port = 5000) {
  return policy.permits({normalise(address), port});
}

std::string hex(std::uint32_t v4) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%x:%x", v4 >> 16, v4 & 0xffff);
  return text.data();
}

/// Each way to write an IPv4 address as an IPv6 one.
std::vector<std::string> spellings(const IpAddress& v4) {
  const std::string plain = hex(v4.v4());
  const std::string inverted = hex(~v4.v4());
  std::array<char, 64> local48{};
  std::snprintf(local48.data(), local48.size(), "64:ff9b:1:%x:%x:%x::", v4.v4() >> 16, v4.v4() >> 8 & 0xff,
                (v4.v4() & 0xff) << 8);
  return {
      v4.toString(),
      "::ffff:" + plain,                  // IPv4-mapped
      "::" + plain,                       // IPv4-compatible
      "2002:" + plain + "::1",            // 6to4
      "2001:0:" + plain + "::fefe:fefe",  // Teredo, as the server
      "2001:0:808:808:0:0:" + inverted,   // Teredo, as the client
      "64:ff9b::" + plain,                // NAT64
      "64:ff9b:1::" + plain,              // local-use NAT64
      local48.data(),                     // the same behind its own prefix
      "2600::5efe:" + plain,              // ISATAP
      "2600::200:5efe:" + plain,
  };
}

constexpr const char* kDenied[] = {
    "0.0.0.0",         "0.1.2.3",       "10.0.0.1",        "10.255.255.255",  "100.64.0.1",     "100.127.255.255",
    "127.0.0.1",       "127.8.8.8",     "169.254.0.1",     "172.16.0.1",      "172.31.255.255", "192.0.0.8",
    "192.0.2.1",       "192.88.99.1",   "192.168.0.1",     "192.168.255.255", "198.18.0.1",     "198.19.255.255",
    "198.51.100.1",    "203.0.113.1",   "224.0.0.1",       "239.255.255.255", "240.0.0.1",      "255.255.255.255",
    "169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192"};

TEST(AddressPolicy, DeniesEachPrivateRangeInEachSpelling) {
  const AddressPolicy policy = policyWith({});
  for (const char* text : kDenied) {
    for (const std::string& spelling : spellings(ip(text))) {
      EXPECT_FALSE(permits(policy, ip(spelling))) << text << " as " << spelling;
    }
  }
}

TEST(AddressPolicy, DeniesIpv6ThatIsNotGlobalUnicast) {
  const AddressPolicy policy = policyWith({});
  for (const char* text :
       {"::",           "::1",        "::2",        "100::1",          "100:0:0:1::1", "64:ff9b:1::1",
        "2001:2::1",    "2001:10::1", "2001:20::1", "2001:2f:ffff::1", "2001:db8::1",  "3fff::1",
        "4000::1",      "5f00::1",    "8000::1",    "fc00::1",         "fd00::1",      "fd00:ec2::254",
        "fd20:ce::254", "fe80::1",    "fec0::1",    "ff02::1",         "ff0e::1"}) {
    EXPECT_FALSE(permits(policy, ip(text))) << text;
  }
}

TEST(AddressPolicy, PermitsTheInternetInEachSpellingThatLeadsThere) {
  const AddressPolicy policy = policyWith({});
  for (const char* text : {"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
                           "192.0.1.1", "198.17.0.1", "223.255.255.255", "2606:4700::1111", "2a00::1", "2001:4860::1",
                           "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "2001:0:808:808:0:0:f7f7:f7f7"}) {
    EXPECT_TRUE(permits(policy, ip(text))) << text;
  }
}

TEST(AddressPolicy, ANetworkThatIsAllowedByNameIsPermittedInEverySpellingOfIt) {
  const AddressPolicy policy = policyWith({"127.0.0.0/8", "fd00:1::/32"});
  EXPECT_TRUE(permits(policy, ip("127.0.0.1")));
  EXPECT_TRUE(permits(policy, ip("::ffff:127.0.0.1")));
  EXPECT_TRUE(permits(policy, ip("64:ff9b::7f00:1")));
  EXPECT_TRUE(permits(policy, ip("fd00:1::5")));
  EXPECT_FALSE(permits(policy, ip("fd00:2::5")));
  EXPECT_FALSE(permits(policy, ip("10.0.0.1")));
  EXPECT_FALSE(permits(policy, ip("::1")));
}

TEST(AddressPolicy, AMetadataServiceIsAllowedByItsOwnAddressOnly) {
  for (const char* around : {"0.0.0.0/0", "169.254.0.0/16", "168.63.128.0/17"}) {
    const AddressPolicy policy = policyWith({around});
    for (const char* text : {"169.254.169.254", "168.63.129.16"}) {
      for (const std::string& spelling : spellings(ip(text))) EXPECT_FALSE(permits(policy, ip(spelling))) << spelling;
    }
  }
  EXPECT_FALSE(permits(policyWith({"fd00::/8"}), ip("fd00:ec2::254")));
  EXPECT_TRUE(permits(policyWith({"169.254.169.254"}), ip("169.254.169.254")));
  EXPECT_TRUE(permits(policyWith({"fd00:ec2::254/128"}), ip("fd00:ec2::254")));
}

TEST(AddressPolicy, DeniesItsOwnAddressesUnlessTheyAreNamed) {
  AddressPolicy policy = policyWith({});
  EXPECT_TRUE(permits(policy, ip("8.8.4.4")));
  policy.setOwnAddresses({ip("8.8.4.4"), ip("2a00::9")});
  for (const std::string& spelling : spellings(ip("8.8.4.4"))) EXPECT_FALSE(permits(policy, ip(spelling))) << spelling;
  EXPECT_FALSE(permits(policy, ip("2a00::9")));
  AddressPolicy named = policyWith({"8.8.4.4"});
  named.setOwnAddresses({ip("8.8.4.4")});
  EXPECT_TRUE(permits(named, ip("8.8.4.4")));
}

TEST(AddressPolicy, DeniesLowPortsButThoseOfStunAndTurn) {
  const AddressPolicy policy = policyWith({"10.0.0.0/8"});
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{0, 1, 22, 53, 80, 123, 161, 389, 1023}) {
    EXPECT_FALSE(permits(policy, ip("8.8.8.8"), port)) << port;
    EXPECT_FALSE(permits(policy, ip("10.0.0.1"), port)) << port;
  }
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{443, 1024, 3478, 65535})
    EXPECT_TRUE(permits(policy, ip("8.8.8.8"), port)) << port;
  AddressPolicyOptions options;
  options.allowPorts.push_back(53);
  EXPECT_TRUE(permits(AddressPolicy(options), ip("8.8.8.8"), 53));
}

TEST(Network, ParsesWhatIsOneAndNothingElse) {
  EXPECT_TRUE(Network::parse("10.0.0.0/8")->contains(ip("10.200.0.1")));
  EXPECT_FALSE(Network::parse("10.0.0.0/8")->contains(ip("11.0.0.1")));
  EXPECT_TRUE(Network::parse("100.64.0.0/10")->contains(ip("100.127.0.1")));
  EXPECT_TRUE(Network::parse("0.0.0.0/0")->contains(ip("1.2.3.4")));
  EXPECT_FALSE(Network::parse("0.0.0.0/0")->contains(ip("::1")));
  EXPECT_TRUE(Network::parse("::1")->isHost());
  for (const char* text : {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/-1", "10.0.0.0/8x", "10/8",
                           "::/129", "fe80::1%2/128", "localhost"}) {
    EXPECT_FALSE(Network::parse(text)) << text;
  }
}

}  // namespace
}  // namespace portico::bridge
