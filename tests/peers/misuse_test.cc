// API.md, table *Misuse*, row by row, and the errors that the headers name.
#include <gtest/gtest.h>

#include "core/ice/agent.h"
#include "tests/peers/peer.h"

namespace portico::test {
namespace {

const IceParameters kGoodParameters{"abcd", "abcdefghijklmnopqrstuv", false};

struct Misuse : testing::Test {
  Pair pair;
  Peer& alice = *pair.alice;
  Peer& bob = *pair.bob;

  void gather() {
    alice.gatherer.gather().ignore();
    bob.gatherer.gather().ignore();
    pair.world.runFor(100ms);
  }

  /// The operation is refused at once, and the world goes on.
  static void expectRefused(const Operation<void>& operation, Error::Code code) {
    ASSERT_TRUE(operation.done());
    ASSERT_FALSE(operation.result().has_value());
    EXPECT_EQ(operation.result().error().code, code) << operation.result().error().message;
    EXPECT_FALSE(operation.result().error().message.empty());
  }
};

TEST_F(Misuse, IceStartWithEmptyParametersIsATypeErrorAndAnErrorEvent) {
  gather();
  expectRefused(alice.ice.start({}), Error::Type);
  EXPECT_EQ(alice.ice.state(), IceTransportState::fresh);
  pair.world.runFor(1ms);
  ASSERT_EQ(alice.errors.size(), 1u);
  EXPECT_EQ(alice.errors.front().code, Error::Type);
}

TEST_F(Misuse, IceStartWithMalformedParametersIsASyntaxError) {
  gather();
  const std::string good(22, 'p');
  const IceParameters bad[] = {{"abc", good},
                               {std::string(257, 'u'), good},
                               {"ab d", good},
                               {"abcd", std::string(21, 'p')},
                               {"abcd", std::string(257, 'p')},
                               {"abcd", good + "\n"},
                               {"ab\xc3\xa9", good}};
  for (const IceParameters& parameters : bad) expectRefused(alice.ice.start(parameters), Error::Syntax);
  EXPECT_EQ(alice.ice.state(), IceTransportState::fresh);
}

TEST_F(Misuse, IceStartBeforeGatherIsAnInvalidState) {
  const Operation<void> start = alice.ice.start(kGoodParameters);
  expectRefused(start, Error::InvalidState);
  EXPECT_EQ(start.result().error().message, "Local candidates gathering was not performed.");
}

TEST_F(Misuse, IceStartAgainWithTheSameIsTheSameOperation) {
  gather();
  int done = 0;
  alice.ice.start(bob.gatherer.getLocalParameters(), IceRole::controlling).then([&](const auto&) { ++done; });
  alice.ice.start(bob.gatherer.getLocalParameters(), IceRole::controlling).then([&](const auto&) { ++done; });
  alice.ice.start(bob.gatherer.getLocalParameters()).then([&](const auto&) { ++done; });
  signal(alice, bob, IceRole::controlled);
  signal(bob, alice, IceRole::controlling);
  EXPECT_TRUE(pair.world.runUntil([&] { return done == 3; }, 10s));
}

TEST_F(Misuse, IceStartAgainWithAnotherRoleIsAnInvalidState) {
  gather();
  alice.ice.start(kGoodParameters, IceRole::controlling).ignore();
  expectRefused(alice.ice.start(kGoodParameters, IceRole::controlled), Error::InvalidState);
}

TEST_F(Misuse, IceStartAfterStopIsAnInvalidState) {
  gather();
  alice.ice.stop().ignore();
  expectRefused(alice.ice.start(kGoodParameters), Error::InvalidState);
}

TEST_F(Misuse, CandidatesAfterTheEndAreIgnored) {
  gather();
  alice.ice.addRemoteCandidate(std::nullopt).ignore();
  const Operation<void> added = alice.ice.addRemoteCandidate(bob.gatherer.getLocalCandidates().front());
  ASSERT_TRUE(added.done());
  EXPECT_TRUE(added.result().has_value());
  EXPECT_TRUE(alice.ice.getRemoteCandidates().empty());
}

TEST_F(Misuse, CandidatesAfterStopAreAnInvalidState) {
  gather();
  alice.ice.stop().ignore();
  expectRefused(alice.ice.addRemoteCandidate(bob.gatherer.getLocalCandidates().front()), Error::InvalidState);
}

TEST_F(Misuse, CandidatesOfUnknownKindsAreKeptAndNotTried) {
  gather();
  for (const char* text :
       {"candidate:1 1 tcp 1 203.0.113.9 9 typ host tcptype active", "candidate:2 1 udp 1 203.0.113.9 9 typ quux",
        "candidate:3 1 udp 1 some-name.local 9 typ host"}) {
    const Result<IceCandidate> candidate = IceCandidate::parse(text);
    ASSERT_TRUE(candidate.has_value()) << text;
    const Operation<void> added = alice.ice.addRemoteCandidate(*candidate);
    EXPECT_TRUE(added.done() && added.result().has_value()) << text;
  }
  EXPECT_EQ(alice.ice.getRemoteCandidates().size(), 3u);
}

TEST_F(Misuse, MalformedCandidatesAreAnOperationError) {
  gather();
  IceCandidate candidate = bob.gatherer.getLocalCandidates().front();
  candidate.address = "not an address";
  expectRefused(alice.ice.addRemoteCandidate(candidate), Error::Operation);
  for (const char* text :
       {"", "candidate:", "candidate:1 1 udp", "candidate:1 1 udp x 203.0.113.9 9 typ host",
        "candidate:1 1 udp 1 203.0.113.9 99999 typ host", "candidate:1 1 udp 1 203.0.113.9 9 host"}) {
    const Result<IceCandidate> parsed = IceCandidate::parse(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().code, Error::Operation);
  }
}

TEST_F(Misuse, TooManyCandidatesAreAQuotaExceeded) {
  gather();
  IceCandidate candidate = bob.gatherer.getLocalCandidates().front();
  for (std::size_t i = 0; i < ice::kMaxRemoteCandidates; ++i) {
    candidate.port = static_cast<std::uint16_t>(1'000 + i);
    ASSERT_TRUE(alice.ice.addRemoteCandidate(candidate).result().has_value()) << i;
  }
  candidate.port = 999;
  expectRefused(alice.ice.addRemoteCandidate(candidate), Error::QuotaExceeded);
}

TEST_F(Misuse, StopBeforeStartAndStopTwiceAreFine) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(alice.sctp.stop().result().has_value());
    EXPECT_TRUE(alice.dtls.stop().result().has_value());
    EXPECT_TRUE(alice.ice.stop().result().has_value());
  }
  EXPECT_EQ(alice.sctp.state(), SctpTransportState::closed);
  EXPECT_EQ(alice.dtls.state(), DtlsTransportState::closed);
  EXPECT_EQ(alice.ice.state(), IceTransportState::closed);
  pair.world.runFor(1s);
  EXPECT_TRUE(alice.errors.empty());
}

TEST_F(Misuse, DtlsStartTwiceIsAnInvalidState) {
  gather();
  alice.dtls.start(bob.dtls.getLocalParameters()).ignore();
  expectRefused(alice.dtls.start(bob.dtls.getLocalParameters()), Error::InvalidState);
}

TEST_F(Misuse, DtlsStartWithoutUsableFingerprintsIsATypeError) {
  gather();
  expectRefused(alice.dtls.start({}), Error::Type);
  expectRefused(alice.dtls.start({DtlsRole::automatic, {{"sha-1", "00:11:22"}}}), Error::Type);
  expectRefused(alice.dtls.start({DtlsRole::automatic, {{"sha-256", "zz"}}}), Error::Syntax);
  EXPECT_EQ(alice.dtls.state(), DtlsTransportState::fresh);
}

TEST_F(Misuse, DtlsStartAfterStopIsAnInvalidState) {
  alice.dtls.stop().ignore();
  expectRefused(alice.dtls.start(bob.dtls.getLocalParameters()), Error::InvalidState);
}

TEST_F(Misuse, TransportsOnClosedOnesAreBornClosed) {
  alice.ice.stop().ignore();
  DtlsTransport dtls(alice.ice);
  EXPECT_EQ(dtls.state(), DtlsTransportState::closed);
  SctpTransport sctp(alice.dtls);
  EXPECT_EQ(sctp.state(), SctpTransportState::closed);
  expectRefused(sctp.start({}), Error::InvalidState);
  const Result<DataChannel> channel = sctp.createDataChannel({.label = "x"});
  ASSERT_FALSE(channel.has_value());
  EXPECT_EQ(channel.error().code, Error::InvalidState);
}

TEST_F(Misuse, ASecondTransportOnTheSameIsBornClosedAndTheFirstGoesOn) {
  DtlsTransport second(alice.ice);
  EXPECT_EQ(second.state(), DtlsTransportState::closed);
  SctpTransport other(alice.dtls);
  EXPECT_EQ(other.state(), SctpTransportState::closed);
  second.stop().ignore();
  other.stop().ignore();
  EXPECT_EQ(alice.dtls.state(), DtlsTransportState::fresh);
  EXPECT_TRUE(pair.connect());
}

TEST_F(Misuse, SctpStartTwiceIsNothing) {
  EXPECT_TRUE(alice.sctp.start({}).result().has_value());
  EXPECT_TRUE(alice.sctp.start({.maxMessageSize = 5}).result().has_value());
  EXPECT_EQ(alice.sctp.maxMessageSize(), 262'144u);
}

TEST_F(Misuse, BadServerUrlsAreASyntaxErrorOfGather) {
  IceGatherer gatherer(pair.aliceMachine, {.iceServers = std::vector<IceServer>{{.urls = {"http://example.org"}}}});
  expectRefused(gatherer.gather(), Error::Syntax);
  EXPECT_EQ(gatherer.state(), IceGathererState::fresh);
}

TEST_F(Misuse, BadCredentialsOfOnesOwnAreASyntaxErrorOfGather) {
  IceGatherer gatherer(pair.aliceMachine,
                       {.iceServers = std::vector<IceServer>{}, .usernameFragment = "ab", .password = "short"});
  expectRefused(gatherer.gather(), Error::Syntax);
}

TEST_F(Misuse, GatherTwiceIsTheSameOperation) {
  int done = 0;
  alice.gatherer.gather().then([&](const auto&) { ++done; });
  alice.gatherer.gather().then([&](const auto&) { ++done; });
  pair.world.runFor(100ms);
  EXPECT_EQ(done, 2);
  EXPECT_EQ(alice.gatherer.state(), IceGathererState::complete);
}

TEST_F(Misuse, ChannelParametersAreChecked) {
  const auto refused = [&](const DataChannelParameters& parameters, Error::Code code) {
    const Result<DataChannel> channel = alice.sctp.createDataChannel(parameters);
    ASSERT_FALSE(channel.has_value());
    EXPECT_EQ(channel.error().code, code) << channel.error().message;
  };
  refused({.label = "x", .maxRetransmits = 1, .maxPacketLifeTime = 1}, Error::Type);
  refused({.label = "x", .negotiated = true}, Error::Type);
  refused({.label = "x", .negotiated = true, .id = 65'535}, Error::Type);
  refused({.label = std::string(65'536, 'x')}, Error::Type);
  refused({.label = "x", .protocol = std::string(65'536, 'x')}, Error::Type);
  alice.open({.label = "x", .negotiated = true, .id = 5});
  refused({.label = "y", .negotiated = true, .id = 5}, Error::Operation);
}

TEST_F(Misuse, SendingIsCheckedAndHarmsNoOtherChannel) {
  DataChannel channel = alice.open({.label = "a"});
  DataChannel sibling = alice.open({.label = "b"});
  const auto code = [](const Result<void>& result) { return result.has_value() ? -1 : int{result.error().code}; };
  EXPECT_EQ(code(channel.send("early")), Error::InvalidState);
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.world.runUntil([&] { return sibling.readyState() == DataChannelState::open; }, 5s));
  EXPECT_EQ(code(channel.send(std::string(262'145, 'x'))), Error::Type);
  EXPECT_EQ(code(channel.send(std::string(262'144, 'x'))), -1);
  channel.close();
  EXPECT_EQ(code(channel.send("late")), Error::InvalidState);
  EXPECT_EQ(code(sibling.send("fine")), -1);
  ASSERT_TRUE(pair.world.runUntil([&] { return bob.messages.size() == 2; }, 30s));
}

TEST_F(Misuse, TheSendQueueIsBounded) {
  DataChannel channel = alice.open({.label = "a"});
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 5s));
  const std::string message(262'144, 'x');
  int sent = 0;
  Result<void> last;
  while ((last = channel.send(message)) && sent < 1'000) ++sent;
  ASSERT_FALSE(last.has_value());
  EXPECT_EQ(last.error().code, Error::Operation);
  EXPECT_LT(sent, 200);
  ASSERT_TRUE(pair.world.runUntil([&] { return bob.messages.size() == static_cast<std::size_t>(sent); }, 120s));
  EXPECT_TRUE(channel.send("again"));
}

}  // namespace
}  // namespace portico::test
