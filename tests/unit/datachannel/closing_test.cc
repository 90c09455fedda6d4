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

class ClosingTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pair.connect()); }
  ChannelPair pair;
  Side& client = pair.client;
  Side& server = pair.server;
};

TEST_F(ClosingTest, ClosesBothSidesAndOnlyTheOtherHearsThatItBegins) {
  const auto [here, there] = pair.openChannel();
  client.close(here);
  EXPECT_EQ(client.table.state(here), DataChannelState::closing);
  client.close(here);
  pair.run();
  EXPECT_EQ(client.log, (std::vector<std::string>{"open 1 id 0", "closed 1"}));
  EXPECT_EQ(server.log, (std::vector<std::string>{"channel 1", "closing 1", "closed 1"}));
  EXPECT_EQ(client.table.state(here), DataChannelState::closed);
  EXPECT_EQ(client.table.id(here), std::nullopt);
  client.close(here);
}

TEST_F(ClosingTest, TheSideThatDidNotOpenCanCloseToo) {
  const auto [here, there] = pair.openChannel();
  server.close(there);
  pair.run();
  EXPECT_EQ(client.count("closed 1"), 1u);
  EXPECT_EQ(server.count("closed 1"), 1u);
}

TEST_F(ClosingTest, BothSidesMayCloseAtOnce) {
  const auto [here, there] = pair.openChannel();
  client.close(here);
  server.close(there);
  pair.run();
  EXPECT_EQ(client.log.back(), "closed 1");
  EXPECT_EQ(server.log.back(), "closed 1");
  EXPECT_EQ(client.count("closing") + server.count("closing"), 0u);
}

TEST_F(ClosingTest, WhatIsQueuedIsDeliveredBeforeTheChannelCloses) {
  const auto [here, there] = pair.openChannel();
  const std::size_t sent = fillAssociation(client, here, 60'000);
  client.send(here, "last");
  client.close(here);
  ASSERT_TRUE(pair.runUntil([&] { return client.count("closed") == 1 && server.count("closed") == 1; }));
  ASSERT_EQ(server.messages.size(), sent + 1);
  EXPECT_EQ(server.messages.back().payload, "last");
  EXPECT_EQ(server.log.back(), "closed 1");
}

TEST_F(ClosingTest, WhatIsQueuedIsDeliveredOverALossyWireToo) {
  const auto [here, there] = pair.openChannel();
  int packet = 0;
  client.dropIf = [&](ByteView) { return ++packet % 13 == 0; };
  server.dropIf = client.dropIf;
  for (int i = 0; i < 200; ++i) client.sendBinary(here, sctp::test::makePayload(5'000, static_cast<std::uint32_t>(i)));
  client.close(here);
  ASSERT_TRUE(pair.runUntil([&] { return client.count("closed") == 1 && server.count("closed") == 1; }));
  ASSERT_EQ(server.messages.size(), 200u);
  EXPECT_EQ(server.messages[199].payload, asText(sctp::test::makePayload(5'000, 199)));
}

TEST_F(ClosingTest, AChannelThatClosesBeforeItIsConnectedIsNeverOpened) {
  ChannelPair fresh;
  const ChannelKey early = fresh.client.create(labelled("early"));
  const ChannelKey fixed = fresh.client.create(negotiated(4));
  const ChannelKey sibling = fresh.client.create(labelled("sibling"));
  fresh.client.close(early);
  fresh.client.close(fixed);
  EXPECT_EQ(fresh.client.log, (std::vector<std::string>{"closed 1", "closed 2"}));
  EXPECT_EQ(fresh.client.table.state(early), DataChannelState::closed);
  fresh.client.create(negotiated(4));
  ASSERT_TRUE(fresh.connect());
  fresh.run();
  EXPECT_EQ(fresh.client.table.id(sibling), 0);
  ASSERT_EQ(fresh.server.arrivalParameters.size(), 1u);
  EXPECT_EQ(fresh.server.arrivalParameters[0].label, "sibling");
}

TEST_F(ClosingTest, AChannelThatClosesRightAfterItOpenedIsSeenToDoSo) {
  const ChannelKey here = client.create({});
  client.close(here);
  pair.run();
  EXPECT_EQ(client.log, (std::vector<std::string>{"open 1 id 0", "closed 1"}));
  EXPECT_EQ(server.log, (std::vector<std::string>{"channel 1", "closing 1", "closed 1"}));
}

TEST_F(ClosingTest, NegotiatedChannelsCloseByTheSameHandshakeAndTheirIdIsFreeAgain) {
  for (int round = 0; round < 3; ++round) {
    const ChannelKey here = client.create(negotiated(5));
    const ChannelKey there = server.create(negotiated(5));
    client.send(here, "hello");
    pair.run();
    client.close(here);
    pair.run();
    EXPECT_EQ(server.texts(there), std::vector<std::string>{"hello"});
    EXPECT_EQ(client.table.state(here), DataChannelState::closed);
    EXPECT_EQ(server.table.state(there), DataChannelState::closed);
  }
}

TEST_F(ClosingTest, TheLowestIdIsRecycled) {
  std::vector<ChannelKey> keys;
  for (int i = 0; i < 3; ++i) keys.push_back(server.create({}));
  pair.run();
  EXPECT_EQ(server.table.id(keys[2]), 5);
  server.close(keys[1]);
  EXPECT_EQ(server.table.id(server.create({})), 7);  // 3 is not free before the other side has reset it
  pair.run();
  const ChannelKey again = server.create(labelled("again"));
  EXPECT_EQ(server.table.id(again), 3);
  server.send(again, "and it works");
  pair.run();
  EXPECT_EQ(client.arrivalParameters.back().label, "again");
  EXPECT_EQ(client.texts(client.lastArrival()), std::vector<std::string>{"and it works"});
}

TEST_F(ClosingTest, ASiblingLosesNothing) {
  const auto [closing, closingThere] = pair.openChannel();
  const auto [sibling, siblingThere] = pair.openChannel();
  for (int i = 0; i < 50; ++i) {
    client.sendBinary(sibling, ByteVector(10'000));
    if (i == 10) client.close(closing);
  }
  ASSERT_TRUE(pair.runUntil([&] { return client.table.drained(); }));
  pair.run();
  EXPECT_EQ(server.texts(siblingThere).size(), 50u);
  EXPECT_EQ(server.table.state(siblingThere), DataChannelState::open);
}

TEST_F(ClosingTest, DataThatThePeerQueuedIsGivenUpWhenWeClose) {
  const auto [here, there] = pair.openChannel();
  fillAssociation(server, there, 60'000);
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(server.table.send(server.now(), there, false, ByteVector(60'000)));
  client.close(here);
  ASSERT_TRUE(pair.runUntil([&] { return server.count("closed") == 1 && client.count("closed") == 1; }));
  ASSERT_TRUE(pair.runUntil([&] { return server.table.drained(); }));
}

TEST_F(ClosingTest, TheEndOfTheAssociationClosesAllChannelsWithItsReason) {
  const auto [here, there] = pair.openChannel();
  const ChannelKey second = client.create(negotiated(9));
  server.association.abort(server.now());
  server.flush();
  pair.run();
  EXPECT_EQ(client.count("closed 1 NetworkError"), 1u);
  EXPECT_EQ(client.count("closed 2 NetworkError"), 1u);
  EXPECT_EQ(client.table.state(second), DataChannelState::closed);
  EXPECT_FALSE(client.table.send(client.now(), here, true, asBytes("x")));
}

TEST_F(ClosingTest, TheEndComesBeforeTheBeginning) {
  ChannelPair fresh;
  fresh.client.create({});
  fresh.client.table.disconnected(fresh.client.now(), Error(Error::Network, "no path"));
  EXPECT_EQ(fresh.client.log, std::vector<std::string>{"closed 1 NetworkError"});
  fresh.client.table.connected(fresh.client.now(), DtlsRole::client, 64);
  EXPECT_EQ(fresh.client.log.size(), 1u);
}

TEST_F(ClosingTest, AChannelThatWasClosingWhenTheAssociationEndedClosesWithoutAnErrorUnlessDataWaited) {
  const auto [clean, cleanThere] = pair.openChannel();
  const auto [loaded, loadedThere] = pair.openChannel();
  client.deaf = true;
  client.close(clean);
  fillAssociation(client, loaded, 60'000);
  client.close(loaded);
  client.table.disconnected(client.now(), Error(Error::Network, "gone"));
  EXPECT_EQ(client.count("closed 1 NetworkError"), 0u);
  EXPECT_EQ(client.count("closed 1"), 1u);
  EXPECT_EQ(client.count("closed 2 NetworkError"), 1u);
}

TEST_F(ClosingTest, APeerThatRefusesTheResetCostsTheStreamAndNothingElse) {
  const auto [here, there] = pair.openChannel();
  client.deaf = true;
  client.close(here);
  const sctp::StreamId stream = 0;
  for (int i = 0; i <= kMaxResetRefusals; ++i) client.table.onOutgoingReset(client.now(), {&stream, 1}, false);
  EXPECT_EQ(client.count("closed 1 OperationError"), 1u);
  EXPECT_EQ(client.table.id(client.create({})), 2);
}

TEST_F(ClosingTest, ANewChannelThatComesBeforeTheOldOnesLastAnswerWaitsForIt) {
  // The client believes that stream 0 is closed; the server has not heard that its own reset was performed.
  pair.openChannel();
  const sctp::StreamId stream = 0;
  server.deaf = true;
  server.table.onIncomingReset(server.now(), {&stream, 1});
  server.table.onMessage(server.now(), stream, sctp::Ppid::dcep, writeDcepOpen(labelled("next")));
  server.table.onMessage(server.now(), stream, sctp::Ppid::string, asBytes("hello"));
  server.table.onIncomingReset(server.now(), {&stream, 1});
  EXPECT_EQ(server.log, (std::vector<std::string>{"channel 1", "closing 1"}));
  server.table.onOutgoingReset(server.now(), {&stream, 1}, true);
  EXPECT_EQ(server.log, (std::vector<std::string>{"channel 1", "closing 1", "closed 1", "channel 2", "closing 2"}));
  EXPECT_EQ(server.texts(2), std::vector<std::string>{"hello"});
}

TEST_F(ClosingTest, AResetOfAStreamWithoutAChannelChangesNothing) {
  client.resetRaw(12);
  pair.run();
  EXPECT_TRUE(server.log.empty());
  pair.openChannel();
  EXPECT_EQ(server.count("channel"), 1u);
}

}  // namespace
}  // namespace portico::datachannel
