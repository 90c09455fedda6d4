#include "core/stun/message_builder.h"

#include <gtest/gtest.h>

namespace portico::stun {
namespace {

const TransactionId kTransaction{std::byte{1}, std::byte{2}, std::byte{3}};

TEST(StunMessageBuilder, WritesWhatTheReaderReads) {
  std::array<std::byte, 512> room;
  MessageBuilder builder(room, MessageClass::request, static_cast<Method>(0x123), kTransaction);
  builder.text(Attribute::username, "abcde");
  builder.u32(Attribute::priority, 7);
  builder.u64(Attribute::iceControlling, 0x0102030405060708);
  builder.flag(Attribute::useCandidate);
  builder.xorAddress(Attribute::xorMappedAddress, *SocketAddress::parse("[2001:db8::1]:99"));
  builder.messageIntegrity(asBytes("key"));
  builder.messageIntegritySha256(asBytes("key"));
  builder.fingerprint();
  const auto message = Message::parse(builder.finish());
  ASSERT_TRUE(message);
  EXPECT_EQ(message->method(), static_cast<Method>(0x123));
  EXPECT_EQ(message->messageClass(), MessageClass::request);
  EXPECT_EQ(message->transactionId(), kTransaction);
  EXPECT_EQ(message->text(Attribute::username), "abcde");
  EXPECT_EQ(message->u32(Attribute::priority), 7U);
  EXPECT_EQ(message->u64(Attribute::iceControlling), 0x0102030405060708U);
  EXPECT_TRUE(message->has(Attribute::useCandidate));
  EXPECT_EQ(message->mappedAddress(), SocketAddress::parse("[2001:db8::1]:99"));
  EXPECT_TRUE(message->verifyIntegrity(asBytes("key")));
  EXPECT_TRUE(message->verifyIntegritySha256(asBytes("key")));
  EXPECT_TRUE(message->verifyFingerprint());
  EXPECT_FALSE(message->verifyIntegritySha256(asBytes("kez")));
}

TEST(StunMessageBuilder, WritesErrorsWithTheirUnknownAttributes) {
  std::array<std::byte, 128> room;
  MessageBuilder builder(room, MessageClass::error, Method::binding, kTransaction);
  builder.errorCode(kUnknownAttribute, "Unknown Attribute");
  const std::array<std::uint16_t, 3> types = {0x7ffe, 0x0003, 0x0042};
  builder.unknownAttributes(types);
  const auto message = Message::parse(builder.finish());
  ASSERT_TRUE(message);
  EXPECT_EQ(message->messageClass(), MessageClass::error);
  EXPECT_EQ(message->errorCode()->code, 420);
  EXPECT_EQ(message->errorCode()->reason, "Unknown Attribute");
  EXPECT_EQ(message->find(Attribute::unknownAttributes)->size(), 6U);
}

TEST(StunMessageBuilder, GivesNothingForARoomThatIsTooSmall) {
  for (std::size_t size = 0; size < 64; ++size) {
    ByteVector room(size);
    MessageBuilder builder(room, MessageClass::request, Method::binding, kTransaction);
    builder.text(Attribute::username, "abcd:efgh");
    builder.messageIntegrity(asBytes("key"));
    builder.fingerprint();
    EXPECT_TRUE(builder.finish().empty()) << size;
  }
}

TEST(StunMessageBuilder, GivesNothingForAMessageLongerThanItsLengthField) {
  ByteVector room(200'000);
  const ByteVector value(40'000);
  MessageBuilder builder(room, MessageClass::request, Method::binding, kTransaction);
  builder.attribute(Attribute::software, value);
  builder.attribute(Attribute::software, value);
  EXPECT_TRUE(builder.finish().empty());
}

TEST(StunMessageBuilder, ACheckWithAThousandOptionalBytesIsReadLikeAnother) {
  std::array<std::byte, 1'400> room;
  const ByteVector handshake(1'001, std::byte{22});
  MessageBuilder builder(room, MessageClass::request, Method::binding, kTransaction);
  builder.text(Attribute::username, "abcd:efgh");
  builder.attribute(static_cast<Attribute>(0xc070), handshake);
  builder.messageIntegrity(asBytes("key"));
  builder.fingerprint();
  const auto message = Message::parse(builder.finish());
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->verifyIntegrity(asBytes("key")));
  EXPECT_EQ(message->find(static_cast<Attribute>(0xc070))->size(), 1'001U);
  std::array<std::uint16_t, 4> unknown{};
  const std::array<Attribute, 2> known = {Attribute::username, Attribute::messageIntegrity};
  EXPECT_EQ(message->unknownRequired(known, unknown), 0U);
}

}  // namespace
}  // namespace portico::stun
