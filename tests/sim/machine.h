// A simulated machine: a Host whose network, clock, resolver and randomness belong to a World.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "portico/platform/host.h"
#include "tests/sim/network.h"
#include "tests/sim/stream.h"

namespace portico::sim {

class Machine;
class World;

inline constexpr std::uint16_t kLowestEphemeral = 49'152;  ///< RFC 6335 §6

struct InterfaceOptions {
  bool temporary = false;   ///< RFC 8981
  bool deprecated = false;  ///< RFC 4862
};

class SimulatedSocket : public UdpSocket, public Source {
 public:
  SimulatedSocket(Machine& machine, const SocketAddress& local, UdpReceiver& receiver);
  ~SimulatedSocket() override;

  [[nodiscard]] SocketAddress localAddress() const override { return local_; }
  void send(std::span<const OutgoingDatagram> batch) override;
  [[nodiscard]] std::uint64_t droppedDatagrams() const override { return dropped_; }

 private:
  friend class Machine;
  void take(PacketPtr packet);
  void failLater(Error error);
  void fire(Time now) override;

  Machine& machine_;
  SocketAddress local_;
  UdpReceiver& receiver_;
  SourceId id_;
  std::vector<PacketPtr> waiting_;
  std::vector<Datagram> batch_;  // kept for its memory
  std::uint64_t dropped_ = 0;
};

class MulticastSocket;

class Machine final : public Host, public Node {
 public:
  Machine(World& world, std::string name, std::uint64_t seed);
  ~Machine() override;

  [[nodiscard]] const std::string& name() const { return name_; }

  // What a test does to it ------------------------------------------------------------------------------------------

  /// Adds an address in `network`; its cable is the result. Interfaces are listed in the order of adding.
  Attachment& addInterface(std::string name, std::string_view address, Network& network,
                           const InterfaceOptions& options = {});
  /// 127.0.0.1 and ::1: for this machine alone.
  void addLoopback();
  /// Takes the interface away: its sockets get onSocketError from the loop, unless `quietRemoval`, and those who watch
  /// are told.
  void removeInterface(std::string_view name);
  /// Off: nothing passes, the address stays listed as that of one that is down, and those who watch are told.
  void setCarrier(std::string_view name, bool on);
  /// The cable of the interface that was added first under this name; throws std::out_of_range where there is none.
  Attachment& cable(std::string_view name);
  /// The same conditions on all cables, both directions.
  void setLinks(const LinkOptions& both);
  void setConnected(bool connected);
  /// As Linux is, where a socket stays bound to an address that has gone, and sends nothing.
  bool quietRemoval = false;
  /// While set, openUdp fails with it.
  std::optional<Error> udpFailure;
  /// The same for openMulticast.
  std::optional<Error> multicastFailure;
  /// The same for openTcp.
  std::optional<Error> tcpFailure;
  /// Whom openTcp was to verify, if anybody: streams here are not encrypted.
  std::vector<std::optional<std::string>> tlsServerNames;
  /// Whether ICE may have candidates over TCP; connections to servers can be made in any case.
  bool iceTcp = false;
  /// Connections to `local` go to the listener; null: to nobody any more.
  void listenTcp(const SocketAddress& local, StreamListener* listener);

  // Host ------------------------------------------------------------------------------------------------------------

  Time now() override;
  std::int64_t unixSeconds() override;
  void randomBytes(MutableByteView out) override;
  void defer(std::function<void()> task) override;
  std::unique_ptr<Timer> createTimer(std::function<void(Time now)> onTimeout) override;
  std::vector<NetworkInterface> networkInterfaces() override;
  /// Each change is told, from the loop.
  std::unique_ptr<Cancellable> watchNetworkInterfaces(std::function<void()> onChange) override;
  Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions& options, UdpReceiver& receiver) override;
  /// One for each interface and port; others of this machine that share it would be machines of their own here.
  Result<std::unique_ptr<UdpSocket>> openMulticast(const MulticastOptions& options, UdpReceiver& receiver) override;
  Result<std::unique_ptr<TcpStream>> openTcp(const TcpOptions& options, StreamReceiver& receiver) override;
  Result<std::unique_ptr<TcpListener>> listenTcp(const TcpListenOptions& options, StreamAcceptor& acceptor) override;
  [[nodiscard]] bool hasTcp() const override { return iceTcp; }
  std::unique_ptr<Cancellable> resolve(const std::string& name,
                                       std::function<void(Result<std::vector<IpAddress>>)> onResolved) override;

 private:
  friend class SimulatedSocket;
  class InterfaceWatch;
  friend class MulticastSocket;
  struct Interface {
    NetworkInterface listed;
    std::unique_ptr<Attachment> cable;  // none for loopback
  };

  void receive(PacketPtr packet, Attachment& from) override;
  void deliver(PacketPtr packet);
  void tellOfChange();
  void deliverMulticast(PacketPtr packet, const IpAddress& interface);
  [[nodiscard]] bool owns(const IpAddress& address) const;
  [[nodiscard]] Interface* sourceFor(const SocketAddress& local, const IpAddress& remote);
  bool emit(const SocketAddress& local, const OutgoingDatagram& datagram);
  [[nodiscard]] bool portFree(const SocketAddress& local) const;
  [[nodiscard]] Result<SocketAddress> choosePort(const UdpOptions& options);

  World& world_;
  Fabric& fabric_;
  std::string name_;
  std::uint16_t nextTcpPort_ = 40'000;
  Random random_;
  std::vector<Interface> interfaces_;
  std::set<InterfaceWatch*> watches_;
  Link self_;  // from this machine to itself
  std::unordered_map<SocketAddress, SimulatedSocket*> sockets_;
};

}  // namespace portico::sim
