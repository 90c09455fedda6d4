#include "core/sctp/empty_data.h"

#include <gtest/gtest.h>

#include <vector>

namespace portico::sctp {
namespace {

ByteVector packetOf(const std::vector<unsigned>& chunks) {
  ByteVector packet(12, std::byte{9});
  for (const unsigned byte : chunks) packet.push_back(static_cast<std::byte>(byte));
  return packet;
}

TEST(EmptyData, BecomesOneZeroByteUnderThePpidForEmptyMessages) {
  EXPECT_EQ(fillEmptyData(packetOf({0, 3, 0, 16, 1, 2, 3, 4, 0, 1, 0, 1, 0, 0, 0, 53})),
            packetOf({0, 3, 0, 17, 1, 2, 3, 4, 0, 1, 0, 1, 0, 0, 0, 57, 0, 0, 0, 0}));
  EXPECT_EQ(fillEmptyData(packetOf({0, 3, 0, 16, 1, 2, 3, 4, 0, 1, 0, 1, 0, 0, 0, 51})),
            packetOf({0, 3, 0, 17, 1, 2, 3, 4, 0, 1, 0, 1, 0, 0, 0, 56, 0, 0, 0, 0}));
}

TEST(EmptyData, ItsNeighboursStayAsTheyAre) {
  EXPECT_EQ(fillEmptyData(packetOf({3, 0, 0, 6, 7, 7, 0, 0, 0, 3, 0, 16, 1, 2, 3, 4, 0, 1, 0, 1, 0, 0, 0, 56, 8, 8})),
            packetOf({3, 0, 0, 6, 7, 7, 0, 0, 0, 3, 0, 17, 1, 2, 3, 4, 0, 1, 0, 1, 0, 0, 0, 56, 0, 0, 0, 0, 8, 8}));
}

TEST(EmptyData, PacketsWithoutItAreNotCopied) {
  EXPECT_FALSE(fillEmptyData(packetOf({0, 3, 0, 17, 1, 2, 3, 4, 0, 1, 0, 1, 0, 0, 0, 53, 5, 0, 0, 0})));
  EXPECT_FALSE(fillEmptyData(packetOf({0, 3, 0, 0, 1, 2, 3, 4, 0, 1, 0, 1, 0, 0, 0, 53})));
  EXPECT_FALSE(fillEmptyData(packetOf({0, 3, 0, 16, 1, 2})));
  for (std::size_t length = 0; length < 20; ++length) EXPECT_FALSE(fillEmptyData(ByteVector(length)));
}

}  // namespace
}  // namespace portico::sctp
