#include "core/turn/authentication.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/unit/stun/hex.h"

namespace portico::turn {
namespace {

stun::Message challengeWith(ByteVector& room, std::string_view realm, std::string_view nonce) {
  room.resize(4'096);
  stun::MessageBuilder builder(room, stun::MessageClass::error, stun::Method::allocate, {});
  if (!realm.empty()) builder.text(stun::Attribute::realm, realm);
  if (!nonce.empty()) builder.text(stun::Attribute::nonce, nonce);
  const ByteView written = builder.finish();
  return *stun::Message::parse(written);
}

TEST(AuthenticationTest, SaysNothingBeforeTheFirstChallenge) {
  const Authentication authentication("user", "password");
  std::array<std::byte, 64> room;
  stun::MessageBuilder builder(room, stun::MessageClass::request, stun::Method::allocate, {});
  authentication.sign(builder);
  EXPECT_FALSE(authentication.ready());
  EXPECT_EQ(builder.finish().size(), stun::kHeaderBytes);
}

// The names and the password of RFC 5769 §2.4's request, whose MESSAGE-INTEGRITY makes the key known.
TEST(AuthenticationTest, MakesTheKeyOfUserRealmAndPassword) {
  Authentication authentication("\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9", "TheMatrIX");
  ByteVector room;
  ASSERT_TRUE(authentication.take(challengeWith(room, "example.org", "f//499k954d6OL34oL9FSTvy64sA")));
  const ByteVector request = fromHex(
      "00010060 2112a442 78ad3433c6ad72c029da412e"
      "00060012 e3839ee38388e383aae38383e382afe382b9 0000"
      "0015001c 662f2f3439396b39353464364f4c33346f4c394653547679363473 41"
      "0014000b 6578616d706c652e6f7267 00"
      "00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666");
  const auto parsed = stun::Message::parse(request);
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(authentication.verify(*parsed));
}

TEST(AuthenticationTest, SignsWithUserRealmAndNonce) {
  Authentication authentication("user", "password");
  ByteVector room;
  ASSERT_TRUE(authentication.take(challengeWith(room, "realm", "nonce")));
  std::array<std::byte, 256> out;
  stun::MessageBuilder builder(out, stun::MessageClass::request, stun::Method::allocate, {});
  authentication.sign(builder);
  const auto message = stun::Message::parse(builder.finish());
  ASSERT_TRUE(message);
  EXPECT_EQ(message->text(stun::Attribute::username), "user");
  EXPECT_EQ(message->text(stun::Attribute::realm), "realm");
  EXPECT_EQ(message->text(stun::Attribute::nonce), "nonce");
  EXPECT_TRUE(message->verifyIntegrity(stun::md5(asBytes("user:realm:password"))));
}

TEST(AuthenticationTest, RefusesChallengesThatAreIncompleteOrTooLong) {
  Authentication authentication("user", "password");
  ByteVector room;
  EXPECT_FALSE(authentication.take(challengeWith(room, "realm", "")));
  EXPECT_FALSE(authentication.take(challengeWith(room, "", "nonce")));
  EXPECT_FALSE(authentication.take(challengeWith(room, "realm", std::string(kMaxNonceBytes + 1, 'n'))));
  EXPECT_FALSE(authentication.take(challengeWith(room, std::string(kMaxRealmBytes + 1, 'r'), "nonce")));
  EXPECT_FALSE(authentication.ready());
  EXPECT_TRUE(
      authentication.take(challengeWith(room, std::string(kMaxRealmBytes, 'r'), std::string(kMaxNonceBytes, 'n'))));
  EXPECT_TRUE(authentication.ready());
}

TEST(AuthenticationTest, KeepsTheRealmWhereAStaleNonceComesWithout) {
  Authentication authentication("user", "password");
  ByteVector room;
  ASSERT_TRUE(authentication.take(challengeWith(room, "realm", "first")));
  ASSERT_TRUE(authentication.take(challengeWith(room, "", "second")));
  std::array<std::byte, 256> out;
  stun::MessageBuilder builder(out, stun::MessageClass::request, stun::Method::refresh, {});
  authentication.sign(builder);
  const auto message = stun::Message::parse(builder.finish());
  ASSERT_TRUE(message);
  EXPECT_EQ(message->text(stun::Attribute::realm), "realm");
  EXPECT_EQ(message->text(stun::Attribute::nonce), "second");
}

}  // namespace
}  // namespace portico::turn
