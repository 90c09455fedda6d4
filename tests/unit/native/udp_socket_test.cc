#include "native/udp_socket.h"

#include <random>

#include "tests/unit/native/loop_fixture.h"

namespace portico::test {
namespace {

struct UdpCase {
  std::string name;
  IpFamily family = IpFamily::v4;
  LoopOptions options;
};

std::vector<UdpCase> everyCase() {
  std::vector<UdpCase> cases;
  for (const IpFamily family : {IpFamily::v4, IpFamily::v6}) {
    const std::string prefix = family == IpFamily::v4 ? "v4_" : "v6_";
    LoopOptions all;
    LoopOptions withoutSegmentation;
    withoutSegmentation.udpSegmentationOffload = false;
    LoopOptions withoutReceiveOffload;
    withoutReceiveOffload.udpReceiveOffload = false;
    LoopOptions withoutOffloads = withoutSegmentation;
    withoutOffloads.udpReceiveOffload = false;
    LoopOptions singleCalls;
    singleCalls.udpBatchedCalls = false;
    singleCalls.polling = LoopOptions::Polling::poll;
    cases.push_back({prefix + "all", family, all});
    cases.push_back({prefix + "without_segmentation", family, withoutSegmentation});
    cases.push_back({prefix + "without_receive_offload", family, withoutReceiveOffload});
    cases.push_back({prefix + "without_offloads", family, withoutOffloads});
    cases.push_back({prefix + "single_calls_and_poll", family, singleCalls});
  }
  return cases;
}

class UdpSocketTest : public ::testing::TestWithParam<UdpCase> {
 protected:
  bool runUntil(const std::function<bool()>& done) { return loop.runUntil(done, kPatience); }

  Loop loop{GetParam().options};
};

INSTANTIATE_TEST_SUITE_P(With, UdpSocketTest, ::testing::ValuesIn(everyCase()),
                         [](const auto& test) { return test.param.name; });

/// Payloads in one piece of memory, as a stack's packet queue has them; each begins with its number.
struct Burst {
  std::vector<std::byte> memory;
  std::vector<OutgoingDatagram> datagrams;
};

Burst makeBurst(const SocketAddress& remote, const std::vector<std::size_t>& sizes) {
  Burst burst;
  std::size_t total = 0;
  for (const std::size_t size : sizes) {
    total += size;
  }
  burst.memory.resize(total);
  std::size_t offset = 0;
  std::uint32_t state = 1;
  for (const std::size_t size : sizes) {
    for (std::size_t i = 0; i < size; ++i) {
      state = state * 1'664'525U + 1'013'904'223U;
      burst.memory[offset + i] = static_cast<std::byte>(state >> 24);
    }
    burst.datagrams.push_back({remote, ByteView(burst.memory).subspan(offset, size)});
    offset += size;
  }
  return burst;
}

void expectSame(const Burst& sent, const std::vector<ReceivedDatagram>& received, const SocketAddress& from) {
  ASSERT_EQ(sent.datagrams.size(), received.size());
  for (std::size_t i = 0; i < received.size(); ++i) {
    ASSERT_EQ(received[i].payload, asText(sent.datagrams[i].payload)) << "datagram " << i;
    ASSERT_EQ(received[i].remote, from);
  }
}

TEST_P(UdpSocketTest, EchoesADatagramToWhereItCameFrom) {
  Keeper client;
  Keeper server;
  const auto clientSocket = openLoopback(loop, client, GetParam().family);
  const auto serverSocket = openLoopback(loop, server, GetParam().family);
  EXPECT_NE(clientSocket->localAddress().port, 0);
  server.onBatch = [&](std::span<Datagram> batch) {
    for (const Datagram& datagram : batch) {
      const OutgoingDatagram answer{datagram.remote, datagram.payload};
      serverSocket->send(std::span(&answer, 1));
    }
  };
  sendText(*clientSocket, serverSocket->localAddress(), "hello");
  EXPECT_TRUE(runUntil([&] { return client.received.size() == 1; }));
  EXPECT_EQ(client.received[0].payload, "hello");
  EXPECT_EQ(client.received[0].remote, serverSocket->localAddress());
  EXPECT_EQ(server.received[0].remote, clientSocket->localAddress());
  EXPECT_LE(client.lastTime, loop.now());
  EXPECT_EQ(clientSocket->droppedDatagrams(), 0U);
}

TEST_P(UdpSocketTest, BatchesOfManySizesArriveIntactAndInOrder) {
  std::mt19937 random(7);
  for (const std::size_t count : {1U, 2U, 3U, 63U, 64U, 65U, 130U, 500U}) {
    Keeper keeper;
    Keeper unused;
    const auto receiver = openLoopback(loop, keeper, GetParam().family);
    const auto sender = openLoopback(loop, unused, GetParam().family);
    std::vector<std::size_t> sizes;
    while (sizes.size() < count) {
      // Runs of one size, as bulk data makes them, between single ones of any size, empty ones among them.
      const std::size_t size = random() % 5 == 0 ? random() % 3 : 1 + random() % 1'400;
      const std::size_t run = random() % 3 == 0 ? 1 : 1 + random() % 90;
      sizes.insert(sizes.end(), std::min(run, count - sizes.size()), size);
    }
    const Burst burst = makeBurst(receiver->localAddress(), sizes);
    sender->send(burst.datagrams);
    EXPECT_TRUE(runUntil([&] { return keeper.received.size() >= count; }));
    expectSame(burst, keeper.received, sender->localAddress());
    EXPECT_EQ(sender->droppedDatagrams(), 0U);
  }
}

TEST_P(UdpSocketTest, DatagramsAsLargeAsAnEthernetFrameArriveWhole) {
  Keeper keeper;
  const auto socket = openLoopback(loop, keeper, GetParam().family);
  const Burst burst = makeBurst(socket->localAddress(), std::vector<std::size_t>(100, 1'500));
  socket->send(burst.datagrams);
  EXPECT_TRUE(runUntil([&] { return keeper.received.size() >= 100; }));
  expectSame(burst, keeper.received, socket->localAddress());
}

TEST_P(UdpSocketTest, TheLargestDatagramArrivesWhole) {
  Keeper keeper;
  const auto socket = openLoopback(loop, keeper, GetParam().family);
  const Burst burst = makeBurst(socket->localAddress(), {kMaxUdpPayloadBytes, kMaxUdpPayloadBytes});
  socket->send(burst.datagrams);
  EXPECT_TRUE(runUntil([&] { return keeper.received.size() >= 2; }));
  expectSame(burst, keeper.received, socket->localAddress());
}

TEST_P(UdpSocketTest, PayloadsThatAreScatteredInMemoryArriveInOrderToo) {
  Keeper keeper;
  const auto socket = openLoopback(loop, keeper, GetParam().family);
  Burst burst = makeBurst(socket->localAddress(), std::vector<std::size_t>(200, 1'000));
  std::vector<ByteVector> scattered;
  for (OutgoingDatagram& datagram : burst.datagrams) {
    scattered.push_back(toVector(datagram.payload));
    datagram.payload = scattered.back();
  }
  socket->send(burst.datagrams);
  EXPECT_TRUE(runUntil([&] { return keeper.received.size() >= 200; }));
  expectSame(burst, keeper.received, socket->localAddress());
}

TEST_P(UdpSocketTest, ABatchToSeveralRemotesReachesEach) {
  std::array<Keeper, 3> keepers;
  std::vector<std::unique_ptr<UdpSocket>> sockets;
  for (Keeper& keeper : keepers) {
    sockets.push_back(openLoopback(loop, keeper, GetParam().family));
  }
  std::vector<OutgoingDatagram> batch;
  const std::string text = "abcdefghijkl";
  for (std::size_t i = 0; i < text.size(); ++i) {
    batch.push_back({sockets[i % 3]->localAddress(), asBytes(text).subspan(i, 1)});
  }
  sockets[0]->send(batch);
  EXPECT_TRUE(runUntil(
      [&] { return keepers[0].received.size() + keepers[1].received.size() + keepers[2].received.size() == 12; }));
  std::string second;
  for (const ReceivedDatagram& datagram : keepers[1].received) {
    second += datagram.payload;
  }
  EXPECT_EQ(second, "behk");
}

TEST_P(UdpSocketTest, TheReceiverMayWriteIntoWhatItIsGiven) {
  Keeper keeper;
  const auto socket = openLoopback(loop, keeper, GetParam().family);
  std::string seen;
  keeper.onBatch = [&](std::span<Datagram> batch) {
    for (Datagram& datagram : batch) {
      std::fill(datagram.payload.begin(), datagram.payload.end(), std::byte{'z'});
    }
    for (const Datagram& datagram : batch) {
      seen += asText(datagram.payload);
    }
  };
  const Burst burst = makeBurst(socket->localAddress(), std::vector<std::size_t>(5, 10));
  socket->send(burst.datagrams);
  EXPECT_TRUE(runUntil([&] { return seen.size() >= 50; }));
  EXPECT_EQ(seen, std::string(50, 'z'));
}

TEST_P(UdpSocketTest, WhatCannotBeSentIsDroppedAndCountedAndTheRestGoesOn) {
  Keeper keeper;
  const auto socket = openLoopback(loop, keeper, GetParam().family);
  const SocketAddress self = socket->localAddress();
  const SocketAddress noPort{self.ip, 0};
  const SocketAddress otherFamily{IpAddress::loopback(self.ip.isV4() ? IpFamily::v6 : IpFamily::v4), self.port};
  const ByteVector tooLarge(kMaxUdpPayloadBytes + 1);
  const std::vector<OutgoingDatagram> batch = {{self, asBytes("first")},  {noPort, asBytes("x")},
                                               {self, asBytes("second")}, {otherFamily, asBytes("x")},
                                               {self, tooLarge},          {self, asBytes("third")}};
  socket->send(batch);
  EXPECT_TRUE(runUntil([&] { return keeper.received.size() >= 3; }));
  EXPECT_EQ(keeper.received[2].payload, "third");
  EXPECT_EQ(socket->droppedDatagrams(), 3U);
  EXPECT_TRUE(keeper.errors.empty());
}

TEST_P(UdpSocketTest, APortThatNobodyListensOnHarmsNothing) {
  Keeper keeper;
  const auto socket = openLoopback(loop, keeper, GetParam().family);
  SocketAddress nobody;
  {
    Keeper gone;
    nobody = openLoopback(loop, gone, GetParam().family)->localAddress();
  }
  for (int i = 0; i < 10; ++i) {
    sendText(*socket, nobody, "anybody?");
  }
  sendText(*socket, socket->localAddress(), "still here");
  EXPECT_TRUE(runUntil([&] { return keeper.received.size() == 1; }));
  EXPECT_TRUE(keeper.errors.empty());
}

TEST_P(UdpSocketTest, TheReceiverMayDestroyItsSocketAndOthersWhoseDatagramsWait) {
  Keeper first;
  Keeper second;
  auto firstSocket = openLoopback(loop, first, GetParam().family);
  auto secondSocket = openLoopback(loop, second, GetParam().family);
  const auto destroyBoth = [&](std::span<Datagram>) {
    firstSocket.reset();
    secondSocket.reset();
  };
  first.onBatch = destroyBoth;
  second.onBatch = destroyBoth;
  const SocketAddress toFirst = firstSocket->localAddress();
  const SocketAddress toSecond = secondSocket->localAddress();
  for (int i = 0; i < 40; ++i) {  // more than one read takes
    sendText(*firstSocket, toFirst, "x");
    sendText(*firstSocket, toSecond, "x");
  }
  EXPECT_TRUE(runUntil([&] { return !first.batchSizes.empty() || !second.batchSizes.empty(); }));
  loop.runOnce(Duration::zero());
  EXPECT_EQ(first.batchSizes.size() + second.batchSizes.size(), 1U);
}

TEST(UdpSocketBatches, AWakeUpHandsOverWhatWaitsInOneCall) {
  Loop loop;
  Keeper keeper;
  const auto socket = openLoopback(loop, keeper);
  const Burst burst = makeBurst(socket->localAddress(), std::vector<std::size_t>(500, 1'200));
  socket->send(burst.datagrams);
  EXPECT_TRUE(loop.runUntil([&] { return keeper.received.size() >= 500; }, kPatience));
  // 500 datagrams are ten segmented messages; a kernel without the offloads needs a call for each 32 or, one by
  // one, 16.
  EXPECT_LE(keeper.batchSizes.size(), 500U / 16 + 1);
}

TEST(UdpSocketOpening, AnAddressThatIsNotThisMachinesIsNamedInTheError) {
  Loop loop;
  Keeper keeper;
  UdpOptions options;
  options.local = *SocketAddress::parse("192.0.2.77:0");
  const auto socket = loop.openUdp(options, keeper);
  ASSERT_FALSE(socket.has_value());
  EXPECT_EQ(socket.error().code, Error::Network);
  EXPECT_EQ(socket.error().message,
            "cannot open a UDP socket on 192.0.2.77:0: no interface of this machine has that address");
}

TEST(UdpSocketOpening, APortInUseIsNamedInTheError) {
  Loop loop;
  Keeper keeper;
  const auto first = openLoopback(loop, keeper);
  UdpOptions options;
  options.local = first->localAddress();
  const auto second = loop.openUdp(options, keeper);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Error::Network);
  EXPECT_NE(second.error().message.find("the port is in use"), std::string::npos) << second.error().message;
}

TEST(UdpSocketOpening, APortRangeIsUsedUpBeforeItIsRefused) {
  Loop loop;
  Keeper keeper;
  // Three free ports, found by the system: other programs may have some of any range.
  std::vector<std::unique_ptr<UdpSocket>> sockets;
  UdpOptions options = loopbackUdp(IpFamily::v4);
  for (std::uint32_t low = 20'000; sockets.size() < 3; low += 3) {
    ASSERT_LT(low, 60'000U) << "no three free ports in a row";
    sockets.clear();
    options.portLow = static_cast<std::uint16_t>(low);
    options.portHigh = static_cast<std::uint16_t>(low + 2);
    for (int i = 0; i < 3; ++i) {
      auto socket = loop.openUdp(options, keeper);
      if (socket) {
        EXPECT_GE((*socket)->localAddress().port, options.portLow);
        EXPECT_LE((*socket)->localAddress().port, options.portHigh);
        sockets.push_back(std::move(*socket));
      }
    }
  }
  const auto fourth = loop.openUdp(options, keeper);
  ASSERT_FALSE(fourth.has_value());
  EXPECT_EQ(fourth.error().code, Error::Network);
  EXPECT_NE(fourth.error().message.find("every port of the range is in use"), std::string::npos)
      << fourth.error().message;
  sockets.pop_back();
  EXPECT_TRUE(loop.openUdp(options, keeper).has_value());
}

TEST(UdpSocketOpening, AnEmptyPortRangeIsARangeError) {
  Loop loop;
  Keeper keeper;
  UdpOptions options = loopbackUdp(IpFamily::v4);
  options.portLow = 5'001;
  options.portHigh = 5'000;
  const auto socket = loop.openUdp(options, keeper);
  ASSERT_FALSE(socket.has_value());
  EXPECT_EQ(socket.error().code, Error::Range);
}

TEST(UdpSocketOpening, AnIpv6SocketLeavesTheIpv4PortFree) {
  Loop loop;
  Keeper keeper;
  UdpOptions options;
  options.local = {IpAddress::any(IpFamily::v6), 0};
  const auto six = loop.openUdp(options, keeper);
  ASSERT_TRUE(six.has_value());
  options.local = {IpAddress::any(IpFamily::v4), (*six)->localAddress().port};
  EXPECT_TRUE(loop.openUdp(options, keeper).has_value());
}

TEST(UdpSocketOpening, AThousandSocketsWorkAtOnce) {
  Loop loop;
  Keeper keeper;
  std::vector<std::unique_ptr<UdpSocket>> sockets;
  for (int i = 0; i < 500; ++i) {
    sockets.push_back(openLoopback(loop, keeper));
    ASSERT_NE(sockets.back(), nullptr);
  }
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    sendText(*sockets[i], sockets[(i + 1) % sockets.size()]->localAddress(), "next");
  }
  EXPECT_TRUE(loop.runUntil([&] { return keeper.received.size() == sockets.size(); }, kPatience));
}

}  // namespace
}  // namespace portico::test
