// Hostile connections: the input is a list of what happens to an agent's candidates over TCP. Nothing is sent on a
// connection that is gone, what comes out of one is what went in, and the bounds hold.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <vector>

#include "core/stack/tcp_paths.h"
#include "core/wire/byte_reader.h"
#include "tests/fuzz/counting_random.h"

namespace {

using namespace portico;  // NOLINT(google-build-using-namespace): one file, one purpose

SocketAddress addressOf(unsigned number) {
  return {IpAddress::fromV4(0xc0000200U + number % 4), static_cast<std::uint16_t>(2'000 + number % 16)};
}

class Scene final : private Streams {
 public:
  explicit Scene(ByteView script) : script_(script), agent_({}, random_), paths_(agent_, *this) {
    paths_.addActive(now_, 1, addressOf(0).ip, 65'535);
    paths_.addPassive(now_, kListener, 1, addressOf(0), 65'535);
    IceParameters remote;
    remote.usernameFragment = "hand";
    remote.password = "abcdefghijklmnopqrstuv";
    agent_.start(now_, remote, IceRole::controlling);
  }

  void play() {
    while (!script_.atEnd()) {
      act(script_.u8() % 9);
      while (auto out = agent_.pollTransmit()) {
        const OutgoingDatagram datagram{out->remote, out->payload};
        if (paths_.owns(out->socket)) paths_.send(now_, out->socket, {&datagram, 1});
      }
      paths_.flush();
      while (agent_.pollEvent()) {
      }
      if (open_.size() > kMaxTcpPaths) std::abort();
    }
  }

 private:
  static constexpr ice::SocketId kListener = 2;

  void act(unsigned what) {
    const ice::SocketId stream = script_.u8() % 64 + 100;
    switch (what) {
      case 0:
        (void)paths_.judge(piece());
        return;
      case 1:
        if (open_.count(stream) == 0 && paths_.accept(kListener, addressOf(script_.u8()), stream)) open_.insert(stream);
        return;
      case 2:
        return receive(stream, piece());
      case 3:
        return paths_.onStreamClosed(now_, stream, "closed");
      case 4:
        return candidate();
      case 5:
        now_ += std::chrono::milliseconds(script_.u16());
        return agent_.handleTimeout(now_);
      case 6:
        paths_.renew();
        return agent_.restart(now_, {});
      case 7:
        return paths_.onStreamWritable(stream);
      default:
        return paths_.closeUnused(now_);
    }
  }

  ByteVector piece() { return toVector(script_.bytes(std::min<std::size_t>(script_.u8(), script_.remaining()))); }

  void receive(ice::SocketId stream, const ByteVector& bytes) {
    std::size_t cut = 0;
    paths_.handleStream(stream, bytes, [&](ice::SocketId socket, const SocketAddress& remote, MutableByteView packet) {
      cut += packet.size();
      if (packet.size() > kMaxFramedBytes) std::abort();
      agent_.handleInput(now_, socket, remote, packet);
    });
    if (cut > 0 && open_.count(stream) == 0) std::abort();
  }

  void candidate() {
    IceCandidate candidate;
    const SocketAddress address = addressOf(script_.u8());
    candidate.foundation = "1";
    candidate.address = address.ip.toString();
    candidate.port = address.port;
    candidate.priority = 1 + script_.u8();
    candidate.protocol = "tcp";
    candidate.type = "host";
    candidate.tcpType = script_.u8() % 4 == 0 ? "active" : "passive";
    (void)agent_.addRemoteCandidate(now_, candidate);
  }

  Result<ice::SocketId> openStream(const TcpOptions& options) override {
    if (options.remote.port % 5 == 0) return Error(Error::Network, "no route");
    open_.insert(nextStream_);
    return nextStream_++;
  }
  bool sendStream(ice::SocketId stream, ByteView bytes) override {
    if (open_.count(stream) == 0 || bytes.empty() || bytes.size() > kMaxTcpPathBytes) std::abort();
    return stream % 3 != 0;
  }
  void closeStream(ice::SocketId stream) override {
    if (open_.erase(stream) == 0) std::abort();
  }
  bool reserveServer(ice::SocketId, const SocketAddress&) override { return true; }
  void closeListener(ice::SocketId) override {}
  ice::SocketId newSocketId() override { return nextSocket_++; }

  ByteReader script_;
  CountingRandom random_;
  Time now_{std::chrono::seconds(1'000)};
  std::set<ice::SocketId> open_;
  ice::SocketId nextStream_ = 200;
  ice::SocketId nextSocket_ = 100'000;
  ice::Agent agent_;
  TcpPaths paths_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Scene(ByteView(reinterpret_cast<const std::byte*>(data), size)).play();
  return 0;
}
