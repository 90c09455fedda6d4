#include "core/capi/context.h"
#include "core/json/parameters.h"

using namespace portico;

namespace {

/// Handlers know the number and not the handle: an object that was released must be able to go.
Result<std::vector<IceServer>> serversFrom(const char* servers) {
  const auto parsed = capi::parse(servers);
  if (!parsed) return parsed.error();
  return json::iceServersFrom(*parsed);
}

}  // namespace

portico_object capi::addGatherer(IceGatherer gatherer) {
  const portico_object id = add(gatherer);
  gatherer.onStateChange([id](IceGathererState state) { emit(PORTICO_EVENT_STATE_CHANGE, id, 0, toString(state)); });
  gatherer.onIceCandidate([id](const std::optional<IceCandidate>& candidate) {
    const std::string text = candidate ? json::toLine(json::toJson(*candidate)) : std::string();
    emit(PORTICO_EVENT_ICE_CANDIDATE, id, 0, text);
  });
  gatherer.onIceCandidateError([id](const IceCandidateError& error) {
    emit(PORTICO_EVENT_ICE_CANDIDATE_ERROR, id, 0, json::toLine(json::toJson(error)));
  });
  gatherer.onNetworkChange([id](const NetworkChange& change) {
    emit(PORTICO_EVENT_NETWORK_CHANGE, id, 0, json::toLine(json::toJson(change)));
  });
  return id;
}

portico_object portico_ice_gatherer_create(const char* options) {
  if (capi::host() == nullptr) return capi::fail(Error(Error::InvalidState, "Call portico_init() first."));
  IceGatherOptions read;
  if (options != nullptr) {
    const auto parsed = capi::parse(options);
    if (!parsed) return capi::fail(parsed.error());
    auto from = json::iceGatherOptionsFrom(*parsed);
    if (!from) return capi::fail(from.error());
    read = std::move(*from);
  }
  return capi::addGatherer(IceGatherer(*capi::host(), std::move(read)));
}

int32_t portico_ice_gatherer_gather(portico_object gatherer, const char* servers, portico_operation operation) {
  auto* found = capi::find<IceGatherer>(gatherer);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  if (servers == nullptr) return capi::watch(found->gather(), operation);
  auto read = serversFrom(servers);
  if (!read) return capi::fail(read.error());
  return capi::watch(found->gather(std::move(*read)), operation);
}

const char* portico_ice_gatherer_state(portico_object gatherer) {
  const auto* found = capi::find<IceGatherer>(gatherer);
  return found ? capi::text(std::string(toString(found->state()))) : nullptr;
}

const char* portico_ice_gatherer_local_parameters(portico_object gatherer) {
  const auto* found = capi::find<IceGatherer>(gatherer);
  return found ? capi::text(json::toJson(found->getLocalParameters())) : nullptr;
}

const char* portico_ice_gatherer_local_candidates(portico_object gatherer) {
  const auto* found = capi::find<IceGatherer>(gatherer);
  return found ? capi::text(json::toJson(found->getLocalCandidates())) : nullptr;
}

int32_t portico_ice_gatherer_close(portico_object gatherer) {
  auto* found = capi::find<IceGatherer>(gatherer);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  IceGatherer closing = *found;
  closing.close();
  return 0;
}

const char* portico_default_ice_servers(void) {
  return capi::text(json::toJson(IceGatherer::getDefaultIceServers()));
}

int32_t portico_set_default_ice_servers(const char* servers) {
  auto read = serversFrom(servers);
  if (!read) return capi::fail(read.error());
  IceGatherer::setDefaultIceServers(std::move(*read));
  return 0;
}

const char* portico_ice_candidate(const char* json) {
  const auto parsed = capi::parse(json);
  if (!parsed) return capi::failText(parsed.error());
  const auto candidate = json::iceCandidateFrom(*parsed);
  return candidate ? capi::text(json::toJson(*candidate)) : capi::failText(candidate.error());
}
