#include <gtest/gtest.h>

#include "native/bridge/quota.h"
#include "native/bridge/relay/rate_limit.h"
#include "native/bridge/relay/refusals.h"

namespace portico::bridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time kStart = Time(seconds(1000));

std::size_t takeAll(RateLimiter& limiter, std::size_t bytes) {
  std::size_t count = 0;
  while (limiter.has(bytes) && count < 1'000'000) {
    limiter.take(bytes);
    ++count;
  }
  return count;
}

TEST(RateLimit, LetsThroughWhatItSaysASecond) {
  RateLimiter limiter({1'200'000, 0});
  std::size_t passed = 0;
  for (int tick = 0; tick <= 1000; ++tick) {
    limiter.refill(kStart + milliseconds(10) * tick);
    passed += takeAll(limiter, 1200);
  }
  EXPECT_NEAR(static_cast<double>(passed), 10'000 + 250, 10);  // ten seconds, and the burst
}

TEST(RateLimit, CountsPacketsWhateverTheirSize) {
  RateLimiter limiter({0, 400});
  limiter.refill(kStart);
  EXPECT_EQ(takeAll(limiter, 0), 100u);
  limiter.refill(kStart + milliseconds(10));
  EXPECT_EQ(takeAll(limiter, 60'000), 4u);
}

TEST(RateLimit, NoLimitIsNone) {
  RateLimiter limiter({0, 0});
  limiter.refill(kStart);
  EXPECT_EQ(takeAll(limiter, 1200), 1'000'000u);
}

TEST(RateLimit, TheSlowestRateStillLetsTheLargestDatagramThrough) {
  RateLimiter limiter({1, 1});
  limiter.refill(kStart);
  EXPECT_TRUE(limiter.has(65'507));
}

TEST(RateLimit, TheStricterOfTwoCounts) {
  const RateLimit limit = strictest({100, 0}, {200, 50});
  EXPECT_EQ(limit.bytesPerSecond, 100u);
  EXPECT_EQ(limit.packetsPerSecond, 50u);
}

TEST(Quota, HasPlacesForSoManyAndTakesThemBack) {
  Quota quota;
  auto first = quota.take(kStart, "a", 2, {});
  auto second = quota.take(kStart, "a", 2, {});
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(quota.take(kStart, "a", 2, {}));
  EXPECT_TRUE(quota.take(kStart, "b", 2, {}));
  first.reset();
  EXPECT_TRUE(quota.take(kStart, "a", 2, {}));
}

TEST(Quota, SocketsOfAGroupShareTheirRatesAlsoWhenTheyCloseAndOpen) {
  Quota quota;
  auto first = quota.take(kStart, "a", 9, {1000, 0});
  auto second = quota.take(kStart, "a", 9, {1000, 0});
  EXPECT_EQ(first->rates(), second->rates());
  const std::weak_ptr<Rates> rates = first->rates();
  first.reset();
  second.reset();
  EXPECT_EQ(quota.take(kStart + seconds(1), "a", 9, {1000, 0})->rates(), rates.lock());
  (void)quota.take(kStart + seconds(10), "b", 9, {1000, 0});
  EXPECT_TRUE(rates.expired());
}

TEST(Quota, AnIpv6ClientIsItsNetwork) {
  EXPECT_EQ(addressKey(*IpAddress::parse("2001:db8:1:2::3")), addressKey(*IpAddress::parse("2001:db8:1:2:ffff::9")));
  EXPECT_NE(addressKey(*IpAddress::parse("2001:db8:1:2::3")), addressKey(*IpAddress::parse("2001:db8:1:3::3")));
  EXPECT_EQ(addressKey(*IpAddress::parse("192.0.2.1")), addressKey(*IpAddress::parse("::ffff:192.0.2.1")));
  EXPECT_NE(addressKey(*IpAddress::parse("192.0.2.1")), addressKey(*IpAddress::parse("192.0.2.2")));
}

TEST(Refusals, AreToldOnceASecondForEachDestination) {
  RefusalPacer pacer;
  const SocketAddress one = *SocketAddress::parse("10.0.0.1:53");
  const SocketAddress other = *SocketAddress::parse("10.0.0.1:54");
  EXPECT_TRUE(pacer.mayTell(kStart, one));
  EXPECT_FALSE(pacer.mayTell(kStart + milliseconds(999), one));
  EXPECT_TRUE(pacer.mayTell(kStart + milliseconds(999), other));
  EXPECT_TRUE(pacer.mayTell(kStart + milliseconds(1000), one));
}

TEST(Refusals, RememberSoManyDestinationsAndNoMore) {
  RefusalPacer pacer;
  const auto destination = [](std::uint32_t number) { return SocketAddress{IpAddress::fromV4(number), 1}; };
  std::size_t told = 0;
  for (std::uint32_t number = 0; number < 10'000; ++number) told += pacer.mayTell(kStart, destination(number)) ? 1 : 0;
  EXPECT_EQ(told, kMaxRefusedDestinations);
  EXPECT_FALSE(pacer.mayTell(kStart + milliseconds(999), destination(20'000)));
  EXPECT_TRUE(pacer.mayTell(kStart + milliseconds(1000), destination(20'000)));
}

}  // namespace
}  // namespace portico::bridge
