// Subnets, what is attached to them, and the way a packet finds.
#pragma once

#include <set>
#include <unordered_map>

#include "tests/sim/link.h"

namespace portico::sim {

class Attachment;
class Network;

/// A machine or a NAT: something with cables.
class Node {
 public:
  virtual ~Node() = default;
  /// Comes from within a link: takes the packet in and calls no user.
  virtual void receive(PacketPtr packet, Attachment& from) = 0;
};

/// One node's cable into one network. Both directions can be changed at any time.
class Attachment {
 public:
  Attachment(Fabric& fabric, Node& node, Network& network);

  [[nodiscard]] Network& network() { return network_; }
  [[nodiscard]] LinkOptions& up() { return up_.options; }      ///< from the node into the network
  [[nodiscard]] LinkOptions& down() { return down_.options; }  ///< from the network to the node
  void set(const LinkOptions& both) { up_.options = down_.options = both; }
  /// Pulls the cable, or puts it back.
  void setConnected(bool connected) { up().connected = down().connected = connected; }

  /// The multicast groups that its node is in.
  std::multiset<IpAddress> groups;

  void sendUp(PacketPtr packet) { up_.send(std::move(packet)); }
  void sendDown(PacketPtr packet) { down_.send(std::move(packet)); }

 private:
  Network& network_;
  Link up_;
  Link down_;
};

/// The way out of a network for what is not in it.
class Gateway {
 public:
  virtual ~Gateway() = default;
  virtual void forward(PacketPtr packet) = 0;
};

class Network {
 public:
  explicit Network(Fabric& fabric) : fabric_(fabric) {}
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// Throws std::invalid_argument for an address that is taken.
  void attach(const IpAddress& address, Attachment& attachment);
  void detach(const IpAddress& address);
  [[nodiscard]] bool has(const IpAddress& address) const { return routes_.count(address) != 0; }
  void setGateway(Gateway& gateway) { gateway_ = &gateway; }

  void route(PacketPtr packet);

 private:
  void routeMulticast(PacketPtr packet);

  struct HashAddress {
    std::size_t operator()(const IpAddress& address) const {
      return std::hash<SocketAddress>()(SocketAddress{address, 0});
    }
  };

  Fabric& fabric_;
  std::unordered_map<IpAddress, Attachment*, HashAddress> routes_;
  Gateway* gateway_ = nullptr;
};

}  // namespace portico::sim
