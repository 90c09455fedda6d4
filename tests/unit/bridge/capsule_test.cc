#include "native/bridge/relay/capsule.h"

#include <gtest/gtest.h>

#include "native/bridge/relay/varint.h"

namespace portico::bridge {
namespace {

ByteVector bytes(std::initializer_list<unsigned> values) {
  ByteVector result;
  for (const unsigned value : values) result.push_back(static_cast<std::byte>(value));
  return result;
}

SocketAddress at(const char* text) {
  return *SocketAddress::parse(text);
}

TEST(Varint, HasTheExamplesOfRfc9000) {
  const std::pair<ByteVector, std::uint64_t> examples[] = {
      {bytes({0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c}), 151'288'809'941'952'652},
      {bytes({0x9d, 0x7f, 0x3e, 0x7d}), 494'878'333},
      {bytes({0x7b, 0xbd}), 15'293},
      {bytes({0x25}), 37},
  };
  for (const auto& [encoded, value] : examples) {
    ByteReader reader(encoded);
    EXPECT_EQ(readVarint(reader), value);
    EXPECT_TRUE(reader.ok() && reader.atEnd());
    std::array<std::byte, kMaxVarintBytes> room;
    ByteWriter writer(room);
    writeVarint(writer, value);
    EXPECT_EQ(toVector(writer.written()), encoded);
  }
}

TEST(Varint, NeedNotBeTheShortestAndMayNotEndEarly) {
  const ByteVector longer = bytes({0x40, 0x25});
  ByteReader reader(longer);
  EXPECT_EQ(readVarint(reader), 37u);
  for (const auto& cut : {bytes({}), bytes({0x40}), bytes({0x80, 0, 0}), bytes({0xc0, 0, 0, 0, 0, 0, 0})}) {
    ByteReader short_(cut);
    EXPECT_EQ(readVarint(short_), 0u);
    EXPECT_FALSE(short_.ok());
  }
}

TEST(Capsule, ReaderWalksOverAMessageAndSaysWhereItEndsTooEarly) {
  const ByteVector two = bytes({0x12, 0x01, 0x02, 0x6f, 0x10, 0x00});
  CapsuleReader reader(two);
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, CapsuleType::compressionAck);
  EXPECT_EQ(toVector(first->value), bytes({0x02}));
  const auto second = reader.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->type, CapsuleType::bound);
  EXPECT_TRUE(second->value.empty());
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());

  for (const auto& cut : {bytes({0x12}), bytes({0x12, 0x02, 0x00}), bytes({0x40}), bytes({0x00, 0x80, 0xff, 0xff}),
                          bytes({0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})}) {
    CapsuleReader broken(cut);
    EXPECT_FALSE(broken.next());
    EXPECT_TRUE(broken.malformed());
    EXPECT_FALSE(broken.next());
  }
}

TEST(Capsule, DatagramsAreReadWhereTheyLie) {
  ByteVector message;
  appendDatagram(message, at("192.0.2.1:5000"), asBytes("plain"));
  appendDatagram(message, at("[2001:db8::1]:5000"), asBytes("six"));
  appendDatagram(message, 2, asBytes("short"));
  CapsuleReader reader(message);
  auto datagram = parseDatagram(reader.next()->value);
  ASSERT_TRUE(datagram);
  EXPECT_EQ(datagram->context, kUncompressedContext);
  EXPECT_EQ(datagram->remote, at("192.0.2.1:5000"));
  EXPECT_EQ(asText(datagram->payload), "plain");
  EXPECT_TRUE(datagram->payload.data() > message.data() && datagram->payload.data() < message.data() + message.size());
  datagram = parseDatagram(reader.next()->value);
  EXPECT_EQ(datagram->remote, at("[2001:db8::1]:5000"));
  const auto last = reader.next();
  EXPECT_EQ(last->value.size(), 6u);  // a byte of context, and the payload
  datagram = parseDatagram(last->value);
  EXPECT_EQ(datagram->context, 2u);
  EXPECT_EQ(asText(datagram->payload), "short");
}

TEST(Capsule, MalformedDatagramsAreRefused) {
  for (const auto& value :
       {bytes({}), bytes({0x00}), bytes({0x00, 0x05, 1, 2, 3, 4, 0, 80}), bytes({0x00, 0x00}),
        bytes({0x00, 0x04, 1, 2, 3, 4, 0}), bytes({0x00, 0x06, 1, 2, 3, 4, 0, 80}), bytes({0x40})}) {
    EXPECT_FALSE(parseDatagram(value));
  }
  EXPECT_TRUE(parseDatagram(bytes({0x02})));  // an empty payload
  EXPECT_TRUE(parseDatagram(bytes({0x00, 0x04, 1, 2, 3, 4, 0, 80})));
}

TEST(Capsule, AssignNamesAnEndpointUnlessItIsTheUncompressedContext) {
  const auto assign = parseAssign(bytes({0x04, 0x04, 192, 0, 2, 1, 0x13, 0x88}));
  ASSERT_TRUE(assign);
  EXPECT_EQ(assign->context, 4u);
  EXPECT_EQ(assign->remote, at("192.0.2.1:5000"));
  const auto uncompressed = parseAssign(bytes({0x00, 0x00}));
  ASSERT_TRUE(uncompressed);
  EXPECT_FALSE(uncompressed->remote);
  for (const auto& value : {bytes({}), bytes({0x04}), bytes({0x04, 0x00}),
                            bytes({0x00, 0x04, 192, 0, 2, 1, 0x13, 0x88}), bytes({0x04, 0x04, 192, 0, 2, 1, 0, 0}),
                            bytes({0x04, 0x04, 192, 0, 2, 1, 0x13, 0x88, 0}), bytes({0x04, 0x07})}) {
    EXPECT_FALSE(parseAssign(value));
  }
}

TEST(Capsule, ContextsStandAlone) {
  EXPECT_EQ(parseContext(bytes({0x02})), 2u);
  EXPECT_FALSE(parseContext(bytes({})));
  EXPECT_FALSE(parseContext(bytes({0x02, 0x00})));
}

TEST(Capsule, BoundIsTheExampleOfTheDocumentation) {
  BoundValue value;
  value.endpoints.push_back({at("127.0.0.1:50000"), std::nullopt});
  value.largestPayloadBytes = 65'507;
  value.queueBytes = 262'144;
  ByteVector out;
  appendBound(out, value);
  EXPECT_EQ(out, bytes({0x6f, 0x10, 0x13, 0x01, 0x04, 0x7f, 0x00, 0x00, 0x01, 0xc3, 0x50,
                        0x00, 0x80, 0x00, 0xff, 0xe3, 0x80, 0x04, 0x00, 0x00, 0x00, 0x00}));
}

TEST(Capsule, TheLongestBoundFits) {
  BoundValue value;
  value.endpoints.push_back({at("[2001:db8::1]:1"), at("[2001:db8::2]:1")});
  value.endpoints.push_back({at("[2001:db8::1]:1"), at("[2001:db8::2]:1")});
  const std::uint64_t large = (std::uint64_t{1} << 62) - 1;
  value.largestPayloadBytes = value.queueBytes = value.bytesPerSecond = value.packetsPerSecond = large;
  ByteVector out;
  appendBound(out, value);
  EXPECT_EQ(out.size(), 2u + 2u + 1u + 2u * (19 + 1 + 19) + 4u * 8u);
}

TEST(Capsule, RefusedNamesTheEndpointAndTheReason) {
  ByteVector out;
  appendRefused(out, at("10.0.0.1:53"), RefusalReason::notPermitted);
  EXPECT_EQ(out, bytes({0x6f, 0x11, 0x08, 0x04, 10, 0, 0, 1, 0, 53, 0x01}));
}

TEST(Bound, IsReadAsItWasWritten) {
  BoundValue value;
  value.endpoints = {{at("192.0.2.1:5000"), at("203.0.113.1:5000")}, {at("[2001:db8::1]:5000"), std::nullopt}};
  value.largestPayloadBytes = 65'507;
  value.queueBytes = 262'144;
  value.bytesPerSecond = 64'000'000;
  value.packetsPerSecond = 80'000;
  ByteVector message;
  appendBound(message, value);
  CapsuleReader reader(message);
  const auto capsule = reader.next();
  const auto read = parseBound(capsule->value);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->endpoints.size(), 2u);
  EXPECT_EQ(read->endpoints[0].bound, at("192.0.2.1:5000"));
  EXPECT_EQ(read->endpoints[0].seen, at("203.0.113.1:5000"));
  EXPECT_EQ(read->endpoints[1].bound, at("[2001:db8::1]:5000"));
  EXPECT_FALSE(read->endpoints[1].seen);
  EXPECT_EQ(read->largestPayloadBytes, 65'507u);
  EXPECT_EQ(read->packetsPerSecond, 80'000u);
  for (std::size_t cut = 0; cut < capsule->value.size(); ++cut)
    EXPECT_FALSE(parseBound(capsule->value.first(cut))) << cut;
  ByteVector later = toVector(capsule->value);
  later.push_back(std::byte{7});
  EXPECT_TRUE(parseBound(later));
}

TEST(Bound, HasOneAddressOrTwoAndAPublicOneOrNone) {
  EXPECT_FALSE(parseBound(bytes({0x00, 0, 0, 0, 0})));
  EXPECT_FALSE(parseBound(bytes({0x03, 4, 1, 2, 3, 4, 0, 5, 0, 0, 0, 0, 0})));
  EXPECT_FALSE(parseBound(bytes({0x01, 4, 1, 2, 3, 4, 0, 5, 2, 0, 0, 0, 0})));
  EXPECT_TRUE(parseBound(bytes({0x01, 4, 1, 2, 3, 4, 0, 5, 0, 0, 0, 0, 0})));
}

TEST(Refused, IsReadAsItWasWrittenAndAnUnknownReasonAsTheFirst) {
  ByteVector message;
  appendRefused(message, at("192.0.2.1:53"), RefusalReason::tooLarge);
  CapsuleReader reader(message);
  const auto read = parseRefused(reader.next()->value);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->remote, at("192.0.2.1:53"));
  EXPECT_EQ(read->reason, RefusalReason::tooLarge);
  EXPECT_EQ(parseRefused(bytes({4, 1, 2, 3, 4, 0, 5, 9}))->reason, RefusalReason::notPermitted);
  EXPECT_FALSE(parseRefused(bytes({4, 1, 2, 3, 4, 0, 5})));
  EXPECT_FALSE(parseRefused(bytes({5, 1, 2, 3, 4, 0, 5, 1})));
}

}  // namespace
}  // namespace portico::bridge
