#include <gtest/gtest.h>

#include "core/datachannel/backlog.h"
#include "core/datachannel/dcep.h"
#include "tests/unit/datachannel/channel_pair.h"

namespace portico::datachannel {
namespace {

using sctp::Ppid;
using test::ChannelPair;
using test::labelled;
using test::negotiated;
using test::Side;

class ReceivingTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pair.connect()); }
  ChannelPair pair;
  Side& client = pair.client;
  Side& server = pair.server;
};

TEST_F(ReceivingTest, TextAndBinaryArriveAsWhatTheyWere) {
  const auto [here, there] = pair.openChannel();
  client.send(here, "t\xC3\xA4xt");
  client.sendBinary(here, asBytes("binary"));
  client.send(here, "");
  client.sendBinary(here, {});
  const ByteVector large = sctp::test::makePayload(200'000, 3);
  client.sendBinary(here, ByteView(large).first(65'536));
  pair.run();
  ASSERT_EQ(server.messages.size(), 5u);
  EXPECT_TRUE(server.messages[0].text);
  EXPECT_EQ(server.messages[0].payload, "t\xC3\xA4xt");
  EXPECT_FALSE(server.messages[1].text);
  EXPECT_EQ(server.messages[1].payload, "binary");
  EXPECT_TRUE(server.messages[2].text);
  EXPECT_EQ(server.messages[2].payload, "");
  EXPECT_FALSE(server.messages[3].text);
  EXPECT_EQ(server.messages[3].payload, "");
  EXPECT_EQ(server.messages[4].payload, asText(ByteView(large).first(65'536)));
  EXPECT_EQ(server.table.stats(there).messagesReceived, 5u);
  EXPECT_EQ(server.table.stats(there).bytesReceived, 6 + 5 + 65'536u);
  EXPECT_EQ(client.table.stats(here).messagesSent, 5u);
  EXPECT_EQ(client.table.stats(here).bytesSent, 6 + 5 + 65'536u);
}

TEST_F(ReceivingTest, TextThatIsNotUtf8IsTheUsersToJudge) {
  const auto [here, there] = pair.openChannel();
  client.send(here, "\xFF");
  pair.run();
  EXPECT_EQ(server.texts(there), std::vector<std::string>{"\xFF"});
}

TEST_F(ReceivingTest, AnEmptyMessageIsEmptyWhateverStandsInIt) {
  const auto [here, there] = pair.openChannel();
  client.sendRaw(0, Ppid::stringEmpty, asBytes("junk"));
  client.sendRaw(0, Ppid::binaryEmpty, asBytes("junk"));
  pair.run();
  EXPECT_EQ(server.texts(there), (std::vector<std::string>{"", ""}));
}

TEST_F(ReceivingTest, AMessageWithoutDataIsAnEmptyOne) {
  const auto [here, there] = pair.openChannel();
  server.table.onMessage(server.now(), 0, Ppid::string, {});  // as werift sends it
  EXPECT_EQ(server.texts(there), std::vector<std::string>{""});
}

TEST_F(ReceivingTest, PiecesOfTheDeprecatedKindsAreJoined) {
  const auto [here, there] = pair.openChannel();
  client.sendRaw(0, Ppid::stringPartial, asBytes("one "));
  client.sendRaw(0, Ppid::stringPartial, asBytes("message "));
  client.sendRaw(0, Ppid::string, asBytes("of text"));
  client.sendRaw(0, Ppid::binaryPartial, asBytes("and "));
  client.sendRaw(0, Ppid::binary, asBytes("one"));
  client.sendRaw(0, Ppid::binary, asBytes("whole"));
  pair.run();
  EXPECT_EQ(server.texts(there), (std::vector<std::string>{"one message of text", "and one", "whole"}));
}

TEST_F(ReceivingTest, PiecesOfTwoKindsDoNotMix) {
  const auto [here, there] = pair.openChannel();
  client.sendRaw(0, Ppid::binaryPartial, asBytes("lost"));
  client.sendRaw(0, Ppid::string, asBytes("text"));
  client.sendRaw(0, Ppid::binary, asBytes("binary"));
  pair.run();
  EXPECT_EQ(server.texts(there), (std::vector<std::string>{"text", "binary"}));
  EXPECT_EQ(server.table.counters().droppedPartials, 1u);
}

TEST_F(ReceivingTest, PiecesAreBoundedByMessageAndByAssociation) {
  const ByteVector piece(65'536);
  const auto [here, there] = pair.openChannel();
  for (int i = 0; i < 5; ++i) client.sendRaw(0, Ppid::binaryPartial, piece);
  pair.run();
  EXPECT_EQ(server.table.counters().droppedPartials, 1u);  // the fifth is too much
  client.sendRaw(0, Ppid::binary, asBytes("after"));
  pair.run();
  EXPECT_EQ(server.texts(there), std::vector<std::string>{"after"});

  for (int channel = 1; channel < 8; ++channel) {
    pair.openChannel();
    for (int i = 0; i < 4; ++i) client.sendRaw(static_cast<sctp::StreamId>(2 * channel), Ppid::binaryPartial, piece);
    pair.run();
  }
  // 1 MiB holds four of the seven; each of the other three loses all four of its pieces.
  EXPECT_EQ(server.table.counters().droppedPartials, 1u + 3 * 4);
  client.close(2);  // gives its part of the bound back
  pair.run();
  for (int i = 0; i < 4; ++i) client.sendRaw(12, Ppid::binaryPartial, piece);
  client.sendRaw(12, Ppid::binary, {piece.data(), 0 + 1});
  pair.run();
  EXPECT_EQ(server.table.counters().droppedPartials, 1u + 3 * 4 + 1);
}

TEST_F(ReceivingTest, UnknownPpidsAreCountedAndDropped) {
  const auto [here, there] = pair.openChannel();
  client.sendRaw(0, static_cast<Ppid>(99), asBytes("x"));
  client.sendRaw(0, static_cast<Ppid>(0), asBytes("x"));
  pair.run();
  EXPECT_EQ(server.table.counters().unknownPpid, 2u);
  EXPECT_TRUE(server.messages.empty());
  EXPECT_EQ(server.table.state(there), DataChannelState::open);
}

TEST_F(ReceivingTest, DataThatOvertakesItsOpenIsDeliveredAfterTheChannel) {
  sctp::Reliability unordered;
  unordered.ordered = false;
  client.sendRaw(4, Ppid::string, asBytes("early"), unordered);
  pair.run();
  EXPECT_TRUE(server.messages.empty());
  std::vector<std::string> order;
  server.onEvent = [&](const std::string& event, ChannelKey) { order.push_back(event); };
  client.sendRaw(4, Ppid::dcep, writeDcepOpen(labelled("late")));
  client.sendRaw(4, Ppid::string, asBytes("then"));
  pair.run();
  EXPECT_EQ(order, (std::vector<std::string>{"channel", "message", "message"}));
  EXPECT_EQ(server.texts(server.lastArrival()), (std::vector<std::string>{"early", "then"}));
  EXPECT_EQ(server.table.counters().unknownStream, 0u);
}

TEST_F(ReceivingTest, DataForANegotiatedChannelWaitsUntilItIsMade) {
  const ChannelKey here = client.create(negotiated(3));
  client.send(here, "early");
  pair.run();
  const ChannelKey there = server.create(negotiated(3));
  EXPECT_EQ(server.texts(there), std::vector<std::string>{"early"});
  EXPECT_EQ(server.log, std::vector<std::string>{"open 1 id 3"});
}

TEST_F(ReceivingTest, AStreamWithEarlyDataIsNotGivenToAnotherChannel) {
  client.sendRaw(1, Ppid::string, asBytes("early"));
  pair.run();
  EXPECT_EQ(server.table.id(server.create({})), 3);
  DataChannelParameters inBand;
  inBand.id = 1;
  EXPECT_EQ(server.createError(inBand).code, Error::Operation);
}

TEST_F(ReceivingTest, EarlyDataIsBoundedAndWhatIsOverIsCounted) {
  const ByteVector message(60'000);
  for (sctp::StreamId stream = 0; stream < 10; ++stream) client.sendRaw(stream, Ppid::binary, message);
  pair.run();
  EXPECT_EQ(server.table.counters().unknownStream, 10 - kMaxBacklogBytes / 60'000);
  client.resetRaw(0);  // and a stream that is reset gives up what it kept
  pair.run();
  EXPECT_EQ(server.table.counters().unknownStream, 10 - kMaxBacklogBytes / 60'000 + 1);
  client.sendRaw(9, Ppid::binary, message);
  pair.run();
  EXPECT_EQ(server.table.counters().unknownStream, 10 - kMaxBacklogBytes / 60'000 + 1);
}

TEST_F(ReceivingTest, WhatComesAfterCloseIsCountedAndNotDelivered) {
  const auto [here, there] = pair.openChannel();
  server.send(there, "on its way");
  client.close(here);
  pair.run();
  EXPECT_TRUE(client.messages.empty());
  EXPECT_EQ(client.table.counters().afterClose, 1u);
}

}  // namespace
}  // namespace portico::datachannel
