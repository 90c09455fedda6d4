#include "tests/sim/network.h"

#include <map>
#include <stdexcept>

namespace portico::sim {
namespace {

// No packet is at its destination at the instant at which it was sent.
constexpr Duration kLeastDelay = std::chrono::microseconds(1);

}  // namespace

Attachment::Attachment(Fabric& fabric, Node& node, Network& network)
    : network_(network),
      up_(fabric, kLeastDelay, [&network](PacketPtr packet) { network.route(std::move(packet)); }),
      down_(fabric, Duration::zero(), [this, &node](PacketPtr packet) { node.receive(std::move(packet), *this); }) {}

void Network::attach(const IpAddress& address, Attachment& attachment) {
  if (!routes_.emplace(address, &attachment).second) {
    throw std::invalid_argument("the simulated network has " + address.toString() + " already");
  }
}

void Network::detach(const IpAddress& address) {
  routes_.erase(address);
}

/// One segment: to all that are in the group but the sender. A gateway passes none on.
void Network::routeMulticast(PacketPtr packet) {
  const auto sender = routes_.find(packet->from.ip);
  // In the order of addresses: that of a hash table may differ from run to run.
  std::map<IpAddress, Attachment*> members;
  for (const auto& [address, attachment] : routes_) {
    const bool member = attachment->groups.count(packet->to.ip) != 0;
    if (member && address.family() == packet->to.ip.family() &&
        (sender == routes_.end() || attachment != sender->second)) {
      members.emplace(address, attachment);
    }
  }
  for (const auto& [address, attachment] : members) {
    attachment->sendDown(fabric_.pool.make(packet->from, packet->to, packet->payload));
  }
}

void Network::route(PacketPtr packet) {
  if (packet->to.ip.isMulticast()) return routeMulticast(std::move(packet));
  const auto found = routes_.find(packet->to.ip);
  if (found != routes_.end()) return found->second->sendDown(std::move(packet));
  if (gateway_ != nullptr) return gateway_->forward(std::move(packet));
  fabric_.record(Fate::unroutable, *packet);
}

}  // namespace portico::sim
