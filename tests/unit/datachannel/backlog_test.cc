#include "core/datachannel/backlog.h"

#include <gtest/gtest.h>

namespace portico::datachannel {
namespace {

TEST(Backlog, GivesAStreamsMessagesBackInOrderAndOnce) {
  Backlog backlog;
  EXPECT_TRUE(backlog.hold(4, sctp::Ppid::string, asBytes("one")));
  EXPECT_TRUE(backlog.hold(6, sctp::Ppid::string, asBytes("other")));
  EXPECT_TRUE(backlog.hold(4, sctp::Ppid::binary, asBytes("two")));
  EXPECT_TRUE(backlog.holds(4));
  const Backlog::Stream taken = backlog.take(4);
  ASSERT_EQ(taken.messages.size(), 2u);
  EXPECT_EQ(asText(taken.messages[0].bytes), "one");
  EXPECT_EQ(taken.messages[1].ppid, sctp::Ppid::binary);
  EXPECT_FALSE(taken.reset);
  EXPECT_FALSE(backlog.holds(4));
  EXPECT_TRUE(backlog.holds(6));
  EXPECT_TRUE(backlog.take(4).messages.empty());
}

TEST(Backlog, IsBoundedOverAllStreamsAndByMessagesToo) {
  Backlog backlog;
  std::size_t held = 0;
  while (backlog.hold(static_cast<sctp::StreamId>(held), sctp::Ppid::binary, {})) ++held;
  EXPECT_LT(held, kMaxBacklogBytes / 64);
  EXPECT_GT(held, 1'000u);
  for (std::size_t stream = 0; stream < held; ++stream) (void)backlog.take(static_cast<sctp::StreamId>(stream));
  EXPECT_TRUE(backlog.hold(0, sctp::Ppid::binary, ByteVector(kMaxBacklogBytes / 2)));
  EXPECT_FALSE(backlog.hold(1, sctp::Ppid::binary, ByteVector(kMaxBacklogBytes / 2)));
}

TEST(Backlog, RemembersAResetAfterItsMessages) {
  Backlog backlog;
  backlog.markReset(4);
  EXPECT_FALSE(backlog.holds(4));
  backlog.hold(4, sctp::Ppid::dcep, {});
  backlog.markReset(4);
  EXPECT_TRUE(backlog.take(4).reset);
}

}  // namespace
}  // namespace portico::datachannel
