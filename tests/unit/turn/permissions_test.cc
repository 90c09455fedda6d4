#include "core/turn/permissions.h"

#include <gtest/gtest.h>

#include <vector>

namespace portico::turn {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Time kBegin{std::chrono::hours(1)};

IpAddress peer(unsigned number = 0) {
  return IpAddress::fromV4(0xc6336400U + number);
}

std::vector<IpAddress> due(Permissions& permissions, Time now) {
  std::vector<IpAddress> asked;
  permissions.poll(now, [&](const IpAddress& address) { asked.push_back(address); });
  return asked;
}

TEST(PermissionsTest, AreAskedForOnceAndLetDataGoOnceGranted) {
  Permissions permissions;
  const auto first = permissions.use(kBegin, peer());
  EXPECT_TRUE(first.ask && first.pending && !first.granted);
  const auto second = permissions.use(kBegin, peer());
  EXPECT_TRUE(!second.ask && second.pending && !second.granted);
  EXPECT_FALSE(permissions.allows(kBegin, peer()));
  permissions.grant(peer(), kBegin);
  EXPECT_TRUE(permissions.allows(kBegin, peer()));
  const auto third = permissions.use(kBegin, peer());
  EXPECT_TRUE(!third.ask && third.granted);
}

TEST(PermissionsTest, AreRefreshedAfterFourMinutesOfUse) {
  Permissions permissions;
  (void)permissions.use(kBegin, peer());
  permissions.grant(peer(), kBegin);
  (void)permissions.use(kBegin, peer());
  EXPECT_EQ(permissions.nextDeadline(), kBegin + minutes(4));
  EXPECT_TRUE(due(permissions, kBegin + minutes(4) - seconds(1)).empty());
  EXPECT_EQ(due(permissions, kBegin + minutes(4)), std::vector<IpAddress>{peer()});
  EXPECT_TRUE(due(permissions, kBegin + minutes(4)).empty()) << "the request is under way";
  permissions.grant(peer(), kBegin + minutes(4));
  EXPECT_TRUE(permissions.allows(kBegin + minutes(8), peer()));
}

TEST(PermissionsTest, ExpireWhereNobodyUsesThem) {
  Permissions permissions;
  (void)permissions.use(kBegin, peer());
  permissions.grant(peer(), kBegin);
  EXPECT_EQ(permissions.nextDeadline(), kBegin + minutes(5));
  EXPECT_FALSE(permissions.allows(kBegin + minutes(5), peer()));
  EXPECT_TRUE(due(permissions, kBegin + minutes(5)).empty());
  EXPECT_EQ(permissions.size(), 0u);
}

TEST(PermissionsTest, ThatWereRefusedAreNotAskedForAgainForAMinute) {
  Permissions permissions;
  (void)permissions.use(kBegin, peer());
  permissions.refuse(kBegin, peer());
  const auto soon = permissions.use(kBegin + seconds(59), peer());
  EXPECT_FALSE(soon.ask || soon.pending || soon.granted);
  EXPECT_TRUE(permissions.use(kBegin + seconds(60), peer()).ask);
}

TEST(PermissionsTest, AreBounded) {
  Permissions permissions;
  for (unsigned i = 0; i < kMaxPermissions; ++i) EXPECT_TRUE(permissions.use(kBegin, peer(i)).ask);
  const auto over = permissions.use(kBegin, peer(kMaxPermissions));
  EXPECT_FALSE(over.ask || over.pending || over.granted);
  permissions.grant(peer(kMaxPermissions), kBegin);
  EXPECT_EQ(permissions.size(), kMaxPermissions);
}

}  // namespace
}  // namespace portico::turn
