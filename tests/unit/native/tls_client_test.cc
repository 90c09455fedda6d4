#include "native/tls/client.h"

#include <optional>
#include <random>

#include "native/tls/trust_store.h"
#include "tests/unit/native/trust_fixture.h"

namespace portico::test {
namespace {

using Progress = tls::Client::Progress;

/// A client and a server, and the bytes between them.
struct Session {
  Session(const std::string& name, const std::vector<TestCertificate>& chain, const TlsServerOptions& options = {})
      : server(chain, options) {
    auto store = tls::TrustStore::load();
    EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().message);
    client = std::make_unique<tls::Client>(std::move(*store), name);
  }

  void flush() {
    server.feed(asText(client->output()));
    client->output().clear();
  }
  /// Both in turn, until one has no more to say.
  Progress connect() {
    Progress progress = client->shakeHands();
    while (progress == Progress::more) {
      flush();
      const std::string answer = server.takeOutput();
      if (answer.empty()) break;
      client->feed(asBytes(answer));
      progress = client->shakeHands();
    }
    flush();
    return progress;
  }
  Progress receive(const std::string& bytes) {
    client->feed(asBytes(bytes));
    for (;;) {
      ByteVector room(20'000);
      std::size_t got = 0;
      const Progress progress = client->read(room, got);
      received.append(asText(ByteView(room).first(got)));
      if (progress != Progress::done) return progress;
    }
  }

  TlsServer server;
  std::unique_ptr<tls::Client> client;
  std::string received;
};

struct TlsClientTest : testing::Test {
  void expectRefused(const std::string& name, const std::vector<TestCertificate>& chain,
                     const std::vector<std::string>& parts) {
    Session session(name, chain);
    EXPECT_EQ(session.connect(), Progress::failed);
    for (const std::string& part : parts) {
      EXPECT_NE(session.client->failure().find(part), std::string::npos)
          << part << " is not in: " << session.client->failure();
    }
    EXPECT_NE(session.server.alert, "") << "the server is told";
    EXPECT_FALSE(session.server.ready());
  }

  Trust trust;
};

TEST_F(TlsClientTest, CarriesTextBothWaysWithEveryKindOfKey) {
  for (const KeyKind key : {KeyKind::p256, KeyKind::p384, KeyKind::rsa}) {
    Session session("turn.example.org", {trust.issue({.key = key})});
    ASSERT_EQ(session.connect(), Progress::done) << session.client->failure();
    EXPECT_EQ(session.server.version(), "TLSv1.2");
    EXPECT_EQ(session.server.serverName(), "turn.example.org");
    EXPECT_TRUE(session.client->write(asBytes("to the server")));
    session.flush();
    EXPECT_EQ(session.server.received, "to the server");
    session.server.send("and back");
    EXPECT_EQ(session.receive(session.server.takeOutput()), Progress::more);
    EXPECT_EQ(session.received, "and back");
  }
}

TEST_F(TlsClientTest, TakesEachOfTheCipherSuites) {
  for (const char* suite : {"AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"}) {
    for (const KeyKind key : {KeyKind::p256, KeyKind::rsa}) {
      const std::string kind = key == KeyKind::rsa ? "RSA" : "ECDSA";
      Session session("turn.example.org", {trust.issue({.key = key})}, {.ciphers = "ECDHE-" + kind + "-" + suite});
      EXPECT_EQ(session.connect(), Progress::done) << kind << " " << suite << ": " << session.client->failure();
    }
  }
}

TEST_F(TlsClientTest, CarriesMoreThanOneRecordAtOnceAndInAnyPieces) {
  Session session("turn.example.org", {trust.issue()});
  ASSERT_EQ(session.connect(), Progress::done);
  const std::string large(200'000, 'x');
  EXPECT_TRUE(session.client->write(asBytes(large)));
  session.flush();
  EXPECT_EQ(session.server.received, large);
  session.server.send(large);
  const std::string bytes = session.server.takeOutput();
  for (std::size_t i = 0; i < bytes.size(); i += 999) {
    EXPECT_EQ(session.receive(bytes.substr(i, 999)), Progress::more);
  }
  EXPECT_EQ(session.received, large);
}

TEST_F(TlsClientTest, FollowsAChainOfSeveralCertificates) {
  const TestCertificate middle = trust.issue({.subject = "Middle", .key = KeyKind::rsa, .authority = true});
  const TestCertificate lower({.subject = "Lower", .key = KeyKind::rsa, .authority = true, .pss = true}, &middle);
  const TestCertificate leaf({.pss = true}, &lower);
  Session session("turn.example.org", {leaf, lower, middle});
  EXPECT_EQ(session.connect(), Progress::done) << session.client->failure();
  expectRefused("turn.example.org", {leaf, lower}, {"was issued by \"CN=Middle\"", "missing"});
}

TEST_F(TlsClientTest, RefusesACertificateForAnotherHostAndSaysForWhich) {
  expectRefused("turn.example.org", {trust.issue({.names = "DNS:a.example,DNS:*.b.example,IP:192.0.2.1"})},
                {"its certificate is for a.example, *.b.example, 192.0.2.1, not turn.example.org"});
  expectRefused("turn.example.org",
                {trust.issue({.names = "DNS:a.example,DNS:b.example,DNS:c.example,DNS:d.example,DNS:e.example"})},
                {"a.example, b.example, c.example, d.example and 1 others, not turn.example.org"});
}

TEST_F(TlsClientTest, ReadsNoNameOutOfTheSubject) {
  expectRefused("turn.example.org", {trust.issue({.names = ""})}, {"its certificate names no host"});
}

TEST_F(TlsClientTest, AWildcardStandsForOneLabel) {
  const TestCertificate wild = trust.issue({.names = "DNS:*.example.org"});
  EXPECT_EQ(Session("turn.example.org", {wild}).connect(), Progress::done);
  EXPECT_EQ(Session("TURN.Example.Org.", {wild}).connect(), Progress::done);
  expectRefused("a.turn.example.org", {wild}, {"not a.turn.example.org"});
  expectRefused("example.org", {wild}, {"not example.org"});
}

TEST_F(TlsClientTest, AServerByAddressNeedsItInItsCertificateAndGetsNoServerName) {
  for (const char* address : {"192.0.2.1", "2001:db8::1"}) {
    Session session(address, {trust.issue({.names = "DNS:turn.example.org,IP:192.0.2.1,IP:2001:db8::1"})});
    EXPECT_EQ(session.connect(), Progress::done) << session.client->failure();
    EXPECT_EQ(session.server.serverName(), "");
  }
  expectRefused("192.0.2.2", {trust.issue({.names = "DNS:192.0.2.2,IP:192.0.2.1"})}, {"192.0.2.1, not 192.0.2.2"});
}

TEST_F(TlsClientTest, RefusesWhatIsExpiredOrNotYetValid) {
  expectRefused("turn.example.org", {trust.issue({.validFrom = -2'000, .validUntil = -1'000})},
                {"its certificate expired on 20"});
  expectRefused("turn.example.org", {trust.issue({.validFrom = 2'000, .validUntil = 3'000})},
                {"its certificate is not valid before 20", "clock"});
  const TestCertificate old = trust.issue({.subject = "Old", .authority = true, .validFrom = -9, .validUntil = -1});
  expectRefused("turn.example.org", {TestCertificate({}, &old), old}, {"the certificate of \"CN=Old\" expired on 20"});
}

TEST_F(TlsClientTest, RefusesWhoseIssuerNobodyHereTrusts) {
  const TestCertificate other({.subject = "Other authority", .authority = true});
  expectRefused("turn.example.org", {TestCertificate({}, &other)},
                {"was issued by \"CN=Other authority\", which this machine does not trust"});
  expectRefused("turn.example.org", {TestCertificate({})}, {"signed by itself"});
}

TEST_F(TlsClientTest, RefusesACertificateThatIsNotForServers) {
  expectRefused("turn.example.org", {trust.issue({.usage = "clientAuth"})}, {"not for a TLS server"});
}

TEST_F(TlsClientTest, TellsAllThatIsWrongAndWritesNothingOfTheServersThatATerminalMinds) {
  const TestCertificate other({.subject = "\x1b[2JEvil", .authority = true});
  Session session("turn.example.org", {TestCertificate({.names = "DNS:a\x1b]0;b.example", .validUntil = -1}, &other)});
  EXPECT_EQ(session.connect(), Progress::failed);
  const std::string& why = session.client->failure();
  EXPECT_NE(why.find("a?]0;b.example"), std::string::npos) << why;
  EXPECT_NE(why.find("expired"), std::string::npos) << why;
  EXPECT_NE(why.find("Evil"), std::string::npos) << why;
  EXPECT_EQ(why.find('\x1b'), std::string::npos) << why;
}

TEST_F(TlsClientTest, TellsThatAServerSpeaksNoTls12) {
  Session session("turn.example.org", {trust.issue()}, {.tls13Only = true});
  EXPECT_EQ(session.connect(), Progress::failed);
  EXPECT_NE(session.client->failure().find("does not speak TLS 1.2"), std::string::npos) << session.client->failure();
}

TEST_F(TlsClientTest, TellsThatAServerHasNoCipherSuiteInCommon) {
  Session session("turn.example.org", {trust.issue()}, {.ciphers = "ECDHE-ECDSA-AES128-SHA256"});
  EXPECT_EQ(session.connect(), Progress::failed);
  EXPECT_NE(session.client->failure().find("no cipher suite"), std::string::npos) << session.client->failure();
}

TEST_F(TlsClientTest, TellsThatAServerSpeaksNoTlsAtAll) {
  for (const char* answer : {"HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail.example ESMTP\r\n"}) {
    Session session("turn.example.org", {trust.issue()});
    EXPECT_EQ(session.client->shakeHands(), Progress::more);
    session.client->feed(asBytes(answer));
    EXPECT_EQ(session.client->shakeHands(), Progress::failed);
    EXPECT_NE(session.client->failure().find("is there TLS on this port?"), std::string::npos)
        << session.client->failure();
    EXPECT_EQ(session.client->shakeHands(), Progress::failed) << "and it stays so";
  }
}

TEST_F(TlsClientTest, EndsByACloseNotifyOfEitherSide) {
  Session session("turn.example.org", {trust.issue()});
  ASSERT_EQ(session.connect(), Progress::done);
  session.server.send("bye");
  session.server.close();
  EXPECT_EQ(session.receive(session.server.takeOutput()), Progress::failed);
  EXPECT_EQ(session.received, "bye");
  EXPECT_NE(session.client->failure().find("closed"), std::string::npos);

  Session other("turn.example.org", {trust.issue()});
  ASSERT_EQ(other.connect(), Progress::done);
  other.client->close();
  other.flush();
  EXPECT_TRUE(other.server.closed);
}

TEST_F(TlsClientTest, RefusesToNegotiateAgainAndGoesOn) {
  Session session("turn.example.org", {trust.issue()});
  ASSERT_EQ(session.connect(), Progress::done);
  session.server.askForRenegotiation();
  EXPECT_EQ(session.receive(session.server.takeOutput()), Progress::more);
  EXPECT_FALSE(session.client->output().empty());
  EXPECT_TRUE(session.client->write(asBytes("still here")));
}

TEST_F(TlsClientTest, ARecordThatWasChangedOnTheWayEndsIt) {
  Session session("turn.example.org", {trust.issue()});
  ASSERT_EQ(session.connect(), Progress::done);
  session.server.send("secret");
  std::string bytes = session.server.takeOutput();
  bytes.back() ^= 1;
  EXPECT_EQ(session.receive(bytes), Progress::failed);
  EXPECT_NE(session.client->failure().find("changed on the way"), std::string::npos) << session.client->failure();
}

/// Every flight of the server is damaged somewhere: the client ends it or waits for more, and never believes it.
TEST_F(TlsClientTest, NeverOpensOnAHandshakeThatWasTamperedWith) {
  std::mt19937 random(1);
  const TestCertificate leaf = trust.issue();
  for (int round = 0; round < 60; ++round) {
    Session session("turn.example.org", {leaf});
    ASSERT_EQ(session.client->shakeHands(), Progress::more);
    session.flush();
    std::string flight = session.server.takeOutput();
    const std::size_t at = random() % flight.size();
    switch (random() % 3) {
      case 0:
        // But for the version of a record (RFC 5246 Appendix E), which nothing vouches for: it comes first in the
        // flight.
        flight[std::max<std::size_t>(at, 3)] ^= static_cast<char>(1 << random() % 8);
        break;
      case 1:
        flight.erase(at, 1 + random() % 40);
        break;
      default:
        flight.insert(at, 1 + random() % 40, static_cast<char>(random()));
        break;
    }
    session.client->feed(asBytes(flight));
    Progress progress = session.client->shakeHands();
    if (progress == Progress::more) {
      session.flush();
      const std::string answer = session.server.takeOutput();
      session.client->feed(asBytes(answer));
      progress = session.client->shakeHands();
    }
    EXPECT_NE(progress, Progress::done) << "round " << round;
  }
}

TEST_F(TlsClientTest, GarbageEndsIt) {
  std::mt19937 random(2);
  const TestCertificate leaf = trust.issue();
  for (int round = 0; round < 60; ++round) {
    Session session("turn.example.org", {leaf});
    ASSERT_EQ(session.client->shakeHands(), Progress::more);
    // The first bytes are those of a record more often than not, so that some of it is looked at more closely.
    std::string garbage("\x16\x03\x03", random() % 4);
    while (garbage.size() < 40'000) garbage.push_back(static_cast<char>(random()));
    session.client->feed(asBytes(garbage));
    EXPECT_EQ(session.client->shakeHands(), Progress::failed) << "round " << round;
    EXPECT_FALSE(session.client->failure().empty());
  }
}

TEST(TrustStoreTest, ReadsTheStoreOfThisMachine) {
  const StoreVariables unset("");
  const auto store = tls::TrustStore::load();
  ASSERT_TRUE(store.has_value()) << store.error().message;
  EXPECT_GT((*store)->size(), 50u);
}

TEST(TrustStoreTest, TakesFoldersAndPassesOverWhatIsNoCertificate) {
  const TestCertificate first({.authority = true});
  const TestCertificate second({.authority = true});
  const TemporaryFile file(first.pem() + "garbage\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" +
                           second.pem());
  {
    const StoreVariables variables(file.path);
    const auto store = tls::TrustStore::load();
    ASSERT_TRUE(store.has_value());
    EXPECT_EQ((*store)->size(), 2u);
  }
  std::string folder = testing::TempDir() + "portico-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string one = folder + "/one.pem";
  const std::string link = folder + "/00000000.0";
  std::ofstream(one) << first.pem();
  ASSERT_EQ(::symlink(one.c_str(), link.c_str()), 0);
  {
    const StoreVariables variables("", folder);
    const auto store = tls::TrustStore::load();
    ASSERT_TRUE(store.has_value());
    EXPECT_EQ((*store)->size(), 1u) << "a link to it is the same";
  }
  ::unlink(link.c_str());
  ::unlink(one.c_str());
  ::rmdir(folder.c_str());
}

TEST(TrustStoreTest, SaysWhichFileCannotBeReadOrHasNothing) {
  const StoreVariables variables("/nowhere/ca.pem");
  const auto missing = tls::TrustStore::load();
  ASSERT_FALSE(missing.has_value());
  EXPECT_NE(missing.error().message.find("SSL_CERT_FILE names /nowhere/ca.pem"), std::string::npos);
  EXPECT_NE(missing.error().message.find("No such file"), std::string::npos) << missing.error().message;
  const TemporaryFile empty("no certificate");
  const StoreVariables others(empty.path);
  const auto nothing = tls::TrustStore::load();
  ASSERT_FALSE(nothing.has_value());
  EXPECT_NE(nothing.error().message.find("there is no certificate"), std::string::npos);
}

}  // namespace
}  // namespace portico::test
