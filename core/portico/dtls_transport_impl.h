#pragma once

#include <memory>
#include <optional>

#include "core/portico/driver.h"
#include "core/portico/handler.h"
#include "core/portico/ice_transport_impl.h"
#include "portico/dtls_transport.h"
#include "portico/sctp_transport.h"

namespace portico {

struct DtlsTransport::Impl final : public DtlsListener, public std::enable_shared_from_this<Impl> {
  Impl(IceTransport owner, std::optional<Certificate> ownCertificate);
  ~Impl() override;

  Operation<void> start(const DtlsParameters& remote);
  void stop();
  void onDtlsState(DtlsTransportState next) override;

  [[nodiscard]] bool ended() const {
    return state == DtlsTransportState::closed || state == DtlsTransportState::failed;
  }
  [[nodiscard]] dtls::Session* session() const { return owner_ ? driver->stack().dtls() : nullptr; }
  [[nodiscard]] Operation<void> done(Result<void> result) const {
    return completedOperation(driver->host(), std::move(result));
  }

  IceTransport transport;
  std::shared_ptr<Driver> driver;
  std::optional<Certificate> certificate;
  DtlsTransportState state = DtlsTransportState::fresh;
  std::optional<DtlsParameters> remoteParameters;
  std::optional<Completer<void>> starting;
  std::weak_ptr<SctpTransport::Impl> sctpTransport;

  Handler<DtlsTransportState> stateHandler;
  Handler<const Error&> errorHandler;

 private:
  bool owner_ = false;  ///< this object, and no other, made the driver's session
};

}  // namespace portico
