// What one core relays: datagrams of 1,200 bytes through a bridge pinned to a core, from a WebSocket to UDP and back.
// The other end of both is this process, on another core. A machine that is busy with other things makes the rate low;
// datagrams for each second of the bridge's processor time are what it is able to do then.
//
//   bridge_bench [--json FILE] [SECONDS]

#include <netinet/tcp.h>
#include <poll.h>

#include <chrono>
#include <cstring>
#include <string_view>

#include "core/stun/message_builder.h"
#include "native/bridge/relay/capsule.h"
#include "native/udp_open.h"
#include "tests/bench/bridge_process.h"
#include "tests/bench/report.h"

namespace {

using namespace portico;
using namespace portico::bridge;

constexpr std::size_t kDatagramBytes = 1'200;
/// In one message, and in one send: a batch of the library, and the worst case, each datagram for itself.
constexpr std::size_t kBatches[] = {54, 1};
/// Datagrams on their way to the bridge at once.
constexpr std::size_t kWindow = 324;
constexpr std::uint64_t kContext = 2;

using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "bridge_bench: %s\n", what);
  std::exit(1);
}

/// RFC 6455 with the least that a benchmark needs. The mask is all zeros: the bridge has the same work with any.
class Client {
 public:
  explicit Client(const SocketAddress& bridge) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    SystemAddress address;
    const socklen_t length = toSystem(bridge, address);
    if (::connect(fd_, &address.base, length) != 0) fail("cannot connect");
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::string request =
        "GET /udp HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
        "13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: portico.udp.v1\r\n\r\n";
    sendAll(asBytes(request));
    while (asText(input_).find("\r\n\r\n") == std::string_view::npos) read();
    const std::size_t end = asText(input_).find("\r\n\r\n") + 4;
    if (asText(input_).substr(0, 12) != "HTTP/1.1 101") fail("the bridge refused");
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(end));
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] int fd() const { return fd_; }

  static ByteVector frame(ByteView message) {
    // RFC 6455 §5.2: a length has its shortest form.
    const std::size_t size = message.size();
    const int width = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
    const std::size_t code = width == 0 ? size : width == 2 ? 126 : 127;
    ByteVector out = {std::byte{0x82}, static_cast<std::byte>(0x80 | code)};
    for (int shift = 8 * width - 8; shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(size >> shift));
    out.resize(out.size() + 4);
    out.insert(out.end(), message.begin(), message.end());
    return out;
  }

  void sendAll(ByteView bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) fail("the bridge is gone");
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
  }
  /// What the kernel has room for.
  std::size_t sendSome(ByteView bytes) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  void read() {
    const std::size_t used = input_.size();
    input_.resize(used + 256 * 1024);
    const ssize_t size = ::recv(fd_, input_.data() + used, input_.size() - used, 0);
    if (size <= 0) fail("the bridge is gone");
    input_.resize(used + static_cast<std::size_t>(size));
  }

  /// Calls `visit` for each capsule of the whole messages that have come.
  template <typename Visitor>
  void take(Visitor visit) {
    std::size_t at = 0;
    for (;;) {
      ByteReader reader(ByteView(input_).subspan(at));
      reader.skip(1);
      std::uint64_t length = reader.u8();
      if (length == 126) length = reader.u16();
      if (length == 127) length = reader.u64();
      const ByteView message = reader.bytes(length);
      if (!reader.ok()) break;
      CapsuleReader capsules(message);
      while (const auto capsule = capsules.next()) visit(*capsule);
      at = input_.size() - reader.remaining();
    }
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(at));
  }

 private:
  int fd_;
  ByteVector input_;
};

/// The other end of the datagrams.
struct Peer {
  Peer() {
    auto opened = openBoundUdp({{IpAddress::loopback(IpFamily::v4), 0}}, LoopOptions{});
    if (!opened) fail(opened.error().message.c_str());
    bound = *opened;
  }
  std::size_t receive() {
    std::size_t count = 0;
    for (bool more = true; more;) {
      more = io->receive(bound.descriptor, batch).more;
      count += batch.size();
    }
    return count;
  }
  BoundUdp bound;
  std::unique_ptr<DatagramIo> io = createBatchedDatagramIo();
  std::vector<Datagram> batch;
};

void waitFor(int fd, int timeoutMilliseconds) {
  pollfd entry{fd, POLLIN, 0};
  ::poll(&entry, 1, timeoutMilliseconds);
}

/// Answers a STUN request. Returns where the bridge sends from.
SocketAddress consent(Client& client, Peer& peer) {
  std::array<std::byte, 64> room;
  stun::MessageBuilder request(room, stun::MessageClass::request, stun::Method::binding, stun::TransactionId{});
  ByteVector message;
  appendAssign(message, kContext, peer.bound.local);
  appendDatagram(message, kContext, request.finish());
  client.sendAll(Client::frame(message));
  waitFor(peer.bound.descriptor.fd, 5000);
  peer.io->receive(peer.bound.descriptor, peer.batch);
  if (peer.batch.empty()) fail("no datagram came through");
  const SocketAddress source = peer.batch.front().remote;
  stun::MessageBuilder answer(room, stun::MessageClass::success, stun::Method::binding, stun::TransactionId{});
  const OutgoingDatagram datagram{source, answer.finish()};
  peer.io->send(peer.bound.descriptor, std::span(&datagram, 1));
  for (bool answered = false; !answered;) {
    client.read();
    client.take([&](const Capsule& capsule) { answered = answered || capsule.type == CapsuleType::datagram; });
  }
  return source;
}

std::uint64_t measureOut(Client& client, Peer& peer, std::size_t batchSize, SteadyClock::time_point end) {
  ByteVector message;
  const ByteVector payload(kDatagramBytes, std::byte{0x40});
  for (std::size_t i = 0; i < batchSize; ++i) appendDatagram(message, kContext, payload);
  const ByteVector frame = Client::frame(message);
  ByteView rest;
  std::uint64_t received = 0;
  while (SteadyClock::now() < end) {
    if (rest.empty()) rest = frame;
    const std::size_t sent = client.sendSome(rest);
    rest = rest.subspan(sent);
    const std::size_t came = peer.receive();
    received += came;
    if (sent == 0 && came == 0) waitFor(peer.bound.descriptor.fd, 1);
  }
  if (!rest.empty() && rest.size() != frame.size()) client.sendAll(rest);
  return received;
}

std::uint64_t measureIn(Client& client, Peer& peer, const SocketAddress& bridge, std::size_t batchSize,
                        SteadyClock::time_point end) {
  const ByteVector memory(batchSize * kDatagramBytes, std::byte{0x40});
  std::vector<OutgoingDatagram> batch;
  for (std::size_t i = 0; i < batchSize; ++i) {
    batch.push_back({bridge, ByteView(memory).subspan(i * kDatagramBytes, kDatagramBytes)});
  }
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  while (SteadyClock::now() < end) {
    for (; sent - received + batchSize <= kWindow; sent += batchSize) peer.io->send(peer.bound.descriptor, batch);
    pollfd entry{client.fd(), POLLIN, 0};
    if (::poll(&entry, 1, 20) == 0) {
      sent = received;  // lost on the way
      continue;
    }
    client.read();
    client.take([&](const Capsule& capsule) { received += capsule.type == CapsuleType::datagram ? 1 : 0; });
  }
  return received;
}

}  // namespace

int main(int argc, char** argv) {
  std::string json;
  double seconds = 3;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--json" && i + 1 < argc) {
      json = argv[++i];
    } else {
      seconds = std::atof(argv[i]);
    }
  }
  if (seconds <= 0) {
    std::fprintf(stderr, "usage: bridge_bench [--json FILE] [SECONDS]\n");
    return 2;
  }
  bench::BridgeProcess bridge(PORTICO_BRIDGE_PROGRAM, 0);
  bench::pinToCore(1);
  Client client(bridge.address());
  Peer peer;
  const SocketAddress source = consent(client, peer);
  bench::Report report;
  for (const std::size_t batch : kBatches) {
    for (const bool out : {true, false}) {
      const double cpuBefore = bridge.cpuSeconds();
      const auto start = SteadyClock::now();
      const auto end =
          start + std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
      const auto count =
          static_cast<double>(out ? measureOut(client, peer, batch, end) : measureIn(client, peer, source, batch, end));
      const double elapsed = std::chrono::duration<double>(SteadyClock::now() - start).count();
      const double cpu = bridge.cpuSeconds() - cpuBefore;
      const std::string what = (out ? "WebSocket to UDP, " : "UDP to WebSocket, ") + std::to_string(batch) + " at once";
      report.add(what, count / elapsed, "datagrams/s", "goal 100,000");
      report.add(what + ", the bridge's core", 100 * cpu / elapsed, "% busy");
      report.add(what + ", for a second of processor", cpu > 0 ? count / cpu : 0, "datagrams", "goal 100,000");
    }
  }
  if (!json.empty()) report.writeJson(json);
  return 0;
}
