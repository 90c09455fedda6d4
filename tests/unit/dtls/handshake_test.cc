// The handshake on a network that loses, repeats, reorders and fragments (RFC 6347 §4.2).
#include <gtest/gtest.h>
#include <mbedtls/x509_crt.h>

#include <algorithm>
#include <array>

#include "core/dtls/certificate_impl.h"
#include "core/dtls/fingerprint.h"
#include "core/dtls/random.h"
#include "core/dtls/retransmission_timer.h"
#include "core/dtls/session.h"
#include "tests/unit/dtls/dtls_pair.h"
#include "tests/unit/dtls/handshake_messages.h"

namespace portico::dtls {
namespace {

using Datagrams = std::vector<ByteVector>;

Tamper lossy(std::mt19937_64& random, double share) {
  return [&random, share](Datagrams datagrams) {
    std::erase_if(datagrams, [&](const ByteVector&) { return std::uniform_real_distribution<>()(random) < share; });
    return datagrams;
  };
}

HandshakeMessage clientHelloOf(DtlsPair& pair) {
  (void)pair.startClient();
  PacketQueue& output = pair.client.session->output();
  const auto messages = plainHandshakeMessages(Datagrams{toVector(output[0])});
  output.clear();
  return messages.at(0);
}

TEST(Handshake, SurvivesALossOfAQuarterInBothDirections) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    DtlsPair pair(seed);
    std::mt19937_64 random(seed);
    pair.clientTamper = lossy(random, 0.25);
    pair.serverTamper = lossy(random, 0.25);
    pair.connect();
    ASSERT_TRUE(pair.connected()) << "seed " << seed;
    EXPECT_LT(pair.now, Time(1s) + 25s) << "seed " << seed;
    pair.clientTamper = pair.serverTamper = nullptr;
    ASSERT_TRUE(pair.client.session->send(pair.now, asBytes("a")));
    ASSERT_TRUE(pair.server.session->send(pair.now, asBytes("b")));
    pair.run();
    EXPECT_EQ(pair.server.received, std::vector<std::string>{"a"}) << "seed " << seed;
    EXPECT_EQ(pair.client.received, std::vector<std::string>{"b"}) << "seed " << seed;
  }
}

TEST(Handshake, SurvivesReorderingAndDuplicationOfEachFlight) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    DtlsPair pair(seed);
    std::mt19937_64 random(seed);
    const Tamper shuffle = [&random](Datagrams datagrams) {
      const Datagrams copy = datagrams;
      datagrams.insert(datagrams.end(), copy.begin(), copy.end());
      std::shuffle(datagrams.begin(), datagrams.end(), random);
      return datagrams;
    };
    pair.clientTamper = shuffle;
    pair.serverTamper = shuffle;
    pair.connect();
    EXPECT_TRUE(pair.connected()) << "seed " << seed;
  }
}

TEST(Handshake, RepeatsAFlightAfterAHundredMillisecondsAndThenDoubles) {
  DtlsPair pair;
  ASSERT_TRUE(pair.startClient());
  std::vector<Duration> gaps;
  Time last = pair.now;
  while (pair.client.state() == DtlsTransportState::connecting) {
    const auto next = pair.client.session->nextTimeout();
    ASSERT_TRUE(next);
    pair.client.session->handleTimeout(*next - 1us);
    ASSERT_EQ(pair.client.session->nextTimeout(), next) << "it acted before its time";
    pair.client.session->output().clear();
    pair.client.session->handleTimeout(*next);
    gaps.push_back(*next - last);
    last = *next;
  }
  ASSERT_EQ(gaps.size(), static_cast<std::size_t>(kMaxFlightTransmissions));
  EXPECT_EQ((std::vector<Duration>(gaps.begin(), gaps.begin() + 7)),
            (std::vector<Duration>{100ms, 200ms, 400ms, 800ms, 1600ms, 3000ms, 3000ms}));
  EXPECT_EQ(pair.client.state(), DtlsTransportState::failed);
  EXPECT_EQ(pair.client.session->failure()->code, Error::Timeout);
  EXPECT_FALSE(pair.client.session->nextTimeout());
}

TEST(Handshake, RepeatsTheServersLastFlightWhenItWasLost) {
  DtlsPair pair;
  int flights = 0;
  pair.serverTamper = [&flights](Datagrams datagrams) { return ++flights == 2 ? Datagrams{} : datagrams; };
  pair.connect();
  EXPECT_TRUE(pair.connected());
  EXPECT_GE(flights, 3);
}

TEST(Handshake, TakesAClientHelloInFragmentsInAnyOrder) {
  const std::vector<std::array<int, 4>> orders{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 1, 0, 0}};
  for (const auto& order : orders) {
    DtlsPair pair;
    ASSERT_TRUE(pair.startServer());
    const HandshakeMessage hello = clientHelloOf(pair);
    const std::size_t quarter = hello.body.size() / 4;
    std::vector<int> sent(order.begin(), order.end());
    sent.insert(sent.end(), {0, 1, 2, 3});  // once more, as a retransmission does
    std::uint64_t sequence = 1;
    for (const int part : sent) {
      const std::size_t offset = quarter * static_cast<std::size_t>(part);
      ByteVector datagram = fragmentOf(hello, offset, part == 3 ? hello.body.size() - offset : quarter, sequence++);
      pair.server.session->handleInput(pair.now, datagram);
    }
    pair.run();
    EXPECT_TRUE(pair.connected());
  }
}

TEST(Handshake, TakesOverlappingFragments) {
  DtlsPair pair;
  ASSERT_TRUE(pair.startServer());
  const HandshakeMessage hello = clientHelloOf(pair);
  const std::size_t size = hello.body.size();
  ByteVector tail = fragmentOf(hello, size / 3, size - size / 3, 1);
  ByteVector head = fragmentOf(hello, 0, 2 * size / 3, 2);
  pair.server.session->handleInput(pair.now, tail);
  pair.server.session->handleInput(pair.now, head);
  pair.run();
  EXPECT_TRUE(pair.connected());
}

// Chromium 156 sends 1,413 bytes with X25519MLKEM768, in datagrams of 1,200 and 263 bytes.
TEST(Handshake, AnswersAClientHelloOfABrowserInTwoFragmentsWhicheverComesFirst) {
  constexpr std::size_t kBrowserHelloBytes = 1'413 - 12;
  for (const bool reversed : {false, true}) {
    DtlsPair pair;
    ASSERT_TRUE(pair.startServer());
    HandshakeMessage hello = clientHelloOf(pair);
    const ByteVector padding(kBrowserHelloBytes - hello.body.size() - 4, std::byte{0x5A});
    hello.body = withExtension(hello.body, 0x0A0A, padding);  // a GREASE value (RFC 8701 §2)
    ASSERT_EQ(hello.body.size(), kBrowserHelloBytes);
    Datagrams fragments{fragmentOf(hello, 0, 1'175, 0), fragmentOf(hello, 1'175, kBrowserHelloBytes - 1'175, 1)};
    ASSERT_EQ(fragments[0].size(), 1'200U);
    if (reversed) std::swap(fragments[0], fragments[1]);
    pair.server.session->handleInput(pair.now, fragments[0]);
    EXPECT_TRUE(pair.server.session->output().empty());
    pair.server.session->handleInput(pair.now, fragments[1]);
    Datagrams answer;
    for (std::size_t i = 0; i < pair.server.session->output().size(); ++i) {
      answer.push_back(toVector(pair.server.session->output()[i]));
    }
    EXPECT_TRUE(containsMessage(answer, kServerHello)) << "reversed: " << reversed;
  }
}

TEST(Handshake, KeepsToDatagramsOfTwelveHundredBytes) {
  DtlsPair pair;
  std::size_t largest = 0;
  const Tamper watch = [&largest](Datagrams datagrams) {
    for (const ByteVector& datagram : datagrams) largest = std::max(largest, datagram.size());
    return datagrams;
  };
  pair.clientTamper = watch;
  pair.serverTamper = watch;
  pair.connect();
  EXPECT_TRUE(pair.connected());
  EXPECT_GT(largest, 0U);
  EXPECT_LE(largest, kMaxDatagramBytes);
}

TEST(Handshake, OffersSrtpAndExtendedMasterSecret) {
  DtlsPair pair;
  const HandshakeMessage hello = clientHelloOf(pair);
  const auto srtp = clientHelloExtension(hello.body, 14);  // RFC 5764 §4.1.1
  ASSERT_TRUE(srtp);
  const ByteVector profiles{std::byte{0}, std::byte{4}, std::byte{0}, std::byte{1},
                            std::byte{0}, std::byte{2}, std::byte{0}};
  EXPECT_EQ(*srtp, profiles);
  EXPECT_TRUE(clientHelloExtension(hello.body, 23));  // RFC 7627 §5.1
  EXPECT_FALSE(clientHelloExtension(hello.body, 35)) << "session tickets are of no use here";
}

TEST(Handshake, OffersAeadSuitesOnly) {
  DtlsPair pair;
  std::vector<std::uint16_t> suites = offeredCipherSuites(clientHelloOf(pair).body);
  std::sort(suites.begin(), suites.end());
  // AES-128-GCM, AES-256-GCM, RFC 5746's signalling value, ChaCha20-Poly1305.
  EXPECT_EQ(suites, (std::vector<std::uint16_t>{0x00FF, 0xC02B, 0xC02C, 0xCCA9}));
}

TEST(Handshake, FailsOnBothSidesWhenTheClientsFingerprintIsWrong) {
  DtlsPair pair;
  ASSERT_TRUE(pair.startServer(pair.server.certificate.fingerprints()));
  ASSERT_TRUE(pair.startClient());
  pair.run();
  EXPECT_TRUE(pair.bothAre(DtlsTransportState::failed));
  EXPECT_NE(pair.server.session->failure()->message.find("fingerprint"), std::string::npos);
  EXPECT_NE(pair.client.session->failure()->message.find("bad_certificate"), std::string::npos);
  EXPECT_TRUE(pair.server.session->remoteCertificates().empty());
}

TEST(Handshake, FailsOnBothSidesWhenTheServersFingerprintIsWrong) {
  DtlsPair pair;
  ASSERT_TRUE(pair.startServer());
  ASSERT_TRUE(pair.startClient(pair.client.certificate.fingerprints()));
  pair.run();
  EXPECT_TRUE(pair.bothAre(DtlsTransportState::failed));
  EXPECT_NE(pair.client.session->failure()->message.find("fingerprint"), std::string::npos);
  EXPECT_NE(pair.server.session->failure()->message.find("bad_certificate"), std::string::npos);
}

TEST(Handshake, TakesOneRightFingerprintAmongOthers) {
  DtlsPair pair;
  std::vector<DtlsFingerprint> mixed{{"sha-1", "00:01"},
                                     {"blake3", "zz"},
                                     pair.client.certificate.fingerprints()[2],
                                     pair.server.certificate.fingerprints()[2]};
  ASSERT_TRUE(pair.startServer());
  ASSERT_TRUE(pair.startClient(mixed));
  pair.run();
  EXPECT_TRUE(pair.connected());
}

TEST(Handshake, BetweenTwoClientsFails) {
  DtlsPair pair;
  ASSERT_TRUE(pair.startClient());
  ASSERT_TRUE(
      pair.server.session->start(pair.now, DtlsRole::client, pair.client.certificate.fingerprints(), pair.server));
  pair.run();
  EXPECT_TRUE(pair.bothAre(DtlsTransportState::failed));
}

/// A certificate for the same key, as large as wanted.
ByteVector certificateOfSize(const Certificate& own, Host& host, std::size_t size) {
  mbedtls_x509write_cert writer;
  mbedtls_x509write_crt_init(&writer);
  mbedtls_x509write_crt_set_version(&writer, MBEDTLS_X509_CRT_VERSION_3);
  mbedtls_x509write_crt_set_md_alg(&writer, MBEDTLS_MD_SHA256);
  mbedtls_x509write_crt_set_subject_key(&writer, &own.impl().key);
  mbedtls_x509write_crt_set_issuer_key(&writer, &own.impl().key);
  mbedtls_x509write_crt_set_subject_name(&writer, "CN=large");
  mbedtls_x509write_crt_set_issuer_name(&writer, "CN=large");
  std::array<unsigned char, 2> serial{1, 2};
  mbedtls_x509write_crt_set_serial_raw(&writer, serial.data(), serial.size());
  mbedtls_x509write_crt_set_validity(&writer, "20260101000000", "20300101000000");
  const std::vector<unsigned char> filling(size - 300, 0x41);
  mbedtls_x509write_crt_set_extension(&writer, "\x2B\x06\x01\x04\x01\x83\x9C\x7F", 8, 0, filling.data(),
                                      filling.size());
  std::vector<unsigned char> room(size + 1'000);
  const int length = mbedtls_x509write_crt_der(&writer, room.data(), room.size(), hostRandom, &host);
  mbedtls_x509write_crt_free(&writer);
  const auto der = std::span(room).last(static_cast<std::size_t>(std::max(length, 0)));
  return toVector(std::as_bytes(der));
}

/// Puts another certificate into the server's flight, in fragments.
Tamper replaceCertificate(const ByteVector& der) {
  return [der](Datagrams datagrams) {
    if (!containsMessage(datagrams, kCertificate)) return datagrams;
    Datagrams changed;
    std::uint64_t sequence = 0;
    for (HandshakeMessage& message : plainHandshakeMessages(datagrams)) {
      if (message.type == kCertificate) {
        const std::size_t list = der.size() + 3;
        message.body = {};
        for (const std::size_t length : {list, der.size()}) {
          for (const int shift : {16, 8, 0}) message.body.push_back(static_cast<std::byte>(length >> shift & 0xFF));
        }
        message.body.insert(message.body.end(), der.begin(), der.end());
      }
      for (std::size_t offset = 0; offset < std::max<std::size_t>(message.body.size(), 1); offset += 1'000) {
        const std::size_t length = std::min<std::size_t>(1'000, message.body.size() - offset);
        changed.push_back(fragmentOf(message, offset, length, sequence++));
      }
    }
    return changed;
  };
}

TEST(Handshake, TakesAPeersCertificateOfThreeKilobytes) {
  DtlsPair pair;
  const ByteVector large = certificateOfSize(pair.server.certificate, *pair.host, 3'000);
  ASSERT_GT(large.size(), 2'900U);
  pair.serverTamper = replaceCertificate(large);
  bool went = false;
  pair.clientTamper = [&went](Datagrams datagrams) {
    went |= containsMessage(datagrams, kClientKeyExchange);
    return datagrams;
  };
  ASSERT_TRUE(pair.startServer());
  ASSERT_TRUE(pair.startClient({computeFingerprint(FingerprintHash::sha256, large)}));
  pair.run(50ms);
  // The server signs another transcript than the client saw, so this handshake can't end well; but the client went on.
  EXPECT_TRUE(went) << (pair.client.session->failure() ? pair.client.session->failure()->message : "no answer");
}

TEST(Handshake, RefusesAPeersCertificateThatIsLargerThanItsBound) {
  DtlsPair pair;
  const ByteVector large = certificateOfSize(pair.server.certificate, *pair.host, 5'000);
  pair.serverTamper = replaceCertificate(large);
  ASSERT_TRUE(pair.startServer());
  ASSERT_TRUE(pair.startClient({computeFingerprint(FingerprintHash::sha256, large)}));
  pair.run(50ms);
  ASSERT_EQ(pair.client.state(), DtlsTransportState::failed);
  EXPECT_NE(pair.client.session->failure()->message.find("4,096"), std::string::npos)
      << pair.client.session->failure()->message;
}

}  // namespace
}  // namespace portico::dtls
