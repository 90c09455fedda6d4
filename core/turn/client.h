// A TURN client (RFC 8656): one allocation on one server over one 5-tuple. Sans I/O: what comes from the server and the
// time go in; what goes to the server, the peers' data and events come out. It is the table of contents of this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/stun/message.h"
#include "core/turn/authentication.h"
#include "core/turn/channels.h"
#include "core/turn/permissions.h"
#include "core/turn/request.h"
#include "core/wire/packet_queue.h"
#include "core/wire/random.h"
#include "portico/platform/bytes.h"
#include "portico/platform/socket_address.h"
#include "portico/platform/time.h"

namespace portico::turn {

struct ClientOptions {
  std::string username;
  std::string password;
  Families families = Families::both;
  bool stream = false;  ///< the server is reached over TCP or TLS: nothing is sent twice, ChannelData is padded
  int redirects = 0;    ///< ALTERNATE-SERVERs that led here
};

// What happened, in order.
struct Allocated {
  std::vector<SocketAddress> relayed;  ///< one, or one of each family
  SocketAddress mapped;                ///< how the server sees us
};
/// The server wants another one to be asked (RFC 8489 §10), which takes a client of its own. This one is over.
struct Redirected {
  SocketAddress server;
};
/// There is no allocation, or no more. This client is over.
struct Ended {
  int code = 701;      ///< the server's (RFC 8489 §14.8), or W3C's 701 where it did not answer
  std::string reason;  ///< the server's words, or ours where it has none
};
using Event = std::variant<Allocated, Redirected, Ended>;

/// Data of a peer; views the packet that it came in.
struct PeerData {
  SocketAddress peer;
  MutableByteView payload;
};

struct ClientCounters {
  std::uint64_t malformed = 0;        ///< from the server, and neither STUN that parses nor ChannelData
  std::uint64_t unauthenticated = 0;  ///< answers whose MESSAGE-INTEGRITY is missing or wrong
  std::uint64_t unmatched = 0;        ///< answers to nothing, data of nobody we let in
  std::uint64_t unsendable = 0;       ///< to send: no allocation of that family, or refused by the server
  std::uint64_t overBound = 0;        ///< dropped at one of the bounds
};

inline constexpr int kMaxRedirects = 3;          ///< RFC 8489 §10 leaves it to the client to stop
inline constexpr int kMaxChallenges = 4;         ///< 401 and 438 answers to one request
inline constexpr std::size_t kMaxRequests = 64;  ///< without an answer yet
/// Packets that wait for a permission: ICE's first checks, and a flight of DTLS.
inline constexpr std::size_t kMaxWaitingPackets = 32;
inline constexpr std::size_t kMaxPayloadBytes = 9'000;           ///< of a peer's packet: a jumbo frame
inline constexpr std::size_t kMaxOutputBytes = 1U << 20;         ///< an owner that drains after each call sees a batch
inline constexpr std::size_t kMaxReasonBytes = 763;              ///< RFC 8489 §14.8
inline constexpr Duration kMaxLifetime = std::chrono::hours(1);  ///< believed of a server that promises more
/// A server whose lifetimes are shorter than twice this is asked no more often.
inline constexpr Duration kMinRefreshInterval = std::chrono::seconds(1);

class Client {
 public:
  /// A datagram from the server's address is for its TURN clients, and not an answer to a STUN Binding request.
  static bool concerns(ByteView datagram);

  Client(ClientOptions options, Random& random);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void start(Time now);
  /// Asks the server to delete the allocation (RFC 8656 §8.1), once and without waiting for the answer: where the nonce
  /// has gone stale since the last request, the server keeps the allocation until it expires. No event comes any more.
  void stop(Time now);
  /// The connection to the server is gone.
  void disconnect(std::string why);

  [[nodiscard]] bool allocated() const { return state_ == State::allocated; }
  /// Allocated, ended or stopped.
  [[nodiscard]] bool decided() const { return state_ == State::allocated || state_ == State::ended; }
  [[nodiscard]] const ClientOptions& options() const { return options_; }
  [[nodiscard]] const ClientCounters& counters() const { return counters_; }

  /// On a channel if one is bound, else as a Send indication once there is a permission, which this asks for.
  void send(Time now, const SocketAddress& peer, ByteView payload);
  /// Much is going to be sent to `peer`.
  void bindChannel(Time now, const SocketAddress& peer);

  /// A message from the server. What is a peer's comes back.
  std::optional<PeerData> handleInput(Time now, MutableByteView message);
  void handleTimeout(Time now);
  [[nodiscard]] std::optional<Time> nextTimeout() const;
  /// What is to go to the server, message by message.
  [[nodiscard]] PacketQueue& output() { return output_; }
  [[nodiscard]] std::optional<Event> pollEvent();

 private:
  enum class State : std::uint8_t { fresh, allocating, allocated, ended };
  struct WaitingPacket {
    SocketAddress peer;
    ByteVector payload;
  };

  // Asking
  void ask(Time now, Request request);
  void transmit(Time now, Request request);
  void askPermission(Time now, const IpAddress& peer);
  void askChannel(Time now, std::uint16_t number, const SocketAddress& peer);

  // Answers
  void onResponse(Time now, const stun::Message& message);
  void onError(Time now, Request request, const stun::Message& message);
  void onSuccess(const Request& request, const stun::Message& message);
  void onAllocated(const Request& request, const stun::Message& message);
  void onGiveUp(Time now, const Request& request);
  void onRefusal(Time now, const Request& request, int code, std::string reason);
  void onRedirect(const stun::Message& message);
  void scheduleRefresh(Time asked, const stun::Message& message);
  std::optional<PeerData> onDataIndication(Time now, MutableByteView packet, const stun::Message& message);

  // Data
  void write(ByteView packet);
  void writeIndication(const SocketAddress& peer, ByteView payload);
  void writeChannel(std::uint16_t number, ByteView payload);
  void sendWaiting(const IpAddress& peer);
  [[nodiscard]] bool outputFull(std::size_t more);

  void end(int code, std::string reason);
  void clear();
  [[nodiscard]] stun::TransactionId newTransactionId();

  ClientOptions options_;
  Random& random_;
  Authentication authentication_;
  State state_ = State::fresh;
  bool hasV4_ = false;
  bool hasV6_ = false;
  std::optional<Time> refreshAt_;
  Permissions permissions_;
  Channels channels_;
  std::vector<Request> requests_;
  std::vector<WaitingPacket> waiting_;
  PacketQueue output_;
  std::vector<Event> events_;
  ClientCounters counters_;
};

}  // namespace portico::turn
