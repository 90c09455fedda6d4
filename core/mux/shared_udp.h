// One bound socket behind any number of UdpSockets: who is a datagram for? Answered by one or two looks into a table,
// however many members there are, and without asking more than one of them (several only where they chose one name).
//
//   STUN request (RFC 7983: first byte 0 to 3)   by the username fragment before the colon of USERNAME (RFC 8445
//   §7.2.2) STUN answer                                  by its transaction, where that is known here; else by the
//   remote anything else                                by the remote
//
// A remote belongs to one member: its *route*. Who may take one from another is what a stranger would abuse, so:
//
//   1. A route is made by what a member sends: a check of its own, data, or a success that answers a check, which is
//      proof that the check knew the password. An error is no proof and makes none: who knows a username fragment alone
//      gets one short answer for each request (a 400 or 401), and changes nothing, from however many addresses.
//   2. A check of our own is no proof either: peers name addresses as they like. It makes a route where there is none,
//      and that route goes to whoever shows more.
//   3. A success or data takes a route from a member that does not hold it (UdpReceiver::holds). A member holds the
//      remote of its selected pair while consent is fresh (RFC 7675) and who is there has proved to receive there: for
//      a full agent by the answer to its check, for an ICE-lite agent, which asks nothing, by a whole DTLS handshake
//      there. So a peer with a password of its own that lies about where it sends from can't take a remote in use. It
//      can take one that is not yet, or to which the peer of an ICE-lite agent has moved after the handshake; the
//      rightful peer's next check, five seconds later at most, takes it back.
//   4. A TURN server's address is reserved by the member that has an address there, and never moves.
//
// Answers to requests that went to a remote of somebody else's, a STUN server that many use, or that are to come from
// another address than was asked (RFC 5780's CHANGE-REQUEST), are known by transaction.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/mux/name_table.h"
#include "core/stun/attributes.h"
#include "portico/platform/host.h"

namespace portico {

/// Remotes of one member. A peer has some tens of candidates, and an agent keeps 128; the oldest makes room.
inline constexpr std::size_t kMaxRoutesPerMember = 256;
/// Transactions of one member that are known here: an agent has four servers or so and some tens of pairs under way.
inline constexpr std::size_t kMaxTransactionsPerMember = 64;

class SharedUdp final : public UdpReceiver, public std::enable_shared_from_this<SharedUdp> {
 public:
  using Open = std::function<Result<std::unique_ptr<UdpSocket>>(UdpReceiver& receiver)>;
  static Result<std::shared_ptr<SharedUdp>> create(const Open& open);

  /// Keeps this alive; the last of them to go closes the socket. `receiver` outlives it. Not after a failure.
  std::unique_ptr<UdpSocket> attach(UdpReceiver& receiver);
  /// Its socket had an error, and is closed: each member is told, and sends nothing more.
  [[nodiscard]] bool failed() const { return socket_ == nullptr; }

  [[nodiscard]] std::size_t members() const { return members_.size(); }
  [[nodiscard]] std::size_t routes() const { return routes_.size(); }
  [[nodiscard]] std::uint64_t unclaimedDatagrams() const { return unclaimed_; }

  void onDatagrams(Time now, std::span<Datagram> batch) override;
  void onSocketError(Time now, const Error& error) override;

 private:
  class Member;
  struct Route {
    Member* member = nullptr;
    bool reserved = false;
  };
  struct TransactionHash {
    std::size_t operator()(const stun::TransactionId& id) const noexcept;
  };

  void detach(Member& member);

  // What a member sends.
  void noteStun(const OutgoingDatagram& datagram, Member& member);
  void takeRoute(const SocketAddress& remote, Member& member);
  void addRoute(const SocketAddress& remote, Member& member);
  void makeRoom(Member& member);
  void addTransaction(const stun::TransactionId& id, Member& member);
  bool reserve(const SocketAddress& server, Member& member);

  // What comes.
  [[nodiscard]] Member* ownerOf(const Datagram& datagram) const;

  std::unique_ptr<UdpSocket> socket_;
  SocketAddress local_;
  std::unordered_set<Member*> members_;
  std::unordered_map<SocketAddress, Route> routes_;
  NameTable<Member> names_;
  std::unordered_map<stun::TransactionId, Member*, TransactionHash> transactions_;
  std::uint64_t unclaimed_ = 0;
  std::uint64_t changes_ = 0;  ///< of any of the tables: what was found before may be wrong
};

}  // namespace portico
