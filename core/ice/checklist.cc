#include "core/ice/checklist.h"

#include <algorithm>

#include "core/ice/local_candidates.h"
#include "core/ice/priority.h"

namespace portico::ice {

CandidatePair* Checklist::add(CandidatePair pair, IceRole role) {
  if (find(pair.socket, pair.remote) != nullptr) return nullptr;
  pair.priority = pairPriority(role, pair.localPriority, pair.remotePriority);
  if (!makeRoom(pair.priority)) return nullptr;
  pair.id = ++lastId_;
  setInitialState(pair);
  const auto at = std::find_if(pairs_.begin(), pairs_.end(),
                               [&](const CandidatePair& other) { return other.priority < pair.priority; });
  return &*pairs_.insert(at, std::move(pair));
}

// RFC 8445 §6.1.2.5: the lowest go; RFC 8838 §10: failed ones before all others.
bool Checklist::makeRoom(std::uint64_t priority) {
  if (pairs_.size() < kMaxCandidatePairs) return true;
  auto at = std::find_if(pairs_.rbegin(), pairs_.rend(),
                         [](const CandidatePair& pair) { return pair.state == PairState::failed; });
  if (at == pairs_.rend()) {
    at = std::find_if(pairs_.rbegin(), pairs_.rend(), [&](const CandidatePair& pair) {
      return pair.priority < priority && (pair.state == PairState::frozen || pair.state == PairState::waiting);
    });
  }
  if (at == pairs_.rend()) return false;
  std::erase(triggered_, at->id);
  pairs_.erase(std::next(at).base());
  return true;
}

// RFC 8445 §6.1.2.6 and RFC 8838 §12: of each foundation the best pair waits, the others are frozen.
void Checklist::setInitialState(CandidatePair& pair) {
  if (anyOf(pair, PairState::succeeded)) {
    pair.state = PairState::waiting;
    return;
  }
  pair.state = PairState::waiting;
  for (CandidatePair& other : pairs_) {
    if (!other.sameFoundation(pair)) continue;
    const bool yields = other.state == PairState::waiting && other.priority < pair.priority &&
                        std::find(triggered_.begin(), triggered_.end(), other.id) == triggered_.end();
    if (yields) {
      other.state = PairState::frozen;
    } else if (other.state == PairState::waiting || other.state == PairState::inProgress) {
      pair.state = PairState::frozen;
    }
  }
}

CandidatePair* Checklist::find(SocketId socket, const SocketAddress& remote) {
  return const_cast<CandidatePair*>(static_cast<const Checklist*>(this)->find(socket, remote));
}

const CandidatePair* Checklist::find(SocketId socket, const SocketAddress& remote) const {
  const auto at = std::find_if(pairs_.begin(), pairs_.end(), [&](const CandidatePair& pair) {
    return pair.socket == socket && pair.remote == remote;
  });
  return at == pairs_.end() ? nullptr : &*at;
}

CandidatePair* Checklist::find(PairId id) {
  const auto at = std::find_if(pairs_.begin(), pairs_.end(), [&](const CandidatePair& pair) { return pair.id == id; });
  return at == pairs_.end() ? nullptr : &*at;
}

bool Checklist::uses(const SocketAddress& plainRemote) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const CandidatePair& pair) {
    return pair.state != PairState::failed && withoutScope(pair.remote) == plainRemote;
  });
}

void Checklist::trigger(CandidatePair& pair) {
  if (pair.state == PairState::succeeded) return;
  if (pair.state != PairState::inProgress) pair.state = PairState::waiting;
  if (std::find(triggered_.begin(), triggered_.end(), pair.id) == triggered_.end()) triggered_.push_back(pair.id);
}

bool Checklist::anyOf(const CandidatePair& like, PairState state) const {
  return std::any_of(pairs_.begin(), pairs_.end(),
                     [&](const CandidatePair& pair) { return pair.state == state && pair.sameFoundation(like); });
}

// RFC 8445 §6.1.4.2, steps 1 to 4, for the one checklist that there is.
const CandidatePair* Checklist::peekNext() const {
  if (!triggered_.empty()) {
    const auto at = std::find_if(pairs_.begin(), pairs_.end(),
                                 [&](const CandidatePair& pair) { return pair.id == triggered_.front(); });
    if (at != pairs_.end()) return &*at;
  }
  for (const CandidatePair& pair : pairs_) {
    if (pair.state == PairState::waiting) return &pair;
  }
  for (const CandidatePair& pair : pairs_) {
    if (pair.state == PairState::frozen && !anyOf(pair, PairState::inProgress)) return &pair;
  }
  return nullptr;
}

bool Checklist::hasNext() const {
  return peekNext() != nullptr;
}

CandidatePair* Checklist::takeNext() {
  auto* pair = const_cast<CandidatePair*>(peekNext());
  if (pair != nullptr) std::erase(triggered_, pair->id);
  return pair;
}

void Checklist::succeed(CandidatePair& pair, const SocketAddress& mapped, Time now) {
  pair.state = PairState::succeeded;
  pair.mapped = mapped;
  pair.lastSuccess = now;
  std::erase(triggered_, pair.id);
  for (CandidatePair& other : pairs_) {
    if (other.state == PairState::frozen && other.sameFoundation(pair)) other.state = PairState::waiting;
  }
}

void Checklist::fail(CandidatePair& pair) {
  pair.state = PairState::failed;
  pair.mapped.reset();
  pair.nominateOnSuccess = false;
  std::erase(triggered_, pair.id);
}

CandidatePair* Checklist::bestValid(PairId except) {
  const auto at = std::find_if(pairs_.begin(), pairs_.end(),
                               [&](const CandidatePair& pair) { return pair.valid() && pair.id != except; });
  return at == pairs_.end() ? nullptr : &*at;
}

bool Checklist::betterOutstanding(std::uint64_t priority) const {
  return std::any_of(pairs_.begin(), pairs_.end(),
                     [&](const CandidatePair& pair) { return pair.outstanding() && pair.priority > priority; });
}

bool Checklist::anyOutstanding() const {
  return countOutstanding() > 0;
}

std::size_t Checklist::countOutstanding() const {
  return static_cast<std::size_t>(
      std::count_if(pairs_.begin(), pairs_.end(), [](const CandidatePair& pair) { return pair.outstanding(); }));
}

void Checklist::reprioritize(IceRole role) {
  for (CandidatePair& pair : pairs_) {
    pair.priority = pairPriority(role, pair.localPriority, pair.remotePriority);
    if (role == IceRole::controlling) pair.nominateOnSuccess = false;
  }
  sort();
}

void Checklist::updateRemote(const RemoteCandidate& remote, IceRole role) {
  for (CandidatePair& pair : pairs_) {
    if (withoutScope(pair.remote) != remote.address || counterpart(pair.transport) != remote.transport) continue;
    pair.remotePriority = remote.signalled.priority;
    pair.remoteFoundation = remote.foundation;
    pair.priority = pairPriority(role, pair.localPriority, pair.remotePriority);
  }
  sort();
}

void Checklist::sort() {
  std::stable_sort(pairs_.begin(), pairs_.end(),
                   [](const CandidatePair& a, const CandidatePair& b) { return a.priority > b.priority; });
}

void Checklist::removeSocket(SocketId socket) {
  for (const CandidatePair& pair : pairs_) {
    if (pair.socket == socket) std::erase(triggered_, pair.id);
  }
  std::erase_if(pairs_, [&](const CandidatePair& pair) { return pair.socket == socket; });
}

void Checklist::conclude() {
  triggered_.clear();
  std::erase_if(pairs_, [](const CandidatePair& pair) { return !pair.valid() && !pair.nominateOnSuccess; });
  for (CandidatePair& pair : pairs_) {
    if (!pair.valid() && pair.state != PairState::inProgress) triggered_.push_back(pair.id);
  }
  pairs_.shrink_to_fit();
}

void Checklist::checkAgain(CandidatePair& pair) {
  pair.mapped.reset();
  pair.state = PairState::waiting;
}

void Checklist::checkAllAgain(PairId except) {
  for (CandidatePair& pair : pairs_) {
    if (pair.id != except && !pair.outstanding()) checkAgain(pair);
  }
}

void Checklist::checkOldAgain(Time then) {
  for (CandidatePair& pair : pairs_) {
    if (pair.valid() && pair.lastSuccess < then) checkAgain(pair);
  }
}

void Checklist::clear() {
  std::vector<CandidatePair>().swap(pairs_);
  triggered_.clear();
}

}  // namespace portico::ice
