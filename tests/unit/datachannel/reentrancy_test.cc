#include <gtest/gtest.h>

#include "tests/unit/datachannel/channel_pair.h"

namespace portico::datachannel {
namespace {

using test::ChannelPair;
using test::labelled;
using test::negotiated;
using test::Side;

/// Every event's handler does `action` with the event's channel.
class ReentrancyTest : public testing::TestWithParam<std::string> {
 protected:
  void doAll(Side& side, ChannelKey key) {
    const std::string& action = GetParam();
    if (action == "close") side.table.close(side.now(), key);
    if (action == "send" && sent++ < 500) (void)side.table.send(side.now(), key, true, asBytes("from inside"));
    if (action == "flood" && flooded++ < 40) {
      (void)side.table.send(side.now(), key, false, ByteVector(60'000));
    }
    if (action == "create" && created++ < 20) {
      EXPECT_TRUE(side.table.create(side.now(), labelled("from inside")));
    }
    if (action == "disconnect") side.table.disconnected(side.now(), Error(Error::Network, "from inside"));
    if (action == "flush") side.flush();
  }
  int sent = 0;  // each is bounded: both sides answer all that they hear
  int created = 0;
  int flooded = 0;
};

TEST_P(ReentrancyTest, AnyCallMayBeMadeFromAnyEvent) {
  ChannelPair pair;
  Side& client = pair.client;
  Side& server = pair.server;
  std::vector<std::string> seen;
  for (Side* side : {&client, &server}) {
    side->onEvent = [&, side](const std::string& event, ChannelKey key) {
      seen.push_back(event);
      doAll(*side, key);
    };
  }
  const ChannelKey early = client.create({});
  client.create(negotiated(31));
  ASSERT_TRUE(pair.connect());
  if (GetParam() != "disconnect") server.create(negotiated(31));
  pair.run();
  const Result<ChannelKey> late = client.table.create(client.now(), {});
  if (late) {
    for (int i = 0; i < 10; ++i) (void)client.table.send(client.now(), *late, false, ByteVector(60'000));
    client.flush();
    pair.run();
    client.close(*late);
  }
  client.close(early);
  pair.run();
  client.table.disconnected(client.now(), Error(Error::Closed, "over"));
  server.table.disconnected(server.now(), Error(Error::Closed, "over"));
  // Whatever happened, each channel that opened has closed, once and last.
  for (const Side* side : {&client, &server}) {
    const std::size_t begun = side->count("channel") + side->count("open");
    EXPECT_GE(side->count("closed"), begun);
  }
  EXPECT_FALSE(seen.empty());
}

INSTANTIATE_TEST_SUITE_P(Actions, ReentrancyTest,
                         testing::Values("close", "send", "flood", "create", "disconnect", "flush"),
                         [](const auto& tested) { return tested.param; });

TEST(Reentrancy, EventsThatAHandlerCausesComeAfterItsOwn) {
  ChannelPair pair;
  Side& client = pair.client;
  bool inside = false;
  client.onEvent = [&](const std::string& event, ChannelKey key) {
    EXPECT_FALSE(inside);
    inside = true;
    if (event == "closed" && key < 3) {
      const Result<ChannelKey> next = client.table.create(client.now(), {});
      ASSERT_TRUE(next);
      client.table.close(client.now(), *next);
    }
    inside = false;
  };
  client.table.close(client.now(), *client.table.create(client.now(), {}));
  EXPECT_EQ(client.log, (std::vector<std::string>{"closed 1", "closed 2", "closed 3"}));
}

TEST(Reentrancy, AHandlerMayAnswerEveryMessageOnTheSpot) {
  ChannelPair pair;
  ASSERT_TRUE(pair.connect());
  const auto [here, there] = pair.openChannel();
  Side& server = pair.server;
  server.onEvent = [&](const std::string& event, ChannelKey key) {
    if (event == "message") {
      EXPECT_TRUE(server.table.send(server.now(), key, true, asBytes("echo")));
    }
  };
  for (int i = 0; i < 100; ++i) pair.client.send(here, "call");
  pair.run();
  EXPECT_EQ(pair.client.texts(here).size(), 100u);
}

}  // namespace
}  // namespace portico::datachannel
