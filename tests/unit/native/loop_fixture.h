// What the tests of native/ share: loops of every kind, and a receiver that keeps what it is given.
#pragma once

#include <dirent.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "portico/native/loop.h"

namespace portico::test {

/// Far more than any test needs: it ends a test that would hang.
constexpr Duration kPatience = std::chrono::seconds(20);

inline LoopOptions withPolling(LoopOptions::Polling polling) {
  LoopOptions options;
  options.polling = polling;
  return options;
}

/// Runs each test with epoll and with poll.
class EveryPoller : public ::testing::TestWithParam<LoopOptions::Polling> {
 protected:
  bool runUntil(const std::function<bool()>& done) { return loop.runUntil(done, kPatience); }

  Loop loop{withPolling(GetParam())};
};

inline std::string pollerName(const ::testing::TestParamInfo<LoopOptions::Polling>& info) {
  return info.param == LoopOptions::Polling::poll ? "poll" : "epoll";
}

#define PORTICO_EVERY_POLLER(suite)                                                                               \
  INSTANTIATE_TEST_SUITE_P(On, suite, ::testing::Values(LoopOptions::Polling::epoll, LoopOptions::Polling::poll), \
                           pollerName)

struct ReceivedDatagram {
  SocketAddress remote;
  std::string payload;
};

class Keeper final : public UdpReceiver {
 public:
  void onDatagrams(Time now, std::span<Datagram> batch) override {
    lastTime = now;
    batchSizes.push_back(batch.size());
    for (const Datagram& datagram : batch) {
      received.push_back({datagram.remote, std::string(asText(datagram.payload))});
    }
    if (onBatch) {
      onBatch(batch);
    }
  }
  void onSocketError(Time, const Error& error) override { errors.push_back(error); }

  std::vector<ReceivedDatagram> received;
  std::vector<std::size_t> batchSizes;
  std::vector<Error> errors;
  std::function<void(std::span<Datagram>)> onBatch;
  Time lastTime;
};

inline UdpOptions loopbackUdp(IpFamily family) {
  UdpOptions options;
  options.local = {IpAddress::loopback(family), 0};
  return options;
}

inline std::unique_ptr<UdpSocket> openLoopback(Loop& loop, UdpReceiver& receiver, IpFamily family = IpFamily::v4) {
  auto socket = loop.openUdp(loopbackUdp(family), receiver);
  EXPECT_TRUE(socket.has_value()) << (socket ? "" : socket.error().message);
  return socket ? std::move(*socket) : nullptr;
}

inline void sendText(UdpSocket& socket, const SocketAddress& remote, std::string_view text) {
  const OutgoingDatagram datagram{remote, asBytes(text)};
  socket.send(std::span(&datagram, 1));
}

inline std::size_t countOpenDescriptors() {
  std::size_t count = 0;
  DIR* folder = ::opendir("/dev/fd");
  while (folder != nullptr && ::readdir(folder) != nullptr) {
    ++count;
  }
  ::closedir(folder);
  return count;
}

}  // namespace portico::test
