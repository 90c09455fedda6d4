#include "core/ice/remote_candidates.h"

#include <algorithm>
#include <iterator>

#include "core/ice/local_candidates.h"

namespace portico::ice {
namespace {

constexpr std::uint32_t kBroadcast = 0xffffffff;
constexpr std::size_t kMaxNameLength = 253;  // octets of a domain name in text, RFC 1035 §2.3.4

bool lowerEquals(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; });
}

bool looksLikeName(std::string_view text) {
  const bool letters =
      std::any_of(text.begin(), text.end(), [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
  return letters && text.size() <= kMaxNameLength && text.find('.') != std::string_view::npos &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") ==
             std::string_view::npos;
}

bool reachable(const IpAddress& ip) {
  return !ip.isAny() && !ip.isMulticast() && !(ip.isV4() && ip.v4() == kBroadcast);
}

// A peer can make us connect to any address, and what we send there is of its making in part. Servers of other
// protocols are spared as browsers spare them: of the system's ports only those where such traffic is usual are
// connected to.
constexpr std::uint16_t kFirstUserPort = 1024;  // RFC 6335 §6
bool mayConnectTo(std::uint16_t port) {
  return port >= kFirstUserPort || port == 80 || port == 443;
}

}  // namespace

Transport transportOf(const IceCandidate& candidate) {
  if (!lowerEquals(candidate.protocol, "tcp")) return Transport::udp;
  return candidate.tcpType == "passive" ? Transport::tcpPassive : Transport::tcpActive;
}

Result<std::optional<SocketAddress>> usableAddress(const IceCandidate& candidate) {
  const bool udp = lowerEquals(candidate.protocol, "udp");
  const auto ip = IpAddress::parse(candidate.address);
  if (!ip && !looksLikeName(candidate.address)) {
    return Error(Error::Operation, "the candidate's address is neither an IP address nor a name");
  }
  if (ip && !reachable(*ip)) return Error(Error::Operation, "the candidate's address can't be sent to");
  if (udp && candidate.port == 0) return Error(Error::Operation, "the candidate's port is 0");

  return ip ? usableAddress(candidate, *ip) : std::nullopt;
}

std::optional<SocketAddress> usableAddress(const IceCandidate& candidate, const IpAddress& ip) {
  const auto type = parseCandidateType(candidate.type);
  // A peer does not tell peer-reflexive candidates (RFC 8445 §5.3): it does not know them.
  // An active one's port says nothing (RFC 6544 §4.5).
  const bool passive = transportOf(candidate) == Transport::tcpPassive && mayConnectTo(candidate.port);
  const bool usable = (lowerEquals(candidate.protocol, "udp") || passive) && candidate.component == 1 && type &&
                      *type != CandidateType::peerReflexive && reachable(ip) && !ip.isV4Mapped() && !ip.isSiteLocal();
  if (!usable) return std::nullopt;
  return withoutScope(SocketAddress{ip, candidate.port});
}

bool RemoteCandidate::named() const {
  return !IpAddress::parse(signalled.address);
}

RemoteCandidates::Added RemoteCandidates::add(const IceCandidate& candidate,
                                              const std::optional<SocketAddress>& address, bool next) {
  RemoteCandidate added;
  added.signalled = candidate;
  added.address = address;
  added.type = parseCandidateType(candidate.type).value_or(CandidateType::host);
  added.transport = transportOf(candidate);
  added.next = next;
  for (RemoteCandidate& known : all_) {
    const bool sameAddress = known.address == address && known.transport == added.transport && known.next == next;
    const bool same = address ? sameAddress : known.signalled == candidate;
    if (!same) continue;
    if (known.type != CandidateType::peerReflexive || !address) return Added::duplicate;
    added.foundation = foundationOf(candidate.foundation);
    known = std::move(added);
    return Added::updated;
  }
  added.foundation = foundationOf(candidate.foundation);
  all_.push_back(std::move(added));
  return Added::fresh;
}

const RemoteCandidate& RemoteCandidates::addPeerReflexive(const SocketAddress& address, Transport transport,
                                                          std::uint32_t priority) {
  RemoteCandidate added;
  added.address = withoutScope(address);
  added.type = CandidateType::peerReflexive;
  added.transport = transport;
  added.foundation = ++lastFoundation_;  // RFC 8445 §7.3.1.3: unlike any other
  added.signalled.foundation = "prflx" + std::to_string(added.foundation);
  added.signalled.address = added.address->ip.toString();
  added.signalled.port = address.port;
  added.signalled.priority = priority;
  added.signalled.protocol = protocolOf(transport);
  added.signalled.tcpType = tcpTypeOf(transport);
  added.signalled.type = toString(CandidateType::peerReflexive);
  all_.push_back(std::move(added));
  return all_.back();
}

std::vector<RemoteCandidate> RemoteCandidates::takeUnresolved(const std::string& name) {
  std::vector<RemoteCandidate> taken;
  const auto waits = [&](const RemoteCandidate& candidate) {
    return !candidate.address && candidate.signalled.address == name;
  };
  std::copy_if(all_.begin(), all_.end(), std::back_inserter(taken), waits);
  std::erase_if(all_, waits);
  return taken;
}

const RemoteCandidate* RemoteCandidates::find(const SocketAddress& address, Transport transport) const {
  const SocketAddress plain = withoutScope(address);
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const RemoteCandidate& candidate) {
    return candidate.address == plain && candidate.transport == transport && !candidate.next;
  });
  return at == all_.end() ? nullptr : &*at;
}

void RemoteCandidates::beginSession(const std::string& ufrag, bool keepUnmarked) {
  std::erase_if(all_, [&](const RemoteCandidate& candidate) {
    const auto& theirs = candidate.signalled.usernameFragment;
    if (theirs && !theirs->empty()) return *theirs != ufrag;
    return !candidate.next && !keepUnmarked;
  });
  for (RemoteCandidate& candidate : all_) candidate.next = false;
}

std::uint16_t RemoteCandidates::foundationOf(const std::string& foundation) {
  for (const RemoteCandidate& known : all_) {
    if (known.type != CandidateType::peerReflexive && known.signalled.foundation == foundation) return known.foundation;
  }
  return ++lastFoundation_;
}

}  // namespace portico::ice
