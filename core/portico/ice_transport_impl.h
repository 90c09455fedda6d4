#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/portico/driver.h"
#include "core/portico/handler.h"
#include "core/portico/ice_gatherer_impl.h"
#include "portico/dtls_transport.h"
#include "portico/ice_transport.h"

namespace portico {

/// Names of the peer that are asked for, from one restart to the next: a host has one for each of its addresses. More
/// are a way to make us fill our network with questions.
inline constexpr std::size_t kMaxNamesOfPeer = 16;

struct IceTransport::Impl final : public IceListener, public std::enable_shared_from_this<Impl> {
  explicit Impl(IceGatherer owner);
  ~Impl() override;

  Operation<void> start(const IceParameters& remote, std::optional<IceRole> role);
  Result<IceParameters> restart();
  /// The same with these credentials, also before start().
  void renew(const IceParameters& local);
  Result<void> addRemoteCandidate(const std::optional<IceCandidate>& candidate);
  void stop();
  void onIceEvent(const ice::Event& event) override;

  [[nodiscard]] ice::Agent& agent() const { return driver->stack().ice(); }
  [[nodiscard]] Operation<void> done(Result<void> result) const {
    return completedOperation(driver->host(), std::move(result));
  }

  IceGatherer gatherer;
  std::shared_ptr<Driver> driver;
  IceTransportState state = IceTransportState::fresh;
  std::optional<IceParameters> remoteParameters;
  std::optional<Completer<void>> starting;
  std::weak_ptr<DtlsTransport::Impl> dtlsTransport;
  std::uint32_t pairChanges = 0;  ///< the selected pair has become another

  Handler<IceTransportState> stateHandler;
  Handler<const IceCandidatePair&> pairHandler;
  Handler<const Error&> errorHandler;

 private:
  struct NameQuery {
    std::string name;
    std::unique_ptr<Cancellable> query;  ///< from when it can be asked
  };

  Operation<void> refuse(const Error& error);
  void restartAgent(const IceParameters& local);
  void lookUp(const IceCandidate& candidate);
  void forgetNames();
  void askForNames();
  void setState(IceTransportState next);

  std::optional<IceRole> role_;
  std::vector<NameQuery> names_;
  bool ended_ = false;      ///< end-of-candidates came
  bool restarted_ = false;  ///< restart() was called, and start() with the peer's new credentials is due
};

}  // namespace portico
