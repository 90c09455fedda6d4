#include <gtest/gtest.h>

#include "tests/unit/sctp/simulated_pair.h"

namespace portico::sctp::test {
namespace {

using namespace std::chrono_literals;

TEST(AssociationConnect, ComesUpWhenBothSidesConnectAtOnce) {
  Pair pair({.delay = 25ms});
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.a.connects, 1);
  EXPECT_EQ(pair.b.connects, 1);
  EXPECT_TRUE(pair.a.association->connected());
  EXPECT_EQ(pair.a.association->inboundStreams(), kDefaultStreams);
  EXPECT_EQ(pair.a.association->outboundStreams(), kDefaultStreams);
}

TEST(AssociationConnect, MessagesGoBothWays) {
  Pair pair({.delay = 5ms});
  ASSERT_TRUE(pair.connect());
  const ByteVector payload = makePayload(5000, 1);
  ASSERT_TRUE(pair.a.send(3, payload).value());
  ASSERT_TRUE(pair.b.send(4, payload, {}, Ppid::string).value());
  ASSERT_TRUE(pair.host.runUntil([&] { return pair.a.messages.size() == 1 && pair.b.messages.size() == 1; }));
  EXPECT_EQ(pair.b.messages[0].stream, 3);
  EXPECT_EQ(pair.b.messages[0].ppid, Ppid::binary);
  EXPECT_EQ(pair.b.messages[0].payload, payload);
  EXPECT_EQ(pair.a.messages[0].stream, 4);
  EXPECT_EQ(pair.a.messages[0].ppid, Ppid::string);
}

}  // namespace
}  // namespace portico::sctp::test
