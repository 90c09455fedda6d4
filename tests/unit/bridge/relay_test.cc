#include "native/bridge/relay/relay.h"

#include <gtest/gtest.h>

#include "tests/unit/bridge/stun_messages.h"

namespace portico::bridge {
namespace {

using std::chrono::milliseconds;

SocketAddress at(const char* text) {
  return *SocketAddress::parse(text);
}

const SocketAddress kPeer = at("8.8.8.8:5000");

class RelayTest : public testing::Test {
 protected:
  RelayTest() { start({}); }

  void start(RelayOptions options) {
    options.policy = std::make_shared<AddressPolicy>(AddressPolicyOptions{});
    options.v4 = true;
    relay_ = std::make_unique<Relay>(std::move(options));
  }

  /// The failure's sentence, or an empty one.
  std::string send(const ByteVector& message) {
    message_ = message;
    const auto failure = relay_->onMessage(now_, message_);
    return failure ? failure->reason : "";
  }

  std::string sendTo(const SocketAddress& remote, ByteView payload) {
    ByteVector message;
    appendDatagram(message, remote, payload);
    return send(message);
  }

  void receive(const SocketAddress& remote, ByteView payload, std::size_t unsent = 0) {
    ByteVector copy = toVector(payload);
    Datagram datagram{remote, copy};
    relay_->onDatagrams(now_, std::span(&datagram, 1), unsent);
  }

  void consent() {
    ASSERT_EQ(sendTo(kPeer, request(1)), "");
    ASSERT_EQ(relay_->outgoing().size(), 1u);
    receive(kPeer, answer(1));
    relay_->toClient().clear();
  }

  std::vector<Capsule> toClient() {
    CapsuleReader reader(relay_->toClient());
    std::vector<Capsule> capsules;
    while (const auto capsule = reader.next()) capsules.push_back(*capsule);
    return capsules;
  }

  std::uint64_t dropped(Drop reason) { return relay_->counters().dropped(reason); }

  std::unique_ptr<Relay> relay_;
  ByteVector message_;
  Time now_ = Time(std::chrono::seconds(1000));
};

TEST_F(RelayTest, MappedAddressesGoOutAsIpv4AndAreRefusedAsTheyWereWritten) {
  sendTo(at("[::ffff:8.8.8.8]:5000"), request(1));
  ASSERT_EQ(relay_->outgoing().size(), 1u);
  EXPECT_EQ(relay_->outgoing()[0].remote, kPeer);
  sendTo(at("[::ffff:10.0.0.1]:5000"), request(1));
  EXPECT_TRUE(relay_->outgoing().empty());
  ByteVector expected;
  appendRefused(expected, at("[::ffff:10.0.0.1]:5000"), RefusalReason::notPermitted);
  EXPECT_EQ(relay_->toClient(), expected);
  EXPECT_EQ(dropped(Drop::denied), 1u);
}

TEST_F(RelayTest, APayloadIsAViewOfTheMessage) {
  sendTo(kPeer, request(1));
  const ByteView payload = relay_->outgoing()[0].payload;
  EXPECT_TRUE(payload.data() > message_.data() && payload.data() < message_.data() + message_.size());
}

TEST_F(RelayTest, AFamilyWithoutASocketIsUnreachable) {
  sendTo(at("[2a00::1]:5000"), request(1));
  EXPECT_EQ(dropped(Drop::unreachable), 1u);
  EXPECT_EQ(toClient().at(0).value.back(), std::byte{3});
}

TEST_F(RelayTest, TheTokensNetworksNarrowThePolicy) {
  RelayOptions options;
  options.tokenNetworks = {*Network::parse("8.8.8.0/24"), *Network::parse("10.0.0.0/8")};
  start(std::move(options));
  sendTo(kPeer, request(1));
  EXPECT_EQ(relay_->outgoing().size(), 1u);
  sendTo(at("8.8.9.8:5000"), request(1));
  EXPECT_TRUE(relay_->outgoing().empty());
  sendTo(at("10.0.0.1:5000"), request(1));
  EXPECT_TRUE(relay_->outgoing().empty());
}

TEST_F(RelayTest, WhatComesUnaskedForIsDropped) {
  consent();
  receive(at("8.8.8.8:5001"), asBytes("another port"));
  receive(at("8.8.4.4:5000"), asBytes("another address"));
  receive(at("10.0.0.1:5000"), asBytes("a denied one"));
  EXPECT_EQ(dropped(Drop::unsolicited), 3u);
  EXPECT_TRUE(relay_->toClient().empty());
}

TEST_F(RelayTest, AssignOfADeniedEndpointIsClosedAndItsDatagramsAreDropped) {
  ByteVector message;
  appendAssign(message, 2, at("10.0.0.1:5000"));
  appendDatagram(message, 2, request(1));
  EXPECT_EQ(send(message), "");
  EXPECT_TRUE(relay_->outgoing().empty());
  EXPECT_EQ(dropped(Drop::unknownContext), 1u);
  ASSERT_EQ(toClient().size(), 2u);
  EXPECT_EQ(toClient()[0].type, CapsuleType::refused);
  EXPECT_EQ(toClient()[1].type, CapsuleType::compressionClose);
}

TEST_F(RelayTest, ContextsOfAClientAreBounded) {
  for (std::uint64_t number = 1; number <= kMaxContexts + 1; ++number) {
    ByteVector message;
    appendAssign(message, 2 * number, {kPeer.ip, static_cast<std::uint16_t>(5000 + number)});
    EXPECT_EQ(send(message), "");
    EXPECT_EQ(toClient().back().type,
              number <= kMaxContexts ? CapsuleType::compressionAck : CapsuleType::compressionClose);
    relay_->toClient().clear();
  }
}

TEST_F(RelayTest, DestinationsOfASocketAreBounded) {
  for (std::size_t number = 0; number < kMaxDestinations; ++number) {
    sendTo({kPeer.ip, static_cast<std::uint16_t>(5000 + number)}, request(1));
    ASSERT_EQ(relay_->outgoing().size(), 1u);
  }
  sendTo({kPeer.ip, 4000}, request(1));
  EXPECT_TRUE(relay_->outgoing().empty());
  EXPECT_EQ(dropped(Drop::destinations), 1u);
}

TEST_F(RelayTest, MalformedCapsulesSayWhatIsWrong) {
  ByteVector odd;
  appendAssign(odd, 3, kPeer);
  EXPECT_EQ(send(odd), "COMPRESSION_ASSIGN of a context of the bridge's");
  ByteVector twice;
  appendAssign(twice, 2, kPeer);
  appendAssign(twice, 2, kPeer);
  EXPECT_EQ(send(twice), "COMPRESSION_ASSIGN of a context that is open");
  EXPECT_EQ(send(toVector(asBytes("\x13\x01\x40"))), "malformed COMPRESSION_CLOSE");
  EXPECT_EQ(send(ByteVector{std::byte{0x13}, std::byte{1}, std::byte{0}}), "malformed COMPRESSION_CLOSE");
  EXPECT_EQ(send(toVector(asBytes("\x12\x02\x01\x01"))), "malformed COMPRESSION_ACK");
  EXPECT_EQ(send(toVector(asBytes("\x11\x01\x02"))), "malformed COMPRESSION_ASSIGN");
  EXPECT_EQ(send(ByteVector(2)), "malformed DATAGRAM");
  EXPECT_EQ(send(toVector(asBytes("\x12\x05"))), "a capsule ends outside its message");
}

TEST_F(RelayTest, UnknownCapsulesAreSkipped) {
  ByteVector message = toVector(asBytes("\x3f\x04what"));
  appendRefused(message, kPeer, RefusalReason::limited);
  appendDatagram(message, kPeer, request(1));
  EXPECT_EQ(send(message), "");
  EXPECT_EQ(relay_->outgoing().size(), 1u);
  EXPECT_EQ(relay_->counters().skippedCapsules, 2u);
  EXPECT_EQ(send({}), "");
}

TEST_F(RelayTest, AClientThatAsksForAnswersWithoutReadingThemIsTold) {
  ByteVector message;
  while (message.size() < kMaxMessageBytes - 16) {
    const std::byte assign[] = {std::byte{0x11}, std::byte{2}, std::byte{0}, std::byte{0}};
    message.insert(message.end(), std::begin(assign), std::end(assign));
  }
  EXPECT_EQ(send(message), "");
  EXPECT_EQ(send(message), "too many answers are unread");
}

TEST_F(RelayTest, ASlowClientLosesTheNewestAndItIsCounted) {
  consent();
  const ByteVector payload(1200);
  for (int number = 0; number < 500; ++number) receive(kPeer, payload);
  EXPECT_LE(relay_->toClient().size(), kHighWaterBytes);
  EXPECT_GT(relay_->toClient().size(), kHighWaterBytes - 1300);
  EXPECT_EQ(dropped(Drop::clientSlow), 500u - toClient().size());
  relay_->toClient().clear();
  receive(kPeer, payload, kHighWaterBytes);
  EXPECT_TRUE(relay_->toClient().empty());
  receive(kPeer, payload, 0);
  EXPECT_EQ(toClient().size(), 1u);
}

TEST_F(RelayTest, RatesHoldInBothDirectionsAndAreSharedWithOtherSockets) {
  const auto shared = std::make_shared<Rates>(RateLimit{0, 400});
  RelayOptions options;
  options.rates = {std::make_shared<Rates>(RateLimit{}), shared};
  start(std::move(options));
  consent();
  for (int number = 0; number < 200; ++number) sendTo(kPeer, asBytes("data"));
  EXPECT_EQ(dropped(Drop::rateOut), 101u);  // a burst of 100, of which the request took one
  EXPECT_EQ(toClient().at(0).value.back(), std::byte{2});
  for (int number = 0; number < 200; ++number) receive(kPeer, asBytes("data"));
  EXPECT_EQ(dropped(Drop::rateIn), 101u);
  EXPECT_FALSE(shared->out.has(1));
}

TEST_F(RelayTest, WhatTheSystemDidNotTakeIsCountedAndTold) {
  consent();
  sendTo(kPeer, asBytes("data"));
  const std::uint64_t before = relay_->counters().datagramsOut;
  relay_->onSendFailed(now_, kPeer, 1, Drop::unreachable);
  EXPECT_EQ(relay_->counters().datagramsOut, before - 1);
  ASSERT_EQ(toClient().size(), 1u);
  EXPECT_EQ(toClient()[0].value.back(), std::byte{3});
}

}  // namespace
}  // namespace portico::bridge
