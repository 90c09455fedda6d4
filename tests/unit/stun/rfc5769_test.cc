// The four test vectors of RFC 5769.
#include <gtest/gtest.h>

#include "core/stun/crypto.h"
#include "core/stun/message.h"
#include "core/stun/message_builder.h"
#include "tests/unit/stun/hex.h"

namespace portico::stun {
namespace {

constexpr std::string_view kPassword = "VOkJxbRl1RmTxUk/WvJxBt";

// §2.1
const ByteVector kRequest = fromHex(
    "00010058 2112a442 b7e7a701bc34d686fa87dfae"
    "80220010 5354554e207465737420636c69656e74"
    "00240004 6e0001ff"
    "80290008 932ff9b151263b36"
    "00060009 6576746a3a68367659202020"
    "00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004 e57a3bcf");

// §2.2
const ByteVector kResponseV4 = fromHex(
    "0101003c 2112a442 b7e7a701bc34d686fa87dfae"
    "8022000b 7465737420766563746f7220"
    "00200008 0001a147e112a643"
    "00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004 c07d4c96");

// §2.3
const ByteVector kResponseV6 = fromHex(
    "01010048 2112a442 b7e7a701bc34d686fa87dfae"
    "8022000b 7465737420766563746f7220"
    "00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014 a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004 c8fb0b4c");

// §2.4
const ByteVector kLongTerm = fromHex(
    "00010060 2112a442 78ad3433c6ad72c029da412e"
    "00060012 e3839ee38388e383aae38383e382afe382b9 0000"
    "0015001c 662f2f3439396b39353464364f4c33346f4c394653547679363473 41"
    "0014000b 6578616d706c652e6f7267 00"
    "00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666");
constexpr std::string_view kLongTermUser = "\u30de\u30c8\u30ea\u30c3\u30af\u30b9";

TEST(Rfc5769, ReadsTheSampleRequest) {
  const auto message = Message::parse(kRequest);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->messageClass(), MessageClass::request);
  EXPECT_EQ(message->method(), Method::binding);
  EXPECT_EQ(message->text(Attribute::software), "STUN test client");
  EXPECT_EQ(message->text(Attribute::username), "evtj:h6vY");
  EXPECT_EQ(message->u32(Attribute::priority), 0x6e0001ffU);
  EXPECT_EQ(message->u64(Attribute::iceControlled), 0x932ff9b151263b36U);
  EXPECT_TRUE(message->verifyIntegrity(asBytes(kPassword)));
  EXPECT_TRUE(message->verifyFingerprint());
}

TEST(Rfc5769, ReadsTheSampleIpv4Response) {
  const auto message = Message::parse(kResponseV4);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->messageClass(), MessageClass::success);
  EXPECT_EQ(message->text(Attribute::software), "test vector");
  EXPECT_EQ(message->mappedAddress(), SocketAddress::parse("192.0.2.1:32853"));
  EXPECT_TRUE(message->verifyIntegrity(asBytes(kPassword)));
  EXPECT_TRUE(message->verifyFingerprint());
}

TEST(Rfc5769, ReadsTheSampleIpv6Response) {
  const auto message = Message::parse(kResponseV6);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->mappedAddress(), SocketAddress::parse("[2001:db8:1234:5678:11:2233:4455:6677]:32853"));
  EXPECT_TRUE(message->verifyIntegrity(asBytes(kPassword)));
  EXPECT_TRUE(message->verifyFingerprint());
}

TEST(Rfc5769, ReadsTheSampleRequestWithLongTermAuthentication) {
  const auto message = Message::parse(kLongTerm);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->text(Attribute::username), kLongTermUser);
  EXPECT_EQ(message->text(Attribute::nonce), "f//499k954d6OL34oL9FSTvy64sA");
  EXPECT_EQ(message->text(Attribute::realm), "example.org");
  const std::string secret = std::string(kLongTermUser) + ":example.org:TheMatrIX";
  EXPECT_TRUE(message->verifyIntegrity(md5(asBytes(secret))));
  EXPECT_FALSE(message->hasFingerprint());
}

TEST(Rfc5769, WritesTheSampleRequestWithLongTermAuthentication) {
  const auto message = Message::parse(kLongTerm);
  ASSERT_TRUE(message);
  std::array<std::byte, 256> room;
  MessageBuilder builder(room, MessageClass::request, Method::binding, message->transactionId());
  builder.text(Attribute::username, kLongTermUser);
  builder.text(Attribute::nonce, "f//499k954d6OL34oL9FSTvy64sA");
  builder.text(Attribute::realm, "example.org");
  const std::string secret = std::string(kLongTermUser) + ":example.org:TheMatrIX";
  builder.messageIntegrity(md5(asBytes(secret)));
  EXPECT_EQ(toVector(builder.finish()), kLongTerm);
}

TEST(Rfc5769, EveryVectorFailsWithTheWrongPasswordOrOneBitChanged) {
  for (const ByteVector& vector : {kRequest, kResponseV4, kResponseV6}) {
    EXPECT_FALSE(Message::parse(vector)->verifyIntegrity(asBytes("VOkJxbRl1RmTxUk/WvJxBu")));
    ByteVector changed = vector;
    changed[30] ^= std::byte{1};
    const auto message = Message::parse(changed);
    ASSERT_TRUE(message);
    EXPECT_FALSE(message->verifyIntegrity(asBytes(kPassword)));
    EXPECT_FALSE(message->verifyFingerprint());
  }
}

TEST(Rfc5769, NoTruncationOfAVectorParses) {
  for (const ByteVector& vector : {kRequest, kResponseV4, kResponseV6, kLongTerm}) {
    for (std::size_t size = 0; size < vector.size(); ++size) {
      EXPECT_FALSE(Message::parse(ByteView(vector).first(size))) << size;
    }
  }
}

}  // namespace
}  // namespace portico::stun
