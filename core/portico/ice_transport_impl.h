#pragma once

#include <memory>
#include <optional>

#include "core/portico/driver.h"
#include "core/portico/handler.h"
#include "core/portico/ice_gatherer_impl.h"
#include "portico/dtls_transport.h"
#include "portico/ice_transport.h"

namespace portico {

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

  Handler<IceTransportState> stateHandler;
  Handler<const IceCandidatePair&> pairHandler;
  Handler<const Error&> errorHandler;

 private:
  Operation<void> refuse(const Error& error);
  void setState(IceTransportState next);

  std::optional<IceRole> role_;
  bool ended_ = false;      ///< end-of-candidates came
  bool restarted_ = false;  ///< restart() was called, and start() with the peer's new credentials is due
};

}  // namespace portico
