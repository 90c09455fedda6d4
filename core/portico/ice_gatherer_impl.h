#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/portico/driver.h"
#include "core/portico/handler.h"
#include "core/portico/ice_server_url.h"
#include "core/portico/mdns_service.h"
#include "core/portico/usable_interfaces.h"
#include "portico/ice_gatherer.h"
#include "portico/ice_transport.h"

namespace portico {

struct IceGatherer::Impl final : public IceListener, public std::enable_shared_from_this<Impl> {
  Impl(Host& host, IceGatherOptions gatherOptions);
  ~Impl() override;

  void gather();
  /// After a restart, where every socket was lost: sockets and candidates anew. Otherwise nothing.
  void gatherAgain();
  /// Before a restart: its candidates are told as those of a gathering of its own.
  void tellAgain();
  /// Around a restart of the agent: relayed addresses that were lost or refused are asked for again, and the networks
  /// and servers of now count.
  void beforeRestart();
  void afterRestart();
  /// What a host has that can't watch: sockets for `added` are to be had, those of `removed` are gone.
  void networkChanged(NetworkChange change);
  void close();
  void onIceEvent(const ice::Event& event) override;
  /// To ask for the peer's names; null where they are not to be asked for, or not yet.
  std::shared_ptr<MdnsService> mdns();

  IceGatherOptions options;
  std::shared_ptr<Driver> driver;
  IceGathererState state = IceGathererState::fresh;
  std::optional<Completer<void>> gathered;
  std::weak_ptr<IceTransport::Impl> transport;

  Handler<IceGathererState> stateHandler;
  Handler<const std::optional<IceCandidate>&> candidateHandler;
  Handler<const IceCandidateError&> errorHandler;
  Handler<const NetworkChange&> networkHandler;

 private:
  struct Server {
    std::string url;
    IceServerUrl parsed;
    std::string username;
    std::string credential;
  };
  struct Lookup {
    Server server;
    std::unique_ptr<Cancellable> query;
  };

  [[nodiscard]] std::vector<IceServer> configuredServers() const;
  [[nodiscard]] Result<std::vector<Server>> parseServers() const;
  [[nodiscard]] std::vector<TurnServer> turnServers(const std::vector<Server>& servers) const;
  void open(const std::vector<Server>& servers);
  void askServers(const std::vector<Server>& servers);
  void lookUp(const Server& server);
  void use(const Server& server, const SocketAddress& address);
  void onResolved(std::size_t lookup, const Result<std::vector<IpAddress>>& addresses);
  void endOfSourcesIfDone();
  void begin();
  void announceBeginning();
  void reportError(IceCandidateError error);

  // ice_gatherer_networks.cc
  /// In order of preference.
  [[nodiscard]] std::vector<NetworkInterface> usable(LastResort lastResort) const;
  [[nodiscard]] std::vector<IpAddress> usableAddresses() const;
  [[nodiscard]] std::vector<NetworkInterface> unusedInterfaces() const;
  void openSockets();
  void useInterfaces(const std::vector<NetworkInterface>& found);
  /// 0 where none could be opened.
  ice::SocketId openSocket(const NetworkInterface& interface, std::uint16_t preference);
  /// Beside these sockets, unless they are there already. Those with id 0 could not be opened.
  void offerTcp(const std::vector<Driver::Bound>& sockets);
  void joinMdns(bool tell);
  [[nodiscard]] bool hidesAddresses() const;
  void nameSockets();
  std::string nameFor(const NetworkInterface& interface);
  void watchNetworks();
  void onInterfacesChanged();
  void onInterfacesCalm();
  void dropLostSockets(const std::vector<NetworkInterface>& listed);
  void gatherFromUnused();

  std::vector<NetworkInterface> interfaces_;  ///< in use
  std::shared_ptr<MdnsService> mdns_;
  std::map<IpAddress, mdns::Name> names_;
  std::vector<Lookup> lookups_;
  std::size_t pendingLookups_ = 0;
  bool sourcesEnded_ = false;
  bool announced_ = false;
  std::vector<IceServer> askedServers_;  ///< of the options when they were asked
  bool askedRelayOnly_ = false;
  bool serversChanged_ = false;         ///< as a restart has found
  bool moreSources_ = false;            ///< a restart is about to open or ask more
  std::unique_ptr<Cancellable> watch_;  ///< null on a host that can't tell
  std::unique_ptr<Timer> calm_;
  std::optional<Time> restlessSince_;
  std::vector<IpAddress> known_;  ///< usable addresses, as last told of
};

}  // namespace portico
