// What the native host's UDP costs: batches of 1,200-byte datagrams through two sockets of one loop on loopback, and
// 100-byte round trips, with and without the kernel's offloads. One run gives all of them, so that their ratios hold
// on a busy machine too.
//
//   udp_bench [--json] [SECONDS]

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "portico/native/loop.h"

namespace {

using namespace portico;

constexpr std::size_t kDatagramBytes = 1'200;
constexpr std::size_t kRoundTripBytes = 100;
/// Datagrams on their way at once. With the kernel's own cost for each they fit a buffer of 4 MiB.
constexpr std::size_t kWindow = 54 * 8;

struct Mode {
  const char* name;
  bool batched;
  bool segmentation;
  bool receiveOffload;
  std::size_t burst;  ///< datagrams in one send
};

constexpr Mode kModes[] = {
    {"GSO and GRO, 54 a send", true, true, true, 54},  {"GSO and GRO, 432 a send", true, true, true, 432},
    {"GSO and GRO, 8 a send", true, true, true, 8},    {"GSO only, 54 a send", true, true, false, 54},
    {"sendmmsg and recvmmsg", true, false, false, 54}, {"sendto and recvfrom", false, false, false, 54},
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

LoopOptions optionsOf(const Mode& mode) {
  LoopOptions options;
  options.udpBatchedCalls = mode.batched;
  options.udpSegmentationOffload = mode.segmentation;
  options.udpReceiveOffload = mode.receiveOffload;
  return options;
}

class Handler final : public UdpReceiver {
 public:
  explicit Handler(std::function<void(std::span<Datagram>)> onBatch) : onBatch_(std::move(onBatch)) {}
  void onDatagrams(Time, std::span<Datagram> batch) override { onBatch_(batch); }
  void onSocketError(Time, const Error& error) override {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    std::exit(1);
  }

 private:
  std::function<void(std::span<Datagram>)> onBatch_;
};

std::unique_ptr<UdpSocket> open(Loop& loop, UdpReceiver& receiver) {
  UdpOptions options;
  options.local = {IpAddress::loopback(IpFamily::v4), 0};
  auto socket = loop.openUdp(options, receiver);
  if (!socket) {
    std::fprintf(stderr, "%s\n", socket.error().message.c_str());
    std::exit(1);
  }
  return std::move(*socket);
}

struct Throughput {
  double megabytesPerSecond = 0;
  double cpuSecondsPerGigabyte = 0;
  double datagramsPerCall = 0;
};

Throughput measureThroughput(const Mode& mode, double limit) {
  Loop loop(optionsOf(mode));
  std::uint64_t received = 0;
  std::uint64_t bytes = 0;
  std::uint64_t calls = 0;
  std::uint64_t checksum = 0;
  Handler sink([&](std::span<Datagram> batch) {
    ++calls;
    received += batch.size();
    for (const Datagram& datagram : batch) {
      bytes += datagram.payload.size();
      checksum += static_cast<std::uint64_t>(datagram.payload.front());
    }
  });
  Handler ignore([](std::span<Datagram>) {});
  const auto receiver = open(loop, sink);
  const auto sender = open(loop, ignore);

  std::vector<std::byte> memory(mode.burst * kDatagramBytes, std::byte{1});
  std::vector<OutgoingDatagram> burst;
  for (std::size_t i = 0; i < mode.burst; ++i) {
    burst.push_back({receiver->localAddress(), ByteView(memory).subspan(i * kDatagramBytes, kDatagramBytes)});
  }

  const Time start = loop.now();
  const double cpuStart = cpuSeconds();
  const Duration length = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(limit));
  std::uint64_t sent = 0;
  while (loop.now() - start < length) {
    for (; sent - received + mode.burst <= kWindow; sent += mode.burst) {
      sender->send(burst);
    }
    const std::uint64_t before = received;
    loop.runOnce(std::chrono::milliseconds(100));
    if (received == before) {
      sent = received;  // lost: a receive buffer smaller than the window
    }
  }
  const double elapsed = std::chrono::duration<double>(loop.now() - start).count();
  if (checksum == 0) {
    std::fprintf(stderr, "nothing was received\n");
    std::exit(1);
  }
  return {static_cast<double>(bytes) / 1e6 / elapsed, (cpuSeconds() - cpuStart) / (static_cast<double>(bytes) / 1e9),
          static_cast<double>(received) / static_cast<double>(calls)};
}

/// The median time, in microseconds, of one datagram there and one back.
double measureRoundTrip(const Mode& mode, double limit) {
  Loop loop(optionsOf(mode));
  UdpSocket* echoSocket = nullptr;
  bool answered = false;
  Handler echo([&](std::span<Datagram> batch) {
    for (const Datagram& datagram : batch) {
      const OutgoingDatagram answer{datagram.remote, datagram.payload};
      echoSocket->send(std::span(&answer, 1));
    }
  });
  Handler client([&](std::span<Datagram>) { answered = true; });
  const auto server = open(loop, echo);
  echoSocket = server.get();
  const auto socket = open(loop, client);
  const std::vector<std::byte> payload(kRoundTripBytes);
  const OutgoingDatagram question{server->localAddress(), payload};

  std::vector<double> times;
  const Time start = loop.now();
  const Duration length = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(limit));
  while (loop.now() - start < length) {
    const auto sentAt = std::chrono::steady_clock::now();
    answered = false;
    socket->send(std::span(&question, 1));
    if (loop.runUntil([&] { return answered; }, std::chrono::seconds(1))) {
      times.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - sentAt).count());
    }
  }
  if (times.empty()) {
    return 0;
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

}  // namespace

int main(int argc, char** argv) {
  bool json = false;
  double limit = 1;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--json") {
      json = true;
    } else {
      limit = std::atof(argv[i]);
    }
  }
  if (limit <= 0) {
    std::fprintf(stderr, "usage: udp_bench [--json] [SECONDS]\n");
    return 2;
  }
  std::printf(json ? "[" : "%-26s %10s %12s %14s %14s\n", "UDP, 1,200 bytes, loopback", "MB/s", "CPU s/GB",
              "datagrams/call", "round trip us");
  bool first = true;
  for (const Mode& mode : kModes) {
    const Throughput throughput = measureThroughput(mode, limit);
    const double roundTrip = measureRoundTrip(mode, limit / 4);
    if (json) {
      std::printf(
          "%s\n{\"mode\":\"%s\",\"megabytesPerSecond\":%.1f,\"cpuSecondsPerGigabyte\":%.3f,"
          "\"datagramsPerCall\":%.1f,\"roundTripMicroseconds\":%.1f}",
          first ? "" : ",", mode.name, throughput.megabytesPerSecond, throughput.cpuSecondsPerGigabyte,
          throughput.datagramsPerCall, roundTrip);
    } else {
      std::printf("%-26s %10.0f %12.2f %14.1f %14.1f\n", mode.name, throughput.megabytesPerSecond,
                  throughput.cpuSecondsPerGigabyte, throughput.datagramsPerCall, roundTrip);
    }
    first = false;
    std::fflush(stdout);
  }
  if (json) {
    std::printf("\n]\n");
  }
  return 0;
}
