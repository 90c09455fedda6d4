// Data channels as a user sees them: kinds, ids, limits, back-pressure.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/peers/peer.h"

namespace portico::test {
namespace {

struct Channels : testing::Test {
  Pair pair;

  void connect() { ASSERT_TRUE(pair.connect()); }
  bool until(const std::function<bool()>& done) { return pair.world.runUntil(done, 120s); }
  bool opened(const DataChannel& channel) {
    return until([&] { return channel.readyState() == DataChannelState::open; });
  }
};

TEST_F(Channels, TellThePeerWhatTheyAre) {
  connect();
  pair.alice->open({.label = "löss", .protocol = "p", .ordered = false, .maxRetransmits = 3, .priority = 512});
  pair.alice->open({.label = "time", .maxPacketLifeTime = 100});
  pair.alice->open({.label = ""});
  ASSERT_TRUE(until([&] { return pair.bob->incoming.size() == 3; }));
  const auto find = [&](std::string_view label) {
    return std::find_if(pair.bob->incoming.begin(), pair.bob->incoming.end(),
                        [&](const DataChannel& channel) { return channel.label() == label; })
        ->parameters();
  };
  EXPECT_EQ(find("löss").maxRetransmits, 3);
  EXPECT_FALSE(find("löss").ordered);
  EXPECT_EQ(find("löss").protocol, "p");
  EXPECT_EQ(find("löss").priority, 512);
  EXPECT_EQ(find("time").maxPacketLifeTime, 100);
  EXPECT_TRUE(find("").ordered);
  EXPECT_FALSE(find("").negotiated);
}

TEST_F(Channels, TakeIdsByTheDtlsRole) {
  DataChannel alices = pair.alice->open({.label = "a"});
  DataChannel bobs = pair.bob->open({.label = "b"});
  EXPECT_FALSE(alices.id().has_value());
  connect();
  ASSERT_TRUE(opened(alices) && opened(bobs));
  // alice controls ICE, so she is the DTLS server: odd ids (RFC 8832 §6).
  EXPECT_EQ(*alices.id() % 2, 1);
  EXPECT_EQ(*bobs.id() % 2, 0);
}

TEST_F(Channels, NegotiatedOnesOpenOnBothSidesWithoutAnEvent) {
  DataChannel alices = pair.alice->open({.label = "a", .negotiated = true, .id = 7});
  DataChannel bobs = pair.bob->open({.label = "b", .negotiated = true, .id = 7});
  connect();
  ASSERT_TRUE(opened(alices) && opened(bobs));
  ASSERT_TRUE(alices.send("x"));
  ASSERT_TRUE(bobs.send("y"));
  ASSERT_TRUE(until([&] { return !pair.alice->messages.empty() && !pair.bob->messages.empty(); }));
  EXPECT_TRUE(pair.bob->incoming.empty());
  EXPECT_TRUE(pair.alice->incoming.empty());
}

TEST_F(Channels, CarryEmptyMessagesOfBothKinds) {
  DataChannel channel = pair.alice->open({.label = "a"});
  connect();
  ASSERT_TRUE(opened(channel));
  ASSERT_TRUE(channel.send(""));
  ASSERT_TRUE(channel.send(ByteView{}));
  ASSERT_TRUE(channel.send("end"));
  ASSERT_TRUE(until([&] { return pair.bob->messages.size() == 3; }));
  EXPECT_EQ(pair.bob->messages, (std::vector<std::string>{"", "", "end"}));
  EXPECT_EQ(pair.bob->texts, (std::vector<bool>{true, false, true}));
}

TEST_F(Channels, OfferAThousandByDefaultAndMoreOnDemand) {
  connect();
  EXPECT_EQ(pair.alice->sctp.maxChannels(), 1'024);
  PeerOptions many;
  many.sctp.maxChannels = 65'535;
  PeerOptions few;
  few.sctp.maxChannels = 300;
  Pair other(2, many, few);
  EXPECT_EQ(other.alice->sctp.maxChannels(), std::nullopt);
  ASSERT_TRUE(other.connect());
  EXPECT_EQ(other.alice->sctp.maxChannels(), 300);
  EXPECT_EQ(other.bob->sctp.maxChannels(), 300);
}

TEST_F(Channels, OpenManyAtOnce) {
  connect();
  std::vector<DataChannel> channels;
  for (int i = 0; i < 500; ++i) channels.push_back(pair.alice->open({.label = std::to_string(i)}));
  ASSERT_TRUE(until([&] { return pair.bob->incoming.size() == 500; }));
  for (DataChannel& channel : channels) ASSERT_TRUE(channel.send("hi"));
  ASSERT_TRUE(until([&] { return pair.bob->messages.size() == 500; }));
  const Result<DataChannel> tooMany = [&]() -> Result<DataChannel> {
    for (;;) {
      Result<DataChannel> next = pair.alice->sctp.createDataChannel({.label = "more"});
      if (!next) return next;
    }
  }();
  EXPECT_EQ(tooMany.error().code, Error::Operation);
}

TEST_F(Channels, GiveUpOnLossyMessagesWhenToldToAndOnlyThen) {
  DataChannel reliable = pair.alice->open({.label = "reliable"});
  DataChannel byCount = pair.alice->open({.label = "count", .ordered = false, .maxRetransmits = 0});
  DataChannel byTime = pair.alice->open({.label = "time", .ordered = false, .maxPacketLifeTime = 50});
  connect();
  ASSERT_TRUE(opened(reliable) && opened(byCount) && opened(byTime));
  ASSERT_TRUE(until([&] { return pair.bob->incoming.size() == 3; }));
  std::map<std::string, int> received;
  for (DataChannel& channel : pair.bob->incoming) {
    channel.onMessage([&received, label = channel.label()](const DataChannelMessage&) { ++received[label]; });
  }
  pair.setLinks({.delay = 20ms, .loss = 0.2});
  for (int i = 0; i < 300; ++i) {
    for (DataChannel* channel : {&reliable, &byCount, &byTime}) ASSERT_TRUE(channel->send(std::string(800, 'x')));
    pair.world.runFor(10ms);
  }
  EXPECT_TRUE(until([&] { return received["reliable"] == 300; }));
  pair.world.runFor(10s);
  EXPECT_LT(received["count"], 300);
  EXPECT_GT(received["count"], 150);
  EXPECT_LT(received["time"], 300);
  EXPECT_GT(received["time"], 150);
}

TEST_F(Channels, CountWhatWaitsAndTellWhenItIsLow) {
  DataChannel channel = pair.alice->open({.label = "a"});
  connect();
  ASSERT_TRUE(opened(channel));
  pair.setLinks({.delay = 50ms, .bitsPerSecond = 10'000'000, .queueBytes = 64 * 1024});
  int low = 0;
  channel.onBufferedAmountLow([&] { ++low; });
  channel.setBufferedAmountLowThreshold(100'000);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(channel.send(std::string(20'000, 'x')));
  EXPECT_EQ(channel.bufferedAmount(), 1'000'000u);
  ASSERT_TRUE(until([&] { return low == 1; }));
  EXPECT_LE(channel.bufferedAmount(), 100'000u);
  ASSERT_TRUE(until([&] { return pair.bob->messages.size() == 50; }));
  EXPECT_EQ(channel.bufferedAmount(), 0u);
  EXPECT_EQ(low, 1);
  EXPECT_EQ(channel.getStats().messagesSent, 50u);
  EXPECT_EQ(channel.getStats().bytesSent, 1'000'000u);
  EXPECT_EQ(pair.bob->incoming.front().getStats().bytesReceived, 1'000'000u);
}

TEST_F(Channels, KeepToTheSizeThatThePeerTakes) {
  PeerOptions small;
  small.sctp.maxMessageSize = 1'000;
  Pair other(1, {}, small);
  DataChannel channel = other.alice->open({.label = "a"});
  other.alice->gatherer.gather().ignore();
  other.bob->gatherer.gather().ignore();
  other.world.runFor(100ms);
  other.alice->sctp.start({.maxMessageSize = 1'000}).ignore();
  signal(*other.bob, *other.alice, IceRole::controlling);
  signal(*other.alice, *other.bob, IceRole::controlled);
  ASSERT_TRUE(other.world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 10s));
  EXPECT_EQ(other.alice->sctp.maxMessageSize(), 1'000u);
  EXPECT_TRUE(channel.send(std::string(1'000, 'x')));
  const Result<void> tooLong = channel.send(std::string(1'001, 'x'));
  ASSERT_FALSE(tooLong.has_value());
  EXPECT_EQ(tooLong.error().code, Error::Type);
}

TEST_F(Channels, HandlersMayOpenSendAndCloseChannels) {
  DataChannel channel = pair.alice->open({.label = "a"});
  int rounds = 0;
  pair.bob->sctp.onDataChannel([&](DataChannel incoming) {
    incoming.onMessage([&, incoming](const DataChannelMessage& message) mutable {
      ASSERT_TRUE(incoming.send(message.data));
      incoming.close();
      if (++rounds < 20) {
        DataChannel next = *pair.bob->sctp.createDataChannel({.label = "next"});
        next.onOpen([next]() mutable { (void)next.send("ping"); });
        next.onMessage([next](const DataChannelMessage&) mutable { next.close(); });
      }
    });
  });
  pair.alice->sctp.onDataChannel([&](DataChannel incoming) {
    incoming.onMessage([&, incoming](const DataChannelMessage& message) mutable {
      (void)incoming.send(message.data);
      ++rounds;
    });
  });
  channel.onOpen([&] { (void)channel.send("begin"); });
  connect();
  EXPECT_TRUE(until([&] { return rounds >= 2; }));
  pair.world.runFor(5s);
  EXPECT_EQ(channel.readyState(), DataChannelState::closed);
}

}  // namespace
}  // namespace portico::test
