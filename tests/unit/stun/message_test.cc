#include "core/stun/message.h"

#include <gtest/gtest.h>

#include "tests/unit/stun/hex.h"

namespace portico::stun {
namespace {

constexpr std::string_view kHeader = "2112a442 000102030405060708090a0b";
const TransactionId kTransaction = [] {
  TransactionId id{};
  for (std::size_t i = 0; i < id.size(); ++i) id[i] = static_cast<std::byte>(i);
  return id;
}();

ByteVector withAttributes(std::string_view typeHex, std::string_view attributesHex) {
  const ByteVector attributes = fromHex(attributesHex);
  ByteVector packet = fromHex(typeHex);
  packet.push_back(static_cast<std::byte>(attributes.size() >> 8));
  packet.push_back(static_cast<std::byte>(attributes.size() & 0xff));
  const ByteVector header = fromHex(kHeader);
  packet.insert(packet.end(), header.begin(), header.end());
  packet.insert(packet.end(), attributes.begin(), attributes.end());
  return packet;
}

TEST(StunMessage, ReadsClassAndMethodFromTheirScatteredBits) {
  const ByteVector allocateError = withAttributes("0113", "");
  EXPECT_EQ(Message::parse(allocateError)->messageClass(), MessageClass::error);
  EXPECT_EQ(Message::parse(allocateError)->method(), static_cast<Method>(3));
  const ByteVector indication = withAttributes("0011", "");
  EXPECT_EQ(Message::parse(indication)->messageClass(), MessageClass::indication);
  const ByteVector highest = withAttributes("3eef", "");
  EXPECT_EQ(Message::parse(highest)->method(), static_cast<Method>(0xfff));
  EXPECT_EQ(Message::parse(highest)->messageClass(), MessageClass::request);
}

TEST(StunMessage, RefusesWhatIsNotStun) {
  ByteVector cookie = withAttributes("0001", "");
  cookie[4] = std::byte{0x20};
  EXPECT_FALSE(Message::parse(cookie));
  EXPECT_FALSE(Message::parse(withAttributes("8001", "")));
  EXPECT_FALSE(Message::parse(withAttributes("4001", "")));
  EXPECT_FALSE(Message::parse({}));
}

TEST(StunMessage, RefusesALengthThatIsNotThePackets) {
  ByteVector packet = withAttributes("0001", "8022 0000");
  packet.push_back(std::byte{0});
  EXPECT_FALSE(Message::parse(packet));
  EXPECT_FALSE(Message::parse(withAttributes("0001", "8022 0001 61")));  // padding missing: length not of fours
}

TEST(StunMessage, RefusesAnAttributeThatEndsOutsideTheMessage) {
  EXPECT_FALSE(Message::parse(withAttributes("0001", "8022 0005 61626364")));
  EXPECT_FALSE(Message::parse(withAttributes("0001", "8022 ffff 61626364")));
}

TEST(StunMessage, RefusesIntegrityAndFingerprintOfTheWrongSize) {
  EXPECT_FALSE(Message::parse(withAttributes("0001", "0008 0010 00000000000000000000000000000000")));
  EXPECT_FALSE(Message::parse(withAttributes("0001", "001c 000c 000000000000000000000000")));
  EXPECT_FALSE(Message::parse(withAttributes("0001", "8028 0003 00000000")));
}

TEST(StunMessage, RefusesAFingerprintThatIsNotTheLast) {
  EXPECT_FALSE(Message::parse(withAttributes("0001", "8028 0004 00000000 8022 0000")));
}

TEST(StunMessage, DoesNotShowWhatStandsAfterTheIntegrity) {
  const ByteVector packet =
      withAttributes("0001", "0008 0014 0000000000000000000000000000000000000000 0025 0000 0006 0001 61000000");
  const auto message = Message::parse(packet);
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->has(Attribute::useCandidate));
  EXPECT_FALSE(message->has(Attribute::username));
}

TEST(StunMessage, TakesTheFirstOfARepeatedAttribute) {
  const ByteVector packet = withAttributes("0001", "0006 0001 61000000 0006 0001 62000000");
  EXPECT_EQ(Message::parse(packet)->text(Attribute::username), "a");
}

TEST(StunMessage, GivesNoNumberForAValueOfAnotherWidth) {
  const ByteVector packet = withAttributes("0001", "0024 0003 01020300 802a 0004 01020304");
  const auto message = Message::parse(packet);
  EXPECT_FALSE(message->u32(Attribute::priority));
  EXPECT_FALSE(message->u64(Attribute::iceControlling));
}

TEST(StunMessage, ListsUnknownRequiredAttributesAndIgnoresOptionalOnes) {
  const ByteVector packet = withAttributes("0001", "7ffe 0000 c070 0002 61620000 0003 0000 0006 0001 61000000");
  std::array<std::uint16_t, 4> unknown{};
  const std::array<Attribute, 1> known = {Attribute::username};
  ASSERT_EQ(Message::parse(packet)->unknownRequired(known, unknown), 2U);
  EXPECT_EQ(unknown[0], 0x7ffe);
  EXPECT_EQ(unknown[1], 0x0003);
  EXPECT_EQ(Message::parse(packet)->unknownRequired(known, std::span(unknown).first(1)), 1U);
}

TEST(StunMessage, RefusesAddressesOfAnUnknownFamilyOrWrongLength) {
  EXPECT_FALSE(parseAddress(fromHex("0003 1234 01020304")));
  EXPECT_FALSE(parseAddress(fromHex("0001 1234 010203")));
  EXPECT_FALSE(parseAddress(fromHex("0001 1234 0102030405")));
  EXPECT_FALSE(parseAddress(fromHex("0002 1234 01020304")));
  EXPECT_FALSE(parseAddress(fromHex("0001")));
  EXPECT_FALSE(parseXorAddress({}, kTransaction));
  EXPECT_FALSE(parseXorAddress(fromHex("0001 12"), kTransaction));
  EXPECT_FALSE(parseXorAddress(ByteVector(64, std::byte{1}), kTransaction));
}

TEST(StunMessage, FallsBackToTheMappedAddressOfAnOldServer) {
  const ByteVector packet = withAttributes("0101", "0001 0008 0001 1234 c0000201");
  EXPECT_EQ(Message::parse(packet)->mappedAddress(), SocketAddress::parse("192.0.2.1:4660"));
}

TEST(StunMessage, ReadsErrorCodesOfTheirRangeOnly) {
  EXPECT_EQ(parseErrorCode(fromHex("0000 0457"))->code, 487);
  EXPECT_EQ(parseErrorCode(fromHex("0000 0401 6f6f7073"))->reason, "oops");
  EXPECT_FALSE(parseErrorCode(fromHex("0000 0201")));
  EXPECT_FALSE(parseErrorCode(fromHex("0000 0701")));
  EXPECT_FALSE(parseErrorCode(fromHex("0000 0464")));
  EXPECT_FALSE(parseErrorCode(fromHex("0000 04")));
}

}  // namespace
}  // namespace portico::stun
