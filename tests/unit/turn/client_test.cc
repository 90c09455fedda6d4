// A client whose server does what it should.
#include "core/turn/client.h"

#include <gtest/gtest.h>

#include "tests/unit/stun/hex.h"
#include "tests/unit/turn/scripted_server.h"

namespace portico::turn {
namespace {

const SocketAddress kPeer = at("192.0.2.9:7000");

TEST(TurnClientTest, AllocatesAfterTheServersChallenge) {
  Script script;
  script.client.start(script.now);
  ASSERT_TRUE(script.takeRequest(stun::Method::allocate));
  EXPECT_FALSE(script.request->hasIntegrity());
  EXPECT_EQ(script.request->u32(stun::Attribute::requestedTransport), 0x11000000u);
  EXPECT_EQ(script.request->u32(stun::Attribute::additionalAddressFamily), 0x02000000u);
  const stun::TransactionId first = script.request->transactionId();
  script.challenge();

  ASSERT_TRUE(script.takeRequest(stun::Method::allocate));
  EXPECT_NE(script.request->transactionId(), first);
  EXPECT_EQ(script.request->text(stun::Attribute::username), "user");
  EXPECT_EQ(script.request->text(stun::Attribute::realm), "realm");
  EXPECT_EQ(script.request->text(stun::Attribute::nonce), "nonce");
  EXPECT_TRUE(script.request->verifyIntegrity(stun::md5(asBytes("user:realm:password"))));
  script.grantAllocation(600, "[2001:db8::7]:50001");

  const auto allocated = script.event<Allocated>();
  ASSERT_TRUE(allocated);
  EXPECT_EQ(allocated->relayed, (std::vector<SocketAddress>{at("198.51.100.7:50000"), at("[2001:db8::7]:50001")}));
  EXPECT_EQ(allocated->mapped, at("203.0.113.5:4000"));
  EXPECT_TRUE(script.client.allocated());
}

TEST(TurnClientTest, AsksForTheFamilyThatIsWanted) {
  for (const Families families : {Families::v4, Families::v6}) {
    ClientOptions options = userAndPassword();
    options.families = families;
    Script script(options);
    script.client.start(script.now);
    ASSERT_TRUE(script.takeRequest(stun::Method::allocate));
    EXPECT_FALSE(script.request->has(stun::Attribute::additionalAddressFamily));
    EXPECT_EQ(script.request->has(stun::Attribute::requestedAddressFamily), families == Families::v6);
  }
}

TEST(TurnClientTest, TakesAServerThatWantsNoPassword) {
  Script script;
  script.client.start(script.now);
  ASSERT_TRUE(script.takeRequest(stun::Method::allocate));
  script.grantAllocation();
  EXPECT_TRUE(script.event<Allocated>());
}

TEST(TurnClientTest, SendsARequestAgainUntilItIsAnswered) {
  Script script;
  script.client.start(script.now);
  const auto first = script.sent();
  ASSERT_TRUE(script.sleepUntil(script.now + milliseconds(4'000)));
  const auto again = script.sent();
  ASSERT_EQ(again.size(), 3u) << "after 0.5, 1.5 and 3.5 s";
  EXPECT_EQ(again.back(), first.front());
}

TEST(TurnClientTest, RefreshesAMinuteBeforeTheEndOfTheLifetime) {
  Script script;
  ASSERT_TRUE(script.allocate(600));
  const Time made = script.now;
  ASSERT_TRUE(script.sleepUntil(made + seconds(539)));
  EXPECT_TRUE(script.sent().empty());
  for (int i = 1; i < 100; ++i) {
    ASSERT_TRUE(script.sleepUntil(made + i * seconds(540)));
    ASSERT_TRUE(script.takeRequest(stun::Method::refresh)) << i;
    EXPECT_TRUE(script.request->hasIntegrity());
    EXPECT_EQ(script.request->u32(stun::Attribute::lifetime), 600u);
    script.grantAllocation(600);
  }
  EXPECT_TRUE(script.client.allocated());
}

TEST(TurnClientTest, RefreshesShortLifetimesAtHalfTimeAndNeverMoreThanOnceASecond) {
  for (const auto& [lifetime, wait] : {std::pair(100U, seconds(50)), std::pair(10U, seconds(5)),
                                       std::pair(1U, seconds(1)), std::pair(0U, seconds(1))}) {
    Script script;
    ASSERT_TRUE(script.allocate(lifetime));
    EXPECT_EQ(script.client.nextTimeout(), script.now + wait) << lifetime;
  }
}

TEST(TurnClientTest, DoesNotBelieveAServerThatPromisesForEver) {
  Script script;
  ASSERT_TRUE(script.allocate(0xffffffff));
  EXPECT_EQ(script.client.nextTimeout(), script.now + kMaxLifetime - minutes(1));
}

TEST(TurnClientTest, AsksForAPermissionBeforeItSends) {
  Script script;
  ASSERT_TRUE(script.allocate());
  script.client.send(script.now, kPeer, asBytes("one"));
  ASSERT_TRUE(script.takeRequest(stun::Method::createPermission));
  EXPECT_EQ(script.request->xorAddress(stun::Attribute::xorPeerAddress)->ip, kPeer.ip);
  script.client.send(script.now, kPeer, asBytes("two"));
  EXPECT_TRUE(script.sent().empty());
  script.accept();

  const auto sent = script.sent();
  ASSERT_EQ(sent.size(), 2u);
  const auto indication = stun::Message::parse(sent[1]);
  ASSERT_TRUE(indication);
  EXPECT_EQ(indication->messageClass(), stun::MessageClass::indication);
  EXPECT_EQ(indication->method(), stun::Method::send);
  EXPECT_EQ(indication->xorAddress(stun::Attribute::xorPeerAddress), kPeer);
  EXPECT_EQ(indication->text(stun::Attribute::data), "two");
  // RFC 8656 §9.1: permissions are by address, whatever the port.
  script.client.send(script.now, SocketAddress{kPeer.ip, 1}, asBytes("three"));
  EXPECT_EQ(script.sent().size(), 1u);
}

TEST(TurnClientTest, SendsOnAChannelOnceItIsBound) {
  Script script;
  ASSERT_TRUE(script.allocate());
  ASSERT_TRUE(script.permit(kPeer));
  script.client.bindChannel(script.now, kPeer);
  ASSERT_TRUE(script.takeRequest(stun::Method::channelBind));
  EXPECT_EQ(script.request->u32(stun::Attribute::channelNumber), 0x40000000u);
  EXPECT_EQ(script.request->xorAddress(stun::Attribute::xorPeerAddress), kPeer);
  script.client.send(script.now, kPeer, asBytes("before"));
  ASSERT_EQ(script.sent().size(), 1u) << "as an indication meanwhile";
  script.accept();
  script.client.send(script.now, kPeer, asBytes("abcde"));
  EXPECT_EQ(script.sent(), std::vector<ByteVector>{fromHex("4000 0005 6162636465")});
}

TEST(TurnClientTest, ABoundChannelIsAPermission) {
  Script script;
  ASSERT_TRUE(script.allocate());
  ASSERT_TRUE(script.bind(kPeer));
  script.client.send(script.now, SocketAddress{kPeer.ip, 1}, asBytes("x"));
  const auto sent = script.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(stun::Message::parse(sent.front())->method(), stun::Method::send);
}

TEST(TurnClientTest, PadsChannelDataOverAStream) {
  ClientOptions options = userAndPassword();
  options.stream = true;
  Script script(options);
  ASSERT_TRUE(script.allocate());
  ASSERT_TRUE(script.bind(kPeer));
  script.client.send(script.now, kPeer, asBytes("abcde"));
  EXPECT_EQ(script.sent(), std::vector<ByteVector>{fromHex("4000 0005 6162636465 000000")});
}

TEST(TurnClientTest, SendsNothingAgainOverAStream) {
  ClientOptions options = userAndPassword();
  options.stream = true;
  Script script(options);
  script.client.start(script.now);
  EXPECT_EQ(script.sent().size(), 1u);
  ASSERT_TRUE(script.sleepUntil(script.now + seconds(60)));
  EXPECT_TRUE(script.sent().empty());
  EXPECT_TRUE(script.event<Ended>());
}

TEST(TurnClientTest, UnwrapsWhatPeersSend) {
  Script script;
  ASSERT_TRUE(script.allocate());
  ASSERT_TRUE(script.bind(kPeer));
  const auto onChannel = script.give(fromHex("4000 0002 6869"));
  ASSERT_TRUE(onChannel);
  EXPECT_EQ(onChannel->peer, kPeer);
  EXPECT_EQ(asText(onChannel->payload), "hi");

  std::array<std::byte, 128> room;
  stun::MessageBuilder builder(room, stun::MessageClass::indication, stun::Method::data, {});
  builder.xorAddress(stun::Attribute::xorPeerAddress, at("192.0.2.9:9"));
  builder.text(stun::Attribute::data, "ho");
  const auto indicated = script.give(builder.finish());
  ASSERT_TRUE(indicated);
  EXPECT_EQ(indicated->peer, at("192.0.2.9:9"));
  EXPECT_EQ(asText(indicated->payload), "ho");
}

TEST(TurnClientTest, KeepsPermissionAndChannelForHoursOfUse) {
  Script script;
  ASSERT_TRUE(script.allocate(3'600));
  ASSERT_TRUE(script.bind(kPeer));
  int binds = 0;
  for (int minute = 0; minute < 600; ++minute) {
    ASSERT_TRUE(script.sleepUntil(script.now + minutes(1)));
    for (const ByteVector& packet : script.sent()) {
      script.packet = packet;
      script.request = stun::Message::parse(script.packet);
      ASSERT_TRUE(script.request);
      if (script.request->method() == stun::Method::channelBind) ++binds;
      if (script.request->method() == stun::Method::refresh) {
        script.grantAllocation(3'600);
      } else {
        script.accept();
      }
    }
    script.client.send(script.now, kPeer, asBytes("x"));
    const auto sent = script.sent();
    ASSERT_EQ(sent.size(), 1u) << minute;
    ASSERT_EQ(sent.front(), fromHex("4000 0001 78")) << minute;
  }
  EXPECT_GE(binds, 600 / 5);
  EXPECT_LE(binds, 600 / 4);
}

TEST(TurnClientTest, LetsWhatNobodyUsesExpire) {
  Script script;
  ASSERT_TRUE(script.allocate(3'600));
  ASSERT_TRUE(script.permit(kPeer));
  ASSERT_TRUE(script.bind(at("192.0.2.10:1")));
  ASSERT_TRUE(script.sleepUntil(script.now + minutes(16)));
  EXPECT_TRUE(script.sent().empty());
  script.client.send(script.now, kPeer, asBytes("x"));
  EXPECT_TRUE(script.takeRequest(stun::Method::createPermission));
}

TEST(TurnClientTest, DeletesItsAllocationWhenItStops) {
  Script script;
  ASSERT_TRUE(script.allocate());
  script.client.stop(script.now);
  ASSERT_TRUE(script.takeRequest(stun::Method::refresh));
  EXPECT_EQ(script.request->u32(stun::Attribute::lifetime), 0u);
  EXPECT_TRUE(script.request->verifyIntegrity(stun::md5(asBytes("user:realm:password"))));
  EXPECT_FALSE(script.client.nextTimeout());
  EXPECT_FALSE(script.client.pollEvent());
  script.client.stop(script.now);
  script.client.send(script.now, kPeer, asBytes("x"));
  EXPECT_TRUE(script.sent().empty());
}

TEST(TurnClientTest, DeletesAnAllocationThatMayBeUnderWayWhenItStops) {
  Script script;
  script.client.start(script.now);
  ASSERT_TRUE(script.takeRequest(stun::Method::allocate));
  script.challenge();
  ASSERT_TRUE(script.takeRequest(stun::Method::allocate));
  script.client.stop(script.now);
  ASSERT_TRUE(script.takeRequest(stun::Method::refresh));
  EXPECT_EQ(script.request->u32(stun::Attribute::lifetime), 0u);
}

}  // namespace
}  // namespace portico::turn
