#include "portico/dtls_transport.h"

#include <algorithm>

#include "core/dtls/fingerprint.h"
#include "core/portico/dtls_transport_impl.h"
#include "core/portico/sctp_transport_impl.h"

namespace portico {

// The handle ---------------------------------------------------------------------------------------------------------

DtlsTransport::DtlsTransport(IceTransport transport, std::optional<Certificate> certificate)
    : impl_(std::make_shared<Impl>(std::move(transport), std::move(certificate))) {
  if (impl_->state == DtlsTransportState::closed) return;
  impl_->transport.impl()->dtlsTransport = impl_;
  impl_->driver->dtlsTransport = impl_;
}

DtlsTransportState DtlsTransport::state() const {
  return impl_->state;
}
IceTransport DtlsTransport::iceTransport() const {
  return impl_->transport;
}
const std::optional<Certificate>& DtlsTransport::certificate() const {
  return impl_->certificate;
}

DtlsParameters DtlsTransport::getLocalParameters() const {
  DtlsParameters parameters;
  if (const dtls::Session* session = impl_->session()) parameters.role = session->role();
  if (impl_->certificate) parameters.fingerprints = impl_->certificate->fingerprints();
  return parameters;
}

std::optional<DtlsParameters> DtlsTransport::getRemoteParameters() const {
  return impl_->remoteParameters;
}

std::vector<ByteVector> DtlsTransport::getRemoteCertificates() const {
  const dtls::Session* session = impl_->session();
  return session ? session->remoteCertificates() : std::vector<ByteVector>{};
}

std::string DtlsTransport::cipherSuite() const {
  const dtls::Session* session = impl_->session();
  return session ? session->cipherSuite() : std::string();
}

Operation<void> DtlsTransport::start(const DtlsParameters& remoteParameters) {
  return impl_->start(remoteParameters);
}

Operation<void> DtlsTransport::stop() {
  impl_->stop();
  return impl_->done({});
}

void DtlsTransport::onStateChange(std::function<void(DtlsTransportState)> handler) {
  impl_->stateHandler.set(std::move(handler));
}
void DtlsTransport::onError(std::function<void(const Error&)> handler) {
  impl_->errorHandler.set(std::move(handler));
}

// What it does -------------------------------------------------------------------------------------------------------

DtlsTransport::Impl::Impl(IceTransport owner, std::optional<Certificate> ownCertificate)
    : transport(std::move(owner)), driver(transport.impl()->driver), certificate(std::move(ownCertificate)) {
  if (transport.state() == IceTransportState::closed || driver->stack().dtls() != nullptr) {
    state = DtlsTransportState::closed;
    return;
  }
  if (!certificate) {
    Result<Certificate> generated = Certificate::generate(driver->host());
    if (!generated) {
      state = DtlsTransportState::closed;
      return;
    }
    certificate = *generated;
  }
  owner_ = true;
  driver->stack().createDtls(*certificate);
}

DtlsTransport::Impl::~Impl() {
  stop();
}

Operation<void> DtlsTransport::Impl::start(const DtlsParameters& remote) {
  if (state != DtlsTransportState::fresh || remoteParameters) {
    return done(Error(Error::InvalidState, "RTCDtlsTransport was started or stopped before."));
  }
  if (const auto usable = dtls::FingerprintSet::select(remote.fingerprints); !usable) return done(usable.error());
  remoteParameters = remote;
  starting.emplace(driver->host());
  driver->stack().startDtls(driver->now(), remote);
  driver->afterCall();
  return starting->operation();
}

void DtlsTransport::Impl::stop() {
  if (const auto sctp = sctpTransport.lock()) sctp->stop();
  if (ended() || !owner_) return;
  driver->stack().stopDtls(driver->now());
  state = DtlsTransportState::closed;
  if (starting) starting->complete(Error(Error::Closed, "The RTCDtlsTransport was stopped."));
  driver->afterCall();
}

void DtlsTransport::Impl::onDtlsState(DtlsTransportState next) {
  const auto self = shared_from_this();
  if (ended() && next != state) return;
  if (next == DtlsTransportState::failed) {
    const dtls::Session* dtls = session();
    const Error reason = dtls && dtls->failure()
                             ? *dtls->failure()
                             : Error(Error::Network, "DTLS could not start: ICE found no path to the peer.");
    if (starting) starting->complete(reason);
    errorHandler(reason);
  }
  if (next == DtlsTransportState::connected && starting) starting->complete({});
  if (next == DtlsTransportState::closed && starting) {
    starting->complete(Error(Error::Closed, "The peer closed the DTLS connection."));
  }
  state = next;
  stateHandler(next);
  if (ended()) {
    stateHandler.clear();
    errorHandler.clear();
  }
}

}  // namespace portico
