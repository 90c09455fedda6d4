#include "core/mdns/engine.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

namespace portico::mdns {
namespace {

using namespace std::chrono_literals;

const Name kName = *Name::parse("1f4712db-ea17-4bcf-a596-105139dfd8bf.local");
const IpAddress kV4 = *IpAddress::parse("192.0.2.1");
const IpAddress kV6 = *IpAddress::parse("2001:db8::1");
const SocketAddress kPeer = *SocketAddress::parse("192.0.2.7:5353");
const SocketAddress kLegacy = *SocketAddress::parse("192.0.2.7:40000");
constexpr LinkId kLink = 1;
constexpr LinkId kOtherLink = 2;

/// The name with a number for its last digits.
Name numbered(unsigned number) {
  char text[64];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012x.local", number);
  return *Name::parse(text);
}

struct MdnsEngine : testing::Test {
  Engine engine;
  Time now{1000s};

  MdnsEngine() { engine.addLink(kLink, IpFamily::v4); }

  struct Sent {
    Transmit transmit;
    Message message;
  };
  std::vector<Sent> sent() {
    std::vector<Sent> all;
    for (Transmit& transmit : engine.takeTransmits()) {
      const auto message = Message::parse(transmit.packet);
      EXPECT_TRUE(message.has_value());
      all.push_back({std::move(transmit), message.value_or(Message())});
    }
    return all;
  }
  /// Time goes on, and what is due happens.
  std::vector<Sent> after(Duration duration) {
    const Time end = now + duration;
    std::vector<Sent> all;
    while (const auto next = engine.nextTimeout()) {
      if (*next > end) break;
      now = std::max(now, *next);
      engine.handleTimeout(now);
      for (Sent& one : sent()) all.push_back(std::move(one));
    }
    now = end;
    return all;
  }

  void question(const Name& name, RecordType type, LinkId link = kLink, const SocketAddress& from = kPeer,
                bool unicast = false, std::uint32_t knownTtl = 0) {
    std::array<std::byte, kMaxWrittenBytes> room;
    MessageWriter writer(room, 99, false);
    writer.question({name, type, unicast});
    if (knownTtl > 0) writer.address({name, kV4, knownTtl, false});
    engine.handleInput(now, link, from, writer.finish());
  }
  void answer(const Name& name, const std::vector<IpAddress>& addresses, std::uint32_t ttl = 120,
              const SocketAddress& from = kPeer) {
    std::array<std::byte, kMaxWrittenBytes> room;
    MessageWriter writer(room, 0, true);
    for (const IpAddress& address : addresses) writer.address({name, address, ttl, true});
    engine.handleInput(now, kLink, from, writer.finish());
  }
};

// Asking -------------------------------------------------------------------------------------------------------------

TEST_F(MdnsEngine, AskedForANameItAsksAtOnceAndThenAtGrowingIntervalsAndGivesUp) {
  engine.ask(now, kName);
  for (const Duration wait : {Duration(0s), Duration(1s), Duration(2s), Duration(4s)}) {
    EXPECT_TRUE(wait == 0s || after(wait - 1ms).empty());
    const auto packets = after(wait == 0s ? 0ms : 1ms);
    ASSERT_EQ(packets.size(), 1U);
    EXPECT_FALSE(packets[0].transmit.to.has_value());
    ASSERT_EQ(packets[0].message.questions.size(), 1U);
    EXPECT_EQ(packets[0].message.questions[0].name, kName);
    EXPECT_EQ(packets[0].message.questions[0].type, RecordType::a);
    EXPECT_FALSE(packets[0].message.questions[0].unicast);
    EXPECT_TRUE(engine.takeAnswers().empty());
  }
  EXPECT_TRUE(after(3s).empty());
  const auto answers = engine.takeAnswers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_FALSE(answers[0].address.has_value());
  EXPECT_FALSE(engine.nextTimeout().has_value());
}

TEST_F(MdnsEngine, AnAnswerEndsTheQuestion) {
  engine.ask(now, kName);
  after(0s);
  answer(kName, {kV4});
  const auto answers = engine.takeAnswers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].name, kName);
  EXPECT_EQ(*answers[0].address, kV4);
  EXPECT_TRUE(after(20s).empty());
}

TEST_F(MdnsEngine, AnIpv6AddressIsAskedForOnBothFamiliesAndAnIpv4AddressOnItsOwn) {
  engine.addLink(kOtherLink, IpFamily::v6);
  engine.ask(now, kName);
  std::vector<std::pair<LinkId, RecordType>> asked;
  for (const Sent& packet : after(0s)) asked.emplace_back(packet.transmit.link, packet.message.questions.at(0).type);
  EXPECT_EQ(asked, (std::vector<std::pair<LinkId, RecordType>>{
                       {kLink, RecordType::a}, {kLink, RecordType::aaaa}, {kOtherLink, RecordType::aaaa}}));
}

TEST_F(MdnsEngine, ANameWithMoreThanOneAddressHasNone) {
  engine.ask(now, kName);
  answer(kName, {kV4, kV6});
  const auto answers = engine.takeAnswers();
  ASSERT_EQ(answers.size(), 1U);
  ASSERT_FALSE(answers[0].address.has_value());
  EXPECT_NE(answers[0].address.error().message.find("more than one address"), std::string::npos);
}

TEST_F(MdnsEngine, WhatWasAnnouncedIsKnownWithoutAQuestionUntilItsTimeIsOver) {
  answer(kName, {kV4}, 10);
  now += 9s;
  engine.ask(now, kName);
  ASSERT_EQ(engine.takeAnswers().size(), 1U);
  EXPECT_TRUE(after(0s).empty());
  now += 1s;
  engine.ask(now, kName);
  EXPECT_TRUE(engine.takeAnswers().empty());
  EXPECT_EQ(after(0s).size(), 1U);
}

TEST_F(MdnsEngine, NothingIsKnownForLongerThanItsBoundWhateverTheAnswerSays) {
  answer(kName, {kV4}, 0xFFFFFFFF);
  now += std::chrono::seconds(kAddressTtlSeconds);
  engine.ask(now, kName);
  EXPECT_TRUE(engine.takeAnswers().empty());
}

TEST_F(MdnsEngine, AGoodbyeIsForgotten) {
  answer(kName, {kV4});
  answer(kName, {kV4}, 0);
  engine.ask(now, kName);
  EXPECT_TRUE(engine.takeAnswers().empty());
}

TEST_F(MdnsEngine, ALaterAnswerReplacesTheEarlierOne) {
  answer(kName, {kV4});
  answer(kName, {kV6});
  engine.ask(now, kName);
  const auto answers = engine.takeAnswers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(*answers[0].address, kV6);
}

TEST_F(MdnsEngine, AResponseFromAnotherPortIsNone) {
  engine.ask(now, kName);
  answer(kName, {kV4}, 120, kLegacy);
  EXPECT_TRUE(engine.takeAnswers().empty());
}

TEST_F(MdnsEngine, ANameThatNobodyWantsAnyMoreIsNotAskedForAgain) {
  engine.ask(now, kName);
  after(0s);
  engine.forget(kName);
  EXPECT_TRUE(after(20s).empty());
  EXPECT_TRUE(engine.takeAnswers().empty());
}

TEST_F(MdnsEngine, HundredsOfNamesCauseSoManyPacketsASecondAndNoMore) {
  for (unsigned i = 0; i < 300; ++i) engine.ask(now, numbered(i));
  EXPECT_EQ(engine.takeAnswers().size(), 300 - kMaxPendingNames);
  EXPECT_EQ(engine.counters().overBound, 300 - kMaxPendingNames);
  std::size_t total = 0;
  for (int second = 0; second < 30; ++second) {
    const std::size_t packets = after(999ms).size() + after(1ms).size();
    EXPECT_LE(packets, 2 * kMaxQuestionsPerSecond) << second;  // a second may touch two of the budget's
    total += packets;
  }
  EXPECT_EQ(total, kMaxPendingNames * kAskIntervals.size());
  EXPECT_EQ(engine.takeAnswers().size(), kMaxPendingNames);
}

TEST_F(MdnsEngine, AFloodOfAnnouncementsTakesNoMoreMemoryAndBlocksNoAnswer) {
  engine.ask(now, kName);
  for (unsigned i = 0; i < 10'000; ++i) answer(numbered(i), {kV4});
  answer(kName, {kV6});
  ASSERT_EQ(engine.takeAnswers().size(), 1U);
  // Of all those the last that the cache has room for are known.
  std::size_t known = 0;
  for (unsigned i = 0; i < 10'000; ++i) {
    engine.ask(now, numbered(i));
    for (const auto& each : engine.takeAnswers()) known += each.address.has_value() ? 1U : 0U;
    engine.forget(numbered(i));
  }
  EXPECT_LE(known, kMaxCachedNames);
}

TEST_F(MdnsEngine, GarbageIsCounted) {
  engine.handleInput(now, kLink, kPeer, asBytes("garbage"));
  EXPECT_EQ(engine.counters().malformed, 1U);
}

// Answering ----------------------------------------------------------------------------------------------------------

TEST_F(MdnsEngine, ANameIsAnsweredForAtOnceByMulticast) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  question(kName, RecordType::a);
  const auto packets = sent();
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].transmit.link, kLink);
  EXPECT_FALSE(packets[0].transmit.to.has_value());
  EXPECT_EQ(packets[0].message.id, 0);
  ASSERT_EQ(packets[0].message.records.size(), 1U);
  EXPECT_EQ(packets[0].message.records[0].name, kName);
  EXPECT_EQ(packets[0].message.records[0].address, kV4);
  EXPECT_EQ(packets[0].message.records[0].ttl, kAddressTtlSeconds);
  EXPECT_TRUE(packets[0].message.records[0].flush);
}

TEST_F(MdnsEngine, ANameIsAnnouncedTwiceOneSecondApartAndNotProbedFor) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  EXPECT_TRUE(after(999ms).empty());
  EXPECT_EQ(after(1ms).size(), 1U);
  EXPECT_TRUE(after(999ms).empty());
  EXPECT_EQ(after(1ms).size(), 1U);
  EXPECT_TRUE(after(60s).empty());
}

TEST_F(MdnsEngine, ANameIsAnsweredForOnTheInterfaceOfItsAddressOnly) {
  engine.addLink(kOtherLink, IpFamily::v4);
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  question(kName, RecordType::a, kOtherLink);
  question(numbered(1), RecordType::a);
  EXPECT_TRUE(sent().empty());
}

TEST_F(MdnsEngine, HoweverOftenItIsAskedItMulticastsARecordOnceASecond) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  std::size_t packets = 0;
  for (int i = 0; i < 1'000; ++i) {
    question(kName, RecordType::a);
    packets += sent().size();
    packets += after(10ms).size();
  }
  EXPECT_GE(packets, 10U);
  EXPECT_LE(packets, 11U);
}

TEST_F(MdnsEngine, WhoAsksWithinThatSecondIsAnsweredAtItsEnd) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  after(10s);
  question(kName, RecordType::a);
  EXPECT_EQ(sent().size(), 1U);
  after(300ms);
  question(kName, RecordType::a);
  EXPECT_TRUE(sent().empty());
  EXPECT_TRUE(after(699ms).empty());
  EXPECT_EQ(after(1ms).size(), 1U);
}

TEST_F(MdnsEngine, AUnicastAnswerIsGivenToWhoAsksForItWhereTheOthersHaveHeardItLately) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  question(kName, RecordType::a, kLink, kPeer, true);
  auto packets = sent();
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_FALSE(packets[0].transmit.to.has_value());
  question(kName, RecordType::a, kLink, kPeer, true);
  packets = sent();
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].transmit.to, kPeer);
}

TEST_F(MdnsEngine, AQuestionFromAnotherPortIsAnsweredAsByADnsServer) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  question(kName, RecordType::a, kLink, kLegacy);
  const auto packets = sent();
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].transmit.to, kLegacy);
  EXPECT_EQ(packets[0].message.id, 99);
  ASSERT_EQ(packets[0].message.questions.size(), 1U);
  ASSERT_EQ(packets[0].message.records.size(), 1U);
  EXPECT_EQ(packets[0].message.records[0].ttl, kLegacyTtlSeconds);
  EXPECT_FALSE(packets[0].message.records[0].flush);
}

TEST_F(MdnsEngine, AFloodOfQuestionsFromOtherPortsIsAnsweredUpToItsBound) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  for (int i = 0; i < 1'000; ++i) question(kName, RecordType::a, kLink, kLegacy);
  EXPECT_EQ(sent().size(), kMaxUnicastsPerSecond);
}

TEST_F(MdnsEngine, WhoKnowsTheAnswerIsNotTold) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  question(kName, RecordType::a, kLink, kPeer, false, kAddressTtlSeconds / 2);
  EXPECT_TRUE(sent().empty());
  question(kName, RecordType::a, kLink, kPeer, false, kAddressTtlSeconds / 2 - 1);
  EXPECT_EQ(sent().size(), 1U);
}

TEST_F(MdnsEngine, WhoAsksForTheOtherFamilyHearsThatThereIsNone) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  question(kName, RecordType::aaaa);
  const auto packets = sent();
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_TRUE(packets[0].message.records.empty());
  EXPECT_GT(packets[0].transmit.packet.size(), 12U);
}

TEST_F(MdnsEngine, TheEndOfANameIsToldWhereTheNameWas) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  after(5s);
  engine.withdraw(kName);
  const auto packets = sent();
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].message.records.at(0).ttl, 0U);
  question(kName, RecordType::a);
  EXPECT_TRUE(sent().empty());
  EXPECT_FALSE(engine.nextTimeout().has_value());
}

TEST_F(MdnsEngine, OfANameThatNobodyHasHeardOfNoEndIsTold) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  engine.withdraw(kName);
  EXPECT_TRUE(sent().empty());
}

TEST_F(MdnsEngine, ItsOwnNameItKnowsWithoutAsking) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  engine.ask(now, kName);
  EXPECT_EQ(*engine.takeAnswers().at(0).address, kV4);
  EXPECT_TRUE(sent().empty());
}

TEST_F(MdnsEngine, NamesBeyondTheBoundAreRefused) {
  for (unsigned i = 0; i < kMaxPublishedNames; ++i) ASSERT_TRUE(engine.publish(now, numbered(i), kV4, {kLink}));
  EXPECT_FALSE(engine.publish(now, kName, kV4, {kLink}));
  engine.withdraw(numbered(0));
  EXPECT_TRUE(engine.publish(now, kName, kV4, {kLink}));
}

TEST_F(MdnsEngine, OnALinkThatIsGoneNothingIsSaidAnyMore) {
  ASSERT_TRUE(engine.publish(now, kName, kV4, {kLink}));
  engine.ask(now, numbered(1));
  engine.removeLink(kLink);
  EXPECT_TRUE(after(20s).empty());
  EXPECT_EQ(engine.takeAnswers().size(), 1U);
}

}  // namespace
}  // namespace portico::mdns
