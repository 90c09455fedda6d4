// Datagrams that are forged, repeated, changed or no DTLS at all: dropped and counted, and the session goes on.
#include <gtest/gtest.h>

#include "core/dtls/session.h"
#include "tests/unit/dtls/dtls_pair.h"
#include "tests/unit/dtls/handshake_messages.h"

namespace portico::dtls {
namespace {

class HostileInput : public testing::Test {
 protected:
  void SetUp() override {
    pair.connect();
    ASSERT_TRUE(pair.connected());
  }

  /// The client's next record, taken off the wire.
  ByteVector capture(std::string_view data) {
    EXPECT_TRUE(pair.client.session->send(pair.now, asBytes(data)));
    ByteVector datagram = toVector(pair.client.session->output()[0]);
    pair.client.session->output().clear();
    return datagram;
  }

  void give(ByteVector datagram) { pair.server.session->handleInput(pair.now, datagram); }
  std::uint64_t dropped() { return pair.server.session->counters().droppedRecords; }

  void expectAlive() {
    give(capture("still here"));
    ASSERT_FALSE(pair.server.received.empty());
    EXPECT_EQ(pair.server.received.back(), "still here");
    EXPECT_TRUE(pair.connected());
  }

  DtlsPair pair;
};

TEST_F(HostileInput, ReplayedRecordsAreDropped) {
  const ByteVector datagram = capture("once");
  for (int i = 0; i < 5; ++i) give(datagram);
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"once"});
  EXPECT_EQ(dropped(), 4U);
  expectAlive();
}

TEST_F(HostileInput, RecordsOutOfOrderAreTakenAndOldOnesAreNot) {
  std::vector<ByteVector> datagrams;
  for (int i = 0; i < 100; ++i) datagrams.push_back(capture(std::to_string(i)));
  give(datagrams[1]);
  give(datagrams[0]);
  give(datagrams[99]);
  give(datagrams[2]);  // RFC 6347 §4.1.2.6: outside of the window of 64
  EXPECT_EQ(pair.server.received, (std::vector<std::string>{"1", "0", "99"}));
  EXPECT_EQ(dropped(), 1U);
}

TEST_F(HostileInput, EachChangedByteOfARecordIsNoticed) {
  const ByteVector good = capture("untouched");
  for (std::size_t i = 0; i < good.size(); ++i) {
    ByteVector changed = good;
    changed[i] ^= std::byte{0x01};
    give(changed);
    ASSERT_TRUE(pair.server.received.empty()) << "byte " << i;
    ASSERT_TRUE(pair.connected()) << "byte " << i;
  }
  EXPECT_GE(dropped(), good.size() - 2) << "all but those that changed the record's type to a handshake's";
  give(good);
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"untouched"});
}

TEST_F(HostileInput, CutRecordsAreDropped) {
  const ByteVector good = capture("whole");
  for (std::size_t length = 0; length < good.size(); ++length) {
    give(toVector(ByteView(good).first(length)));
  }
  EXPECT_TRUE(pair.server.received.empty());
  EXPECT_EQ(dropped(), good.size());
  expectAlive();
}

TEST_F(HostileInput, GarbageIsDropped) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2'000; ++i) {
    ByteVector garbage(random() % 1'300);
    for (std::byte& b : garbage) b = static_cast<std::byte>(random() & 0xFF);
    if (!garbage.empty()) garbage[0] = static_cast<std::byte>(20 + random() % 44);
    if (garbage.size() > 13 && i % 2 == 0) {  // every second one with a header that looks right
      const ByteVector header = record(static_cast<std::uint8_t>(20 + random() % 4),
                                       static_cast<std::uint16_t>(random() % 3), random() % 100, {});
      std::copy(header.begin(), header.end(), garbage.begin());
      garbage[11] = static_cast<std::byte>((garbage.size() - 13) >> 8);
      garbage[12] = static_cast<std::byte>((garbage.size() - 13) & 0xFF);
    }
    give(garbage);
    ASSERT_TRUE(pair.connected()) << "datagram " << i;
  }
  EXPECT_TRUE(pair.server.received.empty());
  EXPECT_GT(dropped(), 1'000U);
  expectAlive();
}

TEST_F(HostileInput, OversizedDatagramsAreDropped) {
  give(record(23, 1, 50, ByteVector(kMaxIncomingDatagramBytes, std::byte{1})));
  give(ByteVector(65'535, std::byte{23}));
  EXPECT_EQ(dropped(), 2U);
  expectAlive();
}

TEST_F(HostileInput, PlainAlertsAreDroppedOnceConnected) {
  const ByteVector fatal{std::byte{2}, std::byte{40}};
  const ByteVector closeNotify{std::byte{1}, std::byte{0}};
  for (const ByteVector& alert : {fatal, closeNotify}) {
    give(record(21, 0, 99, alert));
    give(record(21, 1, 99, alert));
  }
  EXPECT_EQ(dropped(), 4U);
  expectAlive();
}

TEST_F(HostileInput, AForgedRecordDoesNotHideAGoodOneThatFollows) {
  ByteVector forged = capture("forged");
  forged.back() ^= std::byte{1};
  give(forged);
  give(capture("good"));
  EXPECT_EQ(pair.server.received, std::vector<std::string>{"good"});
}

TEST_F(HostileInput, SeveralRecordsInADatagramAreAllTaken) {
  ByteVector datagram;
  for (const char* data : {"one", "two", "three"}) {
    const ByteVector one = capture(data);
    datagram.insert(datagram.end(), one.begin(), one.end());
  }
  give(datagram);
  EXPECT_EQ(pair.server.received, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(dropped(), 0U);
}

TEST_F(HostileInput, ARepeatedClientHelloDoesNotDisturbTheSession) {
  DtlsPair other(99);
  (void)other.startClient();
  give(toVector(other.client.session->output()[0]));
  expectAlive();
}

TEST_F(HostileInput, NothingIsTakenAfterClose) {
  const ByteVector datagram = capture("late");
  pair.server.session->close(pair.now);
  pair.server.session->output().clear();
  give(datagram);
  EXPECT_TRUE(pair.server.received.empty());
  EXPECT_TRUE(pair.server.session->output().empty());
}

TEST(HostileHandshake, SurvivesGarbageBetweenItsFlights) {
  DtlsPair pair;
  std::mt19937_64 random(3);
  const Tamper noisy = [&random](std::vector<ByteVector> datagrams) {
    std::vector<ByteVector> all;
    for (ByteVector& datagram : datagrams) {
      ByteVector garbage(random() % 200 + 1);
      for (std::byte& b : garbage) b = static_cast<std::byte>(random() & 0xFF);
      garbage[0] = static_cast<std::byte>(20 + random() % 44);
      all.push_back(garbage);
      all.push_back(std::move(datagram));
    }
    return all;
  };
  pair.clientTamper = noisy;
  pair.serverTamper = noisy;
  pair.connect();
  EXPECT_TRUE(pair.connected());
}

TEST(HostileHandshake, IgnoresApplicationDataInPlain) {
  DtlsPair pair;
  ASSERT_TRUE(pair.startServer());
  ByteVector forged = record(23, 0, 5, asBytes("plain"));
  pair.server.session->handleInput(pair.now, forged);
  ASSERT_TRUE(pair.startClient());
  pair.client.session->handleInput(pair.now, forged);
  pair.run();
  EXPECT_TRUE(pair.connected());
  EXPECT_TRUE(pair.server.received.empty());
  EXPECT_TRUE(pair.client.received.empty());
}

TEST(HostileHandshake, FailsWithASentenceWhenTheServersFlightIsChanged) {
  DtlsPair pair;
  pair.serverTamper = [](std::vector<ByteVector> datagrams) {
    for (ByteVector& datagram : datagrams) {
      if (datagram.size() > 300) datagram[300] ^= std::byte{0x10};  // inside of the certificate
    }
    return datagrams;
  };
  pair.connect();
  ASSERT_EQ(pair.client.state(), DtlsTransportState::failed);
  EXPECT_EQ(pair.server.state(), DtlsTransportState::failed);
  EXPECT_FALSE(pair.client.session->failure()->message.empty());
}

TEST(HostileHandshake, RefusesAClientThatShowsNoCertificate) {
  DtlsPair pair;
  pair.clientTamper = [](std::vector<ByteVector> datagrams) {
    if (!containsMessage(datagrams, kCertificate)) return datagrams;
    std::vector<ByteVector> changed;
    std::uint64_t sequence = 10;
    for (HandshakeMessage& message : plainHandshakeMessages(datagrams)) {
      if (message.type == kCertificate) message.body = ByteVector(3, std::byte{0});
      changed.push_back(fragmentOf(message, 0, message.body.size(), sequence++));
    }
    return changed;
  };
  pair.connect();
  ASSERT_EQ(pair.server.state(), DtlsTransportState::failed);
  EXPECT_EQ(pair.server.session->failure()->message, "The peer sent no certificate.");
}

}  // namespace
}  // namespace portico::dtls
