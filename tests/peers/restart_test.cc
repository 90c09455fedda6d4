// ICE restart (RFC 8445 §9) under traffic, and the paths that change with it.
#include <gtest/gtest.h>

#include "tests/peers/peer.h"

namespace portico::test {
namespace {

struct Restarting : testing::Test {
  Pair pair;
  DataChannel channel = pair.alice->open({.label = "data"});

  void connect() {
    ASSERT_TRUE(pair.connect());
    ASSERT_TRUE(pair.world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 5s));
    ASSERT_TRUE(pair.world.runUntil([&] { return pair.alice->ice.state() == IceTransportState::completed; }, 5s));
  }

  /// Both sides change their credentials and tell each other, as a signalling channel would.
  void restart() {
    const Result<IceParameters> alices = pair.alice->ice.restart();
    const Result<IceParameters> bobs = pair.bob->ice.restart();
    ASSERT_TRUE(alices.has_value() && bobs.has_value());
    for (const IceCandidate& candidate : pair.bob->gatherer.getLocalCandidates()) {
      pair.alice->ice.addRemoteCandidate(candidate).ignore();
    }
    for (const IceCandidate& candidate : pair.alice->gatherer.getLocalCandidates()) {
      pair.bob->ice.addRemoteCandidate(candidate).ignore();
    }
    pair.alice->ice.start(*bobs).ignore();
    pair.bob->ice.start(*alices).ignore();
  }

  [[nodiscard]] bool bothUp() const {
    const auto up = [](IceTransportState state) {
      return state == IceTransportState::connected || state == IceTransportState::completed;
    };
    return up(pair.alice->ice.state()) && up(pair.bob->ice.state());
  }
};

TEST_F(Restarting, ChangesTheCredentialsAndLosesNoMessage) {
  connect();
  const IceParameters before = pair.alice->gatherer.getLocalParameters();
  int sent = 0;
  const auto send = [&] {
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(channel.send(std::to_string(sent++)));
  };
  send();
  restart();
  EXPECT_NE(pair.alice->gatherer.getLocalParameters().usernameFragment, before.usernameFragment);
  EXPECT_NE(pair.alice->gatherer.getLocalParameters().password, before.password);
  send();
  EXPECT_TRUE(pair.world.runUntil([&] { return bothUp(); }, 10s));
  send();
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.bob->messages.size() == static_cast<std::size_t>(sent); }, 30s));
  for (int i = 0; i < sent; ++i) EXPECT_EQ(pair.bob->messages[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_EQ(pair.alice->dtls.state(), DtlsTransportState::connected);
  pair.world.runFor(60s);
  EXPECT_TRUE(bothUp());
}

TEST_F(Restarting, BeforeStartIsAnInvalidState) {
  const Result<IceParameters> parameters = pair.alice->ice.restart();
  ASSERT_FALSE(parameters.has_value());
  EXPECT_EQ(parameters.error().code, Error::InvalidState);
}

TEST_F(Restarting, RevivesAConnectionThatFailed) {
  connect();
  pair.aliceMachine.setConnected(false);
  ASSERT_TRUE(channel.send("patience"));
  ASSERT_TRUE(pair.world.runUntil(
      [&] {
        return pair.alice->ice.state() == IceTransportState::failed &&
               pair.bob->ice.state() == IceTransportState::failed;
      },
      120s));
  pair.aliceMachine.setConnected(true);
  restart();
  EXPECT_TRUE(pair.world.runUntil([&] { return bothUp(); }, 10s));
  EXPECT_TRUE(pair.world.runUntil([&] { return !pair.bob->messages.empty(); }, 30s));
}

TEST_F(Restarting, OpensNewSocketsWhereAllWereLost) {
  connect();
  pair.aliceMachine.removeInterface("eth0");
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.alice->ice.state() == IceTransportState::disconnected; }, 5s));
  EXPECT_TRUE(pair.alice->gatherer.getLocalCandidates().empty());
  pair.aliceMachine.addInterface("eth0", "203.0.113.9", pair.world.internet());
  ASSERT_TRUE(channel.send("from elsewhere"));
  restart();
  EXPECT_EQ(pair.alice->gatherer.state(), IceGathererState::gathering);
  EXPECT_EQ(pair.alice->gatherer.getLocalCandidates().at(0).address, "203.0.113.9");
  EXPECT_TRUE(pair.world.runUntil([&] { return bothUp(); }, 10s));
  EXPECT_TRUE(pair.world.runUntil([&] { return !pair.bob->messages.empty(); }, 30s));
  EXPECT_EQ(pair.alice->gatherer.state(), IceGathererState::complete);
  EXPECT_EQ(pair.alice->dtls.state(), DtlsTransportState::connected);
}

TEST_F(Restarting, WithoutASocketFailsAndSaysWhyNoneIsLeft) {
  connect();
  pair.aliceMachine.removeInterface("eth0");
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.alice->ice.state() == IceTransportState::failed; }, 60s));
  ASSERT_FALSE(pair.alice->errors.empty());
  EXPECT_NE(pair.alice->errors.front().message.find("no socket is left: "), std::string::npos);
}

TEST_F(Restarting, ByOneSideAloneWorksWhenTheOtherKeepsItsCredentials) {
  connect();
  const Result<IceParameters> alices = pair.alice->ice.restart();
  ASSERT_TRUE(alices.has_value());
  for (const IceCandidate& candidate : pair.alice->gatherer.getLocalCandidates()) {
    pair.bob->ice.addRemoteCandidate(candidate).ignore();
  }
  pair.bob->ice.start(*alices).ignore();
  ASSERT_TRUE(channel.send("still here"));
  EXPECT_TRUE(pair.world.runUntil([&] { return !pair.bob->messages.empty(); }, 30s));
}

}  // namespace
}  // namespace portico::test
