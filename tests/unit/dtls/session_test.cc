#include "core/dtls/session.h"

#include <gtest/gtest.h>

#include "tests/unit/dtls/dtls_pair.h"

namespace portico::dtls {
namespace {

std::string text(std::size_t size, char fill) {
  return std::string(size, fill);
}

TEST(Session, ConnectsAndCarriesDataBothWays) {
  DtlsPair pair;
  pair.connect();
  ASSERT_TRUE(pair.connected()) << (pair.client.session->failure() ? pair.client.session->failure()->message : "")
                                << (pair.server.session->failure() ? pair.server.session->failure()->message : "");
  ASSERT_TRUE(pair.client.session->send(pair.now, asBytes("ping")));
  ASSERT_TRUE(pair.server.session->send(pair.now, asBytes("pong")));
  pair.run();
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"ping"});
  EXPECT_EQ(pair.client.received, std::vector<std::string>{"pong"});
}

TEST(Session, KnowsItsRoleAndItsPeersCertificateOnceConnected) {
  DtlsPair pair;
  EXPECT_EQ(pair.client.session->role(), DtlsRole::automatic);
  EXPECT_EQ(pair.client.state(), DtlsTransportState::fresh);
  EXPECT_TRUE(pair.client.session->remoteCertificates().empty());
  pair.connect();
  EXPECT_EQ(pair.client.session->role(), DtlsRole::client);
  EXPECT_EQ(pair.server.session->role(), DtlsRole::server);
  ASSERT_EQ(pair.client.session->remoteCertificates().size(), 1U);
  EXPECT_EQ(pair.client.session->remoteCertificates()[0], toVector(pair.server.certificate.der()));
  ASSERT_EQ(pair.server.session->remoteCertificates().size(), 1U);
  EXPECT_EQ(pair.server.session->remoteCertificates()[0], toVector(pair.client.certificate.der()));
}

TEST(Session, AgreesOnAnAeadSuiteWithEcdhe) {
  DtlsPair pair;
  pair.connect();
  const std::string suite = pair.client.session->cipherSuite();
  EXPECT_EQ(suite, pair.server.session->cipherSuite());
  EXPECT_TRUE(suite == "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" ||
              suite == "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256")
      << suite;
}

TEST(Session, NeedsNoTimerOnceConnected) {
  DtlsPair pair;
  ASSERT_TRUE(pair.startServer());
  ASSERT_TRUE(pair.startClient());
  EXPECT_EQ(pair.client.session->nextTimeout(), pair.now + 100ms);
  pair.run();
  ASSERT_TRUE(pair.connected());
  EXPECT_FALSE(pair.client.session->nextTimeout());
  EXPECT_FALSE(pair.server.session->nextTimeout());
  EXPECT_LT(pair.now, Time(1s) + 100ms) << "the handshake took a retransmission on a perfect network";
}

TEST(Session, CarriesRecordsUpToItsLimitAndRefusesLargerOnes) {
  DtlsPair pair;
  pair.connect();
  ASSERT_TRUE(pair.client.session->send(pair.now, asBytes(text(kMaxSendPlaintext, 'a'))));
  const auto refused = pair.client.session->send(pair.now, asBytes(text(kMaxSendPlaintext + 1, 'a')));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Error::Type);
  EXPECT_EQ(pair.client.session->output().size(), 1U) << "a record is one datagram";
  pair.run();
  ASSERT_EQ(pair.server.received.size(), 1U);
  EXPECT_EQ(pair.server.received[0], text(kMaxSendPlaintext, 'a'));
}

TEST(Session, RefusesToSendWhenItIsNotConnected) {
  DtlsPair pair;
  EXPECT_EQ(pair.client.session->send(pair.now, asBytes("x")).error().code, Error::InvalidState);
  ASSERT_TRUE(pair.startClient());
  EXPECT_EQ(pair.client.session->send(pair.now, asBytes("x")).error().code, Error::InvalidState);
  pair.client.session->close(pair.now);
  EXPECT_EQ(pair.client.session->send(pair.now, asBytes("x")).error().code, Error::InvalidState);
}

TEST(Session, IsStartedOnceAndWithADefiniteRole) {
  DtlsPair pair;
  EXPECT_EQ(
      pair.client.session->start(pair.now, DtlsRole::automatic, pair.server.certificate.fingerprints(), pair.client)
          .error()
          .code,
      Error::Type);
  EXPECT_EQ(pair.startClient({}).error().code, Error::Type);
  EXPECT_EQ(pair.client.state(), DtlsTransportState::fresh) << "a refused start changes nothing";
  ASSERT_TRUE(pair.startClient());
  EXPECT_EQ(pair.startClient().error().code, Error::InvalidState);
  pair.client.session->close(pair.now);
  EXPECT_EQ(pair.startClient().error().code, Error::InvalidState);
}

TEST(Session, ClosesBothSidesWhenTheClientCloses) {
  DtlsPair pair;
  pair.connect();
  pair.client.session->close(pair.now);
  EXPECT_EQ(pair.client.state(), DtlsTransportState::closed);
  pair.run();
  EXPECT_EQ(pair.server.state(), DtlsTransportState::closed);
  EXPECT_FALSE(pair.server.session->failure());
}

TEST(Session, ClosesBothSidesWhenTheServerCloses) {
  DtlsPair pair;
  pair.connect();
  pair.server.session->close(pair.now);
  EXPECT_EQ(pair.server.state(), DtlsTransportState::closed);
  pair.run();
  EXPECT_EQ(pair.client.state(), DtlsTransportState::closed);
}

TEST(Session, DeliversWhatWasSentBeforeCloseNotify) {
  DtlsPair pair;
  pair.connect();
  ASSERT_TRUE(pair.client.session->send(pair.now, asBytes("last words")));
  pair.client.session->close(pair.now);
  pair.run();
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"last words"});
  EXPECT_EQ(pair.server.state(), DtlsTransportState::closed);
}

TEST(Session, TellsItsPeerWhenItClosesDuringTheHandshake) {
  DtlsPair pair;
  ASSERT_TRUE(pair.startServer());
  ASSERT_TRUE(pair.startClient());
  pair.client.session->output().clear();
  pair.client.session->close(pair.now);
  pair.run();
  EXPECT_TRUE(pair.bothAre(DtlsTransportState::closed));
}

TEST(Session, ClosesTwiceAndFromFreshWithoutHarm) {
  DtlsPair pair;
  pair.client.session->close(pair.now);
  EXPECT_EQ(pair.client.state(), DtlsTransportState::closed);
  pair.client.session->close(pair.now);
  EXPECT_EQ(pair.client.state(), DtlsTransportState::closed);
  EXPECT_TRUE(pair.client.session->output().empty()) << "nobody to notify";
}

TEST(Session, StaysFailedWhenItIsClosed) {
  DtlsPair pair;
  ASSERT_TRUE(pair.startClient());
  pair.run();  // nobody answers
  ASSERT_EQ(pair.client.state(), DtlsTransportState::failed);
  pair.client.session->close(pair.now);
  EXPECT_EQ(pair.client.state(), DtlsTransportState::failed);
}

TEST(Session, MayBeClosedByItsSink) {
  DtlsPair pair;
  pair.connect();
  pair.server.onData = [&pair](Time now, const std::string&) { pair.server.session->close(now); };
  ASSERT_TRUE(pair.client.session->send(pair.now, asBytes("one")));
  ASSERT_TRUE(pair.client.session->send(pair.now, asBytes("two")));
  pair.run();
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"one"});
  EXPECT_TRUE(pair.bothAre(DtlsTransportState::closed));
}

TEST(Session, MayBeDestroyedByItsSink) {
  DtlsPair pair;
  pair.connect();
  pair.server.onData = [&pair](Time, const std::string&) { pair.server.session.reset(); };
  ASSERT_TRUE(pair.client.session->send(pair.now, asBytes("one")));
  ASSERT_TRUE(pair.client.session->send(pair.now, asBytes("two")));
  pair.run();
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"one"});
}

TEST(Session, MayBeSentOnByItsSink) {
  DtlsPair pair;
  pair.connect();
  pair.server.onData = [&pair](Time now, const std::string& data) {
    ASSERT_TRUE(pair.server.session->send(now, asBytes("echo " + data)));
  };
  ASSERT_TRUE(pair.client.session->send(pair.now, asBytes("one")));
  pair.run();
  EXPECT_EQ(pair.client.received, std::vector<std::string>{"echo one"});
}

TEST(Session, TakesAnEmptyRecordWithoutTroublingItsSink) {
  DtlsPair pair;
  pair.connect();
  ASSERT_TRUE(pair.client.session->send(pair.now, {}));
  ASSERT_TRUE(pair.client.session->send(pair.now, asBytes("after")));
  pair.run();
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"after"});
  EXPECT_TRUE(pair.connected());
}

TEST(Session, KeepsDatagramsThatComeBeforeItIsStarted) {
  DtlsPair pair;
  ASSERT_TRUE(pair.startClient());
  pair.run(50ms);  // the ClientHello reaches a server that knows no fingerprints yet
  EXPECT_EQ(pair.server.state(), DtlsTransportState::fresh);
  ASSERT_TRUE(pair.startServer());
  pair.run();
  EXPECT_TRUE(pair.connected());
  EXPECT_LT(pair.now, Time(1s) + 100ms) << "it waited for a retransmission";
}

TEST(Session, BoundsWhatItKeepsBeforeItIsStarted) {
  DtlsPair pair;
  ByteVector datagram(100, std::byte{22});
  for (std::size_t i = 0; i < kMaxEarlyDatagrams + 3; ++i) pair.server.session->handleInput(pair.now, datagram);
  EXPECT_EQ(pair.server.session->counters().droppedEarly, 3U);
  ByteVector large(kMaxEarlyDatagramBytes + 1, std::byte{22});
  Session other(pair.client.certificate, *pair.host);
  other.handleInput(pair.now, large);
  EXPECT_EQ(other.counters().droppedEarly, 1U);
  pair.connect();
  EXPECT_TRUE(pair.connected()) << "what was kept and is garbage does no harm";
}

}  // namespace
}  // namespace portico::dtls
