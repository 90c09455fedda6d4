// A DTLS session under hostile datagrams: before and during the handshake in both roles, once connected, and with an
// honest peer whose datagrams are changed on the way. It may fail; it may not crash, hang or make data up.
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/dtls/session.h"

namespace {

using namespace portico;
using namespace portico::dtls;

constexpr std::string_view kMessage = "the only message that is ever sent";

/// A counter for randomness, so that an input that crashes does so again.
class FuzzHost final : public Host {
 public:
  Time now() override { return {}; }
  std::int64_t unixSeconds() override { return 1'780'000'000; }
  void randomBytes(MutableByteView out) override {
    for (std::byte& b : out) {
      state_ = state_ * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
      b = static_cast<std::byte>(state_ >> 56);
    }
  }
  void defer(std::function<void()>) override {}
  std::unique_ptr<Timer> createTimer(std::function<void(Time)>) override { return nullptr; }
  std::vector<NetworkInterface> networkInterfaces() override { return {}; }
  Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions&, UdpReceiver&) override {
    return Error(Error::NotSupported, "no network");
  }
  std::unique_ptr<Cancellable> resolve(const std::string&,
                                       std::function<void(Result<std::vector<IpAddress>>)>) override {
    return nullptr;
  }

 private:
  std::uint64_t state_ = 1;
};

struct Sink final : PlaintextSink {
  void onPlaintext(Time, MutableByteView plaintext) override {
    if (asText(plaintext) != kMessage) std::abort();  // nobody sent this
  }
};

class Input {
 public:
  explicit Input(ByteView bytes) : bytes_(bytes) {}
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  std::uint8_t octet() {
    if (bytes_.empty()) return 0;
    const auto value = std::to_integer<std::uint8_t>(bytes_.front());
    bytes_ = bytes_.subspan(1);
    return value;
  }
  ByteVector datagram() {
    const std::size_t high = octet();
    const std::size_t length = std::min<std::size_t>(high << 8 | octet(), bytes_.size());
    ByteVector out = toVector(bytes_.first(length));
    bytes_ = bytes_.subspan(length);
    return out;
  }

 private:
  ByteView bytes_;
};

struct Ends {
  Ends() {
    (void)server.start(now, DtlsRole::server, clientCertificate.fingerprints(), sink);
    (void)client.start(now, DtlsRole::client, serverCertificate.fingerprints(), sink);
  }

  /// `change` decides what becomes of each datagram.
  void exchange(const std::function<void(ByteVector&)>& change) {
    constexpr int kRounds = 12;
    for (int round = 0; round < kRounds; ++round) {
      carry(client, server, change);
      carry(server, client, change);
      now += std::chrono::milliseconds(200);
      client.handleTimeout(now);
      server.handleTimeout(now);
    }
  }

  void carry(Session& from, Session& to, const std::function<void(ByteVector&)>& change) const {
    std::vector<ByteVector> datagrams;
    for (std::size_t i = 0; i < from.output().size(); ++i) datagrams.push_back(toVector(from.output()[i]));
    from.output().clear();
    for (ByteVector& datagram : datagrams) {
      change(datagram);
      to.handleInput(now, datagram);
    }
  }

  static FuzzHost& host() {
    static FuzzHost one;
    return one;
  }

  Time now{std::chrono::seconds(1)};
  Sink sink;
  Certificate clientCertificate = cached(0);
  Certificate serverCertificate = cached(1);
  Session client{clientCertificate, host()};
  Session server{serverCertificate, host()};

 private:
  static Certificate cached(std::size_t which) {
    static const std::vector<Certificate> both{*Certificate::generate(host()), *Certificate::generate(host())};
    return both[which];
  }
};

void feed(Session& session, Ends& ends, Input& input) {
  constexpr int kMaxDatagrams = 64;
  for (int i = 0; i < kMaxDatagrams && !input.empty(); ++i) {
    ByteVector datagram = input.datagram();
    session.handleInput(ends.now, datagram);
    ends.now += std::chrono::milliseconds(10);
    session.handleTimeout(ends.now);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(std::as_bytes(std::span(data, size)));
  Ends ends;
  // A whole handshake costs a hundred times what a datagram does: most inputs do without.
  const std::uint8_t scene = input.octet() % 32;
  switch (scene) {
    default:
      feed(scene % 2 == 0 ? ends.server : ends.client, ends, input);
      break;
    case 30:
      ends.exchange([](ByteVector&) {});
      feed(ends.server, ends, input);
      (void)ends.client.send(ends.now, asBytes(kMessage));
      ends.carry(ends.client, ends.server, [](ByteVector&) {});
      break;
    case 31:
      ends.exchange([&input](ByteVector& datagram) {
        const std::size_t at = input.octet() * 5U + input.octet();
        const auto with = static_cast<std::byte>(input.octet());
        if (at < datagram.size()) datagram[at] ^= with;
      });
      (void)ends.client.send(ends.now, asBytes(kMessage));
      ends.carry(ends.client, ends.server, [](ByteVector&) {});
  }
  return 0;
}
