#include "core/wire/packet_frame.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/wire/stream_cutter.h"

namespace portico {
namespace {

struct Cut {
  StreamCutter cutter;
  std::vector<std::string> packets;

  bool push(ByteView bytes) {
    return cutter.push(bytes, &frameBytes,
                       [&](MutableByteView frame) { packets.emplace_back(asText(frame.subspan(kFrameHeaderBytes))); });
  }
};

ByteVector framed(const std::vector<std::string>& packets) {
  ByteVector stream;
  for (const std::string& packet : packets) appendFrame(stream, asBytes(packet));
  return stream;
}

TEST(PacketFrame, IsALengthOfTwoBytesInNetworkOrderAndThePacket) {
  const ByteVector stream = framed({std::string(258, 'x')});
  ASSERT_EQ(stream.size(), 260U);
  EXPECT_EQ(stream[0], std::byte{1});
  EXPECT_EQ(stream[1], std::byte{2});
  EXPECT_EQ(stream[2], std::byte{'x'});
}

TEST(PacketFrame, PacketsComeOutWholeHoweverTheStreamIsCut) {
  const std::vector<std::string> packets = {
      "a", "", std::string(70, 'b'), std::string(300, 'c'), std::string(kMaxFramedBytes, 'd'), "e"};
  const ByteVector stream = framed(packets);
  for (const std::size_t step : {1UL, 2UL, 3UL, 71UL, 1'000UL, stream.size()}) {
    Cut cut;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      EXPECT_TRUE(cut.push(ByteView(stream).subspan(at, std::min(step, stream.size() - at))));
    }
    EXPECT_EQ(cut.packets, packets) << step;
    EXPECT_EQ(cut.cutter.keptBytes(), 0U);
  }
}

TEST(PacketFrame, OfAFrameThatNeverEndsOnlyWhatCameIsKept) {
  Cut cut;
  const std::string promise("\xff\xff", 2);
  EXPECT_TRUE(cut.push(asBytes(promise)));
  EXPECT_TRUE(cut.push(asBytes("some")));
  EXPECT_EQ(cut.cutter.keptBytes(), 6U);
  EXPECT_TRUE(cut.packets.empty());
}

}  // namespace
}  // namespace portico
