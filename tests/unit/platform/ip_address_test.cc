#include <gtest/gtest.h>

#include <set>
#include <string>

#include "portico/platform/socket_address.h"

namespace portico {
namespace {

std::string printed(std::string_view text) {
  const auto address = IpAddress::parse(text);
  return address ? address->toString() : "refused";
}

struct Spelling {
  std::string_view text;
  std::string_view canonical;
};

class IpAddressSpellingTest : public testing::TestWithParam<Spelling> {};

TEST_P(IpAddressSpellingTest, IsPrintedInItsCanonicalForm) {
  EXPECT_EQ(printed(GetParam().text), GetParam().canonical);
  EXPECT_EQ(printed(GetParam().canonical), GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(V4, IpAddressSpellingTest,
                         testing::Values(Spelling{"0.0.0.0", "0.0.0.0"}, Spelling{"192.0.2.1", "192.0.2.1"},
                                         Spelling{"255.255.255.255", "255.255.255.255"}));
// RFC 5952 §1 to §5, clause by clause.
INSTANTIATE_TEST_SUITE_P(
    V6, IpAddressSpellingTest,
    testing::Values(
        Spelling{"::", "::"}, Spelling{"::1", "::1"}, Spelling{"1::", "1::"}, Spelling{"0:0:0:0:0:0:0:0", "::"},
        Spelling{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"}, Spelling{"2001:0db8::0001", "2001:db8::1"},
        Spelling{"2001:db8::2:1", "2001:db8::2:1"}, Spelling{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        Spelling{"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, Spelling{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        Spelling{"2001:DB8::ABCD", "2001:db8::abcd"}, Spelling{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
        Spelling{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"}, Spelling{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        Spelling{"0:0:3:4:5:6:0:0", "::3:4:5:6:0:0"}, Spelling{"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
        Spelling{"::ffff:192.0.2.1", "::ffff:192.0.2.1"}, Spelling{"::ffff:c000:201", "::ffff:192.0.2.1"},
        Spelling{"64:ff9b::192.0.2.33", "64:ff9b::c000:221"}, Spelling{"1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"},
        Spelling{"::1.2.3.4", "::102:304"}, Spelling{"fe80::1%3", "fe80::1%3"},
        Spelling{"fe80::1%4294967295", "fe80::1%4294967295"}, Spelling{"fe80::1%0", "fe80::1"},
        Spelling{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}));

class MalformedIpAddressTest : public testing::TestWithParam<std::string_view> {};

TEST_P(MalformedIpAddressTest, IsRefused) {
  EXPECT_FALSE(IpAddress::parse(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(V4, MalformedIpAddressTest,
                         testing::Values("", ".", "1", "1.2.3", "1.2.3.", ".1.2.3", "1.2.3.4.", "1.2.3.4.5", "1..2.3",
                                         "256.1.1.1", "1.2.3.999", "01.2.3.4", "1.2.3.00", "-1.2.3.4", "+1.2.3.4",
                                         "1.2.3.4 ", " 1.2.3.4", "1.2.3.0x4", "1.2.3.4%1", "localhost", "a.b.c.d",
                                         "99999999999.1.1.1"));
INSTANTIATE_TEST_SUITE_P(V6, MalformedIpAddressTest,
                         testing::Values(":", ":::", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
                                         "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "12345::", "::g",
                                         "::1.2.3", "::1.2.3.256", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4",
                                         "[::1]", "::1 ", "fe80::1%", "fe80::1%eth0", "fe80::1%-1",
                                         "fe80::1%4294967296", "fe80::1%1%2", "::%", "%1"));

TEST(IpAddressTest, RefusesAStringThatIsTooLongWithoutReadingIt) {
  EXPECT_FALSE(IpAddress::parse(std::string(100'000, ':')));
  EXPECT_FALSE(IpAddress::parse(std::string(100'000, '1')));
}

TEST(IpAddressTest, RefusesAnEmbeddedZeroByte) {
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0", 8)));
}

struct Kind {
  std::string_view text;
  bool any, loopback, linkLocal, multicast, mapped, siteLocal;
};

TEST(IpAddressTest, KnowsTheSpecialPrefixes) {
  const Kind kinds[] = {
      {"0.0.0.0", true, false, false, false, false, false},
      {"::", true, false, false, false, false, false},
      {"127.0.0.1", false, true, false, false, false, false},
      {"127.255.1.2", false, true, false, false, false, false},
      {"128.0.0.1", false, false, false, false, false, false},
      {"::1", false, true, false, false, false, false},
      {"::2", false, false, false, false, false, false},
      {"169.254.0.1", false, false, true, false, false, false},
      {"169.255.0.1", false, false, false, false, false, false},
      {"fe80::1", false, false, true, false, false, false},
      {"febf::1", false, false, true, false, false, false},
      {"fec0::1", false, false, false, false, false, true},
      {"feff::1", false, false, false, false, false, true},
      {"224.0.0.251", false, false, false, true, false, false},
      {"239.1.1.1", false, false, false, true, false, false},
      {"240.0.0.1", false, false, false, false, false, false},
      {"ff02::fb", false, false, false, true, false, false},
      {"::ffff:127.0.0.1", false, false, false, false, true, false},
      {"::fffe:1.2.3.4", false, false, false, false, false, false},
      {"2001:db8::1", false, false, false, false, false, false},
  };
  for (const Kind& kind : kinds) {
    SCOPED_TRACE(kind.text);
    const auto address = IpAddress::parse(kind.text);
    ASSERT_TRUE(address);
    EXPECT_EQ(address->isAny(), kind.any);
    EXPECT_EQ(address->isLoopback(), kind.loopback);
    EXPECT_EQ(address->isLinkLocal(), kind.linkLocal);
    EXPECT_EQ(address->isMulticast(), kind.multicast);
    EXPECT_EQ(address->isV4Mapped(), kind.mapped);
    EXPECT_EQ(address->isSiteLocal(), kind.siteLocal);
  }
}

TEST(IpAddressTest, GivesItsBytesInNetworkOrder) {
  const IpAddress v4 = IpAddress::fromV4(0xc0000201);
  EXPECT_EQ(v4.toString(), "192.0.2.1");
  EXPECT_EQ(v4.v4(), 0xc0000201u);
  ASSERT_EQ(v4.bytes().size(), 4u);
  EXPECT_EQ(v4.bytes()[0], std::byte{0xc0});
  const IpAddress v6 = *IpAddress::parse("2001:db8::1");
  ASSERT_EQ(v6.bytes().size(), 16u);
  EXPECT_EQ(v6.bytes()[1], std::byte{0x01});
  EXPECT_EQ(v6.bytes()[15], std::byte{0x01});
  EXPECT_EQ(v6.v4(), 0u);
  EXPECT_EQ(IpAddress::fromV6(v6.bytes().first<16>(), 9).toString(), "2001:db8::1%9");
}

TEST(IpAddressTest, OfTwoFamiliesOrScopesDiffers) {
  EXPECT_NE(IpAddress::any(IpFamily::v4), IpAddress::any(IpFamily::v6));
  EXPECT_NE(*IpAddress::parse("fe80::1%1"), *IpAddress::parse("fe80::1%2"));
  EXPECT_EQ(IpAddress::loopback(IpFamily::v6), *IpAddress::parse("::1"));
  EXPECT_EQ(IpAddress::loopback(IpFamily::v4), *IpAddress::parse("127.0.0.1"));
}

TEST(IpAddressTest, HasAStrictOrder) {
  const std::set<IpAddress> addresses = {*IpAddress::parse("10.0.0.2"),  *IpAddress::parse("10.0.0.1"),
                                         *IpAddress::parse("fe80::1%1"), *IpAddress::parse("fe80::1%2"),
                                         *IpAddress::parse("::"),        IpAddress(),
                                         *IpAddress::parse("10.0.0.1")};
  EXPECT_EQ(addresses.size(), 6u);
}

}  // namespace
}  // namespace portico
