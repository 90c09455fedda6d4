#include "tests/unit/sctp/simulated_pair.h"

#include <algorithm>

namespace portico::sctp::test {
namespace {

class FakeTimer final : public Timer {
 public:
  FakeTimer(FakeHost& host, std::function<void(Time)> onTimeout)
      : host_(host), onTimeout_(std::make_shared<std::function<void(Time)>>(std::move(onTimeout))) {}
  ~FakeTimer() override { cancel(); }

  void set(Time when) override {
    cancel();
    entry_ = host_.at(std::max(when, host_.now()), [this, onTimeout = onTimeout_, &host = host_] {
      entry_.reset();
      (*onTimeout)(host.now());
    });
  }
  void cancel() override {
    if (entry_) host_.cancel(*entry_);
    entry_.reset();
  }

 private:
  FakeHost& host_;
  std::shared_ptr<std::function<void(Time)>> onTimeout_;
  std::optional<FakeHost::Scheduled::iterator> entry_;
};

bool chance(std::mt19937& random, double probability) {
  return probability > 0 && static_cast<double>(random()) < probability * 4294967296.0;
}

}  // namespace

void FakeHost::randomBytes(MutableByteView out) {
  for (std::byte& b : out) b = static_cast<std::byte>(random_());
}

std::unique_ptr<Timer> FakeHost::createTimer(std::function<void(Time)> onTimeout) {
  return std::make_unique<FakeTimer>(*this, std::move(onTimeout));
}

Result<std::unique_ptr<UdpSocket>> FakeHost::openUdp(const UdpOptions&, UdpReceiver&) {
  return Error(Error::NotSupported, "no sockets here");
}

std::unique_ptr<Cancellable> FakeHost::resolve(const std::string&,
                                               std::function<void(Result<std::vector<IpAddress>>)>) {
  return nullptr;
}

void FakeHost::step() {
  auto first = scheduled_.extract(scheduled_.begin());
  now_ = std::max(now_, first.key());
  first.mapped()();
}

void FakeHost::runFor(Duration duration) {
  const Time end = now_ + duration;
  while (!scheduled_.empty() && scheduled_.begin()->first <= end) step();
  now_ = end;
}

bool FakeHost::runUntil(const std::function<bool()>& done, Duration limit) {
  const Time end = now_ + limit;
  while (!done()) {
    if (scheduled_.empty() || scheduled_.begin()->first > end) return false;
    step();
  }
  return true;
}

Peer::Peer(FakeHost& theHost, const Options& options, const WireOptions& theWire, std::uint32_t seed)
    : host(theHost),
      association(std::make_unique<Association>(options, theHost, *this)),
      wire(theWire),
      random_(seed) {}

void Peer::onConnected(std::uint16_t, std::uint16_t) {
  ++connects;
  if (onEvent) onEvent();
}

void Peer::onMessage(StreamId stream, Ppid ppid, ByteView payload) {
  ++receivedMessages;
  receivedBytes += payload.size();
  if (keepMessages) messages.push_back({stream, ppid, toVector(payload)});
  if (onEvent) onEvent();
}

void Peer::onIncomingReset(std::span<const StreamId> streams) {
  incomingResets.insert(incomingResets.end(), streams.begin(), streams.end());
  if (onEvent) onEvent();
}

void Peer::onOutgoingReset(std::span<const StreamId> streams, bool performed) {
  for (const StreamId stream : streams) outgoingResets.emplace_back(stream, performed);
  if (onEvent) onEvent();
}

void Peer::onWritable() {
  ++writables;
  if (onEvent) onEvent();
}

void Peer::onActivity(Time) {
  flush();
}

void Peer::onClosed(const Error& reason) {
  closed = reason;
  if (onEvent) onEvent();
}

void Peer::flush() {
  if (!association) return;
  PacketQueue& output = association->output();
  for (std::size_t i = 0; i < output.size(); ++i) transmit(toVector(output[i]));
  output.clear();
}

void Peer::transmit(ByteVector packet) {
  ++sentPackets;
  largestPacket = std::max(largestPacket, packet.size());
  for (const std::byte b : packet) packetHash = packetHash * 1099511628211u + std::to_integer<std::uint64_t>(b) + 1;
  packetHash += static_cast<std::uint64_t>(host.now().time_since_epoch().count());
  if (onPacketSent) onPacketSent(packet);
  if (chance(random_, wire.loss)) return;
  Time departure = host.now();
  if (wire.bytesPerSecond > 0) {
    departure = std::max(departure, wireFree_);
    const double waiting = static_cast<double>((departure - host.now()).count()) * wire.bytesPerSecond / 1e6;
    if (wire.queueBytes > 0 && waiting > static_cast<double>(wire.queueBytes)) return;
    departure += Duration(static_cast<std::int64_t>(static_cast<double>(packet.size()) * 1e6 / wire.bytesPerSecond));
    wireFree_ = departure;
  }
  const int copies = chance(random_, wire.duplicate) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    Time arrival = departure + wire.delay;
    if (wire.jitter.count() > 0) arrival += Duration(random_() % static_cast<std::uint32_t>(wire.jitter.count()));
    host.at(arrival, [to = other, packet] {
      if (to) to->input(packet);
    });
  }
}

void Peer::input(ByteView packet) {
  if (!association) return;
  association->handleInput(host.now(), packet);
  flush();
}

Result<bool> Peer::send(StreamId stream, ByteView payload, const Reliability& reliability, Ppid ppid) {
  Result<bool> sent = association->send(host.now(), stream, ppid, payload, reliability);
  flush();
  return sent;
}

void Peer::connect() {
  static_cast<void>(association->connect(host.now()));
  flush();
}

Pair::Pair(const WireOptions& wire, const Options& left, const Options& right, std::uint32_t seed)
    : host(seed), a(host, left, wire, seed + 1), b(host, right, wire, seed + 2) {
  a.other = &b;
  b.other = &a;
}

bool Pair::connect() {
  a.connect();
  b.connect();
  return host.runUntil([this] { return a.connects > 0 && b.connects > 0; });
}

ByteVector makePayload(std::size_t bytes, std::uint32_t index) {
  ByteVector payload(bytes);
  std::uint32_t value = index * 2654435761u + 1;
  for (std::byte& b : payload) {
    value = value * 1664525u + 1013904223u;
    b = static_cast<std::byte>(value >> 24);
  }
  return payload;
}

}  // namespace portico::sctp::test
