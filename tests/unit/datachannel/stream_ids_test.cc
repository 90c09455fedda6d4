#include "core/datachannel/stream_ids.h"

#include <gtest/gtest.h>

#include "core/datachannel/channel.h"

namespace portico::datachannel {
namespace {

class StreamIdsTest : public testing::Test {
 protected:
  std::optional<sctp::StreamId> next() {
    return ids.lowestFree([](sctp::StreamId) { return true; });
  }
  std::optional<sctp::StreamId> claimNext() {
    const auto id = next();
    if (id) ids.claim(*id, channel);
    return id;
  }
  StreamIds ids;
  Channel channel{1, {}};
};

TEST_F(StreamIdsTest, TheDtlsClientTakesEvenIds) {
  ids.start(DtlsRole::client, 10);
  EXPECT_EQ(claimNext(), 0);
  EXPECT_EQ(claimNext(), 2);
}

TEST_F(StreamIdsTest, TheDtlsServerTakesOddIds) {
  ids.start(DtlsRole::server, 10);
  EXPECT_EQ(claimNext(), 1);
  EXPECT_EQ(claimNext(), 3);
}

TEST_F(StreamIdsTest, GivesTheLowestFreeIdAgain) {
  ids.start(DtlsRole::server, 10);
  for (int i = 0; i < 3; ++i) claimNext();
  ids.release(3);
  EXPECT_EQ(claimNext(), 3);
  EXPECT_EQ(claimNext(), 7);
}

TEST_F(StreamIdsTest, StopsAtTheNegotiatedStreams) {
  ids.start(DtlsRole::client, 3);
  EXPECT_EQ(claimNext(), 0);
  EXPECT_EQ(claimNext(), 2);
  EXPECT_EQ(claimNext(), std::nullopt);
}

TEST_F(StreamIdsTest, NeverGives65535) {
  ids.start(DtlsRole::server, 65'535);
  std::optional<sctp::StreamId> last;
  std::size_t given = 0;
  while (const auto id = claimNext()) {
    last = id;
    ++given;
  }
  EXPECT_EQ(last, 65'533);
  EXPECT_EQ(given, 32'767u);
}

TEST_F(StreamIdsTest, ARetiredIdBelongsToNobodyAndIsNotGivenAgain) {
  ids.start(DtlsRole::client, 10);
  ids.retire(0);
  EXPECT_EQ(ids.find(0), nullptr);
  EXPECT_TRUE(ids.inUse(0));
  EXPECT_EQ(next(), 2);
}

TEST_F(StreamIdsTest, ReleasingAnIdOfTheOtherParityChangesNothing) {
  ids.start(DtlsRole::client, 10);
  claimNext();
  claimNext();
  ids.claim(1, channel);
  ids.release(1);
  EXPECT_EQ(next(), 4);
}

TEST_F(StreamIdsTest, PassesOverWhatIsNotUsableNow) {
  ids.start(DtlsRole::client, 10);
  EXPECT_EQ(ids.lowestFree([](sctp::StreamId id) { return id > 3; }), 4);
  EXPECT_EQ(next(), 0);
}

}  // namespace
}  // namespace portico::datachannel
