#include "core/datachannel/dcep.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace portico::datachannel {
namespace {

ByteVector bytesOf(std::initializer_list<int> values, std::string_view tail = {}) {
  ByteVector bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  const ByteView more = asBytes(tail);
  bytes.insert(bytes.end(), more.begin(), more.end());
  return bytes;
}

TEST(Dcep, WritesAReliableOrderedChannelAsRfc8832HasIt) {
  DataChannelParameters parameters;
  parameters.label = "chat";
  parameters.protocol = "xy";
  EXPECT_EQ(writeDcepOpen(parameters), bytesOf({3, 0, 1, 0, 0, 0, 0, 0, 0, 4, 0, 2}, "chatxy"));
}

TEST(Dcep, WritesEachOfTheSixChannelTypes) {
  const auto typeAndLimit = [](bool ordered, std::optional<std::uint16_t> retransmits,
                               std::optional<std::uint16_t> lifetime) {
    DataChannelParameters parameters;
    parameters.ordered = ordered;
    parameters.maxRetransmits = retransmits;
    parameters.maxPacketLifeTime = lifetime;
    const ByteVector open = writeDcepOpen(parameters);
    return std::pair(std::to_integer<int>(open[1]),
                     std::to_integer<int>(open[6]) * 256 + std::to_integer<int>(open[7]));
  };
  EXPECT_EQ(typeAndLimit(true, {}, {}), std::pair(0x00, 0));
  EXPECT_EQ(typeAndLimit(false, {}, {}), std::pair(0x80, 0));
  EXPECT_EQ(typeAndLimit(true, 3, {}), std::pair(0x01, 3));
  EXPECT_EQ(typeAndLimit(false, 0, {}), std::pair(0x81, 0));
  EXPECT_EQ(typeAndLimit(true, {}, 500), std::pair(0x02, 500));
  EXPECT_EQ(typeAndLimit(false, {}, 65'535), std::pair(0x82, 65'535));
}

TEST(Dcep, LengthsCountUtf8BytesAndNotCharacters) {
  DataChannelParameters parameters;
  parameters.label = "\xC3\xA9\xE2\x82\xAC";  // é€
  const ByteVector open = writeDcepOpen(parameters);
  EXPECT_EQ(std::to_integer<int>(open[9]), 5);
  EXPECT_EQ(parseDcepOpen(open)->label, parameters.label);
}

TEST(Dcep, WhatIsWrittenParsesToTheSame) {
  for (const bool ordered : {true, false}) {
    for (const int limit : {0, 1, 2}) {
      DataChannelParameters parameters;
      parameters.label = std::string(65'535, 'l');
      parameters.protocol = std::string(65'535, 'p');
      parameters.priority = 1024;
      parameters.ordered = ordered;
      if (limit == 1) parameters.maxRetransmits = 65'535;
      if (limit == 2) parameters.maxPacketLifeTime = 1;
      EXPECT_EQ(parseDcepOpen(writeDcepOpen(parameters)), parameters);
    }
  }
}

TEST(Dcep, ReadsTheTypeThatWeriftSendsForUnorderedWithRetransmits) {
  const auto parameters = parseDcepOpen(bytesOf({3, 1, 0, 0, 0, 0, 0, 7, 0, 1, 0, 0}, "a"));
  ASSERT_TRUE(parameters);
  EXPECT_TRUE(parameters->ordered);  // 0x01 says so, whatever was meant
  EXPECT_EQ(parameters->maxRetransmits, 7);
}

TEST(Dcep, IgnoresTheReliabilityParameterOfAReliableChannel) {
  const auto parameters = parseDcepOpen(bytesOf({3, 0x80, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0}));
  ASSERT_TRUE(parameters);
  EXPECT_FALSE(parameters->ordered);
  EXPECT_FALSE(parameters->maxRetransmits);
  EXPECT_FALSE(parameters->maxPacketLifeTime);
}

TEST(Dcep, ALimitOver65535CountsAs65535) {
  const auto parameters = parseDcepOpen(bytesOf({3, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}));
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->maxPacketLifeTime, 65'535);
}

TEST(Dcep, RefusesUnknownChannelTypes) {
  for (const int type : {0x03, 0x7F, 0x83, 0xFF, 0x10, 0x40}) {
    EXPECT_FALSE(parseDcepOpen(bytesOf({3, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))) << type;
  }
}

TEST(Dcep, RefusesLengthsThatRunOverTheEnd) {
  EXPECT_FALSE(parseDcepOpen(bytesOf({3, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0}, "cha")));
  EXPECT_FALSE(parseDcepOpen(bytesOf({3, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2}, "cha")));
  EXPECT_FALSE(parseDcepOpen(bytesOf({3, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF}, "cha")));
}

TEST(Dcep, RefusesEveryTruncation) {
  DataChannelParameters parameters;
  parameters.label = "label";
  parameters.protocol = "protocol";
  const ByteVector open = writeDcepOpen(parameters);
  for (std::size_t size = 0; size < open.size(); ++size) EXPECT_FALSE(parseDcepOpen(ByteView(open).first(size)));
}

TEST(Dcep, LetsBytesAfterTheProtocolPass) {
  // A peer that counts characters sends "é" with the length 1.
  const auto parameters = parseDcepOpen(bytesOf({3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0}, "a and more"));
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->label, "a");
}

TEST(Dcep, LabelsThatAreNotUtf8AreMadeSo) {
  const auto parameters = parseDcepOpen(bytesOf({3, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1}, "a\xFFz\xC3"));
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->label, "a\xEF\xBF\xBDz");
  EXPECT_EQ(parameters->protocol, "\xEF\xBF\xBD");
}

TEST(Dcep, KnowsItsTwoTypesAndNoOther) {
  EXPECT_EQ(dcepTypeOf(kDcepAck), DcepType::ack);
  EXPECT_EQ(dcepTypeOf(bytesOf({3})), DcepType::open);
  EXPECT_EQ(dcepTypeOf({}), std::nullopt);
  for (int type = 0; type < 256; ++type) {
    EXPECT_EQ(dcepTypeOf(bytesOf({type})).has_value(), type == 2 || type == 3) << type;
  }
}

TEST(Dcep, AnAckIsNoOpen) {
  EXPECT_FALSE(parseDcepOpen(bytesOf({2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})));
}

}  // namespace
}  // namespace portico::datachannel
