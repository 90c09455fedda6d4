#include <gtest/gtest.h>

#include "core/datachannel/dcep.h"
#include "tests/unit/datachannel/channel_pair.h"

namespace portico::datachannel {
namespace {

using test::ChannelPair;
using test::labelled;
using test::negotiated;
using test::Side;

class OpeningTest : public testing::Test {
 protected:
  ChannelPair pair;
  Side& client = pair.client;
  Side& server = pair.server;
};

TEST_F(OpeningTest, TheDtlsClientOpensOnEvenIdsAndTheServerOnOddOnes) {
  ASSERT_TRUE(pair.connect());
  const ChannelKey a = client.create({});
  const ChannelKey b = client.create({});
  const ChannelKey c = server.create({});
  const ChannelKey d = server.create({});
  EXPECT_EQ(client.table.id(a), 0);
  EXPECT_EQ(client.table.id(b), 2);
  EXPECT_EQ(server.table.id(c), 1);
  EXPECT_EQ(server.table.id(d), 3);
  pair.run();
  EXPECT_EQ(client.count("channel"), 2u);
  EXPECT_EQ(server.count("channel"), 2u);
}

TEST_F(OpeningTest, ThePeerHearsAllParameters) {
  ASSERT_TRUE(pair.connect());
  for (const bool ordered : {true, false}) {
    for (const int limit : {0, 1, 2}) {
      DataChannelParameters parameters = labelled("l\xC3\xA9");
      parameters.protocol = "proto";
      parameters.priority = 512;
      parameters.ordered = ordered;
      if (limit == 1) parameters.maxRetransmits = 3;
      if (limit == 2) parameters.maxPacketLifeTime = 250;
      const auto [here, there] = pair.openChannel(parameters);
      parameters.id = client.table.id(here);
      EXPECT_EQ(server.arrivalParameters.back(), parameters);
      EXPECT_EQ(server.table.state(there), DataChannelState::open);
    }
  }
}

TEST_F(OpeningTest, AChannelThatWasCreatedBeforeIsConnectingAndHasNoIdUntilThen) {
  const ChannelKey first = client.create(labelled("first"));
  const ChannelKey second = client.create(labelled("second"));
  EXPECT_EQ(client.table.state(first), DataChannelState::connecting);
  EXPECT_EQ(client.table.id(first), std::nullopt);
  ASSERT_TRUE(pair.connect());
  pair.run();
  EXPECT_EQ(client.log, (std::vector<std::string>{"open 1 id 0", "open 2 id 2"}));
  EXPECT_EQ(client.table.id(second), 2);
  ASSERT_EQ(server.arrivalParameters.size(), 2u);
  EXPECT_EQ(server.arrivalParameters[0].label, "first");
  EXPECT_EQ(server.arrivalParameters[1].label, "second");
}

TEST_F(OpeningTest, IdsThatAreGivenAreKeptFreeForTheirChannels) {
  const ChannelKey automatic = client.create({});
  DataChannelParameters custom;
  custom.id = 0;
  const ChannelKey chosen = client.create(custom);
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(client.table.id(chosen), 0);
  EXPECT_EQ(client.table.id(automatic), 2);
}

TEST_F(OpeningTest, AnIdOfTheOtherParityMayBeChosenAsAiortcHasIt) {
  ASSERT_TRUE(pair.connect());
  DataChannelParameters custom = labelled("odd");
  custom.id = 7;
  pair.openChannel(custom);
  EXPECT_EQ(server.arrivalParameters.back().id, 7);
  const auto [here, there] = pair.openChannel(labelled("normal"));
  EXPECT_EQ(client.table.id(here), 0);
}

TEST_F(OpeningTest, NegotiatedChannelsOpenOnBothSidesWithoutAWord) {
  const ChannelKey before = client.create(negotiated(5));
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(client.table.state(before), DataChannelState::open);
  const ChannelKey after = server.create(negotiated(5));
  EXPECT_EQ(server.table.state(after), DataChannelState::open);
  EXPECT_EQ(server.count("open"), 1u);
  client.send(before, "from client");
  server.send(after, "from server");
  pair.run();
  EXPECT_EQ(server.texts(after), std::vector<std::string>{"from client"});
  EXPECT_EQ(client.texts(before), std::vector<std::string>{"from server"});
  EXPECT_EQ(server.count("channel"), 0u);
  EXPECT_EQ(client.count("channel"), 0u);
}

TEST_F(OpeningTest, RefusesWhatCannotBeWithTheErrorsThatW3cHas) {
  for (const bool connected : {false, true}) {
    if (connected) {
      ASSERT_TRUE(pair.connect());
    }
    DataChannelParameters both;
    both.maxRetransmits = 1;
    both.maxPacketLifeTime = 1;
    EXPECT_EQ(client.createError(both).code, Error::Type);
    DataChannelParameters withoutId;
    withoutId.negotiated = true;
    EXPECT_EQ(client.createError(withoutId).code, Error::Type);
    EXPECT_EQ(client.createError(negotiated(65'535)).code, Error::Type);
    EXPECT_EQ(client.createError(labelled(std::string(65'536, 'x'))).code, Error::Type);
    EXPECT_EQ(client.createError(labelled("\xFF")).code, Error::Type);
    DataChannelParameters protocol;
    protocol.protocol = std::string(65'536, 'x');
    EXPECT_EQ(client.createError(protocol).code, Error::Type);
  }
  EXPECT_EQ(client.createError(negotiated(64)).code, Error::Operation);  // there are 64 streams
  EXPECT_TRUE(client.log.empty());
}

TEST_F(OpeningTest, AnIdCanBeUsedByOneChannelOnly) {
  client.create(negotiated(4));
  EXPECT_EQ(client.createError(negotiated(4)).code, Error::Operation);
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(client.createError(negotiated(4)).code, Error::Operation);
  DataChannelParameters inBand;
  inBand.id = 4;
  EXPECT_EQ(client.createError(inBand).code, Error::Operation);
}

TEST_F(OpeningTest, WhenAllStreamsAreInUseCreateFailsUntilOneIsFree) {
  ASSERT_TRUE(pair.connect());
  std::vector<ChannelKey> keys;
  for (int i = 0; i < 32; ++i) keys.push_back(client.create({}));
  EXPECT_EQ(client.createError({}).code, Error::Operation);
  pair.run();
  client.close(keys[7]);
  pair.run();
  EXPECT_EQ(client.table.id(client.create({})), 14);
}

TEST_F(OpeningTest, AChannelCreatedBeforeThatFindsNoStreamClosesWithAnError) {
  for (int i = 0; i < 33; ++i) client.create({});
  const ChannelKey beyond = client.create(negotiated(64));
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(client.count("open"), 32u);
  EXPECT_EQ(client.count("closed 33 OperationError"), 1u);
  EXPECT_EQ(client.count("closed 34 OperationError"), 1u);
  EXPECT_EQ(client.table.state(beyond), DataChannelState::closed);
}

TEST_F(OpeningTest, ALongLabelAndProtocolArrive) {
  ASSERT_TRUE(pair.connect());
  DataChannelParameters parameters = labelled(std::string(65'535, 'l'));
  parameters.protocol = std::string(65'535, 'p');
  pair.openChannel(parameters);
  EXPECT_EQ(server.arrivalParameters.back().label, parameters.label);
  EXPECT_EQ(server.arrivalParameters.back().protocol, parameters.protocol);
}

TEST_F(OpeningTest, AnOpenThatIsMalformedIsCountedAndItsStreamReset) {
  ASSERT_TRUE(pair.connect());
  const auto [here, there] = pair.openChannel();
  DataChannelParameters parameters = labelled("x");
  ByteVector open = writeDcepOpen(parameters);
  open[1] = std::byte{0x03};
  client.sendRaw(20, sctp::Ppid::dcep, open);
  open[1] = std::byte{0x00};
  client.sendRaw(22, sctp::Ppid::dcep, ByteView(open).first(12));
  client.sendRaw(24, sctp::Ppid::dcep, asBytes("\x09"));
  pair.run();
  EXPECT_EQ(server.table.counters().malformedDcep, 3u);
  EXPECT_EQ(server.arrivals.size(), 1u);
  EXPECT_EQ(server.log, std::vector<std::string>{"channel 1"});
  client.send(here, "the sibling goes on");
  pair.run();
  EXPECT_EQ(server.texts(there).size(), 1u);
  // Once the peer has reset its side, too, the id can be used again.
  client.resetRaw(20);
  pair.run();
  client.sendRaw(20, sctp::Ppid::dcep, writeDcepOpen(parameters));
  pair.run();
  EXPECT_EQ(server.arrivals.size(), 2u);
}

TEST_F(OpeningTest, AnOpenOnAnIdInUseClosesThatChannelAndNoOther) {
  ASSERT_TRUE(pair.connect());
  const auto [misused, misusedThere] = pair.openChannel();
  const auto [sibling, siblingThere] = pair.openChannel();
  client.sendRaw(0, sctp::Ppid::dcep, writeDcepOpen(labelled("again")));
  pair.run();
  EXPECT_EQ(server.table.counters().refusedOpens, 1u);
  EXPECT_EQ(server.count("closing 1"), 1u);
  EXPECT_EQ(server.count("closed 1 OperationError"), 1u);
  EXPECT_EQ(client.table.state(misused), DataChannelState::closed);
  client.send(sibling, "still here");
  server.send(siblingThere, "so am I");
  pair.run();
  EXPECT_EQ(server.texts(siblingThere), std::vector<std::string>{"still here"});
  EXPECT_EQ(client.texts(sibling), std::vector<std::string>{"so am I"});
}

TEST_F(OpeningTest, AnAckForNobodyIsCounted) {
  ASSERT_TRUE(pair.connect());
  server.create(negotiated(9));
  client.sendRaw(9, sctp::Ppid::dcep, kDcepAck);
  client.sendRaw(10, sctp::Ppid::dcep, kDcepAck);
  pair.run();
  EXPECT_EQ(server.table.counters().malformedDcep, 2u);
}

TEST_F(OpeningTest, ThePeerCannotOpenMoreChannelsThanThereAreStreams) {
  ASSERT_TRUE(pair.connect());
  for (sctp::StreamId id = 0; id < 64; ++id) {
    client.sendRaw(id, sctp::Ppid::dcep, writeDcepOpen({}));
    client.sendRaw(id, sctp::Ppid::binary, asBytes("x"));
  }
  pair.run();
  EXPECT_EQ(server.arrivals.size(), 64u);
  EXPECT_EQ(server.messages.size(), 64u);
}

TEST_F(OpeningTest, NothingCanBeCreatedAfterTheEnd) {
  ASSERT_TRUE(pair.connect());
  client.table.disconnected(client.now(), Error(Error::Network, "gone"));
  EXPECT_EQ(client.createError({}).code, Error::InvalidState);
}

}  // namespace
}  // namespace portico::datachannel
