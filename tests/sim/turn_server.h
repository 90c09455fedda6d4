// A TURN server (RFC 8656) on a simulated machine, with switches for what goes wrong with one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/stun/crypto.h"
#include "core/stun/message.h"
#include "core/stun/message_builder.h"
#include "tests/sim/world.h"

namespace portico::sim {

class TurnServer final : public UdpReceiver, private StreamListener {
 public:
  /// Listens at `local`, "203.0.113.9:3478", which `machine` has, and relays from the same address. Knows one user:
  /// "user" with the password "password".
  TurnServer(Machine& machine, std::string_view local);
  ~TurnServer() override;

  [[nodiscard]] SocketAddress address() const { return socket_->localAddress(); }
  [[nodiscard]] std::size_t allocations() const { return allocations_.size(); }
  /// Loses its allocations, as a server that starts anew does.
  void forget();
  /// Answers and relays nothing any more.
  void die();
  /// Takes connections at the same address and port as well.
  void listenTcp();
  /// Ends all of them.
  void hangUp();

  // Switches
  bool silent = false;                           ///< takes requests and answers none
  bool answersBinding = true;                    ///< as a STUN server (RFC 8489)
  bool refusesEverybody = false;                 ///< 401 for ever
  bool findsEveryNonceStale = false;             ///< 438 for ever
  bool forbidsPeers = false;                     ///< 403 for each permission and channel
  bool bindsNoChannels = false;                  ///< 400 for each ChannelBind
  int allocateError = 0;                         ///< for each Allocate request that is authenticated
  std::string reason = "As the test wants it";   ///< of the errors
  std::size_t quota = 1'000;                     ///< allocations; 486 for one more
  Duration lifetime = std::chrono::minutes(10);  ///< of allocations
  Duration nonceLifetime = std::chrono::hours(1);
  std::optional<SocketAddress> alternate;  ///< 300 for each Allocate request
  std::optional<IpAddress> secondFamily;   ///< relays from this address, too: an IPv6 one of the machine

  struct Counters {
    std::uint64_t requests = 0;
    std::uint64_t allocated = 0;
    std::uint64_t refreshed = 0;
    std::uint64_t deleted = 0;
    std::uint64_t permissions = 0;
    std::uint64_t channelBinds = 0;
    std::uint64_t stale = 0;         ///< requests answered with 438
    std::uint64_t indications = 0;   ///< Send indications relayed
    std::uint64_t channelData = 0;   ///< ChannelData messages relayed
    std::uint64_t notPermitted = 0;  ///< data dropped for want of a permission, either way
    std::uint64_t expired = 0;       ///< allocations that nobody refreshed
  } counters;

 private:
  class Allocation;
  class Connection;

  StreamReceiver& acceptFrom(const SocketAddress& from) override;
  void accepted(const SocketAddress& from, std::unique_ptr<TcpStream> stream) override;
  void onMessage(Time now, const SocketAddress& client, MutableByteView message);

  void onDatagrams(Time now, std::span<Datagram> batch) override;
  void onSocketError(Time, const Error&) override {}
  void onChannelData(Time now, const SocketAddress& client, MutableByteView message);
  void onRequest(Time now, const SocketAddress& client, const stun::Message& request);
  void onIndication(Time now, const SocketAddress& client, const stun::Message& message);
  void allocate(Time now, const SocketAddress& client, const stun::Message& request);
  void refresh(Time now, const SocketAddress& client, const stun::Message& request);
  void permit(Time now, const SocketAddress& client, const stun::Message& request);
  void bind(Time now, const SocketAddress& client, const stun::Message& request);
  bool authenticated(Time now, const SocketAddress& client, const stun::Message& request);
  void refuse(const SocketAddress& client, const stun::Message& request, int code, bool challenge = false);
  void reply(const SocketAddress& client, stun::MessageBuilder& builder, bool sign = true);
  void sendTo(const SocketAddress& client, ByteView packet);
  /// Null where there is none, or none any more.
  Allocation* find(Time now, const SocketAddress& client);

  Machine& machine_;
  std::unique_ptr<UdpSocket> socket_;
  std::map<SocketAddress, std::unique_ptr<Connection>> connections_;
  std::map<SocketAddress, std::unique_ptr<Allocation>> allocations_;
  stun::Md5Digest key_;
  std::string nonce_;
  Time nonceEnd_{};
  unsigned nonces_ = 0;
  bool dead_ = false;
};

}  // namespace portico::sim
