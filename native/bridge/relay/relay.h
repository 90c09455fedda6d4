// One client's socket without its I/O: messages of the WebSocket go in and datagrams come out, datagrams go in and
// capsules for the WebSocket come out. Everything that docs/bridge.md lets through or refuses is decided here.
#pragma once

#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "native/bridge/relay/address_policy.h"
#include "native/bridge/relay/capsule.h"
#include "native/bridge/relay/contexts.h"
#include "native/bridge/relay/counters.h"
#include "native/bridge/relay/rate_limit.h"
#include "native/bridge/relay/refusals.h"
#include "portico/platform/host.h"

namespace portico::bridge {

/// Bytes that wait for a client before datagrams for it are dropped: at 100 Mbit/s, 20 ms.
inline constexpr std::size_t kHighWaterBytes = 256 * 1024;
/// Answers (COMPRESSION_ACK and so on) that a client may ask for on top of that without reading them.
inline constexpr std::size_t kMaxUnreadAnswerBytes = 64 * 1024;
/// Destinations of one socket, in its life. A peer has some dozen candidates.
inline constexpr std::size_t kMaxDestinations = 1024;
/// The largest payload of UDP over IPv4: 65,535 less the headers of IP (20) and UDP (8).
inline constexpr std::size_t kLargestPayloadBytes = 65'507;
/// Of a message of the client: twice what a batch of the library has.
inline constexpr std::size_t kMaxMessageBytes = 256 * 1024;

struct RelayOptions {
  std::shared_ptr<const AddressPolicy> policy;
  std::vector<Network> tokenNetworks;  ///< of the token's `dst`; empty: as the policy says
  bool v4 = false;                     ///< which families have a socket
  bool v6 = false;
  /// Of the socket, its token and its client address; each may be shared with other relays.
  std::vector<std::shared_ptr<Rates>> rates;
};

class Relay {
 public:
  enum class Fault : std::uint8_t {
    malformed,   ///< close with 1002
    unreadable,  ///< the client reads nothing and asks for more: close with 1008
  };
  struct Failure {
    Fault fault;
    const char* reason;
  };

  explicit Relay(RelayOptions options) : options_(std::move(options)) {}

  /// Takes a binary message. What may leave is in outgoing() afterwards, as views of `message`.
  std::optional<Failure> onMessage(Time now, ByteView message);
  [[nodiscard]] std::span<const OutgoingDatagram> outgoing() const { return outgoing_; }
  /// What became of those of outgoing() that the system did not take.
  void onSendFailed(Time now, const SocketAddress& remote, std::size_t count, Drop reason);

  /// `unsent`: what the WebSocket has not handed to the system yet, beside what waits here.
  void onDatagrams(Time now, std::span<const Datagram> batch, std::size_t unsent);

  /// The first capsule of the connection.
  void announce(const BoundValue& bound) { appendBound(toClient_, bound); }
  /// Capsules for the client, back to back: a message, once the client can take one. To be swapped out.
  [[nodiscard]] ByteVector& toClient() { return toClient_; }

  [[nodiscard]] Counters& counters() { return counters_; }
  [[nodiscard]] std::size_t destinations() const { return flows_.size(); }

 private:
  std::optional<Failure> onCapsule(Time now, const Capsule& capsule);
  std::optional<Failure> onAssign(Time now, ByteView value);
  bool onDatagram(Time now, ByteView value);
  void forward(Time now, Flow& flow, ByteView payload);
  /// The flow of a destination as the client wrote it; makes one where that is permitted.
  Flow* flowFor(Time now, const SocketAddress& written, std::size_t datagrams);
  void refuse(Time now, const SocketAddress& destination, RefusalReason reason);
  Flow* flowFrom(const SocketAddress& remote);
  void deliver(Flow& flow, ByteView payload);

  RelayOptions options_;
  Counters counters_;
  std::unordered_map<SocketAddress, Flow> flows_;
  Contexts contexts_;
  RefusalPacer refusals_;
  std::vector<OutgoingDatagram> outgoing_;
  ByteVector toClient_;
  Flow* lastFrom_ = nullptr;  ///< most datagrams come from where the one before came from
};

}  // namespace portico::bridge
