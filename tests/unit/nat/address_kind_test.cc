#include "core/nat/address_kind.h"

#include <gtest/gtest.h>

namespace portico::nat {
namespace {

TEST(AddressKind, IsThatOfTheRangeThatAnAddressIsIn) {
  const std::pair<const char*, AddressKind> table[] = {{"8.8.8.8", AddressKind::global},
                                                       {"10.255.255.255", AddressKind::privateUse},
                                                       {"11.0.0.0", AddressKind::global},
                                                       {"172.15.255.255", AddressKind::global},
                                                       {"172.16.0.1", AddressKind::privateUse},
                                                       {"172.32.0.1", AddressKind::global},
                                                       {"192.168.1.1", AddressKind::privateUse},
                                                       {"100.63.255.255", AddressKind::global},
                                                       {"100.64.0.1", AddressKind::sharedUse},
                                                       {"100.127.255.255", AddressKind::sharedUse},
                                                       {"100.128.0.0", AddressKind::global},
                                                       {"169.254.1.1", AddressKind::linkLocal},
                                                       {"127.9.9.9", AddressKind::loopback},
                                                       {"192.0.0.2", AddressKind::translation},
                                                       {"192.0.0.8", AddressKind::global},
                                                       {"203.0.113.1", AddressKind::documentation},
                                                       {"224.0.0.251", AddressKind::unusable},
                                                       {"255.255.255.255", AddressKind::unusable},
                                                       {"0.0.0.0", AddressKind::unusable},
                                                       {"::", AddressKind::unusable},
                                                       {"::1", AddressKind::loopback},
                                                       {"fe80::1", AddressKind::linkLocal},
                                                       {"fd00::1", AddressKind::uniqueLocal},
                                                       {"fc00::1", AddressKind::uniqueLocal},
                                                       {"ff02::fb", AddressKind::unusable},
                                                       {"2001:db8::1", AddressKind::documentation},
                                                       {"2001:4860:4860::8888", AddressKind::global}};
  for (const auto& [text, kind] : table) EXPECT_EQ(kindOf(*IpAddress::parse(text)), kind) << text;
}

}  // namespace
}  // namespace portico::nat
