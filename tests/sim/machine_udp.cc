// The UDP half of a simulated machine.
#include "tests/sim/machine.h"
#include "tests/sim/world.h"

namespace portico::sim {
namespace {

constexpr std::size_t kMaxPayload = 65'507;  // what IPv4's length field leaves

}  // namespace

SimulatedSocket::SimulatedSocket(Machine& machine, const SocketAddress& local, UdpReceiver& receiver)
    : machine_(machine), local_(local), receiver_(receiver), id_(machine.fabric_.scheduler.add(*this)) {
  machine_.sockets_.emplace(local_, this);
}

SimulatedSocket::~SimulatedSocket() {
  machine_.sockets_.erase(local_);
  machine_.fabric_.scheduler.remove(id_);
}

void SimulatedSocket::send(std::span<const OutgoingDatagram> batch) {
  for (const OutgoingDatagram& datagram : batch) {
    if (!machine_.emit(local_, datagram)) ++dropped_;
  }
}

/// The packet waits for the deliveries of this instant, so that the receiver gets all of them at once.
void SimulatedSocket::take(PacketPtr packet) {
  Fabric& fabric = machine_.fabric_;
  fabric.record(Fate::delivered, *packet);
  if (waiting_.empty()) fabric.scheduler.at(fabric.now(), Phase::deliveries, id_);
  waiting_.push_back(std::move(packet));
}

void SimulatedSocket::fire(Time now) {
  const Scheduler& scheduler = machine_.fabric_.scheduler;
  const SourceId id = id_;
  // The receiver may destroy this socket: what it looks at belongs to this call, and what is left is taken back after.
  std::vector<PacketPtr> packets = std::move(waiting_);
  std::vector<Datagram> batch = std::move(batch_);
  waiting_.clear();
  batch.clear();
  for (const PacketPtr& packet : packets) batch.push_back(Datagram{packet->from, packet->payload});
  receiver_.onDatagrams(now, batch);
  if (!scheduler.alive(id)) return;
  packets.clear();
  if (waiting_.empty()) waiting_ = std::move(packets);
  batch_ = std::move(batch);
}

void SimulatedSocket::failLater(Error error) {
  Scheduler& scheduler = machine_.fabric_.scheduler;
  scheduler.post([this, &scheduler, id = id_, error = std::move(error)] {
    if (!scheduler.alive(id)) return;
    receiver_.onSocketError(scheduler.now(), error);
  });
}

/// Bound to its interface's address, as a socket of its own. In the group for as long as it lives.
class MulticastSocket final : public SimulatedSocket {
 public:
  MulticastSocket(Machine& machine, const SocketAddress& local, const IpAddress& group, UdpReceiver& receiver)
      : SimulatedSocket(machine, local, receiver), machine_(machine), group_(group) {
    if (Attachment* cable = this->cable()) cable->groups.insert(group_);
  }
  ~MulticastSocket() override {
    Attachment* cable = this->cable();
    if (cable == nullptr) return;
    if (const auto found = cable->groups.find(group_); found != cable->groups.end()) cable->groups.erase(found);
  }

 private:
  Attachment* cable() {
    for (const Machine::Interface& interface : machine_.interfaces_) {
      if (interface.listed.address == localAddress().ip) return interface.cable.get();
    }
    return nullptr;
  }

  Machine& machine_;
  IpAddress group_;
};

void Machine::receive(PacketPtr packet, Attachment& from) {
  if (!packet->to.ip.isMulticast()) return deliver(std::move(packet));
  for (const Interface& interface : interfaces_) {
    if (interface.cable.get() == &from) return deliverMulticast(std::move(packet), interface.listed.address);
  }
}

void Machine::deliverMulticast(PacketPtr packet, const IpAddress& interface) {
  const auto found = sockets_.find(SocketAddress{interface, packet->to.port});
  if (found == sockets_.end()) return fabric_.record(Fate::noSocket, *packet);
  found->second->take(std::move(packet));
}

void Machine::deliver(PacketPtr packet) {
  // On the way from this machine to itself.
  if (packet->to.ip.isMulticast()) {
    const IpAddress interface = packet->from.ip;
    return deliverMulticast(std::move(packet), interface);
  }
  auto found = sockets_.find(packet->to);
  if (found == sockets_.end())
    found = sockets_.find(SocketAddress{IpAddress::any(packet->to.ip.family()), packet->to.port});
  if (found == sockets_.end()) {
    fabric_.record(Fate::noSocket, *packet);
    return;
  }
  found->second->take(std::move(packet));
}

bool Machine::owns(const IpAddress& address) const {
  for (const Interface& interface : interfaces_) {
    if (interface.listed.address == address) return true;
  }
  return false;
}

/// The interface that a socket bound to `local` uses towards `remote`, in the manner of a routing table.
Machine::Interface* Machine::sourceFor(const SocketAddress& local, const IpAddress& remote) {
  Interface* fallback = nullptr;
  for (Interface& interface : interfaces_) {
    if (!interface.cable || interface.listed.address.family() != remote.family()) continue;
    if (interface.listed.address == local.ip) return &interface;
    if (!local.ip.isAny()) continue;
    if (interface.cable->network().has(remote)) return &interface;
    if (fallback == nullptr) fallback = &interface;
  }
  return fallback;
}

bool Machine::emit(const SocketAddress& local, const OutgoingDatagram& datagram) {
  const IpAddress& remote = datagram.remote.ip;
  if (local.ip.family() != remote.family() || datagram.payload.size() > kMaxPayload) return false;
  if (owns(remote)) {
    const IpAddress& source = local.ip.isAny() ? remote : local.ip;
    PacketPtr packet = fabric_.pool.make(SocketAddress{source, local.port}, datagram.remote, datagram.payload);
    fabric_.record(Fate::sent, *packet);
    self_.send(std::move(packet));
    return true;
  }
  Interface* interface = sourceFor(local, remote);
  if (remote.isMulticast() && owns(local.ip)) {
    PacketPtr copy = fabric_.pool.make(local, datagram.remote, datagram.payload);
    const bool cable = interface != nullptr && interface->listed.address == local.ip;  // loopback has none
    if (!cable) fabric_.record(Fate::sent, *copy);
    self_.send(std::move(copy));
    if (!cable) return true;
  }
  if (interface == nullptr) return false;
  PacketPtr packet =
      fabric_.pool.make(SocketAddress{interface->listed.address, local.port}, datagram.remote, datagram.payload);
  fabric_.record(Fate::sent, *packet);
  interface->cable->sendUp(std::move(packet));
  return true;
}

bool Machine::portFree(const SocketAddress& local) const {
  if (local.ip.isAny()) {
    for (const auto& [bound, socket] : sockets_) {
      if (bound.port == local.port && bound.ip.family() == local.ip.family()) return false;
    }
    return true;
  }
  return sockets_.count(local) == 0 &&
         sockets_.count(SocketAddress{IpAddress::any(local.ip.family()), local.port}) == 0;
}

Result<SocketAddress> Machine::choosePort(const UdpOptions& options) {
  SocketAddress local = options.local;
  if (local.port != 0) {
    if (portFree(local)) return local;
    return Error(Error::Network, "The port of " + local.toString() + " is in use.");
  }
  const bool ranged = options.portLow != 0;
  const std::uint16_t low = ranged ? options.portLow : kLowestEphemeral;
  const std::uint16_t high = ranged ? options.portHigh : 0xffff;
  if (high < low) return Error(Error::Range, "The port range is empty.");
  const std::uint64_t ports = static_cast<std::uint64_t>(high - low) + 1;
  const std::uint64_t start = ranged ? 0 : random_.next();
  for (std::uint64_t i = 0; i < ports; ++i) {
    local.port = static_cast<std::uint16_t>(low + (start + i) % ports);
    if (portFree(local)) return local;
  }
  return Error(Error::Network, "No port of the range is free.");
}

Result<std::unique_ptr<UdpSocket>> Machine::openUdp(const UdpOptions& options, UdpReceiver& receiver) {
  if (udpFailure) return *udpFailure;
  if (!options.local.ip.isAny() && !owns(options.local.ip)) {
    return Error(Error::Network, "This machine does not have the address " + options.local.ip.toString() + '.');
  }
  const Result<SocketAddress> local = choosePort(options);
  if (!local) return local.error();
  return std::unique_ptr<UdpSocket>(std::make_unique<SimulatedSocket>(*this, *local, receiver));
}

Result<std::unique_ptr<UdpSocket>> Machine::openMulticast(const MulticastOptions& options, UdpReceiver& receiver) {
  if (multicastFailure) return *multicastFailure;
  const SocketAddress local{options.interface.address, options.group.port};
  if (!owns(local.ip)) return Error(Error::Network, "This machine has no interface " + options.interface.name + '.');
  if (!portFree(local)) return Error(Error::Network, "The port of " + local.toString() + " is in use.");
  return std::unique_ptr<UdpSocket>(std::make_unique<MulticastSocket>(*this, local, options.group.ip, receiver));
}

}  // namespace portico::sim
