// Hostile STUN servers before NAT behaviour discovery: whatever they answer, it asks a bounded number of times, never
// of a port 0 or another family, and comes to an end.
#include <algorithm>
#include <cstdlib>

#include "core/nat/discovery.h"
#include "core/wire/byte_reader.h"

using namespace portico;

namespace {

class Zeros final : public Random {
 public:
  void randomBytes(MutableByteView out) override { std::fill(out.begin(), out.end(), std::byte{next_++}); }

 private:
  std::uint8_t next_ = 1;
};

constexpr std::size_t kMostPackets = (nat::kMaxServers + 4) * 4;

}  // namespace

// Steps: what is to be done (8), from whom (8), a length (8), and that many bytes as the attributes of an answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input(std::as_bytes(std::span(data, size)));
  Zeros random;
  Time now{std::chrono::seconds(1)};
  nat::Discovery discovery(*SocketAddress::parse("192.168.1.2:5000"), true, random);
  discovery.addServer(now, *SocketAddress::parse("203.0.113.1:3478"), "stun:a");
  discovery.addServer(now, *SocketAddress::parse("203.0.113.2:3478"), "stun:b");
  discovery.endOfServers(now);
  std::vector<nat::Transmit> sent;
  const auto take = [&] {
    for (nat::Transmit& packet : discovery.takeOutput()) {
      if (packet.remote.port == 0 || !packet.remote.ip.isV4()) std::abort();
      sent.push_back(std::move(packet));
    }
    if (sent.size() > kMostPackets) std::abort();
  };
  take();
  while (!input.atEnd() && !sent.empty()) {
    const std::uint8_t what = input.u8();
    const nat::Transmit& request = sent[input.u8() % sent.size()];
    const ByteView attributes = input.bytes(std::min<std::size_t>(input.u8(), input.remaining()));
    ByteVector answer = toVector(ByteView(request.payload).first(stun::kHeaderBytes));
    answer[0] = std::byte{1};
    answer[1] = std::byte(what & 1 ? 0x11 : 0x01);
    answer[2] = std::byte{0};
    answer[3] = std::byte(attributes.size());
    answer.insert(answer.end(), attributes.begin(), attributes.end());
    SocketAddress from = request.remote;
    if ((what & 2) != 0) from.port = 3479;
    now += std::chrono::milliseconds(what);
    discovery.handleInput(now, from, answer);
    if ((what & 4) != 0) discovery.handleTimeout(now);
    (void)discovery.result();
    take();
  }
  for (int turns = 0; !discovery.done(); ++turns) {
    const auto next = discovery.nextTimeout();
    if (!next || turns > 1000) std::abort();
    now = std::max(now, *next);
    discovery.handleTimeout(now);
    take();
  }
  return 0;
}
