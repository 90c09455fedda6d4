// Ends: from either side, at any moment, twice, from inside a handler, by destruction.
#include <gtest/gtest.h>

#include "tests/peers/peer.h"

namespace portico::test {
namespace {

struct Closing : testing::Test {
  Pair pair;
  DataChannel channel = pair.alice->open({.label = "data"});

  void connect() {
    ASSERT_TRUE(pair.connect());
    ASSERT_TRUE(pair.world.runUntil(
        [&] { return channel.readyState() == DataChannelState::open && !pair.bob->incoming.empty(); }, 5s));
  }
  bool until(const std::function<bool()>& done) { return pair.world.runUntil(done, 60s); }
};

TEST_F(Closing, AChannelThatOneSideClosesClosesOnBoth) {
  connect();
  channel.close();
  EXPECT_EQ(channel.readyState(), DataChannelState::closing);
  EXPECT_TRUE(until([&] {
    return channel.readyState() == DataChannelState::closed &&
           pair.bob->incoming.front().readyState() == DataChannelState::closed;
  }));
  EXPECT_EQ(pair.bob->log.back(), "data close");
  EXPECT_TRUE(pair.alice->errors.empty());
  EXPECT_TRUE(pair.bob->errors.empty());
}

TEST_F(Closing, QueuedMessagesAreDeliveredBeforeTheChannelCloses) {
  pair.setLinks({.delay = 20ms, .loss = 0.02});
  connect();
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(channel.send(std::string(10'000, 'x')));
  channel.close();
  channel.close();
  EXPECT_TRUE(until([&] { return pair.bob->incoming.front().readyState() == DataChannelState::closed; }));
  EXPECT_EQ(pair.bob->messages.size(), 200u);
}

TEST_F(Closing, ChannelIdsServeAgain) {
  connect();
  for (int i = 0; i < 50; ++i) {
    DataChannel next = pair.alice->open({.label = "again"});
    ASSERT_TRUE(until([&] { return next.readyState() == DataChannelState::open; }));
    EXPECT_LE(*next.id(), 4);
    next.close();
    ASSERT_TRUE(until([&] { return next.readyState() == DataChannelState::closed; }));
  }
}

TEST_F(Closing, DtlsStopClosesThePeersTransportsWithoutWaiting) {
  connect();
  pair.alice->dtls.stop().ignore();
  EXPECT_EQ(pair.alice->dtls.state(), DtlsTransportState::closed);
  EXPECT_EQ(pair.alice->sctp.state(), SctpTransportState::closed);
  EXPECT_TRUE(pair.world.runUntil([&] { return pair.bob->dtls.state() == DtlsTransportState::closed; }, 1s));
  EXPECT_EQ(pair.bob->sctp.state(), SctpTransportState::closed);
  EXPECT_EQ(pair.bob->incoming.front().readyState(), DataChannelState::closed);
}

TEST_F(Closing, IceStopLetsCloseNotifyOutFirst) {
  connect();
  pair.alice->ice.stop().ignore();
  EXPECT_EQ(pair.alice->ice.state(), IceTransportState::closed);
  EXPECT_EQ(pair.alice->gatherer.state(), IceGathererState::closed);
  EXPECT_TRUE(pair.alice->gatherer.getLocalCandidates().empty());
  EXPECT_TRUE(pair.world.runUntil([&] { return pair.bob->dtls.state() == DtlsTransportState::closed; }, 1s));
}

TEST_F(Closing, SctpStopAbortsAndThePeersChannelsClose) {
  connect();
  pair.alice->sctp.stop().ignore();
  EXPECT_TRUE(pair.world.runUntil([&] { return pair.bob->sctp.state() == SctpTransportState::closed; }, 1s));
  EXPECT_EQ(pair.bob->incoming.front().readyState(), DataChannelState::closed);
  EXPECT_EQ(pair.bob->dtls.state(), DtlsTransportState::connected);
}

TEST_F(Closing, APeerThatVanishesIsNoticedByConsent) {
  connect();
  pair.aliceMachine.setConnected(false);
  EXPECT_TRUE(until([&] { return pair.bob->ice.state() == IceTransportState::disconnected; }));
  EXPECT_TRUE(until([&] { return pair.bob->ice.state() == IceTransportState::failed; }));
  EXPECT_FALSE(pair.bob->errors.empty());
  pair.bob->ice.stop().ignore();
  pair.alice->ice.stop().ignore();
  pair.world.runFor(10s);
}

TEST_F(Closing, ACableThatComesBackInTimeLosesNothing) {
  connect();
  pair.aliceMachine.setConnected(false);
  ASSERT_TRUE(channel.send("patience"));
  EXPECT_TRUE(until([&] { return pair.bob->ice.state() == IceTransportState::disconnected; }));
  pair.aliceMachine.setConnected(true);
  EXPECT_TRUE(until([&] { return !pair.bob->messages.empty(); }));
  EXPECT_TRUE(until([&] {
    return pair.bob->ice.state() == IceTransportState::connected ||
           pair.bob->ice.state() == IceTransportState::completed;
  }));
}

TEST_F(Closing, APeerIsDestroyedAtAnyMomentOfConnecting) {
  for (int step = 0; step < 120; ++step) {
    Pair other(static_cast<std::uint64_t>(step) + 1);
    other.setLinks({.delay = 1ms});
    other.alice->open({.label = "data"});
    other.start();
    for (int i = 0; i < step; ++i) other.world.step();
    other.alice.reset();
    other.world.runFor(1s);
    other.bob->ice.stop().ignore();
    other.world.runFor(100ms);
  }
}

TEST_F(Closing, EveryHandlerMayStopEverything) {
  // One run for each event that alice sees: at that event everything is stopped, and destroyed with it.
  for (std::size_t event = 0; event < 12; ++event) {
    Pair other(3);
    other.alice->open({.label = "data"});
    std::size_t seen = 0;
    bool stopped = false;
    const auto at = [&] {
      if (seen++ != event) return;
      stopped = true;
      other.alice->ice.stop().ignore();
      other.alice.reset();
    };
    other.alice->gatherer.onStateChange([&](auto) { at(); });
    other.alice->ice.onStateChange([&](auto) { at(); });
    other.alice->ice.onSelectedCandidatePairChange([&](const auto&) { at(); });
    other.alice->dtls.onStateChange([&](auto) { at(); });
    other.alice->sctp.onStateChange([&](auto) { at(); });
    other.alice->gatherer.gather().ignore();
    other.bob->gatherer.gather().ignore();
    other.world.runFor(100ms);
    if (other.alice) {
      signal(*other.bob, *other.alice, IceRole::controlling);
      signal(*other.alice, *other.bob, IceRole::controlled);
    }
    other.world.runFor(2s);
    EXPECT_EQ(stopped, event < seen) << event;
    EXPECT_TRUE(event >= 8 || stopped) << event;
  }
}

TEST_F(Closing, AMessageHandlerMayCloseAndDestroyItsPeer) {
  connect();
  pair.bob->incoming.front().onMessage([&](const DataChannelMessage&) {
    pair.bob->incoming.front().close();
    pair.bob->sctp.stop().ignore();
    pair.bob.reset();
  });
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(channel.send("boom"));
  EXPECT_TRUE(until([&] { return pair.alice->dtls.state() == DtlsTransportState::closed; }));
  EXPECT_EQ(channel.readyState(), DataChannelState::closed);
}

TEST_F(Closing, PendingOperationsEndWithClosedWhenTheirObjectIsStopped) {
  std::vector<std::optional<Error>> results(3);
  pair.alice->gatherer.gather().ignore();
  pair.bob->gatherer.gather().ignore();
  pair.world.runFor(100ms);
  pair.alice->ice.start(pair.bob->gatherer.getLocalParameters()).then([&](const Result<void>& result) {
    results[0] = result.error();
  });
  pair.alice->dtls.start(pair.bob->dtls.getLocalParameters()).then([&](const Result<void>& result) {
    results[1] = result.error();
  });
  IceGatherer gatherer(pair.aliceMachine, {.iceServers = std::vector<IceServer>{{.urls = {"stun:203.0.113.77"}}}});
  gatherer.gather().then([&](const Result<void>& result) { results[2] = result.error(); });
  gatherer.close();
  pair.alice->ice.stop().ignore();
  pair.world.runFor(1ms);
  for (const auto& result : results) {
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->code, Error::Closed);
  }
}

TEST_F(Closing, TheWrongFingerprintFailsTheCheckerAndTellsWhy) {
  pair.alice->gatherer.gather().ignore();
  pair.bob->gatherer.gather().ignore();
  pair.world.runFor(100ms);
  signal(*pair.alice, *pair.bob, IceRole::controlled);
  for (const IceCandidate& candidate : pair.bob->gatherer.getLocalCandidates()) {
    pair.alice->ice.addRemoteCandidate(candidate).ignore();
  }
  pair.alice->ice.start(pair.bob->gatherer.getLocalParameters(), IceRole::controlling).ignore();
  std::optional<Error> failure;
  pair.alice->dtls.start(pair.alice->dtls.getLocalParameters()).then([&](const Result<void>& result) {
    if (!result) failure = result.error();
  });
  EXPECT_TRUE(until([&] { return pair.alice->dtls.state() == DtlsTransportState::failed && failure; }));
  EXPECT_NE(failure->message.find("fingerprint"), std::string::npos) << failure->message;
  pair.alice->dtls.stop().ignore();
  EXPECT_EQ(pair.alice->dtls.state(), DtlsTransportState::failed);
  EXPECT_TRUE(until([&] { return pair.bob->dtls.state() == DtlsTransportState::failed; }));
}

}  // namespace
}  // namespace portico::test
