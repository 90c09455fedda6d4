#include "core/wire/packet_queue.h"

#include <gtest/gtest.h>

#include <string>

namespace portico {
namespace {

TEST(PacketQueueTest, KeepsPacketsInOrderAndBackToBack) {
  PacketQueue queue;
  queue.push(asBytes("first"));
  queue.push(asBytes("second"));
  queue.push({});
  queue.push(asBytes("third"));
  ASSERT_EQ(queue.size(), 4u);
  EXPECT_EQ(queue.bytes(), 16u);
  EXPECT_EQ(asText(queue[0]), "first");
  EXPECT_EQ(asText(queue[1]), "second");
  EXPECT_TRUE(queue[2].empty());
  EXPECT_EQ(asText(queue[3]), "third");
  EXPECT_EQ(queue[0].data() + queue[0].size(), queue[1].data());
}

TEST(PacketQueueTest, TakesLessThanWhatWasPrepared) {
  PacketQueue queue;
  MutableByteView room = queue.prepare(1500);
  ASSERT_EQ(room.size(), 1500u);
  room[0] = std::byte{7};
  queue.commit(1);
  queue.push(asBytes("next"));
  EXPECT_EQ(queue.bytes(), 5u);
  EXPECT_EQ(queue[0][0], std::byte{7});
  EXPECT_EQ(asText(queue[1]), "next");
}

TEST(PacketQueueTest, KeepsTheContentsWhenItGrows) {
  PacketQueue queue;
  for (int i = 0; i < 1000; ++i) queue.push(asBytes(std::to_string(i)));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(asText(queue[static_cast<std::size_t>(i)]), std::to_string(i));
}

TEST(PacketQueueTest, UsesItsMemoryAgainAfterClear) {
  PacketQueue queue;
  queue.push(asBytes("something"));
  const std::byte* before = queue[0].data();
  queue.clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0u);
  queue.push(asBytes("else"));
  EXPECT_EQ(queue[0].data(), before);
}

TEST(PacketQueueTest, IsEmptyAndUsableAfterRelease) {
  PacketQueue queue;
  queue.push(asBytes("something"));
  queue.release();
  EXPECT_TRUE(queue.empty());
  queue.push(asBytes("again"));
  EXPECT_EQ(asText(queue[0]), "again");
}

}  // namespace
}  // namespace portico
