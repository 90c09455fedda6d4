// A client whose server refuses, lies, is silent, or is not the server.
#include <gtest/gtest.h>

#include "tests/unit/stun/hex.h"
#include "tests/unit/turn/scripted_server.h"

namespace portico::turn {
namespace {

const SocketAddress kPeer = at("192.0.2.9:7000");

/// The Allocate request that has the password in it waits for its answer.
bool askToAllocate(Script& script) {
  script.client.start(script.now);
  if (!script.takeRequest(stun::Method::allocate)) return false;
  script.challenge();
  return script.takeRequest(stun::Method::allocate);
}

TEST(TurnClientFailuresTest, AWrongPasswordEndsItWithTheServersWords) {
  Script script;
  ASSERT_TRUE(askToAllocate(script));
  script.challenge(401, "another");
  const auto ended = script.event<Ended>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 401);
  EXPECT_EQ(ended->reason, "Challenge");
  EXPECT_TRUE(script.sent().empty());
  EXPECT_FALSE(script.client.nextTimeout());
}

TEST(TurnClientFailuresTest, EveryRefusalOfAnAllocationIsToldWithItsCode) {
  for (const int code : {400, 403, 437, 442, 486, 508}) {
    Script script;
    ASSERT_TRUE(askToAllocate(script));
    script.refuse(code, code == 486 ? "" : "Because");
    const auto ended = script.event<Ended>();
    ASSERT_TRUE(ended) << code;
    EXPECT_EQ(ended->code, code);
    EXPECT_FALSE(ended->reason.empty());
  }
}

TEST(TurnClientFailuresTest, AStaleNonceIsReplacedAFewTimes) {
  Script script;
  ASSERT_TRUE(askToAllocate(script));
  for (int i = 1; i < kMaxChallenges; ++i) {
    script.challenge(438, "nonce-" + std::to_string(i));
    ASSERT_TRUE(script.takeRequest(stun::Method::allocate)) << i;
    EXPECT_EQ(script.request->text(stun::Attribute::nonce), "nonce-" + std::to_string(i));
  }
  script.challenge(438, "one more");
  EXPECT_TRUE(script.sent().empty());
  const auto ended = script.event<Ended>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 438);
}

TEST(TurnClientFailuresTest, ANonceThatGetsStaleLaterIsReplaced) {
  Script script;
  ASSERT_TRUE(script.allocate());
  ASSERT_TRUE(script.sleepUntil(script.now + seconds(540)));
  ASSERT_TRUE(script.takeRequest(stun::Method::refresh));
  script.challenge(438, "new");
  ASSERT_TRUE(script.takeRequest(stun::Method::refresh));
  EXPECT_EQ(script.request->text(stun::Attribute::nonce), "new");
  script.grantAllocation();
  EXPECT_TRUE(script.client.allocated());
}

TEST(TurnClientFailuresTest, ASilentServerIsGivenUpAfterSeconds) {
  Script script;
  script.client.start(script.now);
  ASSERT_TRUE(script.sleepUntil(script.now + milliseconds(5'500)));
  const auto ended = script.event<Ended>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 701);
  EXPECT_EQ(ended->reason, "the TURN server did not answer");
}

TEST(TurnClientFailuresTest, AnAnswerThatDoesNotKnowThePasswordIsAsIfItHadNotCome) {
  Script script;
  ASSERT_TRUE(askToAllocate(script));
  script.answer(
      stun::MessageClass::error, [](stun::MessageBuilder& b) { b.errorCode(486, "Forged"); }, "");
  script.answer(
      stun::MessageClass::error, [](stun::MessageBuilder& b) { b.errorCode(486, "Forged"); }, "wrong");
  EXPECT_FALSE(script.client.pollEvent());
  EXPECT_EQ(script.client.counters().unauthenticated, 2u);
  script.grantAllocation();
  EXPECT_TRUE(script.client.allocated());
}

TEST(TurnClientFailuresTest, IfNoBetterAnswerComesThatIsSaid) {
  Script script;
  ASSERT_TRUE(askToAllocate(script));
  script.answer(
      stun::MessageClass::error, [](stun::MessageBuilder& b) { b.errorCode(486, "Forged"); }, "");
  ASSERT_TRUE(script.sleepUntil(script.now + seconds(6)));
  const auto ended = script.event<Ended>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 701);
  EXPECT_NE(ended->reason.find("486"), std::string::npos);
}

TEST(TurnClientFailuresTest, IPv4AloneIsTakenWhereIPv6IsNotToBeHad) {
  Script script;
  ASSERT_TRUE(askToAllocate(script));
  script.refuse(440);
  ASSERT_TRUE(script.takeRequest(stun::Method::allocate));
  EXPECT_FALSE(script.request->has(stun::Attribute::additionalAddressFamily));
  script.refuse(440);
  const auto ended = script.event<Ended>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 440);
}

TEST(TurnClientFailuresTest, AnotherServerIsNamedAndNotForEver) {
  const auto redirect = [](Script& script) {
    script.answer(
        stun::MessageClass::error,
        [](stun::MessageBuilder& b) {
          b.errorCode(300, "Try Alternate");
          b.address(stun::Attribute::alternateServer, at("198.51.100.99:3479"));
        },
        "");
  };
  Script script;
  ASSERT_TRUE(askToAllocate(script));
  redirect(script);
  const auto redirected = script.event<Redirected>();
  ASSERT_TRUE(redirected);
  EXPECT_EQ(redirected->server, at("198.51.100.99:3479"));
  EXPECT_TRUE(script.client.decided());

  ClientOptions options = userAndPassword();
  options.redirects = kMaxRedirects;
  Script last(options);
  ASSERT_TRUE(askToAllocate(last));
  redirect(last);
  const auto ended = last.event<Ended>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 300);
}

TEST(TurnClientFailuresTest, AnotherServerWithoutAnAddressIsAnEnd) {
  Script script;
  ASSERT_TRUE(askToAllocate(script));
  script.refuse(300);
  EXPECT_TRUE(script.event<Ended>());
}

TEST(TurnClientFailuresTest, AnAllocationWithoutAnAddressIsNone) {
  Script script;
  ASSERT_TRUE(askToAllocate(script));
  script.accept();
  const auto ended = script.event<Ended>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 701);
}

TEST(TurnClientFailuresTest, AnAnswerWithUnknownRequiredAttributesIsAnEnd) {
  Script script;
  ASSERT_TRUE(askToAllocate(script));
  script.answer(stun::MessageClass::success, [](stun::MessageBuilder& b) {
    b.xorAddress(stun::Attribute::xorRelayedAddress, at("198.51.100.7:50000"));
    b.u32(static_cast<stun::Attribute>(0x7ffe), 1);
  });
  EXPECT_TRUE(script.event<Ended>());
}

TEST(TurnClientFailuresTest, AnAllocationThatTheServerHasForgottenIsLost) {
  for (const bool byRefresh : {true, false}) {
    Script script;
    ASSERT_TRUE(script.allocate());
    if (byRefresh) {
      ASSERT_TRUE(script.sleepUntil(script.now + seconds(540)));
      ASSERT_TRUE(script.takeRequest(stun::Method::refresh));
    } else {
      script.client.send(script.now, kPeer, asBytes("x"));
      ASSERT_TRUE(script.takeRequest(stun::Method::createPermission));
    }
    script.refuse(437, "Allocation Mismatch");
    const auto ended = script.event<Ended>();
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->code, 437);
    EXPECT_FALSE(script.client.allocated());
  }
}

TEST(TurnClientFailuresTest, AServerThatDoesNotAnswerARefreshIsLostBeforeTheLifetimeEnds) {
  Script script;
  ASSERT_TRUE(script.allocate());
  ASSERT_TRUE(script.sleepUntil(script.now + seconds(600)));
  EXPECT_EQ(script.sent().size(), 7u);
  const auto ended = script.event<Ended>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->reason, "the TURN server does not answer any more");
}

TEST(TurnClientFailuresTest, ARefusedPeerGetsNothingAndTheOthersGoOn) {
  Script script;
  ASSERT_TRUE(script.allocate());
  script.client.send(script.now, kPeer, asBytes("x"));
  ASSERT_TRUE(script.takeRequest(stun::Method::createPermission));
  script.refuse(403, "Forbidden");
  script.client.send(script.now, kPeer, asBytes("x"));
  EXPECT_TRUE(script.sent().empty());
  EXPECT_EQ(script.client.counters().unsendable, 1u);
  EXPECT_FALSE(script.client.pollEvent());
  EXPECT_TRUE(script.permit(at("192.0.2.10:1")));
}

TEST(TurnClientFailuresTest, IndicationsGoOnWhereNoChannelIsToBeHad) {
  Script script;
  ASSERT_TRUE(script.allocate());
  ASSERT_TRUE(script.permit(kPeer));
  script.client.bindChannel(script.now, kPeer);
  ASSERT_TRUE(script.takeRequest(stun::Method::channelBind));
  script.refuse(400);
  script.client.send(script.now, kPeer, asBytes("x"));
  EXPECT_EQ(stun::Message::parse(script.sent().at(0))->method(), stun::Method::send);
}

TEST(TurnClientFailuresTest, NothingIsSentToAFamilyThatIsNotRelayed) {
  Script script;
  ASSERT_TRUE(script.allocate());
  script.client.send(script.now, at("[2001:db8::9]:1"), asBytes("x"));
  script.client.bindChannel(script.now, at("[2001:db8::9]:1"));
  EXPECT_TRUE(script.sent().empty());
  EXPECT_EQ(script.client.counters().unsendable, 1u);
}

TEST(TurnClientFailuresTest, WhatWaitsForAPermissionIsBounded) {
  Script script;
  ASSERT_TRUE(script.allocate());
  for (std::size_t i = 0; i < kMaxWaitingPackets + 5; ++i) script.client.send(script.now, kPeer, asBytes("x"));
  EXPECT_EQ(script.client.counters().overBound, 5u);
  ASSERT_TRUE(script.takeRequest(stun::Method::createPermission));
  script.accept();
  EXPECT_EQ(script.sent().size(), kMaxWaitingPackets);
}

TEST(TurnClientFailuresTest, RequestsForPeersAreBoundedAndTheRefreshIsNot) {
  Script script;
  ASSERT_TRUE(script.allocate());
  for (unsigned i = 0; i < kMaxRequests + 10; ++i) {
    script.client.send(script.now, SocketAddress{IpAddress::fromV4(0xc0000300U + i), 1}, asBytes("x"));
  }
  EXPECT_EQ(script.sent().size(), kMaxRequests);
  EXPECT_TRUE(script.client.allocated());
  ASSERT_TRUE(script.sleepUntil(script.now + seconds(540)));
  bool refreshed = false;
  for (const ByteVector& packet : script.sent()) {
    refreshed = refreshed || stun::Message::parse(packet)->method() == stun::Method::refresh;
  }
  EXPECT_TRUE(refreshed);
}

TEST(TurnClientFailuresTest, OutputThatNobodyTakesIsBounded) {
  Script script;
  ASSERT_TRUE(script.allocate());
  ASSERT_TRUE(script.bind(kPeer));
  const ByteVector payload(1'200);
  for (int i = 0; i < 1'000; ++i) script.client.send(script.now, kPeer, payload);
  EXPECT_LE(script.client.output().bytes(), kMaxOutputBytes);
  EXPECT_GT(script.client.counters().overBound, 0u);
}

TEST(TurnClientFailuresTest, DataOfNobodyWeKnowIsDropped) {
  Script script;
  ASSERT_TRUE(script.allocate());
  EXPECT_FALSE(script.give(fromHex("4000 0001 61")));
  std::array<std::byte, 128> room;
  stun::MessageBuilder builder(room, stun::MessageClass::indication, stun::Method::data, {});
  builder.xorAddress(stun::Attribute::xorPeerAddress, kPeer);
  builder.text(stun::Attribute::data, "ho");
  EXPECT_FALSE(script.give(builder.finish()));
  EXPECT_EQ(script.client.counters().unmatched, 2u);
}

TEST(TurnClientFailuresTest, MalformedMessagesAreCounted) {
  Script script;
  ASSERT_TRUE(script.allocate());
  for (const char* hex : {"", "4000", "40000005 61", "0017", "ff", "00170000 2112a443 000000000000000000000000",
                          "00170000 2112a442 000000000000000000000000"}) {
    EXPECT_FALSE(script.give(fromHex(hex))) << hex;
  }
  EXPECT_EQ(script.client.counters().malformed, 7u);
}

TEST(TurnClientFailuresTest, ATooLongUserNameIsToldAtOnce) {
  ClientOptions options = userAndPassword();
  options.username = std::string(509, 'u');
  Script script(options);
  script.client.start(script.now);
  EXPECT_TRUE(script.sent().empty());
  EXPECT_TRUE(script.event<Ended>());
}

TEST(TurnClientFailuresTest, ALostConnectionIsAnEnd) {
  ClientOptions options = userAndPassword();
  options.stream = true;
  Script script(options);
  ASSERT_TRUE(script.allocate());
  script.client.disconnect("the server closed the connection");
  const auto ended = script.event<Ended>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->reason, "the server closed the connection");
  EXPECT_FALSE(script.client.nextTimeout());
}

}  // namespace
}  // namespace portico::turn
