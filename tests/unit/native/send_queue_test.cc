#include "native/send_queue.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace portico {
namespace {

SocketAddress remote(std::uint16_t port) {
  return {IpAddress::loopback(IpFamily::v4), port};
}

TEST(SendQueue, GivesDatagramsBackInOrderAndBackToBack) {
  SendQueue queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.push({remote(1), asBytes("one")}));
  EXPECT_TRUE(queue.push({remote(2), {}}));
  EXPECT_TRUE(queue.push({remote(3), asBytes("three")}));
  EXPECT_EQ(queue.bytes(), 8U);
  const auto all = queue.front(10);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(asText(all[0].payload), "one");
  EXPECT_TRUE(all[1].payload.empty());
  EXPECT_EQ(asText(all[2].payload), "three");
  EXPECT_EQ(all[2].remote, remote(3));
  EXPECT_EQ(all[0].payload.data() + 3, all[2].payload.data());
  queue.pop(2);
  EXPECT_EQ(asText(queue.front(10)[0].payload), "three");
  queue.pop(1);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST(SendQueue, RefusesWhatGoesOverItsBytes) {
  SendQueue queue;
  const ByteVector payload(64 * 1024);
  std::size_t taken = 0;
  while (queue.push({remote(1), payload})) {
    ++taken;
  }
  EXPECT_EQ(taken, kMaxQueuedSendBytes / payload.size());
  queue.pop(1);
  EXPECT_TRUE(queue.push({remote(1), payload}));
}

TEST(SendQueue, RefusesWhatGoesOverItsDatagrams) {
  SendQueue queue;
  std::size_t taken = 0;
  while (queue.push({remote(1), {}})) {
    ++taken;
  }
  EXPECT_EQ(taken, kMaxQueuedSendDatagrams);
}

TEST(SendQueue, StaysIntactWhenItNeverRunsEmpty) {
  SendQueue queue;
  std::uint32_t pushed = 0;
  std::uint32_t popped = 0;
  const auto push = [&] {
    ByteVector payload(1'000, static_cast<std::byte>(pushed % 251));
    EXPECT_TRUE(queue.push({remote(1), payload}));
    ++pushed;
  };
  push();
  for (int i = 0; i < 20'000; ++i) {
    push();
    const auto front = queue.front(1);
    ASSERT_EQ(front.size(), 1U);
    EXPECT_TRUE(std::all_of(front[0].payload.begin(), front[0].payload.end(),
                            [&](std::byte b) { return b == static_cast<std::byte>(popped % 251); }));
    queue.pop(1);
    ++popped;
  }
  EXPECT_EQ(queue.bytes(), 1'000U);
}

}  // namespace
}  // namespace portico
