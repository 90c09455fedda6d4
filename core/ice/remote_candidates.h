// The peer's candidates: those it told, and those that its checks revealed (RFC 8445 §7.3.1.3).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ice/agent.h"
#include "core/ice/priority.h"

namespace portico::ice {

struct RemoteCandidate {
  IceCandidate signalled;
  std::optional<SocketAddress> address;  ///< without scope; nullopt: kept, but not to be paired
  CandidateType type = CandidateType::host;
  Transport transport = Transport::udp;
  std::uint16_t foundation = 0;      ///< a number for the string, equal where that is
  [[nodiscard]] bool named() const;  ///< its address was told as a name
  bool next = false;                 ///< came after restart(): belongs to the session that the next start() begins
};

/// UDP unless it says otherwise.
Transport transportOf(const IceCandidate& candidate);

/// The address of a candidate that can be paired; nullopt for one that can only be kept. Error::Operation for an
/// address or port that no candidate can have.
Result<std::optional<SocketAddress>> usableAddress(const IceCandidate& candidate);
/// The same for one with a name that stands for `ip`.
std::optional<SocketAddress> usableAddress(const IceCandidate& candidate, const IpAddress& ip);

class RemoteCandidates {
 public:
  enum class Added { fresh, updated, duplicate };

  /// `candidate` over one of the same address: its type, priority and foundation replace those of a peer-reflexive
  /// one (RFC 8838 §11.4); otherwise it is a duplicate. The caller keeps the bound kMaxRemoteCandidates.
  Added add(const IceCandidate& candidate, const std::optional<SocketAddress>& address, bool next);
  const RemoteCandidate& addPeerReflexive(const SocketAddress& address, Transport transport, std::uint32_t priority);

  /// Those with this name, which are no longer here then.
  std::vector<RemoteCandidate> takeUnresolved(const std::string& name);

  /// Makes room at the bound: of a peer that roams, an address that its checks revealed and that is of no use any more.
  template <typename Predicate>
  void forgetPeerReflexive(Predicate inUse) {
    const auto at = std::find_if(all_.begin(), all_.end(), [&](const RemoteCandidate& candidate) {
      return candidate.type == CandidateType::peerReflexive && candidate.address && !inUse(*candidate.address);
    });
    if (at != all_.end()) all_.erase(at);
  }

  [[nodiscard]] const RemoteCandidate* find(const SocketAddress& address, Transport transport) const;
  [[nodiscard]] const std::vector<RemoteCandidate>& all() const { return all_; }
  [[nodiscard]] bool full() const { return all_.size() >= kMaxRemoteCandidates; }

  /// A new session with the peer that calls itself `ufrag`: what belongs to the old one goes.
  void beginSession(const std::string& ufrag, bool keepUnmarked);
  void clear() { all_.clear(); }

 private:
  std::uint16_t foundationOf(const std::string& foundation);

  std::vector<RemoteCandidate> all_;
  std::uint16_t lastFoundation_ = 0;
};

}  // namespace portico::ice
