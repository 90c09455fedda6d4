#include "core/turn/deframer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/stun/hex.h"

namespace portico::turn {
namespace {

const char* const kStun = "0001 0004 2112a442 000102030405060708090a0b 80220000";
const char* const kChannel = "4001 0005 6162636465 000000";

ByteVector both() {
  return fromHex(std::string(kStun) + kChannel + kStun);
}

std::vector<ByteVector> all(Deframer& deframer, ByteView bytes, bool& whole) {
  std::vector<ByteVector> messages;
  whole = deframer.push(bytes, [&](MutableByteView message) { messages.push_back(toVector(message)); });
  return messages;
}

TEST(DeframerTest, CutsAStreamIntoItsMessages) {
  Deframer deframer;
  bool whole = false;
  EXPECT_EQ(all(deframer, both(), whole), (std::vector<ByteVector>{fromHex(kStun), fromHex(kChannel), fromHex(kStun)}));
  EXPECT_TRUE(whole);
  EXPECT_EQ(deframer.keptBytes(), 0u);
}

TEST(DeframerTest, DoesNotCareHowTheStreamComes) {
  for (std::size_t step = 1; step < 20; ++step) {
    Deframer deframer;
    std::vector<ByteVector> messages;
    const ByteVector stream = both();
    for (std::size_t at = 0; at < stream.size(); at += step) {
      const ByteView piece = ByteView(stream).subspan(at, std::min(step, stream.size() - at));
      ASSERT_TRUE(deframer.push(piece, [&](MutableByteView message) { messages.push_back(toVector(message)); }));
    }
    EXPECT_EQ(messages, (std::vector<ByteVector>{fromHex(kStun), fromHex(kChannel), fromHex(kStun)})) << step;
  }
}

TEST(DeframerTest, KeepsWhatCameAndNotWhatALengthPromises) {
  Deframer deframer;
  bool whole = false;
  EXPECT_TRUE(all(deframer, fromHex("4001 ffff 61"), whole).empty());
  EXPECT_TRUE(whole);
  EXPECT_EQ(deframer.keptBytes(), 5u);
}

TEST(DeframerTest, TellsAStreamThatIsNoneOfATurnServer) {
  for (const char* hex : {"80000000", "c0", "50010000", "00010003 2112a442", "00010004 2112a443"}) {
    Deframer deframer;
    bool whole = true;
    const ByteVector bytes = fromHex(hex);
    EXPECT_TRUE(all(deframer, bytes, whole).empty()) << hex;
    EXPECT_FALSE(whole) << hex;
  }
}

}  // namespace
}  // namespace portico::turn
