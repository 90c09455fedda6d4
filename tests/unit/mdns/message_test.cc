#include "core/mdns/message.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <tuple>

namespace portico::mdns {
namespace {

using namespace std::string_literals;

const Name kName = *Name::parse("1f4712db-ea17-4bcf-a596-105139dfd8bf.local");
const std::string kLabels =
    "\x24"
    "1f4712db-ea17-4bcf-a596-105139dfd8bf\x05local\0"s;
const IpAddress kV4 = *IpAddress::parse("192.0.2.1");
const IpAddress kV6 = *IpAddress::parse("2001:db8::1");

std::string u16(unsigned value) {
  return {static_cast<char>(value >> 8 & 0xFF), static_cast<char>(value & 0xFF)};
}
std::string header(unsigned flags, unsigned questions, unsigned answers, unsigned authorities = 0, unsigned more = 0) {
  return u16(0) + u16(flags) + u16(questions) + u16(answers) + u16(authorities) + u16(more);
}
constexpr unsigned kResponse = 0x8400;

std::string question(const std::string& name, unsigned type, unsigned classBits = 1) {
  return name + u16(type) + u16(classBits);
}
std::string record(const std::string& name, unsigned type, unsigned classBits, unsigned ttl, const std::string& data) {
  return name + u16(type) + u16(classBits) + u16(ttl >> 16) + u16(ttl & 0xFFFF) +
         u16(static_cast<unsigned>(data.size())) + data;
}
const std::string kA = "\xC0\x00\x02\x01"s;

// What Chromium 156 multicast for a host candidate: the announcement for an IPv4 address, with what else there is not;
// for an IPv6 address; and its answer to a question for the family that a name does not have.
constexpr std::string_view kChromiumV4 =
    "0000840000000001000000012434363837343235612d346161662d343264612d393030302d39393661366363656236383105"
    "6c6f63616c0000018001000000780004c00002022434363837343235612d346161662d343264612d393030302d3939366136"
    "63636562363831056c6f63616c00002f8001000000780005c046000140";
constexpr std::string_view kChromiumV6 =
    "0000840000000001000000012462646331646536612d333231622d343964662d393132302d63656362383039356466633705"
    "6c6f63616c00001c8001000000780010fd0000000000000000000000000000022462646331646536612d333231622d343964"
    "662d393132302d636563623830393564666337056c6f63616c00002f8001000000780008c052000400000008";
constexpr std::string_view kChromiumOther =
    "0000840000000001000000012435613161663237392d663961382d343565632d623661392d31633237336566323838343705"
    "6c6f63616c00002f8001000000780005c00c0001402435613161663237392d663961382d343565632d623661392d31633237"
    "3365663238383437056c6f63616c0000018001000000780004c0000202";

std::string fromHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::optional<Message> parse(const std::string& packet) {
  return Message::parse(asBytes(packet));
}

TEST(MdnsMessage, AQuestionIsReadWithItsTypeAndTheUnicastBit) {
  const auto message = parse(header(0, 2, 0) + question(kLabels, 1) + question("\xC0\x0C"s, 28, 0x8001));
  ASSERT_TRUE(message.has_value());
  EXPECT_FALSE(message->response);
  ASSERT_EQ(message->questions.size(), 2U);
  EXPECT_EQ(message->questions[0].name, kName);
  EXPECT_EQ(message->questions[0].type, RecordType::a);
  EXPECT_FALSE(message->questions[0].unicast);
  EXPECT_EQ(message->questions[1].name, kName);
  EXPECT_EQ(message->questions[1].type, RecordType::aaaa);
  EXPECT_TRUE(message->questions[1].unicast);
}

TEST(MdnsMessage, AddressesAreReadFromAnswersAndAdditionalRecords) {
  const std::string v6 = "\x20\x01\x0D\xB8"s + std::string(11, '\0') + "\x01";
  const auto message = parse(header(kResponse, 0, 1, 1, 1) + record(kLabels, 1, 0x8001, 120, kA) +
                             record(kLabels, 1, 1, 120, "\x01\x01\x01\x01"s) + record(kLabels, 28, 1, 0, v6));
  ASSERT_TRUE(message.has_value());
  EXPECT_TRUE(message->response);
  ASSERT_EQ(message->records.size(), 2U);
  EXPECT_EQ(message->records[0].address, kV4);
  EXPECT_EQ(message->records[0].ttl, 120U);
  EXPECT_TRUE(message->records[0].flush);
  EXPECT_EQ(message->records[1].address, kV6);
  EXPECT_EQ(message->records[1].ttl, 0U);
  EXPECT_FALSE(message->records[1].flush);
}

TEST(MdnsMessage, WhatConcernsNoCandidateIsPassedOver) {
  const std::string printer = "\x07printer\x05local\0"s;
  const auto message = parse(header(kResponse, 1, 4) + question(printer, 1) + record(printer, 1, 1, 120, kA) +
                             record(kLabels, 16, 1, 120, "\x03txt") + record(kLabels, 1, 3, 120, kA) +
                             record(kLabels, 1, 1, 120, kA + kA));
  ASSERT_TRUE(message.has_value());
  EXPECT_TRUE(message->questions.empty());
  EXPECT_TRUE(message->records.empty());
}

TEST(MdnsMessage, TheMessagesOfChromiumAreRead) {
  for (const auto& [hex, name, address] :
       {std::tuple(kChromiumV4, "4687425a-4aaf-42da-9000-996a6cceb681.local", "192.0.2.2"),
        std::tuple(kChromiumV6, "bdc1de6a-321b-49df-9120-cecb8095dfc7.local", "fd00::2"),
        std::tuple(kChromiumOther, "5a1af279-f9a8-45ec-b6a9-1c273ef28847.local", "192.0.2.2")}) {
    const auto message = parse(fromHex(hex));
    ASSERT_TRUE(message.has_value()) << hex;
    EXPECT_TRUE(message->response);
    ASSERT_EQ(message->records.size(), 1U) << hex;
    EXPECT_EQ(message->records[0].name.toString(), name);
    EXPECT_EQ(message->records[0].address.toString(), address);
    EXPECT_EQ(message->records[0].ttl, 120U);
    EXPECT_TRUE(message->records[0].flush);
  }
}

TEST(MdnsMessage, ADotInsideALabelDividesNothing) {
  const std::string one =
      "\x2A"
      "1f4712db-ea17-4bcf-a596-105139dfd8bf.local\0"s;
  const auto message = parse(header(kResponse, 0, 1) + record(one, 1, 1, 120, kA));
  ASSERT_TRUE(message.has_value());
  EXPECT_TRUE(message->records.empty());
}

TEST(MdnsMessage, MessagesWithAnOpcodeOrAResponseCodeAreRefused) {
  EXPECT_FALSE(parse(header(0x2800, 0, 0)).has_value());
  EXPECT_FALSE(parse(header(0x8403, 0, 0)).has_value());
  EXPECT_TRUE(parse(header(0x8400, 0, 0)).has_value());
}

TEST(MdnsMessage, EveryTruncationIsRefused) {
  const std::string whole = header(kResponse, 1, 1) + question(kLabels, 1) + record("\xC0\x0C"s, 1, 1, 120, kA);
  ASSERT_TRUE(parse(whole).has_value());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parse(whole.substr(0, length)).has_value()) << length;
  }
}

TEST(MdnsMessage, CompressionThatLeadsForwardOrInACircleIsRefused) {
  // To itself, to what follows, and to one another.
  EXPECT_FALSE(parse(header(0, 1, 0) + question("\xC0\x0C"s, 1)).has_value());
  EXPECT_FALSE(parse(header(0, 1, 0) + question("\xC0\x10"s, 1) + kLabels).has_value());
  EXPECT_FALSE(parse(header(0, 2, 0) +
                     question("\x01"
                              "a\xC0\x13"s,
                              1) +
                     question("\x01"
                              "b\xC0\x0C"s,
                              1))
                   .has_value());
  EXPECT_FALSE(parse(header(0, 1, 0) + question("\xFF\xFF"s, 1)).has_value());
}

TEST(MdnsMessage, AChainOfPointersIsFollowedToItsBoundOnly) {
  // Questions, each of which points to the one before.
  for (const std::size_t hops : {kMaxPointers, kMaxPointers + 1}) {
    std::string packet = header(0, static_cast<unsigned>(hops + 1), 0) + question(kLabels, 1);
    std::size_t target = 12;
    for (std::size_t i = 0; i < hops; ++i) {
      const std::size_t here = packet.size();
      packet += question(u16(static_cast<unsigned>(0xC000 | target)), 1);
      target = here;
    }
    EXPECT_EQ(parse(packet).has_value(), hops == kMaxPointers) << hops;
  }
}

TEST(MdnsMessage, ANameThatIsTooLongIsRefusedHoweverItIsPutTogether) {
  std::string name;
  for (int i = 0; i < 4; ++i) name += "\x3F" + std::string(63, 'a');
  EXPECT_FALSE(parse(header(0, 1, 0) + question(name + '\0', 1)).has_value());
  EXPECT_FALSE(parse(header(0, 1, 0) + question("\x40" + std::string(64, 'a') + '\0', 1)).has_value());
}

TEST(MdnsMessage, CountsThatPromiseMoreThanThereIsAreRefused) {
  EXPECT_FALSE(parse(header(0, 0xFFFF, 0) + question(kLabels, 1)).has_value());
  EXPECT_FALSE(parse(header(kResponse, 0, 0xFFFF, 0xFFFF, 0xFFFF)).has_value());
}

TEST(MdnsMessage, OfAFloodOfRecordsTheFirstAreKept) {
  std::string packet = header(kResponse, 0, 100);
  for (unsigned i = 0; i < 100; ++i) packet += record(i == 0 ? kLabels : "\xC0\x0C"s, 1, 1, 120, u16(0x0A00) + u16(i));
  const auto message = parse(packet);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->records.size(), kMaxRecords);
  EXPECT_FALSE(parse(packet + std::string(kMaxReadBytes, '\0')).has_value());
}

TEST(MdnsMessage, WhatIsWrittenIsReadAlike) {
  std::array<std::byte, kMaxWrittenBytes> room;
  MessageWriter writer(room, 7, true);
  writer.question({kName, RecordType::a, true});
  writer.address({kName, kV4, 120, true});
  writer.address({kName, kV6, 0, false});
  const auto message = Message::parse(writer.finish());
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->id, 7);
  EXPECT_TRUE(message->response);
  ASSERT_EQ(message->questions.size(), 1U);
  EXPECT_TRUE(message->questions[0].unicast);
  ASSERT_EQ(message->records.size(), 2U);
  EXPECT_EQ(message->records[0].address, kV4);
  EXPECT_TRUE(message->records[0].flush);
  EXPECT_EQ(message->records[1].address, kV6);
}

TEST(MdnsMessage, TheRecordThatSaysThatThereIsNoOtherTypeHasThatTypeInItsBitmap) {
  for (const auto& [type, bitmap] :
       {std::pair(RecordType::a, "\0\x01\x40"s), std::pair(RecordType::aaaa, "\0\x04\0\0\0\x08"s)}) {
    std::array<std::byte, kMaxWrittenBytes> room;
    MessageWriter writer(room, 0, true);
    writer.onlyType(kName, type, 120, true);
    EXPECT_EQ(asText(writer.finish()), header(kResponse, 0, 1) + record(kLabels, 47, 0x8001, 120, kLabels + bitmap));
  }
}

TEST(MdnsMessage, WhatDoesNotFitIsNotWrittenAtAll) {
  std::array<std::byte, 60> room;
  MessageWriter writer(room, 0, true);
  writer.address({kName, kV4, 120, true});
  EXPECT_TRUE(writer.finish().empty());
}

}  // namespace
}  // namespace portico::mdns
