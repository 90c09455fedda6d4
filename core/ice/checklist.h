// The checklist (RFC 8445 §6.1.2) with its triggered-check queue (§6.1.4.1): which pair is checked next.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ice/pair.h"
#include "core/ice/remote_candidates.h"

namespace portico::ice {

/// Pairs lie in the order of their priority. A pointer to one holds until a pair is added or removed.
class Checklist {
 public:
  /// Null when the pair is there already (RFC 8445 §6.1.2.4), or when the list is full of pairs that are better.
  CandidatePair* add(CandidatePair pair, IceRole role);
  [[nodiscard]] CandidatePair* find(SocketId socket, const SocketAddress& remote);
  [[nodiscard]] const CandidatePair* find(SocketId socket, const SocketAddress& remote) const;
  [[nodiscard]] CandidatePair* find(PairId id);
  /// By a pair that has not failed.
  [[nodiscard]] bool uses(const SocketAddress& plainRemote) const;
  [[nodiscard]] const std::vector<CandidatePair>& pairs() const { return pairs_; }

  /// RFC 8445 §7.3.1.4: to be checked before all others.
  void trigger(CandidatePair& pair);
  /// The pair that RFC 8445 §6.1.4.2 says; it leaves the triggered queue, and stays in its state.
  [[nodiscard]] CandidatePair* takeNext();
  [[nodiscard]] bool hasNext() const;

  /// RFC 8445 §7.2.5.3.3: a success thaws the pairs of its foundation.
  void succeed(CandidatePair& pair, const SocketAddress& mapped, Time now);
  void fail(CandidatePair& pair);

  /// Without `except`, which has no pair by default.
  [[nodiscard]] CandidatePair* bestValid(PairId except = 0);
  [[nodiscard]] bool betterOutstanding(std::uint64_t priority) const;
  [[nodiscard]] bool anyOutstanding() const;
  [[nodiscard]] std::size_t countOutstanding() const;

  /// RFC 8445 §7.3.1.1: the roles changed.
  void reprioritize(IceRole role);
  /// A peer-reflexive candidate turned out to be a signalled one.
  void updateRemote(const RemoteCandidate& remote, IceRole role);
  void removeSocket(SocketId socket);
  /// RFC 8445 §8.1.2: what has not been answered is of no use any more, once a pair is nominated.
  void conclude();
  /// It has to show that it works still.
  static void checkAgain(CandidatePair& pair);
  /// All but that one.
  void checkAllAgain(PairId except);
  /// Those that were last shown to work before then.
  void checkOldAgain(Time then);
  void clear();

 private:
  [[nodiscard]] bool anyOf(const CandidatePair& like, PairState state) const;
  [[nodiscard]] const CandidatePair* peekNext() const;
  void setInitialState(CandidatePair& pair);
  bool makeRoom(std::uint64_t priority);
  void sort();

  std::vector<CandidatePair> pairs_;
  std::vector<PairId> triggered_;
  PairId lastId_ = 0;
};

}  // namespace portico::ice
