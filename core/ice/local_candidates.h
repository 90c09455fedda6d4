// Our side's candidates: sockets, what they are known as elsewhere, and how that is told (RFC 8445 §5.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ice/agent.h"
#include "core/ice/priority.h"

namespace portico::ice {

/// A socket, as the base of its candidates; a relayed address is one, too (RFC 8445 §4).
struct Base {
  SocketId socket = 0;
  SocketAddress address;
  std::uint16_t localPreference = 0;
  std::uint16_t foundation = 0;  ///< of its host or relayed candidate
  CandidateType type = CandidateType::host;
  Transport transport = Transport::udp;
  bool retired = false;  ///< no pairs are made with it any more
  std::string name{};    ///< told in place of the address, which nobody is to learn then

  [[nodiscard]] std::uint32_t priority(CandidateType as) const {
    return candidatePriority(as, transport, localPreference);
  }
  [[nodiscard]] bool relayed() const { return type == CandidateType::relayed; }
};

class LocalCandidates {
 public:
  /// False at kMaxLocalCandidates, or for a socket that is there already.
  bool addBase(SocketId socket, const SocketAddress& address, std::uint16_t localPreference, Transport transport,
               std::string name);
  bool addRelayedBase(SocketId socket, const RelayedAddress& relayed, std::uint16_t localPreference);
  void removeSocket(SocketId socket);
  /// Not to be paired any more; its candidates go. removeRetired() takes it out.
  void retire(SocketId socket);
  /// Its candidates are those of `replacement` now, a base like it. It is retired.
  void replace(SocketId socket, SocketId replacement);
  /// All that are retired go, except for the one that is in use.
  void removeRetired(SocketId inUse);
  void name(SocketId socket, const std::string& name);
  /// All candidates but relayed ones; the sockets stay.
  void forgetUnrelayed();
  /// RFC 8839 §5.1: relayed ones do not tell from where the relay is used.
  void hideRelatedAddresses();
  [[nodiscard]] const std::vector<Base>& bases() const { return bases_; }
  [[nodiscard]] const Base* base(SocketId socket) const;

  /// Null when it is redundant (RFC 8445 §5.1.3) or one too many.
  const IceCandidate* addHost(const Base& base, const std::string& ufrag);
  const IceCandidate* addServerReflexive(const Base& base, const SocketAddress& mapped, const SocketAddress& server,
                                         const std::string& url, const std::string& ufrag);
  const IceCandidate* addRelayed(const Base& base, const RelayedAddress& relayed, const std::string& ufrag);
  [[nodiscard]] const std::vector<IceCandidate>& signalled() const { return signalled_; }
  void setUfrag(const std::string& ufrag);

  /// What the peer sees of `base` under `mapped`: a candidate of ours, or a peer-reflexive one (RFC 8445 §7.2.5.3.1).
  [[nodiscard]] IceCandidate describe(const Base& base, const SocketAddress& mapped) const;
  /// True if it is the socket's own address: no NAT in between.
  [[nodiscard]] static bool isHost(const Base& base, const SocketAddress& mapped);

 private:
  struct Entry {
    SocketId socket;
    SocketAddress address;
  };
  struct FoundationKey {
    CandidateType type;
    Transport transport;
    IpAddress base;
    IpAddress server;
    std::uint16_t foundation;
  };
  bool addBase(Base base);
  template <typename Predicate>
  void eraseBases(Predicate predicate);
  template <typename Predicate>
  void eraseCandidates(Predicate ofSocket);
  const IceCandidate* add(const Base& base, const SocketAddress& address, IceCandidate candidate);
  std::uint16_t foundation(CandidateType type, Transport transport, const IpAddress& base, const IpAddress& server);

  std::vector<Base> bases_;
  std::vector<Entry> entries_;  // entries_[i] is where signalled_[i] comes from
  std::vector<IceCandidate> signalled_;
  std::vector<FoundationKey> foundations_;  // of the bases that there are
  std::uint16_t lastFoundation_ = 0;
};

/// RFC 8839 §5.1: told in place of a related address that is private.
SocketAddress hiddenAddress(IpFamily family);
/// The same endpoint without its scope: candidates and STUN do not carry one.
SocketAddress withoutScope(const SocketAddress& address);

}  // namespace portico::ice
