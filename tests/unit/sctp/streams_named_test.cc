#include "core/sctp/streams_named.h"

#include <gtest/gtest.h>

#include <vector>

namespace portico::sctp {
namespace {

StreamsNamed namedBy(const std::vector<unsigned>& chunks) {
  ByteVector packet(12, std::byte{9});
  for (const unsigned byte : chunks) packet.push_back(static_cast<std::byte>(byte));
  return streamsNamed(packet);
}

StreamsNamed inbound(std::uint32_t count) {
  return {count, false};
}

const StreamsNamed kAll{0, true};

TEST(StreamsNamed, TheHighestOfAllDataChunksCounts) {
  EXPECT_EQ(namedBy({0, 3, 0, 17, 1, 2, 3, 4, 3, 255, 0, 1, 0, 0, 0, 53, 7, 0, 0, 0,  //
                     0, 3, 0, 17, 1, 2, 3, 5, 0, 2,   0, 1, 0, 0, 0, 53, 7, 0, 0, 0}),
            inbound(1'024));
  EXPECT_EQ(namedBy({0, 3, 0, 17, 1, 2, 3, 4, 255, 255, 0, 1, 0, 0, 0, 53, 7}), inbound(65'536));
}

TEST(StreamsNamed, AForwardTsnNamesThoseThatItSkips) {
  EXPECT_EQ(namedBy({192, 0, 0, 16, 1, 2, 3, 4, 1, 0, 0, 1, 0, 4, 0, 9}), inbound(257));
  EXPECT_EQ(namedBy({192, 0, 0, 8, 1, 2, 3, 4}), inbound(0));
}

TEST(StreamsNamed, TheHandshakeIsAboutAll) {
  for (const unsigned type : {1u, 2u, 10u, 11u}) EXPECT_EQ(namedBy({type, 0, 0, 4}), kAll);
  EXPECT_EQ(namedBy({3, 0, 0, 4}), inbound(0));
}

TEST(StreamsNamed, OnlyAReconfigThatAsksForOursOrForMoreIsAboutAll) {
  EXPECT_EQ(namedBy({130, 0, 0, 12, 0, 13, 0, 8, 0, 0, 0, 1}), inbound(0));
  EXPECT_EQ(namedBy({130, 0, 0, 12, 0, 16, 0, 8, 0, 0, 0, 1}), inbound(0));
  for (const unsigned type : {14u, 17u, 18u}) {
    EXPECT_EQ(namedBy({130, 0, 0, 12, 0, type, 0, 8, 0, 0, 0, 1}), kAll);
    EXPECT_EQ(namedBy({130, 0, 0, 20, 0, 16, 0, 8, 0, 0, 0, 1, 0, type, 0, 8, 0, 0, 0, 1}), kAll);
  }
}

TEST(StreamsNamed, MalformedPacketsNameWhatWasReadable) {
  for (std::size_t length = 0; length < 20; ++length) EXPECT_EQ(streamsNamed(ByteVector(length)), inbound(0));
  EXPECT_EQ(namedBy({0, 3, 0, 9, 1, 2, 3, 4, 5}), inbound(0));
  EXPECT_EQ(namedBy({192, 0, 0, 13, 1, 2, 3, 4, 0, 7, 0, 1, 9}), inbound(8));
  EXPECT_EQ(namedBy({130, 0, 0, 7, 0, 14, 0}), inbound(0));
}

}  // namespace
}  // namespace portico::sctp
