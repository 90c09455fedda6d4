#include "core/turn/channels.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace portico::turn {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Time kBegin{std::chrono::hours(1)};

SocketAddress peer(unsigned number = 0) {
  return {IpAddress::fromV4(0xc6336401U), static_cast<std::uint16_t>(1'000 + number)};
}

std::vector<std::uint16_t> due(Channels& channels, Time now) {
  std::vector<std::uint16_t> asked;
  channels.poll(now, [&](std::uint16_t number, const SocketAddress&) { asked.push_back(number); });
  return asked;
}

TEST(ChannelsTest, AreUsedOnceTheyAreBound) {
  Channels channels;
  EXPECT_EQ(channels.use(kBegin, peer()), 0);
  EXPECT_EQ(channels.want(kBegin, peer()), kFirstChannel);
  EXPECT_EQ(channels.want(kBegin, peer()), 0) << "the request is under way";
  EXPECT_EQ(channels.use(kBegin, peer()), 0);
  channels.bind(kFirstChannel, kBegin);
  EXPECT_EQ(channels.use(kBegin, peer()), kFirstChannel);
  EXPECT_EQ(channels.want(kBegin, peer()), 0);
  ASSERT_NE(channels.peerOf(kFirstChannel), nullptr);
  EXPECT_EQ(*channels.peerOf(kFirstChannel), peer());
  EXPECT_EQ(channels.peerOf(kFirstChannel + 1), nullptr);
}

TEST(ChannelsTest, AreBoundAgainWhileTheyAreInUse) {
  Channels channels;
  channels.bind(channels.want(kBegin, peer()), kBegin);
  (void)channels.use(kBegin + seconds(1), peer());
  ASSERT_EQ(channels.nextDeadline(), kBegin + kChannelRefresh);
  EXPECT_EQ(due(channels, kBegin + kChannelRefresh), std::vector<std::uint16_t>{kFirstChannel});
  channels.bind(kFirstChannel, kBegin + kChannelRefresh);
  EXPECT_EQ(channels.use(kBegin + minutes(13), peer()), kFirstChannel);
}

// RFC 8656 §12: "five minutes" for the number and for the peer alike.
TEST(ChannelsTest, KeepTheirNumberForFiveMinutesAfterTheirEnd) {
  Channels channels;
  channels.bind(channels.want(kBegin, peer()), kBegin);
  EXPECT_EQ(channels.use(kBegin + minutes(10), peer()), 0);
  EXPECT_EQ(channels.want(kBegin + minutes(14), peer(1)), kFirstChannel + 1);
  EXPECT_EQ(channels.want(kBegin + minutes(14), peer()), kFirstChannel) << "the same peer, the same number";
  channels.refuse(kBegin + minutes(14), kFirstChannel);
  EXPECT_TRUE(due(channels, kBegin + minutes(28)).empty());
  EXPECT_EQ(channels.size(), 2u);
  EXPECT_TRUE(due(channels, kBegin + minutes(30)).empty());
  EXPECT_NE(channels.peerOf(kFirstChannel + 1), nullptr) << "its request has had no answer";
  EXPECT_EQ(channels.peerOf(kFirstChannel), nullptr);
}

TEST(ChannelsTest, DoNotAskForTimesThatHavePassed) {
  Channels channels;
  channels.bind(channels.want(kBegin, peer()), kBegin);
  (void)channels.use(kBegin, peer());
  const Time late = kBegin + minutes(12);  // the host slept
  EXPECT_TRUE(due(channels, late).empty());
  ASSERT_TRUE(channels.nextDeadline());
  EXPECT_GT(*channels.nextDeadline(), late);
  EXPECT_EQ(channels.want(late, peer()), kFirstChannel);
}

TEST(ChannelsTest, ThatWereRefusedAreWantedAgainAfterAMinute) {
  Channels channels;
  channels.refuse(kBegin, channels.want(kBegin, peer()));
  EXPECT_EQ(channels.want(kBegin + seconds(59), peer()), 0);
  EXPECT_EQ(channels.want(kBegin + seconds(60), peer()), kFirstChannel);
}

TEST(ChannelsTest, AreBounded) {
  Channels channels;
  for (unsigned i = 0; i < kMaxChannels; ++i) EXPECT_NE(channels.want(kBegin, peer(i)), 0);
  EXPECT_EQ(channels.want(kBegin, peer(kMaxChannels)), 0);
}

TEST(ChannelsTest, GoRoundTheirNumbersAndSkipThoseInUse) {
  Channels channels;
  Time now = kBegin;
  channels.bind(channels.want(now, peer()), now);
  std::uint16_t last = kFirstChannel;
  for (int i = 0; i < 4'096; ++i) {
    last = channels.want(now, peer(1));
    if (i == 4'094) {
      EXPECT_EQ(last, kLastChannel);
    }
    channels.refuse(now, last);
    // Until that one is out of quarantine, while the first stays in use.
    for (int step = 0; step < 4; ++step) {
      (void)channels.use(now, peer());
      now += kChannelRefresh;
      for (const std::uint16_t number : due(channels, now)) channels.bind(number, now);
    }
  }
  EXPECT_EQ(last, kFirstChannel + 1);
}

}  // namespace
}  // namespace portico::turn
