#include "native/datagram_io.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <netinet/udp.h>

#include <cstring>
#include <deque>
#include <string>

namespace portico {
namespace {

/// One send as the kernel saw it.
struct Seen {
  std::string payload;
  std::size_t segmentBytes = 0;
  std::uint32_t scope = 0;
};

// The calls are plain functions, so their script is the file's. Errors are for the first message of each call; 0: it
// goes through.
std::deque<int> script;
std::vector<Seen> seen;

int nextError() {
  if (script.empty()) {
    return 0;
  }
  const int error = script.front();
  script.pop_front();
  return error;
}

std::uint32_t scopeOf(const void* name) {
  SystemAddress address;
  std::memcpy(&address, name, sizeof(sockaddr_in));
  if (address.base.sa_family != AF_INET6) {
    return 0;
  }
  std::memcpy(&address, name, sizeof(sockaddr_in6));
  return address.v6.sin6_scope_id;
}

ssize_t scriptedSendTo(int, const void* data, size_t size, int, const sockaddr* name, socklen_t) {
  errno = nextError();
  if (errno != 0) {
    return -1;
  }
  seen.push_back({std::string(static_cast<const char*>(data), size), 0, scopeOf(name)});
  return static_cast<ssize_t>(size);
}

#ifdef __linux__
int scriptedSendMany(int, mmsghdr* messages, unsigned count, int) {
  for (unsigned i = 0; i < count; ++i) {
    const int error = nextError();
    if (error != 0) {
      errno = error;
      return i == 0 ? -1 : static_cast<int>(i);
    }
    msghdr& header = messages[i].msg_hdr;
    Seen one;
    one.scope = scopeOf(header.msg_name);
    for (std::size_t piece = 0; piece < header.msg_iovlen; ++piece) {
      one.payload.append(static_cast<const char*>(header.msg_iov[piece].iov_base), header.msg_iov[piece].iov_len);
    }
    if (cmsghdr* control = CMSG_FIRSTHDR(&header)) {
      std::uint16_t size = 0;
      std::memcpy(&size, CMSG_DATA(control), sizeof size);
      one.segmentBytes = size;
    }
    seen.push_back(one);
  }
  return static_cast<int>(count);
}
#endif

SocketCalls scriptedCalls() {
  SocketCalls calls;
  calls.sendTo = scriptedSendTo;
#ifdef __linux__
  calls.sendMany = scriptedSendMany;
#endif
  return calls;
}

class DatagramIoTest : public ::testing::Test {
 protected:
  DatagramIoTest() {
    script.clear();
    seen.clear();
    socket.fd = -1;
    socket.segmentation = true;
  }

  /// `sizes` datagrams of letters in one piece of memory.
  std::vector<OutgoingDatagram> datagrams(const std::vector<std::size_t>& sizes, std::uint16_t port = 9) {
    std::vector<OutgoingDatagram> batch;
    std::size_t total = 0;
    for (const std::size_t size : sizes) {
      total += size;
    }
    memory.emplace_back(total, std::byte{});
    std::size_t offset = 0;
    char letter = 'a';
    for (const std::size_t size : sizes) {
      const auto part = std::span(memory.back()).subspan(offset, size);
      std::fill(part.begin(), part.end(), static_cast<std::byte>(letter));
      letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1);
      batch.push_back({{IpAddress::loopback(IpFamily::v4), port}, part});
      offset += size;
    }
    return batch;
  }

  std::deque<ByteVector> memory;
  UdpDescriptor socket;
};

#ifdef __linux__

class BatchedIo : public DatagramIoTest {
 protected:
  std::unique_ptr<DatagramIo> io = createBatchedDatagramIo(scriptedCalls());
};

TEST_F(BatchedIo, ARunOfOneSizeGoesAsOnePieceAndItsLastMayBeShorter) {
  const auto batch = datagrams({4, 4, 4, 2, 4, 4});
  const SendOutcome outcome = io->send(socket, batch);
  EXPECT_EQ(outcome.consumed, 6U);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].payload, "aaaabbbbccccdd");
  EXPECT_EQ(seen[0].segmentBytes, 4U);
  EXPECT_EQ(seen[1].payload, "eeeeffff");
  EXPECT_EQ(seen[1].segmentBytes, 4U);
}

TEST_F(BatchedIo, ALongerEmptyOrForeignDatagramEndsARun) {
  auto batch = datagrams({4, 4, 5, 0, 4, 4});
  batch[5].remote.port = 10;
  EXPECT_EQ(io->send(socket, batch).consumed, 6U);
  ASSERT_EQ(seen.size(), 5U);
  EXPECT_EQ(seen[0].payload, "aaaabbbb");
  EXPECT_EQ(seen[1].payload, "ccccc");
  EXPECT_EQ(seen[1].segmentBytes, 0U);
  EXPECT_EQ(seen[2].payload, "");
  EXPECT_EQ(seen[3].payload, "eeee");
  EXPECT_EQ(seen[4].payload, "ffff");
}

TEST_F(BatchedIo, ARunKeepsTheKernelsBounds) {
  const auto small = datagrams(std::vector<std::size_t>(150, 1));
  const auto large = datagrams(std::vector<std::size_t>(100, 1'200));
  EXPECT_EQ(io->send(socket, small).consumed, 150U);
  EXPECT_EQ(io->send(socket, large).consumed, 100U);
  std::size_t bytes = 0;
  for (const Seen& one : seen) {
    EXPECT_LE(one.payload.size(), kMaxGsoBytes);
    EXPECT_LE(one.payload.size(), kMaxGsoSegments * one.segmentBytes);
    bytes += one.payload.size();
  }
  EXPECT_EQ(seen.size(), 5U);
  EXPECT_EQ(bytes, 150U + 120'000U);
}

TEST_F(BatchedIo, ThousandsOfDatagramsInOneBatchAllGo) {
  socket.segmentation = false;
  const auto batch = datagrams(std::vector<std::size_t>(3'000, 3));
  EXPECT_EQ(io->send(socket, batch).consumed, 3'000U);
  EXPECT_EQ(seen.size(), 3'000U);
}

TEST_F(BatchedIo, ADeviceThatMakesNoSegmentsGetsDatagramsFromThenOn) {
  const auto batch = datagrams({4, 4, 4});
  script = {EIO};
  const SendOutcome outcome = io->send(socket, batch);
  EXPECT_EQ(outcome.consumed, 3U);
  EXPECT_EQ(outcome.dropped, 0U);
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_FALSE(socket.segmentation);
}

TEST_F(BatchedIo, SegmentsThatDoNotFitThePathGoAsDatagramsAndSmallerOnesStillInOnePiece) {
  script = {EINVAL};
  EXPECT_EQ(io->send(socket, datagrams({40, 40, 40})).dropped, 0U);
  EXPECT_EQ(seen.size(), 3U);
  seen.clear();
  io->send(socket, datagrams({40, 40}));
  io->send(socket, datagrams({30, 30}));
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[2].segmentBytes, 30U);
  EXPECT_TRUE(socket.segmentation);
}

TEST_F(BatchedIo, AnErrorInTheMiddleDropsOnlyItsOwnMessage) {
  const auto batch = datagrams({1, 2, 3, 4});
  script = {0, EPERM, EPERM};  // found in the middle, and again when it is first
  const SendOutcome outcome = io->send(socket, batch);
  EXPECT_EQ(outcome.consumed, 4U);
  EXPECT_EQ(outcome.dropped, 1U);
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[1].payload, "ccc");
}

TEST_F(BatchedIo, StopsWhereTheKernelHasNoRoom) {
  const auto batch = datagrams({1, 2, 3, 4});
  script = {0, EAGAIN, EAGAIN};
  const SendOutcome outcome = io->send(socket, batch);
  EXPECT_EQ(outcome.consumed, 1U);
  EXPECT_EQ(outcome.dropped, 0U);
  EXPECT_EQ(outcome.fatal, 0);
}

TEST_F(BatchedIo, AnEarlierDatagramsErrorDoesNotCostThisOne) {
  script = {ECONNREFUSED, EINTR};
  const SendOutcome outcome = io->send(socket, datagrams({1}));
  EXPECT_EQ(outcome.consumed, 1U);
  EXPECT_EQ(outcome.dropped, 0U);
  EXPECT_EQ(seen.size(), 1U);
}

TEST_F(BatchedIo, AKernelThatNeverStopsRefusingEndsTheSendAllTheSame) {
  script.assign(10'000, ECONNREFUSED);
  const SendOutcome outcome = io->send(socket, datagrams({1, 2, 3}));
  EXPECT_EQ(outcome.consumed, 3U);
  EXPECT_EQ(outcome.dropped, 3U);
}

TEST_F(BatchedIo, ADeviceThatIsGoneEndsTheSocketUnlessAPeerInventedItsScope) {
  script = {ENODEV};
  const SendOutcome outcome = io->send(socket, datagrams({1, 2}));
  EXPECT_EQ(outcome.fatal, ENODEV);
  EXPECT_EQ(outcome.consumed, 2U);
  EXPECT_EQ(outcome.dropped, 2U);

  socket.family = IpFamily::v6;
  script = {ENODEV};
  const OutgoingDatagram invented{{*IpAddress::parse("fe80::1%99"), 9}, asBytes("x")};
  const SendOutcome harmless = io->send(socket, std::span(&invented, 1));
  EXPECT_EQ(harmless.fatal, 0);
  EXPECT_EQ(harmless.dropped, 1U);
}

TEST_F(BatchedIo, ALinkLocalRemoteIsReachedInTheScopeOfTheSocket) {
  socket.family = IpFamily::v6;
  socket.scope = 7;
  const OutgoingDatagram datagram{{*IpAddress::parse("fe80::1"), 9}, asBytes("x")};
  io->send(socket, std::span(&datagram, 1));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].scope, 7U);
}

#endif

class SingleIo : public DatagramIoTest {
 protected:
  std::unique_ptr<DatagramIo> io = createSingleDatagramIo(scriptedCalls());
};

TEST_F(SingleIo, SendsEachDatagramByItself) {
  EXPECT_EQ(io->send(socket, datagrams({2, 2, 1})).consumed, 3U);
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[1].payload, "bb");
}

TEST_F(SingleIo, DropsWhatIsRefusedAndStopsWhereThereIsNoRoom) {
  script = {0, EPERM, ECONNREFUSED, 0, EAGAIN};
  const SendOutcome outcome = io->send(socket, datagrams({1, 1, 1, 1}));
  EXPECT_EQ(outcome.consumed, 3U);
  EXPECT_EQ(outcome.dropped, 1U);
  EXPECT_EQ(seen.size(), 2U);
}

TEST_F(SingleIo, ADeviceThatIsGoneEndsTheSocket) {
  script = {0, ENETDOWN};
  const SendOutcome outcome = io->send(socket, datagrams({1, 1, 1}));
  EXPECT_EQ(outcome.fatal, ENETDOWN);
  EXPECT_EQ(outcome.consumed, 3U);
  EXPECT_EQ(outcome.dropped, 2U);
}

TEST_F(SingleIo, ALinkLocalRemoteIsReachedInTheScopeOfTheSocket) {
  socket.family = IpFamily::v6;
  socket.scope = 7;
  const OutgoingDatagram datagram{{*IpAddress::parse("fe80::1"), 9}, asBytes("x")};
  io->send(socket, std::span(&datagram, 1));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].scope, 7U);
}

TEST(RemoteAddresses, ASocketOfOneScopeReportsRemotesWithoutIt) {
  UdpDescriptor socket;
  socket.family = IpFamily::v6;
  SystemAddress system;
  const SocketAddress remote{*IpAddress::parse("fe80::1%7"), 9};
  const socklen_t length = toSystem(remote, system);
  EXPECT_EQ(remoteFromSystem(socket, system, length), remote);
  socket.scope = 7;
  EXPECT_EQ(remoteFromSystem(socket, system, length), (SocketAddress{*IpAddress::parse("fe80::1"), 9}));
  EXPECT_EQ(remoteFromSystem(socket, system, 0), std::nullopt);
}

}  // namespace
}  // namespace portico
