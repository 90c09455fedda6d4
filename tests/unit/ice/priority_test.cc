#include "core/ice/priority.h"

#include <gtest/gtest.h>

namespace portico::ice {
namespace {

TEST(Priority, CandidatesHaveTheValuesOfTheFormula) {
  // RFC 8445 §5.1.2.1: 2^24 type + 2^8 local + 2^0 (256 - component)
  EXPECT_EQ(candidatePriority(CandidateType::host, Transport::udp, 65'535), 2'130'706'431U);
  EXPECT_EQ(candidatePriority(CandidateType::peerReflexive, Transport::udp, 65'535), 1'862'270'975U);
  EXPECT_EQ(candidatePriority(CandidateType::serverReflexive, Transport::udp, 65'535), 1'694'498'815U);
  EXPECT_EQ(candidatePriority(CandidateType::relayed, Transport::udp, 0), 255U);
}

TEST(Priority, APairsIsTheSameOnBothSides) {
  EXPECT_EQ(pairPriority(3, 2), (2ULL << 32) + 6 + 1);
  EXPECT_EQ(pairPriority(2, 3), (2ULL << 32) + 6);
  EXPECT_EQ(pairPriority(IceRole::controlling, 7, 9), pairPriority(IceRole::controlled, 9, 7));
  EXPECT_EQ(pairPriority(0xffffffff, 0xffffffff), 0xffffffffULL * (1ULL << 32) + 2 * 0xffffffffULL);
}

TEST(Priority, KnowsTheFourTypesByName) {
  for (const std::string_view name : {"host", "prflx", "srflx", "relay"}) {
    ASSERT_TRUE(parseCandidateType(name));
    EXPECT_EQ(toString(*parseCandidateType(name)), name);
  }
  EXPECT_FALSE(parseCandidateType("hosts"));
  EXPECT_FALSE(parseCandidateType(""));
}

}  // namespace
}  // namespace portico::ice
