// Two processes on loopback: what a connection costs and carries.
//
//   loopback_bench [--only NAME]… [--json FILE]
//
// The child answers; the parent offers and measures. They signal over a socket pair, one connection after another or a
// thousand at once. NAME is one of throughput, small, messages, latency, connect, memory.
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "portico/native/loop.h"
#include "tests/bench/endpoint.h"
#include "tests/bench/process.h"
#include "tests/bench/report.h"

namespace portico::bench {
namespace {

const std::vector<IpAddress> kLoopback{IpAddress::loopback(IpFamily::v4)};
constexpr Duration kPatience = std::chrono::seconds(60);

// The child ----------------------------------------------------------------------------------------------------------

void serveChannel(DataChannel channel) {
  if (channel.label() == "echo") {
    channel.onMessage([channel](const DataChannelMessage& message) mutable { (void)channel.send(message.data); });
  } else if (channel.label() == "sink") {
    auto received = std::make_shared<std::uint64_t>(0);
    channel.onMessage([channel, received](const DataChannelMessage& message) mutable {
      if (message.text) {
        (void)channel.send(std::to_string(std::exchange(*received, 0)));
      } else {
        *received += message.data.size();
      }
    });
  }
}

[[noreturn]] void answer(int fd) {
  Loop loop;
  Wire wire(loop, fd);
  std::deque<Endpoint> endpoints;
  const std::optional<Certificate> certificate = *Certificate::generate(loop);
  wire.onText = [&](const std::string& text) {
    if (text == "cpu") {
      wire.send(std::to_string(cpuSeconds()));
    } else if (text == "clear") {
      for (Endpoint& endpoint : endpoints) endpoint.stop();
      endpoints.clear();
      wire.send("cleared");
    } else {
      Endpoint& endpoint = endpoints.emplace_back(loop, IceRole::controlled, certificate, kLoopback);
      endpoint.sctp().onDataChannel(serveChannel);
      wire.send(endpoint.describe());
      endpoint.connect(text);
    }
  };
  loop.run();
  std::exit(0);
}

// The parent ---------------------------------------------------------------------------------------------------------

class Bench {
 public:
  Bench(int fd, Report& report) : wire_(loop_, fd), report_(report), certificate_(*Certificate::generate(loop_)) {}

  void throughput(const std::string& name, std::size_t messageBytes, std::uint64_t totalBytes, bool countMessages,
                  const std::string& goal) {
    Connected peer = connect("sink");
    const double ownBefore = cpuSeconds();
    const double peerBefore = std::stod(ask("cpu"));
    const Time begin = loop_.now();
    pump(peer.channel, messageBytes, totalBytes);
    const double seconds = since(begin);
    const double cpu = cpuSeconds() - ownBefore + std::stod(ask("cpu")) - peerBefore;
    const double bytes = static_cast<double>(totalBytes);
    if (countMessages) {
      report_.add(name, bytes / static_cast<double>(messageBytes) / seconds, "messages/s", goal);
    } else {
      report_.add(name, bytes / seconds / 1e6, "MB/s", goal);
    }
    report_.add(name + ", CPU of both ends", cpu / bytes * 1e9, "s/GB", countMessages ? "" : "≤ 10 at 64 KiB");
    peer.endpoint->stop();
    ask("clear");
  }

  void latency(int rounds) {
    Connected peer = connect("echo");
    const ByteVector payload(100);
    std::vector<double> times;
    Time sent{};
    DataChannel channel = peer.channel;
    channel.onMessage([&, channel](const DataChannelMessage&) mutable {
      times.push_back(since(sent) * 1e6);
      sent = loop_.now();
      if (times.size() < static_cast<std::size_t>(rounds)) (void)channel.send(payload);
    });
    sent = loop_.now();
    (void)channel.send(payload);
    wait([&] { return times.size() >= static_cast<std::size_t>(rounds); });
    std::sort(times.begin(), times.end());
    report_.add("round trip of 100 bytes, median", times[times.size() / 2], "µs", "≤ 60");
    report_.add("round trip of 100 bytes, 99 %", times[times.size() * 99 / 100], "µs");
    channel.onMessage(nullptr);
    peer.endpoint->stop();
    ask("clear");
  }

  void connectTime(int runs) {
    std::vector<double> times;
    for (int run = 0; run < runs; ++run) {
      const Time begin = loop_.now();
      Connected peer = connect("idle");
      times.push_back(since(begin) * 1e3);
      peer.endpoint->stop();
      ask("clear");
    }
    std::sort(times.begin(), times.end());
    report_.add("connect, median of " + std::to_string(runs), times[times.size() / 2], "ms", "≤ 8");
    report_.add("connect, worst of " + std::to_string(runs), times.back(), "ms", "< 30");
  }

  void memory(int connections) {
    connect("idle").endpoint->stop();  // what is paid once for the process is paid now
    ask("clear");
    const double before = residentKiB();
    std::vector<Connected> peers;
    for (int i = 0; i < connections; ++i) peers.push_back(connect("idle"));
    loop_.runUntil([] { return false; }, std::chrono::seconds(15));  // at rest: consent alone goes on
    report_.add("memory of an idle connection, one end, " + std::to_string(connections) + " open",
                (residentKiB() - before) / connections, "KiB", "≤ 128");
    for (Connected& peer : peers) peer.endpoint->stop();
    ask("clear");
  }

 private:
  struct Connected {
    std::unique_ptr<Endpoint> endpoint;
    DataChannel channel;
  };

  double since(Time begin) { return std::chrono::duration<double>(loop_.now() - begin).count(); }

  void wait(const std::function<bool()>& done) {
    if (loop_.runUntil(done, kPatience)) return;
    std::fprintf(stderr, "loopback_bench: nothing came of it within a minute.\n");
    std::exit(1);
  }

  std::string ask(const std::string& question) {
    std::optional<std::string> reply;
    wire_.onText = [&](const std::string& text) { reply = text; };
    wire_.send(question);
    wait([&] { return reply.has_value(); });
    return *reply;
  }

  Connected connect(const std::string& label) {
    auto endpoint = std::make_unique<Endpoint>(loop_, IceRole::controlling, certificate_, kLoopback);
    DataChannelParameters parameters;
    parameters.label = label;
    DataChannel channel = *endpoint->sctp().createDataChannel(parameters);
    endpoint->connect(ask(endpoint->describe()));
    wait([&] { return channel.readyState() == DataChannelState::open; });
    return {std::move(endpoint), channel};
  }

  void pump(DataChannel channel, std::size_t messageBytes, std::uint64_t totalBytes) {
    constexpr std::size_t kHighWaterBytes = 4 << 20;
    const ByteVector payload(messageBytes, std::byte{0x5a});
    std::uint64_t sent = 0;
    bool acknowledged = false;
    channel.setBufferedAmountLowThreshold(kHighWaterBytes / 4);
    auto fill = [&, channel]() mutable {
      while (sent < totalBytes && channel.bufferedAmount() < kHighWaterBytes) {
        if (!channel.send(payload)) return;
        sent += messageBytes;
        if (sent >= totalBytes) (void)channel.send(std::string_view("end"));
      }
    };
    channel.onBufferedAmountLow(fill);
    channel.onMessage([&](const DataChannelMessage&) { acknowledged = true; });
    fill();
    wait([&] { return acknowledged; });
    channel.onBufferedAmountLow(nullptr);
    channel.onMessage(nullptr);
  }

  Loop loop_;
  Wire wire_;
  Report& report_;
  std::optional<Certificate> certificate_;
};

int run(int argc, char** argv) {
  std::set<std::string> only;
  std::string json;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--only") == 0) only.insert(argv[i + 1]);
    if (std::strcmp(argv[i], "--json") == 0) json = argv[i + 1];
  }
  const auto wanted = [&](const char* name) { return only.empty() || only.count(name) != 0; };

  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 1;
  const pid_t child = fork();
  if (child == 0) {
    ::close(ends[0]);
    answer(ends[1]);
  }
  ::close(ends[1]);

  Report report;
  {
    Bench bench(ends[0], report);
    if (wanted("connect")) bench.connectTime(20);
    if (wanted("latency")) bench.latency(20'000);
    if (wanted("throughput")) bench.throughput("64 KiB messages", 65'536, 1ull << 30, false, "≥ 150, aim 250");
    if (wanted("small")) bench.throughput("1 KiB messages", 1'024, 256ull << 20, false, "");
    if (wanted("messages")) bench.throughput("100-byte messages", 100, 100'000'000, true, "≥ 500000");
    if (wanted("memory")) bench.memory(1'000);
  }
  ::close(ends[0]);
  waitpid(child, nullptr, 0);
  if (!json.empty()) report.writeJson(json);
  return 0;
}

}  // namespace
}  // namespace portico::bench

int main(int argc, char** argv) {
  return portico::bench::run(argc, argv);
}
