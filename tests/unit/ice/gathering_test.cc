// Server-reflexive candidates, and the end of gathering.
#include <gtest/gtest.h>

#include "tests/unit/ice/hand_made.h"

namespace portico::ice {
namespace {

constexpr std::string_view kServer = "198.51.100.1:3478";

class Gathering : public testing::Test {
 protected:
  /// A STUN server that sees every client as `mapped`, or as it is.
  void serve(std::string_view server, std::optional<SocketAddress> mapped, std::string_view answerFrom = {}) {
    two.pipe.others[at(server)] = [=, this](const Packet& packet) {
      ++asked;
      const auto request = stun::Message::parse(packet.payload);
      ASSERT_TRUE(request);
      std::array<std::byte, 128> room;
      stun::MessageBuilder builder(room, stun::MessageClass::success, stun::Method::binding, request->transactionId());
      builder.xorAddress(stun::Attribute::xorMappedAddress, mapped.value_or(packet.from));
      two.pipe.inject(answerFrom.empty() ? packet.to : at(answerFrom), packet.from, builder.finish());
    };
  }
  void gather(std::string_view server = kServer) {
    two.a.agent.addStunServer(two.pipe.now, at(server), "stun:example");
    two.a.agent.endOfSources(two.pipe.now);
  }
  Two two;
  int asked = 0;
};

TEST_F(Gathering, AServerGivesAReflexiveCandidate) {
  serve(kServer, at("203.0.113.5:4444"));
  two.a.open(two.pipe.now, "192.0.2.1:1000", 65'535);
  gather();
  two.pipe.run(milliseconds(5));
  ASSERT_EQ(two.a.candidates.size(), 2U);
  const IceCandidate& candidate = two.a.candidates[1];
  EXPECT_EQ(candidate.type, "srflx");
  EXPECT_EQ(candidate.address, "203.0.113.5");
  EXPECT_EQ(candidate.port, 4'444);
  EXPECT_EQ(candidate.priority, 1'694'498'815U);
  EXPECT_EQ(candidate.relatedAddress, "192.0.2.1");
  EXPECT_EQ(candidate.relatedPort, 1'000);
  EXPECT_EQ(candidate.url, "stun:example");
  EXPECT_NE(candidate.foundation, two.a.candidates[0].foundation);
  EXPECT_EQ(two.a.gatheringDone, 1);
  EXPECT_TRUE(two.a.errors.empty());
}

TEST_F(Gathering, WorksOverIpv6) {
  serve("[2001:db8:1::1]:3478", at("[2001:db8:2::5]:4444"));
  two.a.open(two.pipe.now, "[2001:db8::1]:1000");
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  gather("[2001:db8:1::1]:3478");
  two.pipe.run(milliseconds(5));
  ASSERT_EQ(two.a.candidates.size(), 3U);
  EXPECT_EQ(two.a.candidates[2].address, "2001:db8:2::5");
  EXPECT_EQ(asked, 1);
}

TEST_F(Gathering, ASocketThatComesLaterAsksToo) {
  serve(kServer, at("203.0.113.5:4444"));
  two.a.agent.addStunServer(two.pipe.now, at(kServer), "stun:example");
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  two.pipe.run(milliseconds(5));
  EXPECT_EQ(two.a.candidates.size(), 2U);
  EXPECT_EQ(two.a.gatheringDone, 0);
  two.a.agent.endOfSources(two.pipe.now);
  two.pipe.run(milliseconds(5));
  EXPECT_EQ(two.a.gatheringDone, 1);
}

TEST_F(Gathering, WithoutANatTheReflexiveCandidateIsRedundant) {
  serve(kServer, std::nullopt);
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  gather();
  two.pipe.run(milliseconds(5));
  EXPECT_EQ(two.a.candidates.size(), 1U);
  EXPECT_EQ(two.a.gatheringDone, 1);
}

TEST_F(Gathering, AServerThatIsSilentIsAnErrorAndNotAnObstacle) {
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  gather();
  two.pipe.run(milliseconds(5'499));
  EXPECT_EQ(two.a.gatheringDone, 0);
  two.pipe.run(milliseconds(1));
  EXPECT_EQ(two.a.gatheringDone, 1);
  EXPECT_EQ(two.pipe.carried, 4U);
  ASSERT_EQ(two.a.errors.size(), 1U);
  EXPECT_EQ(two.a.errors[0].errorCode, 701);
  EXPECT_EQ(two.a.errors[0].url, "stun:example");
  EXPECT_EQ(two.a.errors[0].address, "192.0.2.1");
  EXPECT_EQ(two.a.errors[0].port, 1'000);
}

TEST_F(Gathering, AServersErrorIsReportedWithItsCode) {
  two.pipe.others[at(kServer)] = [this](const Packet& packet) {
    std::array<std::byte, 128> room;
    stun::MessageBuilder builder(room, stun::MessageClass::error, stun::Method::binding,
                                 stun::Message::parse(packet.payload)->transactionId());
    builder.errorCode(401, "Unauthenticated");
    two.pipe.inject(packet.to, packet.from, builder.finish());
  };
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  gather();
  two.pipe.run(milliseconds(5));
  ASSERT_EQ(two.a.errors.size(), 1U);
  EXPECT_EQ(two.a.errors[0].errorCode, 401);
  EXPECT_EQ(two.a.errors[0].errorText, "Unauthenticated");
  EXPECT_EQ(two.a.gatheringDone, 1);
}

TEST_F(Gathering, AnAnswerFromAnotherAddressIsNotBelieved) {
  serve(kServer, at("203.0.113.5:4444"), "198.51.100.66:3478");
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  gather();
  two.pipe.run(seconds(10));
  EXPECT_EQ(two.a.candidates.size(), 1U);
  EXPECT_EQ(two.a.agent.counters().unmatched, 4U);
}

TEST_F(Gathering, ALateAnswerIsIgnored) {
  std::vector<Packet> held;
  two.pipe.filter = [&](Packet& packet) {
    held.push_back(packet);
    return false;
  };
  serve(kServer, at("203.0.113.5:4444"));
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  gather();
  two.pipe.run(seconds(6));
  ASSERT_FALSE(held.empty());
  two.pipe.others[at(kServer)](held.front());
  two.pipe.run(milliseconds(5));
  EXPECT_EQ(two.a.candidates.size(), 1U);
  EXPECT_EQ(two.a.agent.counters().unmatched, 1U);
}

TEST_F(Gathering, WithoutServersItIsDoneWhenTheSourcesEnd) {
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  two.a.agent.endOfSources(two.pipe.now);
  two.a.agent.endOfSources(two.pipe.now);
  two.a.takeEvents();
  EXPECT_EQ(two.a.gatheringDone, 1);
}

TEST_F(Gathering, RequestsArePaced) {
  for (int i = 1; i <= 8; ++i) two.a.open(two.pipe.now, "192.0.2." + std::to_string(i) + ":1000");
  std::vector<Time> times;
  two.pipe.filter = [&](Packet&) {
    times.push_back(two.pipe.now);
    return false;
  };
  gather();
  two.pipe.run(milliseconds(400));
  ASSERT_EQ(times.size(), 8U);
  EXPECT_EQ(times[3] - times[0], milliseconds(0));
  for (std::size_t i = 4; i < times.size(); ++i) EXPECT_EQ(times[i] - times[i - 1], milliseconds(50)) << i;
}

TEST_F(Gathering, TheSelectedPairNamesTheReflexiveCandidateThatTheNatShows) {
  // A NAT before a: outside it is 203.0.113.5:4444, always.
  const SocketAddress inside = at("192.0.2.1:1000");
  const SocketAddress outside = at("203.0.113.5:4444");
  two.pipe.filter = [=](Packet& packet) {
    if (packet.from == inside) packet.from = outside;
    if (packet.to == outside) packet.to = inside;
    return true;
  };
  serve(kServer, std::nullopt);
  two.a.open(two.pipe.now, "192.0.2.1:1000");
  two.b.open(two.pipe.now, "198.51.100.9:2000");
  gather();
  two.pipe.others[at(kServer)] = [this, outside, inside](const Packet& packet) {
    std::array<std::byte, 128> room;
    stun::MessageBuilder builder(room, stun::MessageClass::success, stun::Method::binding,
                                 stun::Message::parse(packet.payload)->transactionId());
    builder.xorAddress(stun::Attribute::xorMappedAddress, outside);
    two.pipe.inject(packet.to, inside, builder.finish());
  };
  two.pipe.run(milliseconds(5));
  two.exchange();
  two.startA();
  two.startB();
  ASSERT_TRUE(two.bothIn("completed"));
  EXPECT_EQ(two.a.agent.selectedPair()->local.type, "srflx");
  EXPECT_EQ(two.a.agent.selectedPair()->local.address, "203.0.113.5");
  EXPECT_EQ(two.b.agent.selectedPair()->remote.type, "srflx");
}

}  // namespace
}  // namespace portico::ice
