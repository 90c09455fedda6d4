// SCTP alone: two associations in one process, their packets handed over in memory, without encryption or sockets.
// Prints one line for each measurement; the whole stack's figures are in the other benchmarks.
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/sctp/association.h"
#include "portico/platform/host.h"

namespace {

using namespace portico;

class BenchTimer final : public Timer {
 public:
  explicit BenchTimer(std::function<void(Time)> onTimeout) : onTimeout_(std::move(onTimeout)) {}
  void set(Time when) override { when_ = when; }
  void cancel() override { when_.reset(); }
  void run(Time now) {
    if (when_ && *when_ <= now) {
      when_.reset();
      onTimeout_(now);
    }
  }

 private:
  std::function<void(Time)> onTimeout_;
  std::optional<Time> when_;
};

/// One timer at most lives at a time: the tick of usrsctp.
class BenchHost final : public Host {
 public:
  Time now() override {
    return Time(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
  }
  std::int64_t unixSeconds() override { return 0; }
  void randomBytes(MutableByteView out) override {
    for (std::byte& b : out) b = static_cast<std::byte>(random_());
  }
  void defer(std::function<void()>) override {}
  std::unique_ptr<Timer> createTimer(std::function<void(Time)> onTimeout) override {
    auto timer = std::make_unique<BenchTimer>(std::move(onTimeout));
    timer_ = timer.get();
    return timer;
  }
  std::vector<NetworkInterface> networkInterfaces() override { return {}; }
  Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions&, UdpReceiver&) override {
    return Error(Error::NotSupported, "no sockets here");
  }
  std::unique_ptr<Cancellable> resolve(const std::string&,
                                       std::function<void(Result<std::vector<IpAddress>>)>) override {
    return nullptr;
  }
  void runTimer() { timer_->run(now()); }

 private:
  std::mt19937 random_{1};
  BenchTimer* timer_ = nullptr;
};

struct End final : sctp::AssociationObserver {
  explicit End(Host& host, std::uint16_t streams = sctp::kDefaultStreams) {
    sctp::Options options;
    options.streams = streams;
    association = std::make_unique<sctp::Association>(options, host, *this);
  }
  void onConnected(std::uint16_t, std::uint16_t) override {}
  void onMessage(sctp::StreamId, sctp::Ppid, ByteView payload) override {
    ++messages;
    bytes += payload.size();
  }
  void onIncomingReset(std::span<const sctp::StreamId>) override {}
  void onOutgoingReset(std::span<const sctp::StreamId>, bool) override {}
  void onWritable() override {}
  void onActivity(Time) override {}
  void onClosed(const Error& reason) override { std::printf("closed: %s\n", reason.message.c_str()); }

  std::unique_ptr<sctp::Association> association;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
};

/// At most `batch` packets at a time, as a socket's wake-up has it.
bool carry(BenchHost& host, End& from, End& to) {
  PacketQueue& output = from.association->output();
  if (output.empty()) return false;
  const Time now = host.now();
  for (std::size_t i = 0; i < output.size(); ++i) to.association->handleInput(now, output[i]);
  output.clear();
  return true;
}

void connect(BenchHost& host, End& a, End& b) {
  static_cast<void>(a.association->connect(host.now()));
  static_cast<void>(b.association->connect(host.now()));
  while (!a.association->connected() || !b.association->connected()) {
    carry(host, a, b);
    carry(host, b, a);
  }
}

double processSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void measureRate(std::size_t messageBytes, std::uint64_t totalBytes) {
  BenchHost host;
  End a(host);
  End b(host);
  connect(host, a, b);
  const ByteVector payload(messageBytes, std::byte{7});
  const std::uint64_t count = totalBytes / messageBytes;
  const Time begin = host.now();
  const double cpuBegin = processSeconds();
  for (std::uint64_t sent = 0; b.messages < count;) {
    host.runTimer();
    const Time now = host.now();
    while (sent < count && a.association->send(now, 1, sctp::Ppid::binary, payload, {}).value_or(false)) ++sent;
    while (carry(host, a, b) | carry(host, b, a)) {
      if (sent < count && a.association->bufferedBytes() < sctp::kSendBufferBytes / 2) break;
    }
  }
  const double seconds = std::chrono::duration<double>(host.now() - begin).count();
  const auto bytes = static_cast<double>(b.bytes);
  std::printf("%8zu-byte messages: %7.1f MB/s, %9.0f messages/s, %5.2f CPU s/GB\n", messageBytes, bytes / seconds / 1e6,
              static_cast<double>(b.messages) / seconds, (processSeconds() - cpuBegin) / (bytes / 1e9));
}

void measureRoundTrip() {
  BenchHost host;
  End a(host);
  End b(host);
  connect(host, a, b);
  const ByteVector payload(100, std::byte{7});
  constexpr int kRounds = 50'000;
  const Time begin = host.now();
  for (int i = 0; i < kRounds; ++i) {
    static_cast<void>(a.association->send(host.now(), 1, sctp::Ppid::binary, payload, {}));
    carry(host, a, b);
    static_cast<void>(b.association->send(host.now(), 1, sctp::Ppid::binary, payload, {}));
    carry(host, b, a);
    host.runTimer();
  }
  const double seconds = std::chrono::duration<double>(host.now() - begin).count();
  std::printf("100-byte round trip: %.2f us\n", seconds / kRounds * 1e6);
}

void measureMemory(std::uint16_t streams) {
  BenchHost host;
  constexpr int kPairs = 100;
  std::vector<std::unique_ptr<End>> ends;
  End first(host);  // usrsctp's process-wide tables are there before
  static_cast<void>(first.association->connect(host.now()));
  const std::size_t before = mallinfo2().uordblks;
  const ByteVector payload(1000, std::byte{7});
  for (int i = 0; i < kPairs; ++i) {
    ends.push_back(std::make_unique<End>(host, streams));
    ends.push_back(std::make_unique<End>(host, streams));
    End& a = *ends[ends.size() - 2];
    End& b = *ends[ends.size() - 1];
    connect(host, a, b);
    static_cast<void>(a.association->send(host.now(), 0, sctp::Ppid::binary, payload, {}));
    static_cast<void>(b.association->send(host.now(), 0, sctp::Ppid::binary, payload, {}));
    while (carry(host, a, b) | carry(host, b, a)) {
    }
    a.association->output().release();
    b.association->output().release();
  }
  const std::size_t after = mallinfo2().uordblks;
  std::printf("memory for an idle endpoint with %u streams: %.1f KiB\n", streams,
              static_cast<double>(after - before) / (2.0 * kPairs) / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  const double scale = argc > 1 ? std::atof(argv[1]) : 1;
  const auto bytes = [scale](double megabytes) { return static_cast<std::uint64_t>(megabytes * scale * 1e6); };
  measureRate(256 * 1024, bytes(1000));
  measureRate(64 * 1024, bytes(1000));
  measureRate(1024, bytes(500));
  measureRate(100, bytes(100));
  measureRoundTrip();
  measureMemory(16);
  measureMemory(sctp::kDefaultStreams);
}
