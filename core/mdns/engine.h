// Multicast DNS (RFC 6762) for the names of candidates: the one that all transports of a host share. Sans I/O: packets,
// time and requests go in; packets and answers come out.
//
// What a packet says is believed by nobody: an answer is an address that ICE may check, and those who are there prove
// themselves by the check (RFC 8445 §7.3).
#pragma once

#include "core/mdns/querier.h"
#include "core/mdns/responder.h"

namespace portico::mdns {

struct Counters {
  std::uint64_t malformed = 0;
  std::uint64_t overBound = 0;  ///< asked for or published beyond the bounds
};

class Engine {
 public:
  /// A socket that is in the group of `family` on an interface.
  void addLink(LinkId id, IpFamily family) { links_.push_back({id, family}); }
  void removeLink(LinkId id);
  [[nodiscard]] const Links& links() const { return links_; }

  /// Answers for `name` on these links, and says so. False at kMaxPublishedNames.
  bool publish(Time now, const Name& name, const IpAddress& address, const std::vector<LinkId>& links);
  /// Says that it is void.
  void withdraw(const Name& name) { responder_.withdraw(name, out_); }
  /// An Answer follows: at kMaxPendingNames, that it was refused.
  void ask(Time now, const Name& name);
  /// Nobody waits for that Answer any more.
  void forget(const Name& name) { querier_.forget(name); }

  void handleInput(Time now, LinkId link, const SocketAddress& from, ByteView packet);
  void handleTimeout(Time now);
  [[nodiscard]] std::optional<Time> nextTimeout() const;
  /// What is to be sent, and which questions have ended, since the last time.
  [[nodiscard]] Outbox takeTransmits() { return std::exchange(out_, {}); }
  [[nodiscard]] std::vector<Querier::Answer> takeAnswers();
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  Links links_;
  Querier querier_{links_};
  Responder responder_;
  std::vector<Querier::Answer> known_;  ///< answers without a question: of our own names, and refusals
  Outbox out_;
  Counters counters_;
};

}  // namespace portico::mdns
