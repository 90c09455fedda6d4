#include "core/capi/context.h"
#include "core/json/parameters.h"

using namespace portico;

namespace {

Result<std::optional<IceRole>> roleFrom(const char* role) {
  if (role == nullptr) return std::optional<IceRole>();
  for (const IceRole known : {IceRole::controlling, IceRole::controlled}) {
    if (toString(known) == role) return std::optional(known);
  }
  return Error(Error::Type, "An ICE role is \"controlling\" or \"controlled\".");
}

}  // namespace

portico_object capi::addIceTransport(IceTransport transport) {
  const portico_object id = add(transport);
  transport.onStateChange([id](IceTransportState state) { emit(PORTICO_EVENT_STATE_CHANGE, id, 0, toString(state)); });
  transport.onSelectedCandidatePairChange([id](const IceCandidatePair& pair) {
    emit(PORTICO_EVENT_SELECTED_PAIR, id, 0, json::toLine(json::toJson(pair)));
  });
  transport.onError([id](const Error& error) { emitError(id, error); });
  return id;
}

portico_object portico_ice_transport_create(portico_object gatherer) {
  const auto* on = capi::find<IceGatherer>(gatherer);
  return on ? capi::addIceTransport(IceTransport(*on)) : -PORTICO_INVALID_STATE_ERROR;
}

portico_object portico_ice_transport_gatherer(portico_object transport) {
  const auto* found = capi::find<IceTransport>(transport);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  const portico_object known = capi::numberOf(found->iceGatherer());
  return known != 0 ? known : capi::addGatherer(found->iceGatherer());
}

int32_t portico_ice_transport_start(portico_object transport, const char* parameters, const char* role,
                                    portico_operation operation) {
  auto* found = capi::find<IceTransport>(transport);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  const auto parsed = capi::parse(parameters);
  if (!parsed) return capi::fail(parsed.error());
  const auto remote = json::iceParametersFrom(*parsed);
  if (!remote) return capi::fail(remote.error());
  const auto wanted = roleFrom(role);
  if (!wanted) return capi::fail(wanted.error());
  return capi::watch(found->start(*remote, *wanted), operation);
}

const char* portico_ice_transport_restart(portico_object transport) {
  auto* found = capi::find<IceTransport>(transport);
  if (!found) return nullptr;
  const auto parameters = found->restart();
  return parameters ? capi::text(json::toJson(*parameters)) : capi::failText(parameters.error());
}

int32_t portico_ice_transport_add_remote_candidate(portico_object transport, const char* candidate,
                                                   portico_operation operation) {
  auto* found = capi::find<IceTransport>(transport);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  if (candidate == nullptr) return capi::watch(found->addRemoteCandidate(std::nullopt), operation);
  const auto parsed = capi::parse(candidate);
  if (!parsed) return capi::fail(parsed.error());
  const auto read = json::iceCandidateFrom(*parsed);
  if (!read) return capi::fail(read.error());
  return capi::watch(found->addRemoteCandidate(*read), operation);
}

const char* portico_ice_transport_state(portico_object transport) {
  const auto* found = capi::find<IceTransport>(transport);
  return found ? capi::text(std::string(toString(found->state()))) : nullptr;
}

const char* portico_ice_transport_role(portico_object transport) {
  const auto* found = capi::find<IceTransport>(transport);
  return found ? capi::text(std::string(toString(found->role()))) : nullptr;
}

const char* portico_ice_transport_local_candidates(portico_object transport) {
  const auto* found = capi::find<IceTransport>(transport);
  return found ? capi::text(json::toJson(found->getLocalCandidates())) : nullptr;
}

const char* portico_ice_transport_remote_candidates(portico_object transport) {
  const auto* found = capi::find<IceTransport>(transport);
  return found ? capi::text(json::toJson(found->getRemoteCandidates())) : nullptr;
}

const char* portico_ice_transport_remote_parameters(portico_object transport) {
  const auto* found = capi::find<IceTransport>(transport);
  if (!found) return nullptr;
  const auto parameters = found->getRemoteParameters();
  return capi::text(parameters ? json::toJson(*parameters) : json::Json());
}

const char* portico_ice_transport_selected_pair(portico_object transport) {
  const auto* found = capi::find<IceTransport>(transport);
  if (!found) return nullptr;
  const auto pair = found->getSelectedCandidatePair();
  return capi::text(pair ? json::toJson(*pair) : json::Json());
}

const char* portico_ice_transport_stats(portico_object transport) {
  const auto* found = capi::find<IceTransport>(transport);
  return found ? capi::text(json::toJson(found->getStats())) : nullptr;
}

int32_t portico_ice_transport_stop(portico_object transport, portico_operation operation) {
  auto* found = capi::find<IceTransport>(transport);
  return found ? capi::watch(found->stop(), operation) : -PORTICO_INVALID_STATE_ERROR;
}
