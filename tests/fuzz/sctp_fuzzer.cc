// SCTP packets: to an association that has just been started, and to one that is connected (with its ports and its
// verification tag written over the input's, so that more than the header is reached). Input: one byte that chooses,
// then packets, each behind its length in two bytes.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/sctp/association.h"
#include "portico/platform/host.h"

namespace {

using namespace portico;

class FuzzTimer final : public Timer {
 public:
  explicit FuzzTimer(std::function<void(Time)> onTimeout) : onTimeout_(std::move(onTimeout)) {}
  void set(Time) override {}
  void cancel() override {}
  void fire(Time now) { onTimeout_(now); }

 private:
  std::function<void(Time)> onTimeout_;
};

/// Time stands unless elapse() is called; randomness is a counter, so that a crash repeats.
class FuzzHost final : public Host {
 public:
  Time now() override { return now_; }
  std::int64_t unixSeconds() override { return 0; }
  void randomBytes(MutableByteView out) override {
    for (std::byte& b : out) b = static_cast<std::byte>(counter_++ * 37);
  }
  void defer(std::function<void()>) override {}
  std::unique_ptr<Timer> createTimer(std::function<void(Time)> onTimeout) override {
    auto timer = std::make_unique<FuzzTimer>(std::move(onTimeout));
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
  void elapse(Duration duration) {
    now_ += duration;
    timer_->fire(now_);
  }

 private:
  Time now_{std::chrono::hours(1)};
  unsigned counter_ = 1;
  FuzzTimer* timer_ = nullptr;
};

struct End final : sctp::AssociationObserver {
  explicit End(Host& host) : association(sctp::Options{5000, 16, 10'000}, host, *this) {}
  void onConnected(std::uint16_t, std::uint16_t) override {}
  void onMessage(sctp::StreamId, sctp::Ppid, ByteView payload) override {
    if (payload.empty() || payload.size() > 10'000) __builtin_trap();
  }
  void onIncomingReset(std::span<const sctp::StreamId>) override {}
  void onOutgoingReset(std::span<const sctp::StreamId>, bool) override {}
  void onWritable() override {}
  void onActivity(Time) override {}
  void onClosed(const Error&) override {}

  sctp::Association association;
};

/// The header of the last packet that went is what the receiver believes.
void carry(FuzzHost& host, End& from, End& to, std::vector<std::byte>& header) {
  PacketQueue& output = from.association.output();
  for (std::size_t i = 0; i < output.size(); ++i) {
    header.assign(output[i].begin(), output[i].begin() + 12);
    to.association.handleInput(host.now(), output[i]);
  }
  output.clear();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const bool connected = (data[0] & 1) != 0;
  const bool keepHeader = (data[0] & 2) != 0;
  ByteView rest = std::as_bytes(std::span(data + 1, size - 1));

  FuzzHost host;
  End target(host);
  End peer(host);
  std::vector<std::byte> header;
  std::vector<std::byte> ignored;
  static_cast<void>(target.association.connect(host.now()));
  if (connected) {
    static_cast<void>(peer.association.connect(host.now()));
    for (int round = 0; round < 6; ++round) {
      carry(host, peer, target, header);
      carry(host, target, peer, ignored);
    }
    const std::vector<std::byte> payload(3'000, std::byte{7});
    static_cast<void>(target.association.send(host.now(), 1, sctp::Ppid::binary, payload, {}));
    const std::vector<sctp::StreamId> streams{1, 2};
    target.association.resetStreams(host.now(), streams);
  }
  while (rest.size() >= 2) {
    const std::size_t length = std::to_integer<std::size_t>(rest[0]) << 8 | std::to_integer<std::size_t>(rest[1]);
    rest = rest.subspan(2);
    std::vector<std::byte> packet(rest.begin(),
                                  rest.begin() + static_cast<std::ptrdiff_t>(std::min(length, rest.size())));
    rest = rest.subspan(packet.size());
    if (connected && !keepHeader && packet.size() >= 12) std::copy(header.begin(), header.end(), packet.begin());
    target.association.handleInput(host.now(), packet);
    target.association.output().clear();
    host.elapse(std::chrono::milliseconds(50));
  }
  return 0;
}
