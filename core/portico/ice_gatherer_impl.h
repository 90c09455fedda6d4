#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/portico/driver.h"
#include "core/portico/handler.h"
#include "core/portico/ice_server_url.h"
#include "portico/ice_gatherer.h"
#include "portico/ice_transport.h"

namespace portico {

/// The local addresses that a gatherer opens sockets on (RFC 8445 §5.1.1.1).
std::vector<NetworkInterface> usableInterfaces(Host& host, const IceGatherOptions& options);

struct IceGatherer::Impl final : public IceListener, public std::enable_shared_from_this<Impl> {
  Impl(Host& host, IceGatherOptions gatherOptions);
  ~Impl() override;

  void gather();
  /// After a restart, where every socket was lost: sockets and candidates anew. Otherwise nothing.
  void gatherAgain();
  /// Before a restart: its candidates are told as those of a gathering of its own.
  void tellAgain();
  /// Before a restart: relayed addresses that were lost or refused are asked for again.
  void renewRelays();
  void close();
  void onIceEvent(const ice::Event& event) override;

  IceGatherOptions options;
  std::shared_ptr<Driver> driver;
  IceGathererState state = IceGathererState::fresh;
  std::optional<Completer<void>> gathered;
  std::weak_ptr<IceTransport::Impl> transport;

  Handler<IceGathererState> stateHandler;
  Handler<const std::optional<IceCandidate>&> candidateHandler;
  Handler<const IceCandidateError&> errorHandler;

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

  [[nodiscard]] Result<std::vector<Server>> parseServers() const;
  void open(const std::vector<Server>& servers);
  bool openSockets();
  void lookUp(const Server& server);
  void use(const Server& server, const SocketAddress& address);
  void onResolved(std::size_t lookup, const Result<std::vector<IpAddress>>& addresses);
  void endOfSourcesIfDone();
  void begin();
  void announceBeginning();
  void reportError(IceCandidateError error);

  std::vector<Lookup> lookups_;
  std::size_t pendingLookups_ = 0;
  bool sourcesEnded_ = false;
  bool announced_ = false;
};

}  // namespace portico
