#include "core/ice/local_candidates.h"

#include <algorithm>

namespace portico::ice {
namespace {

IceCandidate makeCandidate(CandidateType type, const SocketAddress& address, const Base& base) {
  const SocketAddress plain = withoutScope(address);
  IceCandidate candidate;
  candidate.address = plain.ip.toString();
  candidate.port = plain.port;
  candidate.priority = base.priority(type);
  candidate.protocol = protocolOf(base.transport);
  candidate.tcpType = tcpTypeOf(base.transport);
  candidate.type = toString(type);
  return candidate;
}

SocketAddress related(const Base& base) {
  return base.name.empty() ? base.address : hiddenAddress(base.address.ip.family());
}

void relateTo(IceCandidate& candidate, const SocketAddress& base) {
  const SocketAddress plain = withoutScope(base);
  candidate.relatedAddress = plain.ip.toString();
  candidate.relatedPort = plain.port;
}

}  // namespace

SocketAddress withoutScope(const SocketAddress& address) {
  if (address.ip.scope() == 0) return address;
  return {IpAddress::fromV6(address.ip.bytes().first<16>()), address.port};
}

SocketAddress hiddenAddress(IpFamily family) {
  constexpr std::uint16_t kDiscard = 9;
  return {IpAddress::any(family), kDiscard};
}

bool LocalCandidates::addBase(SocketId socket, const SocketAddress& address, std::uint16_t localPreference,
                              Transport transport, std::string name) {
  return addBase({socket, address, localPreference, foundation(CandidateType::host, transport, address.ip, IpAddress()),
                  CandidateType::host, transport, false, std::move(name)});
}

bool LocalCandidates::addRelayedBase(SocketId socket, const RelayedAddress& relayed, std::uint16_t localPreference) {
  return addBase({socket, relayed.address, localPreference,
                  foundation(CandidateType::relayed, Transport::udp, relayed.address.ip, relayed.server.ip),
                  CandidateType::relayed});
}

bool LocalCandidates::addBase(Base added) {
  if (bases_.size() >= kMaxLocalCandidates || base(added.socket) != nullptr) return false;
  bases_.push_back(std::move(added));
  return true;
}

void LocalCandidates::removeSocket(SocketId socket) {
  eraseBases([&](const Base& base) { return base.socket == socket; });
  eraseCandidates([&](SocketId id) { return id == socket; });
}

void LocalCandidates::retire(SocketId socket) {
  for (Base& base : bases_) base.retired = base.retired || base.socket == socket;
  eraseCandidates([&](SocketId id) { return id == socket; });
}

void LocalCandidates::name(SocketId socket, const std::string& name) {
  for (Base& base : bases_) {
    if (base.socket == socket) base.name = name;
  }
}

void LocalCandidates::forgetUnrelayed() {
  eraseCandidates([&](SocketId id) {
    const Base* from = base(id);
    return from == nullptr || !from->relayed();
  });
}

void LocalCandidates::hideRelatedAddresses() {
  for (IceCandidate& candidate : signalled_) {
    if (candidate.type != toString(CandidateType::relayed)) continue;
    const auto address = IpAddress::parse(candidate.address);
    if (address) relateTo(candidate, hiddenAddress(address->family()));
  }
}

template <typename Predicate>
void LocalCandidates::eraseBases(Predicate predicate) {
  if (std::erase_if(bases_, predicate) == 0) return;
  std::erase_if(foundations_, [&](const FoundationKey& key) {
    return std::none_of(bases_.begin(), bases_.end(), [&](const Base& base) { return base.address.ip == key.base; });
  });
}

template <typename Predicate>
void LocalCandidates::eraseCandidates(Predicate ofSocket) {
  for (std::size_t i = entries_.size(); i > 0; --i) {
    if (!ofSocket(entries_[i - 1].socket)) continue;
    const auto at = static_cast<std::ptrdiff_t>(i - 1);
    entries_.erase(entries_.begin() + at);
    signalled_.erase(signalled_.begin() + at);
  }
}

void LocalCandidates::replace(SocketId socket, SocketId replacement) {
  const Base* old = base(socket);
  if (old == nullptr) return;
  Base added = *old;
  added.socket = replacement;
  for (Base& b : bases_) b.retired = b.retired || b.socket == socket;
  bases_.push_back(added);
  for (Entry& entry : entries_) {
    if (entry.socket == socket) entry.socket = replacement;
  }
}

void LocalCandidates::removeRetired(SocketId inUse) {
  eraseBases([&](const Base& base) { return base.retired && base.socket != inUse; });
}

const Base* LocalCandidates::base(SocketId socket) const {
  const auto at = std::find_if(bases_.begin(), bases_.end(), [&](const Base& b) { return b.socket == socket; });
  return at == bases_.end() ? nullptr : &*at;
}

const IceCandidate* LocalCandidates::addHost(const Base& base, const std::string& ufrag) {
  IceCandidate candidate = makeCandidate(CandidateType::host, base.address, base);
  if (!base.name.empty()) candidate.address = base.name;
  candidate.foundation = std::to_string(base.foundation);
  candidate.usernameFragment = ufrag;
  return add(base, base.address, std::move(candidate));
}

const IceCandidate* LocalCandidates::addServerReflexive(const Base& base, const SocketAddress& mapped,
                                                        const SocketAddress& server, const std::string& url,
                                                        const std::string& ufrag) {
  IceCandidate candidate = makeCandidate(CandidateType::serverReflexive, mapped, base);
  candidate.foundation =
      std::to_string(foundation(CandidateType::serverReflexive, Transport::udp, base.address.ip, server.ip));
  candidate.usernameFragment = ufrag;
  candidate.url = url;
  relateTo(candidate, related(base));
  return add(base, mapped, std::move(candidate));
}

// RFC 8839 §5.1: the related address of a relayed candidate is how the server sees us.
const IceCandidate* LocalCandidates::addRelayed(const Base& base, const RelayedAddress& relayed,
                                                const std::string& ufrag) {
  IceCandidate candidate = makeCandidate(CandidateType::relayed, relayed.address, base);
  candidate.foundation = std::to_string(base.foundation);
  candidate.usernameFragment = ufrag;
  candidate.url = relayed.url;
  relateTo(candidate, relayed.mapped);
  return add(base, relayed.address, std::move(candidate));
}

const IceCandidate* LocalCandidates::add(const Base& base, const SocketAddress& address, IceCandidate candidate) {
  // RFC 8445 §5.1.3: redundant where another candidate has the same address and the same base; but not to who knows
  // that one by its name only (draft-ietf-mmusic-mdns-ice-candidates §3.1.2.2).
  const SocketAddress plain = withoutScope(address);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const bool same = entries_[i].socket == base.socket && entries_[i].address == plain;
    if (same && (base.name.empty() || signalled_[i].type == candidate.type)) return nullptr;
  }
  if (entries_.size() >= kMaxLocalCandidates) return nullptr;
  entries_.push_back(Entry{base.socket, plain});
  signalled_.push_back(std::move(candidate));
  return &signalled_.back();
}

void LocalCandidates::setUfrag(const std::string& ufrag) {
  for (IceCandidate& candidate : signalled_) candidate.usernameFragment = ufrag;
}

IceCandidate LocalCandidates::describe(const Base& base, const SocketAddress& mapped) const {
  const SocketAddress plain = withoutScope(mapped);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].socket == base.socket && entries_[i].address == plain) return signalled_[i];
  }
  IceCandidate candidate = makeCandidate(CandidateType::peerReflexive, mapped, base);
  candidate.foundation = "prflx" + std::to_string(base.foundation);
  relateTo(candidate, related(base));
  return candidate;
}

bool LocalCandidates::isHost(const Base& base, const SocketAddress& mapped) {
  return !base.relayed() && withoutScope(base.address) == withoutScope(mapped);
}

// RFC 8445 §5.1.1.3: equal for the same type, base address, protocol and server.
std::uint16_t LocalCandidates::foundation(CandidateType type, Transport transport, const IpAddress& base,
                                          const IpAddress& server) {
  const auto at = std::find_if(foundations_.begin(), foundations_.end(), [&](const FoundationKey& key) {
    return key.type == type && key.transport == transport && key.base == base && key.server == server;
  });
  if (at != foundations_.end()) return at->foundation;
  if (++lastFoundation_ == 0) ++lastFoundation_;
  foundations_.push_back(FoundationKey{type, transport, base, server, lastFoundation_});
  return lastFoundation_;
}

}  // namespace portico::ice
