// RTCPeerConnection and what should not be done to it: each refusal has W3C's error, and changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/peers/sdp_peer.h"

namespace portico::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Misnegotiating : testing::Test {
  SdpPair pair;
  PeerConnection& alice = pair.alice->pc;
  PeerConnection& bob = pair.bob->pc;

  Misnegotiating() { pair.alice->negotiates = pair.bob->negotiates = false; }

  void offer() {
    pair.alice->open({.label = "data"});
    ASSERT_TRUE(pair.await(alice.setLocalDescription()));
  }
  /// Alice's offer, changed.
  std::string changed(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(std::string::npos, at) << from;
    return text.replace(at, from.size(), to);
  }
  Error::Code remote(SdpType type, const std::string& sdp, PeerConnection& pc) {
    const SignalingState before = pc.signalingState();
    const auto description = pc.remoteDescription();
    const Result<void> set = pair.await(pc.setRemoteDescription({type, sdp}));
    EXPECT_FALSE(set.has_value()) << sdp;
    EXPECT_EQ(before, pc.signalingState());
    EXPECT_EQ(description, pc.remoteDescription());
    return set ? Error::Code{} : set.error().code;
  }
  Error::Code add(const IceCandidateInit& candidate, PeerConnection& pc) {
    const Result<void> added = pair.await(pc.addIceCandidate(candidate));
    EXPECT_FALSE(added.has_value());
    return added ? Error::Code{} : added.error().code;
  }
};

TEST_F(Misnegotiating, NamesTheLineOfAMalformedDescription) {
  const Result<void> set =
      pair.await(bob.setRemoteDescription({SdpType::offer, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nwhat\r\n"}));
  ASSERT_FALSE(set);
  EXPECT_EQ(Error::Syntax, set.error().code);
  EXPECT_EQ(3u, set.error().line);
  EXPECT_EQ(Error::Syntax, remote(SdpType::offer, "", bob));
  EXPECT_EQ(SignalingState::stable, bob.signalingState());
}

TEST_F(Misnegotiating, RefusesAnswersToNothing) {
  offer();
  const std::string text = alice.localDescription()->sdp;
  EXPECT_EQ(Error::InvalidState, remote(SdpType::answer, text, bob));
  EXPECT_EQ(Error::InvalidState, remote(SdpType::pranswer, text, bob));
  EXPECT_EQ(Error::InvalidState, pair.await(bob.createAnswer()).error().code);
  EXPECT_EQ(Error::InvalidState, pair.await(bob.setLocalDescription({SdpType::answer, text})).error().code);
  EXPECT_EQ(Error::InvalidState, pair.await(bob.setLocalDescription({SdpType::rollback, ""})).error().code);
  EXPECT_EQ(Error::InvalidState, pair.await(bob.setRemoteDescription({SdpType::rollback, ""})).error().code);
}

TEST_F(Misnegotiating, RefusesALocalOfferWhileThereIsARemoteOne) {
  offer();
  ASSERT_TRUE(pair.await(bob.setRemoteDescription(*alice.localDescription())));
  EXPECT_EQ(Error::InvalidState, pair.await(bob.createOffer()).error().code);
  EXPECT_EQ(Error::InvalidState, pair.await(bob.setLocalDescription({SdpType::offer, ""})).error().code);
  EXPECT_EQ(SignalingState::haveRemoteOffer, bob.signalingState());
}

TEST_F(Misnegotiating, RefusesALocalDescriptionThatNobodyMade) {
  pair.alice->open({.label = "data"});
  const std::string made = pair.await(alice.createOffer())->sdp;
  for (const std::string& forged :
       {changed(made, "a=setup:actpass", "a=setup:active"), changed(made, "a=ice-ufrag:", "a=ice-ufrag:other"),
        changed(made, "a=mid:0", "a=mid:1")}) {
    EXPECT_EQ(Error::InvalidModification, pair.await(alice.setLocalDescription({SdpType::offer, forged})).error().code);
  }
  EXPECT_EQ(SignalingState::stable, alice.signalingState());
  // A peer that can't trickle takes the option out.
  EXPECT_TRUE(pair.await(alice.setLocalDescription({SdpType::offer, changed(made, "a=ice-options:trickle\r\n", "")})));
}

TEST_F(Misnegotiating, RefusesAnAnswerThatDoesNotFitTheOffer) {
  offer();
  ASSERT_TRUE(pair.await(bob.setRemoteDescription(*alice.localDescription())));
  const std::string answer = pair.await(bob.createAnswer())->sdp;
  EXPECT_EQ(Error::InvalidAccess, remote(SdpType::answer, changed(answer, "a=setup:active", "a=setup:actpass"), alice));
  EXPECT_EQ(Error::InvalidAccess,
            remote(SdpType::answer, changed(answer, "a=setup:active", "a=setup:holdconn"), alice));
  EXPECT_EQ(Error::InvalidAccess, remote(SdpType::answer, changed(answer, "a=mid:0", "a=mid:x"), alice));
  EXPECT_EQ(Error::InvalidAccess,
            remote(SdpType::answer, answer + "m=audio 9 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", alice));
  EXPECT_EQ(Error::InvalidAccess, remote(SdpType::answer, "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", alice));
  std::string noFingerprint = answer;
  for (std::size_t at = 0; (at = noFingerprint.find("a=fingerprint")) != std::string::npos;) {
    noFingerprint.erase(at, noFingerprint.find('\n', at) + 1 - at);
  }
  EXPECT_EQ(Error::InvalidAccess, remote(SdpType::answer, noFingerprint, alice));
  EXPECT_TRUE(pair.await(alice.setRemoteDescription({SdpType::answer, answer})));
}

TEST_F(Misnegotiating, RefusesAnOfferWithoutCredentialsOrWithOnlySha1) {
  offer();
  const std::string good = alice.localDescription()->sdp;
  std::string bare = good;
  for (const char* line : {"a=ice-ufrag", "a=ice-pwd"}) {
    const std::size_t at = bare.find(line);
    bare.erase(at, bare.find('\n', at) + 1 - at);
  }
  EXPECT_EQ(Error::InvalidAccess, remote(SdpType::offer, bare, bob));
  std::string sha1 = good;
  for (std::size_t at = 0; (at = sha1.find("a=fingerprint:sha-")) != std::string::npos;) {
    sha1.erase(at, sha1.find('\n', at) + 1 - at);
  }
  sha1 += "a=fingerprint:sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33\r\n";
  EXPECT_EQ(Error::InvalidAccess, remote(SdpType::offer, sha1, bob));
  EXPECT_EQ(SignalingState::stable, bob.signalingState());
}

TEST_F(Misnegotiating, RefusesAPeerThatChangesItsCertificate) {
  pair.alice->negotiates = true;
  pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.connect());
  pair.settle();
  std::string offer = pair.await(alice.createOffer())->sdp;
  const std::size_t at = offer.find("a=fingerprint:sha-256 ") + 22;
  offer[at] = offer[at] == '0' ? '1' : '0';
  EXPECT_EQ(Error::InvalidAccess, remote(SdpType::offer, offer, bob));
  EXPECT_EQ(SignalingState::stable, bob.signalingState());
  EXPECT_TRUE(pair.connected());
}

TEST_F(Misnegotiating, KeepsItsOwnOfferWhereTheOneThatMeetsItIsBad) {
  offer();
  EXPECT_EQ(Error::Syntax, remote(SdpType::offer, "nonsense", alice));
  EXPECT_EQ(SignalingState::haveLocalOffer, alice.signalingState());
}

TEST_F(Misnegotiating, RefusesCandidatesThatHaveNoPlace) {
  const std::string line = "candidate:1 1 udp 2130706431 203.0.113.9 50000 typ host";
  EXPECT_EQ(Error::InvalidState, add({.candidate = line, .sdpMid = "0"}, bob));
  EXPECT_EQ(Error::Type, add({.candidate = line}, bob));
  offer();
  ASSERT_TRUE(pair.await(bob.setRemoteDescription(*alice.localDescription())));
  EXPECT_EQ(Error::Type, add({.candidate = line}, bob));
  EXPECT_EQ(Error::Operation, add({.candidate = line, .sdpMid = "nowhere"}, bob));
  EXPECT_EQ(Error::Operation, add({.candidate = line, .sdpMLineIndex = std::uint16_t{7}}, bob));
  EXPECT_EQ(Error::Operation, add({.candidate = line, .sdpMid = "0", .usernameFragment = "other"}, bob));
  EXPECT_EQ(Error::Operation, add({.candidate = "nonsense", .sdpMid = "0"}, bob));
  EXPECT_TRUE(pair.await(bob.addIceCandidate(IceCandidateInit{.candidate = line, .sdpMid = "0"})));
  EXPECT_THAT(bob.remoteDescription()->sdp, HasSubstr("a=" + line));
  EXPECT_TRUE(pair.await(bob.addIceCandidate(IceCandidateInit{.candidate = "", .sdpMid = "0"})));
  EXPECT_TRUE(pair.await(bob.addIceCandidate(std::nullopt)));
  EXPECT_THAT(bob.remoteDescription()->sdp, HasSubstr("a=end-of-candidates"));
}

TEST_F(Misnegotiating, SurvivesAPeerThatGoesHalfWay) {
  offer();
  ASSERT_TRUE(pair.await(bob.setRemoteDescription(*alice.localDescription())));
  ASSERT_TRUE(pair.await(bob.setLocalDescription()));
  pair.alice.reset();
  ASSERT_TRUE(pair.world.runUntil([&] { return bob.connectionState() == PeerConnectionState::failed; }, 120s));
  EXPECT_EQ(PeerIceConnectionState::failed, bob.iceConnectionState());
  bob.close();
}

TEST_F(Misnegotiating, RefusesCallsOnceItIsClosed) {
  alice.close();
  EXPECT_EQ(Error::InvalidState, pair.await(alice.createOffer()).error().code);
  EXPECT_EQ(Error::InvalidState, pair.await(alice.createAnswer()).error().code);
  EXPECT_EQ(Error::InvalidState, pair.await(alice.setLocalDescription()).error().code);
  EXPECT_EQ(Error::InvalidState, pair.await(alice.setRemoteDescription({SdpType::offer, ""})).error().code);
  EXPECT_EQ(Error::InvalidState, pair.await(alice.addIceCandidate(std::nullopt)).error().code);
  EXPECT_EQ(Error::InvalidState, alice.setConfiguration({}).error().code);
  alice.restartIce();
  pair.settle();
  EXPECT_EQ(0, pair.alice->negotiationsNeeded);
}

TEST_F(Misnegotiating, RefusesAGoneWildChain) {
  std::vector<Operation<SessionDescription>> offers;
  for (int i = 0; i < 2'000; ++i) offers.push_back(alice.createOffer());
  EXPECT_EQ(Error::QuotaExceeded, pair.await(offers.back()).error().code);
  EXPECT_TRUE(pair.await(offers.front()).has_value());
}

TEST_F(Misnegotiating, ChecksItsConfiguration) {
  const auto refused = [&](IceServer server) {
    PeerConnectionConfiguration configuration;
    configuration.ice.iceServers = {std::move(server)};
    const auto made = PeerConnection::create(pair.aliceMachine, configuration);
    return made ? Error::Code{} : made.error().code;
  };
  EXPECT_EQ(Error::Syntax, refused({.urls = {}}));
  EXPECT_EQ(Error::Syntax, refused({.urls = {"http://example.org"}}));
  EXPECT_EQ(Error::InvalidAccess, refused({.urls = {"turn:example.org"}}));
  EXPECT_EQ(Error::InvalidAccess, refused({.urls = {"turns:example.org"}, .username = "someone"}));

  PeerConnectionConfiguration other = alice.getConfiguration();
  other.bundlePolicy = BundlePolicy::maxBundle;
  EXPECT_EQ(Error::InvalidModification, alice.setConfiguration(other).error().code);
  other = alice.getConfiguration();
  other.certificates = {*Certificate::generate(pair.aliceMachine)};
  EXPECT_EQ(Error::InvalidModification, alice.setConfiguration(other).error().code);
  other = alice.getConfiguration();
  other.ice.iceServers = {{.urls = {"stun:203.0.113.7"}, .username = {}, .credential = {}}};
  EXPECT_TRUE(alice.setConfiguration(other));
  EXPECT_EQ(1u, alice.getConfiguration().ice.iceServers->size());
  offer();
  other.iceCandidatePoolSize = 3;
  EXPECT_EQ(Error::InvalidModification, alice.setConfiguration(other).error().code);
}

TEST_F(Misnegotiating, AsksForANegotiationOnceAndOnlyWhileItIsNeeded) {
  pair.alice->open({.label = "one"});
  pair.alice->open({.label = "two"});
  pair.settle();
  EXPECT_EQ(1, pair.alice->negotiationsNeeded);
  pair.alice->negotiates = true;
  pair.alice->negotiate();
  ASSERT_TRUE(pair.connect());
  pair.alice->open({.label = "three"});
  pair.settle();
  EXPECT_EQ(1, pair.alice->negotiationsNeeded);
}

// Statistics
// ------------------------------------------------------------------------------------------------------------

TEST_F(Misnegotiating, GivesTheStatisticsOfAConnection) {
  EXPECT_EQ(1u, alice.getStats().stats.size());
  pair.alice->negotiates = true;
  DataChannel channel = pair.alice->open({.label = "data", .protocol = "p"});
  ASSERT_TRUE(pair.connect());
  pair.settle();
  ASSERT_TRUE(channel.send("hello"));
  pair.settle();
  const StatsReport report = alice.getStats();
  const TransportStats* transport = nullptr;
  const CandidatePairStats* selected = nullptr;
  const RtcDataChannelStats* data = nullptr;
  const PeerConnectionStats* own = nullptr;
  std::vector<std::string> ids;
  std::size_t certificates = 0;
  for (const Stats& stats : report.stats) {
    std::visit([&](const auto& one) { ids.push_back(one.id); }, stats);
    if (const auto* found = std::get_if<TransportStats>(&stats)) transport = found;
    if (const auto* found = std::get_if<RtcDataChannelStats>(&stats)) data = found;
    if (const auto* found = std::get_if<PeerConnectionStats>(&stats)) own = found;
    if (const auto* found = std::get_if<CandidatePairStats>(&stats); found && found->nominated) selected = found;
    if (std::holds_alternative<CertificateStats>(stats)) ++certificates;
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_TRUE(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
  ASSERT_TRUE(transport && selected && data && own);
  EXPECT_EQ(2u, certificates);
  EXPECT_EQ(transport->selectedCandidatePairId, selected->id);
  EXPECT_EQ(DtlsTransportState::connected, transport->dtlsState);
  EXPECT_EQ(IceRole::controlling, transport->iceRole);
  EXPECT_EQ("FEFD", transport->tlsVersion);
  EXPECT_TRUE(std::binary_search(ids.begin(), ids.end(), selected->localCandidateId));
  EXPECT_TRUE(std::binary_search(ids.begin(), ids.end(), selected->remoteCandidateId));
  EXPECT_GT(selected->currentRoundTripTime.value_or(0), 0);
  EXPECT_EQ(1u, data->messagesSent);
  EXPECT_EQ(5u, data->bytesSent);
  EXPECT_EQ("p", data->protocol);
  EXPECT_EQ(1u, own->dataChannelsOpened);
  EXPECT_EQ(0u, own->dataChannelsClosed);
  channel.close();
  pair.settle();
  EXPECT_EQ(1u, std::get<PeerConnectionStats>(alice.getStats().stats.back()).dataChannelsClosed);
}

}  // namespace
}  // namespace portico::test
