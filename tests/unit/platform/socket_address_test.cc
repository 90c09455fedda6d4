#include "portico/platform/socket_address.h"

#include <gtest/gtest.h>

#include <string>
#include <unordered_set>

namespace portico {
namespace {

TEST(SocketAddressTest, IsPrintedAsItIsParsed) {
  for (const std::string_view text :
       {"192.0.2.1:5000", "0.0.0.0:0", "[2001:db8::1]:5000", "[::]:65535", "[fe80::1%7]:1"}) {
    const auto address = SocketAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->toString(), text);
  }
}

TEST(SocketAddressTest, RefusesWhatIsMalformed) {
  for (const std::string_view text : {"",
                                      ":",
                                      "192.0.2.1",
                                      "192.0.2.1:",
                                      ":5000",
                                      "192.0.2.1:65536",
                                      "192.0.2.1:-1",
                                      "192.0.2.1:05",
                                      "192.0.2.1:5000 ",
                                      "192.0.2.1:5a",
                                      "[192.0.2.1]:5000",
                                      "2001:db8::1:5000",
                                      "[2001:db8::1]",
                                      "[2001:db8::1]:",
                                      "[2001:db8::1:5000",
                                      "2001:db8::1]:5000",
                                      "[]:5000",
                                      "[:5000",
                                      "]:5000",
                                      "localhost:5000",
                                      "1.2.3.4:99999999999999999999"}) {
    EXPECT_FALSE(SocketAddress::parse(text)) << text;
  }
}

TEST(SocketAddressTest, HashesToTheSameOnlyWhereItIsEqual) {
  std::unordered_set<std::size_t> hashes;
  const std::hash<SocketAddress> hash;
  for (std::uint32_t host = 0; host < 64; ++host) {
    for (std::uint16_t port = 1; port <= 64; ++port) {
      hashes.insert(hash(SocketAddress{IpAddress::fromV4(0x0a000000 + host), port}));
    }
  }
  EXPECT_EQ(hashes.size(), 64u * 64u);
  EXPECT_EQ(hash(*SocketAddress::parse("[2001:db8::1]:1")), hash(*SocketAddress::parse("[2001:db8:0::1]:1")));
}

TEST(SocketAddressTest, IsOrderedByEveryPart) {
  const SocketAddress low = *SocketAddress::parse("10.0.0.1:1");
  const SocketAddress sameHost = *SocketAddress::parse("10.0.0.1:2");
  const SocketAddress samePort = *SocketAddress::parse("10.0.0.2:1");
  EXPECT_TRUE(low < sameHost);
  EXPECT_FALSE(sameHost < low);
  EXPECT_TRUE(low < samePort);
  EXPECT_FALSE(low < low);
}

}  // namespace
}  // namespace portico
