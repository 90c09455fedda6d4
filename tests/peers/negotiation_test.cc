// RTCPeerConnection: offers, answers, and what comes of them (W3C webrtc-pc §4, RFC 9429).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/peers/sdp_peer.h"

namespace portico::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Negotiating : testing::Test {
  SdpPair pair;

  std::string sdp(const SdpPeer& peer) { return peer.pc.localDescription()->sdp; }
};

TEST_F(Negotiating, ConnectsTwoPeersThatTrickle) {
  DataChannel channel = pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.bob->incoming.size() == 1; }, 5s));
  ASSERT_TRUE(channel.send("hello"));
  ASSERT_TRUE(pair.bob->incoming[0].send("and back"));
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.alice->messages.size() + pair.bob->messages.size() == 2; }, 5s));
  EXPECT_THAT(pair.bob->messages, ElementsAre("hello"));
  EXPECT_THAT(pair.alice->messages, ElementsAre("and back"));
  EXPECT_EQ(1, pair.alice->negotiationsNeeded);
  EXPECT_EQ(0, pair.bob->negotiationsNeeded);
  EXPECT_TRUE(pair.alice->errors.empty() && pair.bob->errors.empty());
}

TEST_F(Negotiating, TellsItsStatesInOrder) {
  pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.connect());
  pair.settle();
  EXPECT_THAT(pair.alice->log, ElementsAre("signaling have-local-offer", "gathering gathering", "candidate host",
                                           "candidate end", "gathering complete", "candidate null", "signaling stable",
                                           "ice checking", "connection connecting", "ice connected",
                                           "connection connected", "ice completed", "data open"));
}

TEST_F(Negotiating, ConnectsWithAllCandidatesInTheDescriptions) {
  pair.alice->trickles = pair.bob->trickles = false;
  pair.alice->negotiates = false;
  pair.alice->open({.label = "data"});
  pair.alice->pc.setLocalDescription().ignore();
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.alice->noted("gathering complete"); }, 5s));
  EXPECT_THAT(sdp(*pair.alice), HasSubstr("a=candidate:"));
  EXPECT_THAT(sdp(*pair.alice), HasSubstr("a=end-of-candidates"));
  ASSERT_TRUE(pair.await(pair.bob->pc.setRemoteDescription(*pair.alice->pc.localDescription())));
  ASSERT_TRUE(pair.await(pair.bob->pc.setLocalDescription()));
  ASSERT_TRUE(pair.world.runUntil([&] { return pair.bob->noted("gathering complete"); }, 5s));
  ASSERT_TRUE(pair.await(pair.alice->pc.setRemoteDescription(*pair.bob->pc.localDescription())));
  EXPECT_TRUE(pair.connect());
}

TEST_F(Negotiating, HasNoSctpTransportBeforeAnAnswer) {
  pair.alice->open({.label = "data"});
  ASSERT_TRUE(
      pair.world.runUntil([&] { return pair.alice->pc.signalingState() == SignalingState::haveLocalOffer; }, 5s));
  EXPECT_FALSE(pair.alice->pc.sctp());
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.alice->pc.sctp());
  EXPECT_EQ(DtlsRole::server, pair.alice->pc.sctp()->transport().getLocalParameters().role);
  EXPECT_EQ(DtlsRole::client, pair.bob->pc.sctp()->transport().getLocalParameters().role);
  EXPECT_EQ(IceRole::controlling, pair.alice->pc.sctp()->transport().iceTransport().role());
}

TEST_F(Negotiating, GivesChannelsTheirIdsWithTheAnswer) {
  pair.alice->negotiates = false;
  const DataChannel first = pair.alice->open({.label = "first"});
  const DataChannel second = pair.alice->open({.label = "second"});
  ASSERT_TRUE(pair.await(pair.alice->pc.setLocalDescription()));
  EXPECT_FALSE(first.id());
  ASSERT_TRUE(pair.await(pair.bob->pc.setRemoteDescription(*pair.alice->pc.localDescription())));
  ASSERT_TRUE(pair.await(pair.bob->pc.setLocalDescription()));
  ASSERT_TRUE(pair.await(pair.alice->pc.setRemoteDescription(*pair.bob->pc.localDescription())));
  EXPECT_EQ(1, first.id());  // the DTLS server's are odd
  EXPECT_EQ(3, second.id());
  EXPECT_EQ(5, pair.alice->open({.label = "third"}).id());
  EXPECT_TRUE(pair.connect());
}

// What another browser offers
// ------------------------------------------------------------------------------------------

TEST_F(Negotiating, RejectsMediaAndTakesTheData) {
  pair.alice->negotiates = false;
  pair.alice->open({.label = "data"});
  const SessionDescription offer = *pair.await(pair.alice->pc.createOffer());
  // The same with audio and video before it, as a browser has it.
  std::string text = offer.sdp;
  const std::string media =
      "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:a\r\na=ice-ufrag:audio\r\n"
      "a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaa\r\na=sendrecv\r\na=rtpmap:111 opus/48000/2\r\n"
      "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:v\r\na=ice-ufrag:audio\r\n"
      "a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaa\r\na=sendrecv\r\na=rtpmap:96 VP8/90000\r\n";
  text.insert(text.find("m=application"), media);
  text.replace(text.find("a=group:BUNDLE 0"), 16, "a=group:BUNDLE a v 0");
  ASSERT_TRUE(pair.await(pair.bob->pc.setRemoteDescription({SdpType::offer, text})));
  ASSERT_TRUE(pair.await(pair.bob->pc.setLocalDescription()));
  const std::string answer = sdp(*pair.bob);
  EXPECT_THAT(answer, HasSubstr("m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n"));
  EXPECT_THAT(answer, HasSubstr("m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=group:BUNDLE 0\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("opus")));
  EXPECT_TRUE(pair.bob->pc.sctp());
}

TEST_F(Negotiating, AnswersALegacyOfferInItsOwnForm) {
  const std::string offer =
      "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE data\r\n"
      "m=application 50000 DTLS/SCTP 5000\r\nc=IN IP4 203.0.113.9\r\na=mid:data\r\n"
      "a=sctpmap:5000 webrtc-datachannel 65535\r\na=max-message-size:65536\r\n"
      "a=candidate:1 1 udp 2130706431 203.0.113.9 50000 typ host\r\na=end-of-candidates\r\n"
      "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"
      "a=fingerprint:sha-256 "
      "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n"
      "a=setup:actpass\r\n";
  ASSERT_TRUE(pair.await(pair.bob->pc.setRemoteDescription({SdpType::offer, offer})));
  EXPECT_EQ(false, pair.bob->pc.canTrickleIceCandidates());
  ASSERT_TRUE(pair.await(pair.bob->pc.setLocalDescription()));
  EXPECT_THAT(sdp(*pair.bob), HasSubstr("DTLS/SCTP 5000\r\n"));
  EXPECT_THAT(sdp(*pair.bob), HasSubstr("a=sctpmap:5000 webrtc-datachannel"));
  EXPECT_THAT(sdp(*pair.bob), HasSubstr("a=setup:active"));
}

TEST_F(Negotiating, NeverEchoesWhatItDoesNotUnderstand) {
  pair.alice->negotiates = false;
  pair.alice->open({.label = "data"});
  std::string offer = pair.await(pair.alice->pc.createOffer())->sdp;
  offer += "a=sctp-init:AQAAAAAA\r\na=extmap-allow-mixed\r\n";
  ASSERT_TRUE(pair.await(pair.bob->pc.setRemoteDescription({SdpType::offer, offer})));
  ASSERT_TRUE(pair.await(pair.bob->pc.setLocalDescription()));
  EXPECT_THAT(sdp(*pair.bob), Not(HasSubstr("sctp-init")));
  EXPECT_THAT(sdp(*pair.bob), Not(HasSubstr("extmap")));
}

TEST_F(Negotiating, IsTheDtlsServerOfAnActiveOfferer) {
  pair.alice->negotiates = false;
  pair.alice->open({.label = "data"});
  std::string offer = pair.await(pair.alice->pc.createOffer())->sdp;
  offer.replace(offer.find("a=setup:actpass"), 15, "a=setup:active");
  ASSERT_TRUE(pair.await(pair.bob->pc.setRemoteDescription({SdpType::offer, offer})));
  ASSERT_TRUE(pair.await(pair.bob->pc.setLocalDescription()));
  EXPECT_THAT(sdp(*pair.bob), HasSubstr("a=setup:passive"));
}

TEST_F(Negotiating, ClosesItsChannelsWhereThePeerRejectsData) {
  pair.alice->negotiates = false;
  const DataChannel channel = pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.await(pair.alice->pc.setLocalDescription()));
  const std::string answer =
      "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
      "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n";
  ASSERT_TRUE(pair.await(pair.alice->pc.setRemoteDescription({SdpType::answer, answer})));
  pair.settle();
  EXPECT_EQ(DataChannelState::closed, channel.readyState());
  EXPECT_FALSE(pair.alice->pc.sctp());
  EXPECT_EQ(PeerIceGatheringState::fresh, pair.alice->pc.iceGatheringState());
}

// Renegotiation
// --------------------------------------------------------------------------------------------------------

TEST_F(Negotiating, GoesOnThroughANegotiationThatChangesNothing) {
  DataChannel channel = pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.connect());
  pair.bob->negotiate();
  pair.settle();
  EXPECT_EQ(SignalingState::stable, pair.alice->pc.signalingState());
  EXPECT_EQ(SignalingState::stable, pair.bob->pc.signalingState());
  EXPECT_EQ(SdpType::offer, pair.bob->pc.currentLocalDescription()->type);
  ASSERT_TRUE(channel.send("still there"));
  ASSERT_TRUE(pair.world.runUntil([&] { return !pair.bob->messages.empty(); }, 5s));
  EXPECT_TRUE(pair.alice->errors.empty() && pair.bob->errors.empty());
  EXPECT_THAT(pair.bob->log, Not(Contains("ice disconnected")));
}

struct RestartingBySdp : Negotiating, testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(Sides, RestartingBySdp, testing::Bool(),
                         [](const auto& side) { return side.param ? "ByTheOfferer" : "ByTheAnswerer"; });

TEST_P(RestartingBySdp, ChangesTheCredentialsAndKeepsTheChannels) {
  DataChannel channel = pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.connect());
  pair.settle();
  SdpPeer& restarter = GetParam() ? *pair.alice : *pair.bob;
  const auto credentials = [](const SdpPeer& peer) {
    return peer.pc.sctp()->transport().iceTransport().iceGatherer().getLocalParameters();
  };
  const IceParameters alices = credentials(*pair.alice);
  const IceParameters bobs = credentials(*pair.bob);
  pair.alice->log.clear();
  restarter.pc.restartIce();
  pair.settle();
  EXPECT_NE(alices, credentials(*pair.alice));
  EXPECT_NE(bobs, credentials(*pair.bob));
  EXPECT_TRUE(pair.connected());
  EXPECT_THAT(pair.alice->log, Contains("gathering complete"));
  EXPECT_EQ(PeerIceConnectionState::completed, pair.alice->pc.iceConnectionState());
  ASSERT_TRUE(channel.send("after"));
  ASSERT_TRUE(pair.world.runUntil([&] { return !pair.bob->messages.empty(); }, 5s));
  EXPECT_TRUE(pair.alice->errors.empty() && pair.bob->errors.empty());
  const int needed = restarter.negotiationsNeeded;
  pair.settle();
  EXPECT_EQ(needed, restarter.negotiationsNeeded);
}

TEST_F(Negotiating, TakesBackAnOfferThatRestartsIce) {
  DataChannel channel = pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.connect());
  pair.settle();
  pair.alice->wire = nullptr;
  const IceParameters before = pair.alice->pc.sctp()->transport().iceTransport().iceGatherer().getLocalParameters();
  const SessionDescription offer = *pair.await(pair.alice->pc.createOffer({.iceRestart = true}));
  ASSERT_TRUE(pair.await(pair.alice->pc.setLocalDescription({SdpType::offer, offer.sdp})));
  ASSERT_TRUE(pair.await(pair.alice->pc.setLocalDescription({SdpType::rollback, ""})));
  pair.settle();
  EXPECT_EQ(before, pair.alice->pc.sctp()->transport().iceTransport().iceGatherer().getLocalParameters());
  pair.world.runFor(60s);  // consent goes on
  EXPECT_TRUE(pair.connected());
  ASSERT_TRUE(channel.send("still"));
  pair.connectWires();
  pair.bob->pc.restartIce();
  pair.settle();
  EXPECT_TRUE(pair.connected());
  ASSERT_TRUE(channel.send("and after a restart of the other side"));
  pair.settle();
  EXPECT_THAT(pair.bob->messages, ElementsAre("still", "and after a restart of the other side"));
}

TEST_F(Negotiating, SettlesOffersThatMeet) {
  pair.alice->open({.label = "alice's"});
  pair.bob->open({.label = "bob's"});
  ASSERT_TRUE(pair.connect());
  pair.settle();
  EXPECT_EQ(SignalingState::stable, pair.alice->pc.signalingState());
  EXPECT_EQ(SignalingState::stable, pair.bob->pc.signalingState());
  EXPECT_THAT(pair.alice->log, Contains("channel bob's"));
  EXPECT_THAT(pair.bob->log, Contains("channel alice's"));
  EXPECT_THAT(pair.bob->log, Contains("bob's open"));
  EXPECT_TRUE(pair.alice->errors.empty() && pair.bob->errors.empty());
}

TEST_F(Negotiating, BeginsAnewAfterARollbackOfTheFirstOffer) {
  pair.alice->negotiates = false;
  const DataChannel channel = pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.await(pair.alice->pc.setLocalDescription()));
  pair.settle();
  const std::string before = sdp(*pair.alice);
  EXPECT_EQ(PeerIceGatheringState::complete, pair.alice->pc.iceGatheringState());
  ASSERT_TRUE(pair.await(pair.alice->pc.setLocalDescription({SdpType::rollback, ""})));
  EXPECT_EQ(PeerIceGatheringState::fresh, pair.alice->pc.iceGatheringState());
  EXPECT_FALSE(pair.alice->pc.localDescription());
  EXPECT_EQ(DataChannelState::connecting, channel.readyState());
  pair.alice->negotiate();
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 5s));
}

TEST_F(Negotiating, ConnectsOnAProvisionalAnswer) {
  pair.alice->negotiates = false;
  pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.await(pair.alice->pc.setLocalDescription()));
  ASSERT_TRUE(pair.await(pair.bob->pc.setRemoteDescription(*pair.alice->pc.localDescription())));
  const SessionDescription answer = *pair.await(pair.bob->pc.createAnswer());
  ASSERT_TRUE(pair.await(pair.bob->pc.setLocalDescription({SdpType::pranswer, answer.sdp})));
  EXPECT_EQ(SignalingState::haveLocalPranswer, pair.bob->pc.signalingState());
  ASSERT_TRUE(pair.await(pair.alice->pc.setRemoteDescription({SdpType::pranswer, answer.sdp})));
  EXPECT_EQ(SignalingState::haveRemotePranswer, pair.alice->pc.signalingState());
  pair.settle();
  ASSERT_TRUE(pair.connected());
  ASSERT_TRUE(pair.await(pair.bob->pc.setLocalDescription({SdpType::answer, answer.sdp})));
  ASSERT_TRUE(pair.await(pair.alice->pc.setRemoteDescription({SdpType::answer, answer.sdp})));
  EXPECT_EQ(SignalingState::stable, pair.alice->pc.signalingState());
  pair.settle();
  EXPECT_TRUE(pair.connected());
}

// Ends
// -----------------------------------------------------------------------------------------------------------------

TEST_F(Negotiating, ClosesAtOnceAndWithoutEvents) {
  const DataChannel channel = pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.connect());
  pair.settle();
  pair.alice->log.clear();
  pair.alice->pc.close();
  EXPECT_EQ(SignalingState::closed, pair.alice->pc.signalingState());
  EXPECT_EQ(PeerConnectionState::closed, pair.alice->pc.connectionState());
  EXPECT_EQ(PeerIceConnectionState::closed, pair.alice->pc.iceConnectionState());
  EXPECT_EQ(DataChannelState::closed, channel.readyState());
  pair.alice->pc.close();
  pair.settle();
  EXPECT_THAT(pair.alice->log, ElementsAre("data close"));
  EXPECT_TRUE(pair.alice->errors.empty());
  EXPECT_THAT(pair.bob->log, Contains("data close"));
  EXPECT_EQ(Error::InvalidState, pair.await(pair.alice->pc.createOffer()).error().code);
  EXPECT_EQ(Error::InvalidState, pair.alice->pc.createDataChannel({.label = "late"}).error().code);
}

TEST_F(Negotiating, MayBeClosedFromInsideEachOfItsHandlers) {
  for (const char* moment : {"signaling have-local-offer", "gathering gathering", "candidate host", "candidate end",
                             "gathering complete", "candidate null", "signaling stable", "ice checking",
                             "connection connecting", "ice connected", "connection connected", "data open"}) {
    SdpPair closing;
    SdpPeer& alice = *closing.alice;
    const auto closeAt = [&](std::string_view of, std::string_view what) {
      alice.note(of, what);
      if (alice.log.back() == moment) alice.pc.close();
    };
    alice.pc.onSignalingStateChange([&](SignalingState state) { closeAt("signaling", toString(state)); });
    alice.pc.onIceGatheringStateChange([&](PeerIceGatheringState state) { closeAt("gathering", toString(state)); });
    alice.pc.onIceConnectionStateChange([&](PeerIceConnectionState state) { closeAt("ice", toString(state)); });
    alice.pc.onConnectionStateChange([&](PeerConnectionState state) { closeAt("connection", toString(state)); });
    alice.pc.onIceCandidate([&](const std::optional<IceCandidate>& candidate) {
      if (candidate) alice.send(IceCandidateInit{candidate->candidate(), candidate->sdpMid, {}, {}});
      closeAt("candidate", !candidate ? "null" : candidate->candidate().empty() ? "end" : candidate->type);
    });
    DataChannel channel = alice.open({.label = "data"});
    channel.onOpen([&] { closeAt("data", "open"); });
    closing.world.runUntil([&] { return alice.pc.signalingState() == SignalingState::closed; }, 10s);
    closing.settle();
    EXPECT_EQ(SignalingState::closed, alice.pc.signalingState()) << moment;
    EXPECT_EQ(DataChannelState::closed, channel.readyState()) << moment;
  }
}

TEST_F(Negotiating, MayBeDroppedAtAnyStep) {
  int steps = 0;
  for (bool more = true; more; ++steps) {
    SdpPair dropping;
    dropping.alice->open({.label = "data"});
    int taken = 0;
    while (taken < steps && !dropping.connected() && dropping.world.step()) ++taken;
    more = !dropping.connected();
    dropping.alice.reset();
    dropping.world.runFor(100ms);
  }
  EXPECT_GT(steps, 20);
}

TEST_F(Negotiating, CompletesWhatWaitsWhenItIsDropped) {
  const Operation<SessionDescription> offer = pair.alice->pc.createOffer();
  pair.alice.reset();
  ASSERT_FALSE(pair.await(offer).has_value());
  EXPECT_EQ(Error::Closed, offer.result().error().code);
}

}  // namespace
}  // namespace portico::test
