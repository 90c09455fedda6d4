// Over bad links every message arrives, once and in order.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "tests/peers/peer.h"

namespace portico::test {
namespace {

constexpr int kMessages = 1'000;

// 1 B to 256 KiB, most of them small as in life, each telling its number and its length.
std::string messageOf(int number) {
  static constexpr std::size_t kSizes[] = {1, 100, 1'000, 1'160, 1'161, 4'096, 16'384, 65'536, 262'144};
  const std::size_t index = number % 100 == 99 ? 8 : number % 50 == 49 ? 7 : static_cast<std::size_t>(number) % 7;
  std::string message(kSizes[index], static_cast<char>('a' + number % 26));
  const std::string head = std::to_string(number) + ' ';
  if (message.size() > head.size()) message.replace(0, head.size(), head);
  return message;
}

using Link = std::tuple<double, int, double>;  // loss, delay in ms one way, reordering

class LinkMatrix : public testing::TestWithParam<Link> {};

TEST_P(LinkMatrix, CarriesAThousandMessagesOnceAndInOrder) {
  const auto [loss, delay, reordering] = GetParam();
  Pair pair(42);
  pair.setLinks({.delay = std::chrono::milliseconds(delay), .loss = loss, .reordering = reordering});
  DataChannel channel = pair.alice->open({.label = "data"});
  ASSERT_TRUE(pair.connect(120s));
  ASSERT_TRUE(pair.world.runUntil([&] { return !pair.bob->incoming.empty(); }, 120s));

  int sent = 0;
  int received = 0;
  int wrong = 0;
  pair.bob->incoming.front().onMessage([&](const DataChannelMessage& message) {
    if (asText(message.data) != messageOf(received)) ++wrong;
    ++received;
  });
  channel.setBufferedAmountLowThreshold(512 * 1024);
  const auto fill = [&] {
    while (sent < kMessages && channel.bufferedAmount() < 1024 * 1024) {
      ASSERT_TRUE(channel.send(messageOf(sent)));
      ++sent;
    }
  };
  channel.onBufferedAmountLow(fill);
  ASSERT_TRUE(pair.world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 120s));
  fill();
  EXPECT_TRUE(pair.world.runUntil([&] { return received >= kMessages; }, 3'600s))
      << "sent " << sent << ", received " << received;
  pair.world.runFor(1s);
  EXPECT_EQ(received, kMessages);
  EXPECT_EQ(wrong, 0);
  for (const Peer* peer : {pair.alice.get(), pair.bob.get()}) {
    for (const Error& error : peer->errors) ADD_FAILURE() << error.message;
  }
}

INSTANTIATE_TEST_SUITE_P(LossDelayReordering, LinkMatrix,
                         testing::Combine(testing::Values(0.0, 0.01, 0.05, 0.20), testing::Values(0, 25, 150),
                                          testing::Values(0.0, 0.1)),
                         [](const testing::TestParamInfo<Link>& cell) {
                           return "loss" + std::to_string(static_cast<int>(std::get<0>(cell.param) * 100)) + "_delay" +
                                  std::to_string(std::get<1>(cell.param)) + "_reordering" +
                                  std::to_string(static_cast<int>(std::get<2>(cell.param) * 100));
                         });

}  // namespace
}  // namespace portico::test
