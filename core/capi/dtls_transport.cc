#include "core/capi/context.h"
#include "core/json/parameters.h"

using namespace portico;

portico_object capi::addDtlsTransport(DtlsTransport transport) {
  const portico_object id = add(transport);
  transport.onStateChange([id](DtlsTransportState state) { emit(PORTICO_EVENT_STATE_CHANGE, id, 0, toString(state)); });
  transport.onError([id](const Error& error) { emitError(id, error); });
  return id;
}

portico_object portico_dtls_transport_create(portico_object ice_transport, portico_object certificate) {
  const auto* ice = capi::find<IceTransport>(ice_transport);
  if (!ice) return -PORTICO_INVALID_STATE_ERROR;
  std::optional<Certificate> own;
  if (certificate != 0) {
    const auto* found = capi::find<Certificate>(certificate);
    if (!found) return -PORTICO_INVALID_STATE_ERROR;
    own = *found;
  }
  return capi::addDtlsTransport(DtlsTransport(*ice, std::move(own)));
}

portico_object portico_dtls_transport_ice_transport(portico_object transport) {
  const auto* found = capi::find<DtlsTransport>(transport);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  const portico_object known = capi::numberOf(found->iceTransport());
  return known != 0 ? known : capi::addIceTransport(found->iceTransport());
}

int32_t portico_dtls_transport_start(portico_object transport, const char* parameters, portico_operation operation) {
  auto* found = capi::find<DtlsTransport>(transport);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  const auto parsed = capi::parse(parameters);
  if (!parsed) return capi::fail(parsed.error());
  const auto remote = json::dtlsParametersFrom(*parsed);
  if (!remote) return capi::fail(remote.error());
  return capi::watch(found->start(*remote), operation);
}

const char* portico_dtls_transport_state(portico_object transport) {
  const auto* found = capi::find<DtlsTransport>(transport);
  return found ? capi::text(std::string(toString(found->state()))) : nullptr;
}

const char* portico_dtls_transport_local_parameters(portico_object transport) {
  const auto* found = capi::find<DtlsTransport>(transport);
  return found ? capi::text(json::toJson(found->getLocalParameters())) : nullptr;
}

const char* portico_dtls_transport_remote_parameters(portico_object transport) {
  const auto* found = capi::find<DtlsTransport>(transport);
  if (!found) return nullptr;
  const auto parameters = found->getRemoteParameters();
  return capi::text(parameters ? json::toJson(*parameters) : json::Json());
}

int32_t portico_dtls_transport_remote_certificate_count(portico_object transport) {
  const auto* found = capi::find<DtlsTransport>(transport);
  return found ? static_cast<int32_t>(found->getRemoteCertificates().size()) : -PORTICO_INVALID_STATE_ERROR;
}

int32_t portico_dtls_transport_remote_certificate(portico_object transport, int32_t index, const uint8_t** data) {
  const auto* found = capi::find<DtlsTransport>(transport);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  const std::vector<ByteVector> certificates = found->getRemoteCertificates();
  if (data == nullptr || index < 0 || static_cast<std::size_t>(index) >= certificates.size()) {
    return capi::fail(Error(Error::Range, "The peer sent " + std::to_string(certificates.size()) + " certificates."));
  }
  const ByteVector& der = certificates[static_cast<std::size_t>(index)];
  const char* kept = capi::text(std::string(reinterpret_cast<const char*>(der.data()), der.size()));
  *data = reinterpret_cast<const uint8_t*>(kept);
  return static_cast<int32_t>(der.size());
}

const char* portico_dtls_transport_cipher_suite(portico_object transport) {
  const auto* found = capi::find<DtlsTransport>(transport);
  return found ? capi::text(found->cipherSuite()) : nullptr;
}

portico_object portico_dtls_transport_certificate(portico_object transport) {
  const auto* found = capi::find<DtlsTransport>(transport);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  if (!found->certificate()) {
    return capi::fail(Error(Error::InvalidState, "The RTCDtlsTransport was born closed and has no certificate."));
  }
  return capi::add(Certificate(*found->certificate()));
}

int32_t portico_dtls_transport_stop(portico_object transport, portico_operation operation) {
  auto* found = capi::find<DtlsTransport>(transport);
  return found ? capi::watch(found->stop(), operation) : -PORTICO_INVALID_STATE_ERROR;
}
