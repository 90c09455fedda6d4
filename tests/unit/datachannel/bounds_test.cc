// What a thousand channels cost, and that nothing stays of them.
#include <gtest/gtest.h>
#include <malloc.h>

#include "tests/unit/datachannel/channel_pair.h"

namespace portico::datachannel {
namespace {

using test::ChannelPair;

std::size_t allocatedBytes() {
#ifdef __GLIBC__
  return mallinfo2().uordblks;
#else
  return static_cast<std::size_t>(mallinfo().uordblks);
#endif
}

void openAndCloseAThousand(ChannelPair& pair) {
  std::vector<ChannelKey> keys;
  for (int i = 0; i < 1'000; ++i) keys.push_back(pair.client.create({}));
  for (const ChannelKey key : keys) pair.client.send(key, "hello");
  pair.run();
  for (const ChannelKey key : keys) pair.client.close(key);
  ASSERT_TRUE(pair.runUntil([&] { return pair.client.log.size() == 3'000 && pair.server.log.size() == 3'000; }));
  ASSERT_EQ(pair.server.messages.size(), 1'000u);
  ASSERT_EQ(pair.client.count("closed"), 1'000u);
  ASSERT_EQ(pair.server.count("closed"), 1'000u);
  for (test::Side* side : {&pair.client, &pair.server}) {
    side->log.clear();
    side->messages.clear();
    side->arrivals.clear();
    side->arrivalParameters.clear();
  }
  pair.run(std::chrono::seconds(10));
}

TEST(Bounds, AThousandChannelsOpenAndCloseAgainAndAgainOnTheSameIds) {
  ChannelPair pair(2'048);
  ASSERT_TRUE(pair.connect());
  pair.client.table.setRemoteMaxMessageBytes(0);
  openAndCloseAThousand(pair);
  const std::size_t before = allocatedBytes();
  for (int round = 0; round < 3; ++round) openAndCloseAThousand(pair);
  const std::size_t after = allocatedBytes();
  EXPECT_EQ(pair.client.table.id(pair.client.create({})), 0);
  EXPECT_LT(after, before + 64 * 1024);
}

}  // namespace
}  // namespace portico::datachannel
