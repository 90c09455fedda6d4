#include <gtest/gtest.h>

#include "core/datachannel/dcep.h"
#include "tests/unit/datachannel/channel_pair.h"

namespace portico::datachannel {
namespace {

using test::ChannelPair;
using test::fillAssociation;
using test::labelled;
using test::negotiated;
using test::Side;

/// RFC 9260 §3.3.1: the U bit of a packet's first user DATA chunk; nullopt when it has none.
std::optional<bool> firstUserDataIsUnordered(ByteView packet) {
  const auto at = [packet](std::size_t i) { return std::to_integer<std::uint32_t>(packet[i]); };
  for (std::size_t i = 12; i + 4 <= packet.size();) {
    const std::size_t length = at(i + 2) << 8 | at(i + 3);
    if (at(i) == 0 && length > 16 && at(i + 15) != 50) return (at(i + 1) & 4) != 0;
    i += (std::max<std::size_t>(length, 4) + 3) & ~std::size_t{3};
  }
  return std::nullopt;
}

class SendingTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pair.connect()); }
  ChannelPair pair;
  Side& client = pair.client;
  Side& server = pair.server;
};

TEST_F(SendingTest, OnlyAnOpenChannelSends) {
  ChannelPair fresh;
  const ChannelKey connecting = fresh.client.create({});
  const auto codeOf = [](Side& side, ChannelKey key) {
    const Result<void> sent = side.table.send(side.now(), key, true, asBytes("x"));
    return sent ? std::optional<Error::Code>() : sent.error().code;
  };
  EXPECT_EQ(codeOf(fresh.client, connecting), Error::InvalidState);
  const auto [here, there] = pair.openChannel();
  client.close(here);
  EXPECT_EQ(codeOf(client, here), Error::InvalidState);
  pair.run();
  EXPECT_EQ(codeOf(client, here), Error::InvalidState);
  EXPECT_EQ(codeOf(server, there), Error::InvalidState);
  EXPECT_EQ(codeOf(client, 12'345), Error::InvalidState);
}

TEST_F(SendingTest, ThePeersMaximumIsKeptAndZeroMeansNone) {
  const ChannelKey here = pair.openChannel().first;
  const ByteVector message(200'000);
  const auto send = [&](std::size_t bytes) {
    return client.table.send(client.now(), here, false, ByteView(message).first(bytes));
  };
  EXPECT_TRUE(send(65'536));
  EXPECT_EQ(send(65'537).error().code, Error::Type);
  client.table.setRemoteMaxMessageBytes(100);
  EXPECT_TRUE(send(100));
  EXPECT_EQ(send(101).error().code, Error::Type);
  client.table.setRemoteMaxMessageBytes(0);
  EXPECT_TRUE(send(200'000));
  client.flush();
  pair.run();
  EXPECT_EQ(server.receivedBytes, 65'536u + 100 + 200'000);
  EXPECT_EQ(client.table.stats(here).messagesSent, 3u);
}

TEST_F(SendingTest, DataFollowsTheOpenWithoutWaitingForTheAck) {
  const ChannelKey here = client.create(labelled("fast"));
  client.send(here, "at once");
  pair.run(std::chrono::milliseconds(6));  // one way
  ASSERT_EQ(server.arrivals.size(), 1u);
  EXPECT_EQ(server.texts(server.lastArrival()), std::vector<std::string>{"at once"});
}

TEST_F(SendingTest, AnUnorderedChannelSendsOrderedUntilSomethingCameFromThePeer) {
  std::vector<bool> unordered;
  client.dropIf = [&](ByteView packet) {
    if (const auto flag = firstUserDataIsUnordered(packet)) unordered.push_back(*flag);
    return false;
  };
  DataChannelParameters parameters;
  parameters.ordered = false;
  const ChannelKey here = client.create(parameters);
  client.send(here, "before");
  pair.run();
  client.send(here, "after");
  pair.run();
  EXPECT_EQ(unordered, (std::vector<bool>{false, true}));
}

TEST_F(SendingTest, DataFromThePeerCountsAsTheAck) {
  std::vector<bool> unordered;
  client.dropIf = [&](ByteView packet) {
    if (const auto flag = firstUserDataIsUnordered(packet)) unordered.push_back(*flag);
    return false;
  };
  DataChannelParameters parameters;
  parameters.ordered = false;
  const ChannelKey here = client.create(parameters);
  client.table.onMessage(client.now(), 0, sctp::Ppid::string, asBytes("no ack, but data"));
  client.send(here, "after");
  EXPECT_EQ(unordered, std::vector<bool>{true});
}

TEST_F(SendingTest, WhatTheAssociationHasNoRoomForIsQueuedAndArrivesInOrder) {
  const auto [here, there] = pair.openChannel();
  const std::size_t sent = fillAssociation(client, here, 60'000);
  EXPECT_EQ(client.table.bufferedAmount(here), sent * 60'000);
  client.send(here, "last");
  EXPECT_FALSE(client.table.drained());
  ASSERT_TRUE(pair.runUntil([&] { return client.table.drained(); }));
  pair.run();
  ASSERT_EQ(server.messages.size(), sent + 1);
  EXPECT_EQ(server.messages.back().payload, "last");
  EXPECT_EQ(client.table.bufferedAmount(here), 0u);
}

TEST_F(SendingTest, TheQueueIsBoundedAndOpensAgain) {
  const auto [here, there] = pair.openChannel();
  const ByteVector message(65'536);
  std::size_t sent = 0;
  Result<void> last;
  while ((last = client.table.send(client.now(), here, false, message))) ++sent;
  EXPECT_EQ(last.error().code, Error::Operation);
  EXPECT_LE(client.table.bufferedAmount(here), kMaxSendQueueBytes + sctp::kSendBufferBytes);
  EXPECT_GT(client.table.bufferedAmount(here), kMaxSendQueueBytes);
  EXPECT_EQ(client.table.bufferedAmount(here), sent * message.size());
  EXPECT_EQ(client.table.stats(here).messagesSent, sent);
  server.keepMessages = false;
  client.flush();
  ASSERT_TRUE(pair.runUntil([&] { return client.table.drained(); }));
  EXPECT_EQ(server.receivedBytes, sent * message.size());
  EXPECT_TRUE(client.table.send(client.now(), here, false, message));
}

TEST_F(SendingTest, EmptyMessagesAreBoundedTooThoughTheyHaveNoBytes) {
  const auto [here, there] = pair.openChannel();
  fillAssociation(client, here, 60'000);
  std::size_t sent = 0;
  while (client.table.send(client.now(), here, true, {})) ++sent;
  EXPECT_LT(sent, kMaxSendQueueBytes / 64);
}

TEST_F(SendingTest, BufferedAmountCountsUserBytesAndNeitherDcepNorTheByteOfAnEmptyMessage) {
  const ChannelKey here = client.create(negotiated(3));
  server.create(negotiated(3));
  const ByteVector large(2'000);
  EXPECT_TRUE(client.table.send(client.now(), here, true, asBytes("hello")));
  EXPECT_TRUE(client.table.send(client.now(), here, true, {}));
  EXPECT_TRUE(client.table.send(client.now(), here, false, asBytes("1234")));
  EXPECT_TRUE(client.table.send(client.now(), here, false, {}));
  EXPECT_TRUE(client.table.send(client.now(), here, false, large));
  EXPECT_EQ(client.table.bufferedAmount(here), 2'009u);
  client.flush();
  pair.run();
  EXPECT_EQ(client.table.bufferedAmount(here), 0u);
  EXPECT_EQ(server.messages.size(), 5u);
}

TEST_F(SendingTest, BufferedAmountFallsAsPacketsLeave) {
  const ChannelKey here = pair.openChannel().first;
  fillAssociation(client, here, 60'000);
  std::size_t before = client.table.bufferedAmount(here);
  bool rose = false;
  int falls = 0;
  client.flush();
  ASSERT_TRUE(pair.runUntil([&] {
    const std::size_t amount = client.table.bufferedAmount(here);
    rose = rose || amount > before;
    falls += amount < before ? 1 : 0;
    before = amount;
    return amount == 0;
  }));
  EXPECT_FALSE(rose);
  EXPECT_GT(falls, 10);
}

TEST_F(SendingTest, TheLowEventComesOnceForEachFall) {
  const ChannelKey here = pair.openChannel().first;
  client.table.setBufferedAmountLowThreshold(here, 1'000'000);
  EXPECT_EQ(client.table.bufferedAmountLowThreshold(here), 1'000'000u);
  std::size_t amountAtEvent = SIZE_MAX;
  client.onEvent = [&](const std::string& event, ChannelKey) {
    if (event == "low") amountAtEvent = client.table.bufferedAmount(here);
  };
  for (int round = 1; round <= 2; ++round) {
    fillAssociation(client, here, 60'000);
    client.flush();
    ASSERT_TRUE(pair.runUntil([&] { return client.table.drained(); }));
    EXPECT_EQ(client.count("low"), static_cast<std::size_t>(round));
    EXPECT_LE(amountAtEvent, 1'000'000u);
    EXPECT_GT(amountAtEvent, 0u);
  }
}

TEST_F(SendingTest, ASmallMessageOnAnIdleChannelGivesALowEventToo) {
  const auto [here, there] = pair.openChannel();
  client.send(here, "hello");
  EXPECT_EQ(client.count("low"), 1u);
  EXPECT_EQ(client.table.bufferedAmount(here), 0u);
}

TEST_F(SendingTest, NoLowEventWhereTheAmountWasNeverAbove) {
  const auto [here, there] = pair.openChannel();
  client.table.setBufferedAmountLowThreshold(here, 5);
  client.send(here, "hello");
  pair.run();
  EXPECT_EQ(client.count("low"), 0u);
}

TEST_F(SendingTest, AChannelThatFloodsDoesNotStarveAnother) {
  const auto [flood, floodThere] = pair.openChannel();
  const std::pair<ChannelKey, ChannelKey> quiet = pair.openChannel();
  const ByteVector message(60'000);
  std::size_t flooded = 0;
  while (client.table.send(client.now(), flood, false, message)) ++flooded;
  // The queue is full, so nobody may queue more: make some room.
  client.flush();
  ASSERT_TRUE(
      pair.runUntil([&] { return client.table.send(client.now(), quiet.first, true, asBytes("me too")).has_value(); }));
  ASSERT_TRUE(pair.runUntil([&] { return !server.texts(quiet.second).empty(); }));
  EXPECT_LT(server.texts(floodThere).size(), flooded / 2);
}

TEST_F(SendingTest, ALifetimeThatEndsInTheQueueIsTheMessagesEnd) {
  DataChannelParameters parameters;
  parameters.maxPacketLifeTime = 40;
  const auto [dying, dyingThere] = pair.openChannel(parameters);
  const auto [lasting, lastingThere] = pair.openChannel();
  client.delay = std::chrono::milliseconds(100);
  fillAssociation(client, lasting, 60'000);
  client.send(dying, "too late");
  client.send(lasting, "in time");
  ASSERT_TRUE(pair.runUntil([&] { return client.table.drained(); }));
  pair.run();
  EXPECT_TRUE(server.texts(dyingThere).empty());
  EXPECT_EQ(server.texts(lastingThere).back(), "in time");
  EXPECT_EQ(client.table.counters().expired, 1u);
  EXPECT_EQ(client.table.bufferedAmount(dying), 0u);
}

TEST_F(SendingTest, AMessageOverTheQueuesBoundMayWaitWhenItIsAlone) {
  client.table.setRemoteMaxMessageBytes(0);
  const auto [here, there] = pair.openChannel();
  client.sendBinary(here, ByteVector(1'000));
  const ByteVector huge(kMaxSendQueueBytes + 1);
  EXPECT_TRUE(client.table.send(client.now(), here, false, huge));
  EXPECT_EQ(client.table.send(client.now(), here, false, asBytes("x")).error().code, Error::Operation);
}

}  // namespace
}  // namespace portico::datachannel
