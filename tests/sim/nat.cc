#include "tests/sim/nat.h"

#include <algorithm>

namespace portico::sim {
namespace {

constexpr std::uint16_t kLowestPort = 1024;  // RFC 4787 §4.2.1, REQ-3: ports of this range stay in it
constexpr std::uint64_t kPorts = 65'536 - kLowestPort;

/// The part of a remote endpoint on which a behaviour depends.
SocketAddress relevant(NatBehaviour behaviour, const SocketAddress& remote) {
  switch (behaviour) {
    case NatBehaviour::endpointIndependent:
      return {};
    case NatBehaviour::addressDependent:
      return SocketAddress{remote.ip, 0};
    case NatBehaviour::addressAndPortDependent:
      return remote;
  }
  return remote;
}

}  // namespace

Nat::Nat(Fabric& fabric, Network& outside, std::vector<IpAddress> external, const NatOptions& natOptions)
    : options(natOptions),
      fabric_(fabric),
      inside_(fabric),
      external_(std::move(external)),
      uplink_(fabric, *this, outside),
      random_(fabric.random.next()) {
  inside_.setGateway(*this);
  for (const IpAddress& address : external_) outside.attach(address, uplink_);
}

void Nat::reboot() {
  byInner_.clear();
  byOuter_.clear();
  permissions_.clear();
}

std::optional<SocketAddress> Nat::mappingOf(const SocketAddress& inner, const SocketAddress& remote) const {
  const auto found = byInner_.find(Key{inner, relevant(options.mapping, remote)});
  if (found == byInner_.end() || found->second.expires <= fabric_.now()) return std::nullopt;
  return found->second.outer;
}

bool Nat::isExternal(const IpAddress& address) const {
  for (const IpAddress& own : external_) {
    if (own == address) return true;
  }
  return false;
}

const IpAddress* Nat::externalFor(IpFamily family) const {
  for (const IpAddress& own : external_) {
    if (own.family() == family) return &own;
  }
  return nullptr;
}

/// From the inside, to an address that the inside does not have.
void Nat::forward(PacketPtr packet) {
  if (!isExternal(packet->to.ip)) return translateOut(std::move(packet), &uplink_);
  if (!options.hairpinning) {
    fabric_.record(Fate::natFiltered, *packet);
    return;
  }
  translateOut(std::move(packet), nullptr);
}

/// `exit` null: the packet turns round, and comes in by the rules for what comes from outside.
void Nat::translateOut(PacketPtr packet, Attachment* exit) {
  Mapping* mapping = mapOut(packet->from, packet->to);
  if (mapping == nullptr) {
    fabric_.record(Fate::unroutable, *packet);
    return;
  }
  packet->from = mapping->outer;
  if (exit != nullptr) return exit->sendUp(std::move(packet));
  translateIn(std::move(packet));
}

void Nat::receive(PacketPtr packet, Attachment&) {
  translateIn(std::move(packet));
}

void Nat::translateIn(PacketPtr packet) {
  const Mapping* mapping = mappingFor(*packet);
  if (mapping == nullptr) {
    fabric_.record(Fate::natFiltered, *packet);
    return;
  }
  packet->to = mapping->key.inner;
  inside_.route(std::move(packet));
}

/// Null: nobody inside is to have it.
const Nat::Mapping* Nat::mappingFor(const Packet& packet) const {
  const auto [first, last] = byOuter_.equal_range(packet.to);
  for (auto outer = first; outer != last; ++outer) {
    const Mapping& mapping = byInner_.at(outer->second);
    // The remote endpoint alone tells apart what shares a port.
    if (options.overloadPorts && mapping.key.remote != relevant(options.mapping, packet.from)) continue;
    if (mapping.expires > fabric_.now() && admits(mapping.key.inner, packet.from)) return &mapping;
  }
  return nullptr;
}

Nat::Mapping* Nat::mapOut(const SocketAddress& inner, const SocketAddress& remote) {
  const Time now = fabric_.now();
  const Key key{inner, relevant(options.mapping, remote)};
  if (const auto old = byInner_.find(key); old != byInner_.end() && old->second.expires <= now) forget(old->second);
  auto found = byInner_.find(key);
  if (found == byInner_.end()) {
    const auto outer = freeOuter(inner);
    if (!outer) return nullptr;
    // A mapping whose time is over may still hold the port.
    const auto holder = options.overloadPorts ? byOuter_.end() : byOuter_.find(*outer);
    if (holder != byOuter_.end()) forget(byInner_.at(holder->second));
    byOuter_.emplace(*outer, key);
    found = byInner_.emplace(key, Mapping{key, *outer, now}).first;
  }
  found->second.expires = now + options.mappingTimeout;
  permissions_[Key{inner, relevant(options.filtering, remote)}] = now + options.mappingTimeout;
  return &found->second;
}

void Nat::forget(const Mapping& mapping) {
  const Key key = mapping.key;
  const auto [first, last] = byOuter_.equal_range(mapping.outer);
  byOuter_.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == key; }));
  byInner_.erase(key);
}

/// RFC 4787 §5: the filter asks what the internal endpoint has sent to, not what the one mapping was made for.
bool Nat::admits(const SocketAddress& inner, const SocketAddress& remote) const {
  if (options.filtering == NatBehaviour::endpointIndependent) return true;
  const auto found = permissions_.find(Key{inner, relevant(options.filtering, remote)});
  return found != permissions_.end() && found->second > fabric_.now();
}

bool Nat::takenOuter(const SocketAddress& outer) const {
  const auto found = byOuter_.find(outer);
  return found != byOuter_.end() && byInner_.at(found->second).expires > fabric_.now();
}

std::optional<SocketAddress> Nat::freeOuter(const SocketAddress& inner) {
  const IpAddress* ip = externalFor(inner.ip.family());
  if (ip == nullptr) return std::nullopt;
  SocketAddress outer{*ip, inner.port};
  if (options.overloadPorts || (options.preservePorts && !takenOuter(outer))) return outer;
  const std::uint64_t start = random_.next();
  for (std::uint64_t i = 0; i < kPorts; ++i) {
    outer.port = static_cast<std::uint16_t>(kLowestPort + (start + i) % kPorts);
    if (!takenOuter(outer)) return outer;
  }
  return std::nullopt;
}

}  // namespace portico::sim
