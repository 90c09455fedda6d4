// A network address translator, of any kind that RFC 4787 names.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "tests/sim/network.h"

namespace portico::sim {

/// RFC 4787 §4.1 for mapping, §5 for filtering.
enum class NatBehaviour : std::uint8_t { endpointIndependent, addressDependent, addressAndPortDependent };

struct NatOptions {
  NatBehaviour mapping = NatBehaviour::endpointIndependent;
  NatBehaviour filtering = NatBehaviour::addressAndPortDependent;
  bool preservePorts = true;                          ///< RFC 4787 §4.2.1, where the port is free
  bool overloadPorts = false;                         ///< RFC 4787 §4.2.1: preserves them at any price, as Linux does
  bool hairpinning = false;                           ///< RFC 4787 §6, with external source address and port
  Duration mappingTimeout = std::chrono::minutes(2);  ///< refreshed by what goes out (RFC 4787 §4.3, REQ-6)
};

class Nat final : public Node, private Gateway {
 public:
  /// `external` has at most one address of each family; a family without one has no way out.
  Nat(Fabric& fabric, Network& outside, std::vector<IpAddress> external, const NatOptions& options);

  /// The private network behind it: machines and further NATs attach here.
  [[nodiscard]] Network& inside() { return inside_; }
  /// Its cable to the outside.
  [[nodiscard]] Attachment& uplink() { return uplink_; }
  /// Forgets every mapping, as after a power cut.
  void reboot();
  /// What an inside endpoint looks like from `remote`; nullopt where there is no live mapping.
  [[nodiscard]] std::optional<SocketAddress> mappingOf(const SocketAddress& inner, const SocketAddress& remote) const;

  /// Mappings that exist stay as they are.
  NatOptions options;

 private:
  struct Key {
    SocketAddress inner;
    SocketAddress remote;  // the parts that the mapping behaviour leaves out are zero
    friend bool operator==(const Key&, const Key&) = default;
    friend bool operator<(const Key& a, const Key& b) {
      return a.inner == b.inner ? a.remote < b.remote : a.inner < b.inner;
    }
  };
  struct Mapping {
    Key key;
    SocketAddress outer;
    Time expires;
  };

  void receive(PacketPtr packet, Attachment& from) override;
  void forward(PacketPtr packet) override;
  void translateOut(PacketPtr packet, Attachment* exit);
  void translateIn(PacketPtr packet);

  [[nodiscard]] bool isExternal(const IpAddress& address) const;
  [[nodiscard]] const IpAddress* externalFor(IpFamily family) const;
  Mapping* mapOut(const SocketAddress& inner, const SocketAddress& remote);
  [[nodiscard]] bool admits(const SocketAddress& inner, const SocketAddress& remote) const;
  [[nodiscard]] std::optional<SocketAddress> freeOuter(const SocketAddress& inner);
  [[nodiscard]] bool takenOuter(const SocketAddress& outer) const;
  [[nodiscard]] const Mapping* mappingFor(const Packet& packet) const;
  void forget(const Mapping& mapping);

  Fabric& fabric_;
  Network inside_;
  std::vector<IpAddress> external_;
  Attachment uplink_;
  Random random_;
  std::map<Key, Mapping> byInner_;
  std::multimap<SocketAddress, Key> byOuter_;  // several of one outer address only where ports are overloaded
  std::map<Key, Time> permissions_;            // who has been sent to, by the filtering behaviour's key; until when
};

}  // namespace portico::sim
