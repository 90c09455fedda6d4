// Throughput over distance: two whole peers on the simulated network, in virtual time. What it shows is how far our own
// windows and congestion control fill a path, not how fast this machine is.
//
//   sim_bench [--json FILE]
#include <cstring>

#include "portico/ortc.h"
#include "tests/bench/endpoint.h"
#include "tests/bench/report.h"
#include "tests/sim/world.h"

namespace portico::bench {
namespace {

using namespace std::chrono_literals;

struct Path {
  std::string name;
  sim::LinkOptions link;
  std::uint64_t bytes;
  std::string goal;
};

double megabitsPerSecond(const Path& path) {
  sim::World world(1);
  sim::Machine& alice = world.addMachine("alice", "203.0.113.1");
  sim::Machine& bob = world.addMachine("bob", "203.0.113.2");
  alice.setLinks(path.link);
  Endpoint sender(alice, IceRole::controlling);
  Endpoint receiver(bob, IceRole::controlled);
  DataChannel channel = *sender.sctp().createDataChannel({.label = "data"});
  std::uint64_t received = 0;
  receiver.sctp().onDataChannel([&](DataChannel incoming) {
    incoming.onMessage([&](const DataChannelMessage& message) { received += message.data.size(); });
  });
  const std::string fromSender = sender.describe();
  const std::string fromReceiver = receiver.describe();
  sender.connect(fromReceiver);
  receiver.connect(fromSender);
  if (!world.runUntil([&] { return channel.readyState() == DataChannelState::open; }, 30s)) return 0;

  const Time begin = world.now();
  const ByteVector payload(65'536);
  std::uint64_t sent = 0;
  channel.setBufferedAmountLowThreshold(2 << 20);
  const auto fill = [&] {
    while (sent < path.bytes && channel.bufferedAmount() < (8u << 20)) {
      if (!channel.send(ByteView(payload))) return;
      sent += payload.size();
    }
  };
  channel.onBufferedAmountLow(fill);
  fill();
  if (!world.runUntil([&] { return received >= path.bytes; }, 600s)) return 0;
  return static_cast<double>(received) * 8 / std::chrono::duration<double>(world.now() - begin).count() / 1e6;
}

int run(int argc, char** argv) {
  Report report;
  const sim::LinkOptions fast{.bitsPerSecond = 1'000'000'000, .queueBytes = 8 << 20};
  const auto link = [&](Duration delay, double loss) {
    sim::LinkOptions options = fast;
    options.delay = delay;
    options.loss = loss;
    return options;
  };
  const Path paths[] = {
      {"1 Gbit/s, 20 ms each way", link(20ms, 0), 512ull << 20, "≥ 500"},
      {"1 Gbit/s, 100 ms each way", link(100ms, 0), 512ull << 20, ""},
      {"1 Gbit/s, 20 ms each way, 0.1 % loss", link(20ms, 0.001), 64ull << 20, ""},
      {"1 Gbit/s, 20 ms each way, 1 % loss", link(20ms, 0.01), 16ull << 20, ""},
  };
  for (const Path& path : paths) report.add(path.name, megabitsPerSecond(path), "Mbit/s", path.goal);
  if (argc == 3 && std::strcmp(argv[1], "--json") == 0) report.writeJson(argv[2]);
  return 0;
}

}  // namespace
}  // namespace portico::bench

int main(int argc, char** argv) {
  return portico::bench::run(argc, argv);
}
