// The networks that a gatherer uses: its sockets on them, their names, and what follows when they change.
#include <algorithm>
#include <iterator>

#include "core/portico/ice_gatherer_impl.h"
#include "core/portico/interface_order.h"

namespace portico {
namespace {

constexpr std::uint16_t kTopPreference = 65'535;

/// An interface comes with several addresses, and a flapping one comes again and again: what is new is looked at when
/// nothing has changed for so long, or has not stopped changing for so much longer. What is gone shows at once.
constexpr Duration kCalm = std::chrono::milliseconds(250);
constexpr Duration kLongestUnrest = std::chrono::seconds(2);

}  // namespace

// Sockets ------------------------------------------------------------------------------------------------------------

std::vector<NetworkInterface> IceGatherer::Impl::usable(LastResort lastResort) const {
  return inOrderOfPreference(usableInterfaces(driver->host().networkInterfaces(), options, lastResort));
}

std::vector<IpAddress> IceGatherer::Impl::usableAddresses() const {
  std::vector<IpAddress> addresses;
  for (const NetworkInterface& interface : usable(LastResort::none)) addresses.push_back(interface.address);
  return addresses;
}

std::vector<NetworkInterface> IceGatherer::Impl::unusedInterfaces() const {
  std::vector<NetworkInterface> interfaces = usable(LastResort::none);
  std::erase_if(interfaces, [&](const NetworkInterface& one) { return driver->socketAt(one.address).id != 0; });
  return interfaces;
}

// Of each usable address one, unless it is there already. All of UDP come before those of TCP.
void IceGatherer::Impl::openSockets() {
  const std::vector<NetworkInterface> found = usable(driver->hasSockets() ? LastResort::none : LastResort::loopback);
  if (found.empty() && !driver->hasSockets()) {
    reportError({"", 0, "", 701, whyNoInterface(driver->host().networkInterfaces(), options)});
  }
  useInterfaces(found);
  if (hidesAddresses()) joinMdns(true);
  std::uint16_t preference = kTopPreference;
  std::vector<Driver::Bound> sockets;
  for (const NetworkInterface& interface : found) {
    Driver::Bound socket = driver->socketAt(interface.address);
    if (socket.id == 0) {
      if (driver->socketCount() >= ice::kMaxLocalCandidates) break;
      while (driver->usesPreference(preference)) --preference;  // RFC 8445 §5.1.2.1: each has one of its own
      socket = {openSocket(interface, preference), interface.address, preference};
      --preference;
    }
    sockets.push_back(socket);
  }
  offerTcp(sockets);
}

// Those that have a socket and are not listed: a host may list only what is new, and loopback is for want of others.
void IceGatherer::Impl::useInterfaces(const std::vector<NetworkInterface>& found) {
  std::erase_if(interfaces_, [&](const NetworkInterface& before) {
    return driver->socketAt(before.address).id == 0 ||
           std::any_of(found.begin(), found.end(),
                       [&](const NetworkInterface& one) { return one.address == before.address; });
  });
  interfaces_.insert(interfaces_.begin(), found.begin(), found.end());
}

ice::SocketId IceGatherer::Impl::openSocket(const NetworkInterface& interface, std::uint16_t preference) {
  const UdpOptions udp{SocketAddress{interface.address, 0}, options.portLow, options.portHigh};
  const Result<ice::SocketId> opened =
      driver->openSocket(udp, preference, hidesAddresses() ? nameFor(interface) : std::string());
  if (opened) return *opened;
  reportError({interface.address.toString(), 0, "", 701, opened.error().message});
  return 0;
}

void IceGatherer::Impl::offerTcp(const std::vector<Driver::Bound>& sockets) {
  const TcpCandidates wanted = options.tcpCandidates.value_or(TcpCandidates::active);
  if (wanted == TcpCandidates::none || options.relayOnly) return;
  if (!driver->host().hasTcp()) {
    // By default there are none where there can't be any.
    if (options.tcpCandidates) reportError({"", 0, "", 701, "TCP candidates can't be had here, where only UDP is."});
    return;
  }
  for (const auto& [id, local, preference] : sockets) {
    if (driver->stack().tcp().offers(local)) continue;
    if (options.mdns == MdnsPolicy::hide && id == 0) continue;          // its name would be that of the socket
    if (!options.iceLite) driver->addActiveTcp(id, local, preference);  // RFC 6544 §4.1: lite is passive only
    if (wanted != TcpCandidates::both) continue;
    const TcpListenOptions listen{SocketAddress{local, 0}, options.portLow, options.portHigh};
    const Result<void> opened = driver->openListener(listen, id, preference);
    if (!opened) reportError({local.toString(), 0, "", 701, opened.error().message});
  }
}

// Names --------------------------------------------------------------------------------------------------------------

std::shared_ptr<MdnsService> IceGatherer::Impl::mdns() {
  if (options.mdns == MdnsPolicy::off || interfaces_.empty()) return nullptr;
  // Of no use to one that sends no checks, or none to what has a name.
  if (options.relayOnly || options.iceLite) return nullptr;
  joinMdns(false);
  return mdns_;
}

void IceGatherer::Impl::joinMdns(bool tell) {
  mdns_ = MdnsService::of(driver->host());
  const Result<void> joined = mdns_->join(interfaces_);
  if (joined || !tell) return;
  reportError({"", 0, "", 701,
               "Host candidates have names, which are not answered for on every interface: " + joined.error().message});
}

bool IceGatherer::Impl::hidesAddresses() const {
  return options.mdns == MdnsPolicy::hide && !options.relayOnly && !interfaces_.empty();
}

// Of those that were opened when relayed candidates alone were told.
void IceGatherer::Impl::nameSockets() {
  if (!hidesAddresses()) return;
  joinMdns(true);
  ice::Agent& agent = driver->stack().ice();
  for (const NetworkInterface& interface : interfaces_) {
    const ice::SocketId id = driver->socketAt(interface.address).id;
    if (id != 0 && agent.nameOf(id).empty()) agent.nameSocket(id, nameFor(interface));
  }
}

// One for each address, for as long as the gatherer has it (§3.1.1 of the draft).
std::string IceGatherer::Impl::nameFor(const NetworkInterface& interface) {
  auto known = names_.find(interface.address);
  if (known == names_.end()) known = names_.emplace(interface.address, mdns_->publish(interface)).first;
  return known->second.toString();
}

// Changes ------------------------------------------------------------------------------------------------------------

void IceGatherer::Impl::watchNetworks() {
  if (watch_) return;
  const std::weak_ptr<Impl> weak = weak_from_this();
  calm_ = driver->host().createTimer([weak](Time) {
    if (const auto self = weak.lock()) self->onInterfacesCalm();
  });
  watch_ = driver->host().watchNetworkInterfaces([weak] {
    if (const auto self = weak.lock()) self->onInterfacesChanged();
  });
  known_ = usableAddresses();
}

// W3C webrtc-pc §4.4.1.6: a changed configuration counts from the next gathering on. RFC 8445 §9: a restart gathers
// anew; from networks that have not changed there is nothing new to be had.
void IceGatherer::Impl::beforeRestart() {
  if (state == IceGathererState::closed || state == IceGathererState::fresh) return;
  if (watch_) dropLostSockets(driver->host().networkInterfaces());
  const Result<std::vector<Server>> servers = parseServers();
  serversChanged_ = servers && (configuredServers() != askedServers_ || options.relayOnly != askedRelayOnly_);
  if (serversChanged_) {
    nameSockets();
    driver->stack().renewServers(driver->now(), turnServers(*servers), options.relayOnly);
  } else if (sourcesEnded_) {
    driver->stack().renewRelays(driver->now());
  }
  moreSources_ = serversChanged_ || !driver->hasSockets() || !unusedInterfaces().empty();
  // The end of candidates comes after those of what is about to be opened and asked.
  if (moreSources_) driver->stack().reopenSources();
}

void IceGatherer::Impl::afterRestart() {
  if (!std::exchange(moreSources_, false) || !driver->hasSockets()) return;  // gatherAgain() does without
  if (state == IceGathererState::complete) {
    announced_ = false;
    begin();
  }
  sourcesEnded_ = false;
  openSockets();
  if (serversChanged_) {
    if (const Result<std::vector<Server>> servers = parseServers()) askServers(*servers);
  }
  endOfSourcesIfDone();
}

void IceGatherer::Impl::onInterfacesChanged() {
  if (state == IceGathererState::closed) return;
  const Time now = driver->now();
  const std::vector<NetworkInterface> listed = driver->host().networkInterfaces();
  for (const Driver::Bound& socket : driver->sockets()) {
    const bool passes = std::any_of(listed.begin(), listed.end(), [&](const NetworkInterface& interface) {
      return interface.address == socket.address && !interface.down;
    });
    if (passes) {
      driver->stack().ice().askAgain(now, socket.id);
    } else {
      driver->stack().doubt(now, socket.id);
    }
  }
  driver->afterCall();
  if (!restlessSince_) restlessSince_ = now;
  calm_->set(std::min(now + kCalm, *restlessSince_ + kLongestUnrest));
}

void IceGatherer::Impl::dropLostSockets(const std::vector<NetworkInterface>& listed) {
  const auto gone = [&](const IpAddress& address) {
    return std::none_of(listed.begin(), listed.end(),
                        [&](const NetworkInterface& one) { return one.address == address; });
  };
  const auto why = [](const IpAddress& address) {
    return "the network interface with " + address.toString() + " has gone";
  };
  for (const Driver::Bound& socket : driver->sockets()) {
    if (gone(socket.address)) driver->loseSocket(socket.id, why(socket.address));
  }
  if (mdns_) mdns_->follow(listed);
  std::erase_if(interfaces_, [&](const NetworkInterface& used) {
    if (!gone(used.address)) return false;
    // Those beside which no UDP socket could be opened.
    driver->stack().tcp().onAddressRemoved(driver->now(), used.address, why(used.address));
    const auto name = names_.find(used.address);
    if (name != names_.end()) mdns_->withdraw(names_.extract(name).mapped());
    return true;
  });
}

void IceGatherer::Impl::onInterfacesCalm() {
  if (state == IceGathererState::closed) return;
  restlessSince_.reset();
  dropLostSockets(driver->host().networkInterfaces());
  driver->afterCall();
  std::vector<IpAddress> addresses = usableAddresses();
  const auto without = [](const std::vector<IpAddress>& all, const std::vector<IpAddress>& these) {
    std::vector<IpAddress> rest;
    std::copy_if(all.begin(), all.end(), std::back_inserter(rest), [&](const IpAddress& address) {
      return std::find(these.begin(), these.end(), address) == these.end();
    });
    return rest;
  };
  NetworkChange change{without(addresses, known_), without(known_, addresses)};
  known_ = std::move(addresses);
  networkChanged(std::move(change));
}

void IceGatherer::Impl::networkChanged(NetworkChange change) {
  if (state == IceGathererState::closed || (change.added.empty() && change.removed.empty())) return;
  if (options.networkChangePolicy != NetworkChangePolicy::none) gatherFromUnused();
  const IceTransportState ice = driver->stack().ice().state();
  const bool lost = ice == IceTransportState::disconnected || ice == IceTransportState::failed;
  // A host that can't tell lists what it offers, and of what it has offered nothing is known to be gone.
  const bool other = !change.added.empty() || (watch_ ? !usable(LastResort::none).empty() : driver->hasSockets());
  change.restartNeeded = lost && other;
  driver->afterCall();
  // After the states that it has led to.
  driver->host().defer([weak = weak_from_this(), change = std::move(change)] {
    const auto self = weak.lock();
    if (self && self->state != IceGathererState::closed) self->networkHandler(change);
  });
}

void IceGatherer::Impl::gatherFromUnused() {
  if (unusedInterfaces().empty()) return;
  driver->stack().ice().expectPaths();
  if (state == IceGathererState::complete) {
    announced_ = false;
    begin();
  }
  driver->stack().reopenSources();
  sourcesEnded_ = false;
  openSockets();
  endOfSourcesIfDone();
}

}  // namespace portico
