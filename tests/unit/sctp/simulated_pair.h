// Two associations on a seeded wire in virtual time: what the tests of core/sctp stand on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/sctp/association.h"
#include "portico/platform/host.h"

namespace portico::sctp::test {

/// Virtual time: runs what was scheduled, in order of time and then of scheduling.
class FakeHost final : public Host {
 public:
  explicit FakeHost(std::uint32_t seed) : random_(seed) {}

  Time now() override { return now_; }
  std::int64_t unixSeconds() override { return 0; }
  void randomBytes(MutableByteView out) override;
  void defer(std::function<void()> task) override { at(now_, std::move(task)); }
  std::unique_ptr<Timer> createTimer(std::function<void(Time)> onTimeout) override;
  std::vector<NetworkInterface> networkInterfaces() override { return {}; }
  Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions&, UdpReceiver&) override;
  std::unique_ptr<Cancellable> resolve(const std::string&,
                                       std::function<void(Result<std::vector<IpAddress>>)>) override;

  using Scheduled = std::multimap<Time, std::function<void()>>;
  Scheduled::iterator at(Time when, std::function<void()> task) { return scheduled_.emplace(when, std::move(task)); }
  void cancel(Scheduled::iterator entry) { scheduled_.erase(entry); }

  void runFor(Duration duration);
  /// False: it did not become true within `limit`.
  bool runUntil(const std::function<bool()>& done, Duration limit = std::chrono::seconds(60));

 private:
  void step();

  Time now_{std::chrono::hours(1)};
  Scheduled scheduled_;
  std::mt19937 random_;
};

struct WireOptions {
  double loss = 0;
  double duplicate = 0;
  Duration delay{0};
  Duration jitter{0};          ///< added to each packet's delay: reorders
  double bytesPerSecond = 0;   ///< 0: no limit
  std::size_t queueBytes = 0;  ///< in front of the limit; what goes over is dropped
};

/// An association and what its observer heard.
class Peer final : public AssociationObserver {
 public:
  struct Message {
    StreamId stream;
    Ppid ppid;
    ByteVector payload;
  };

  Peer(FakeHost& host, const Options& options, const WireOptions& wire, std::uint32_t seed);

  void onConnected(std::uint16_t inboundStreams, std::uint16_t outboundStreams) override;
  void onMessage(StreamId stream, Ppid ppid, ByteView payload) override;
  void onIncomingReset(std::span<const StreamId> streams) override;
  void onOutgoingReset(std::span<const StreamId> streams, bool performed) override;
  void onWritable() override;
  void onActivity(Time now) override;
  void onClosed(const Error& reason) override;

  /// Puts what waits in output() on the wire.
  void flush();
  void input(ByteView packet);
  Result<bool> send(StreamId stream, ByteView payload, const Reliability& reliability = {}, Ppid ppid = Ppid::binary);
  void connect();

  FakeHost& host;
  std::unique_ptr<Association> association;
  Peer* other = nullptr;
  WireOptions wire;

  int connects = 0;
  int writables = 0;
  std::vector<Message> messages;
  bool keepMessages = true;
  std::uint64_t receivedMessages = 0;
  std::uint64_t receivedBytes = 0;
  std::vector<StreamId> incomingResets;
  std::vector<std::pair<StreamId, bool>> outgoingResets;
  std::optional<Error> closed;
  std::uint64_t sentPackets = 0;
  std::size_t largestPacket = 0;
  std::uint64_t packetHash = 0;  ///< of every packet and when it was sent
  std::function<void(ByteView)> onPacketSent;
  std::function<void()> onEvent;  ///< after any event; may destroy the association

 private:
  void transmit(ByteVector packet);

  std::mt19937 random_;
  Time wireFree_{};
};

struct Pair {
  explicit Pair(const WireOptions& wire = {}, const Options& left = {}, const Options& right = {},
                std::uint32_t seed = 1);

  /// Both sides connect; false if they do not come up.
  bool connect();

  FakeHost host;
  Peer a;
  Peer b;
};

/// Deterministic bytes, different for each index.
ByteVector makePayload(std::size_t bytes, std::uint32_t index);

}  // namespace portico::sctp::test
