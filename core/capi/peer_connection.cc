#include "core/json/peer_connection.h"

#include "core/capi/context.h"
#include "core/json/parameters.h"

using namespace portico;

namespace {

/// The certificates of an RTCConfiguration are objects.
Result<std::vector<Certificate>> certificatesFrom(const json::Json& value) {
  std::vector<Certificate> certificates;
  const auto list = value.find("certificates");
  if (list == value.end() || list->is_null()) return certificates;
  if (!list->is_array()) return Error(Error::Type, "\"certificates\" is a list.");
  for (const json::Json& entry : *list) {
    const auto* found = entry.is_number_integer() ? capi::find<Certificate>(entry.get<portico_object>()) : nullptr;
    if (!found) return Error(Error::Type, "\"certificates\" has what is no RTCCertificate.");
    certificates.push_back(*found);
  }
  return certificates;
}

Result<PeerConnectionConfiguration> configurationFrom(const char* text) {
  if (text == nullptr) return PeerConnectionConfiguration{};
  const auto parsed = capi::parse(text);
  if (!parsed) return parsed.error();
  auto configuration = json::peerConnectionConfigurationFrom(*parsed);
  if (!configuration) return configuration;
  auto certificates = certificatesFrom(*parsed);
  if (!certificates) return certificates.error();
  configuration->certificates = std::move(*certificates);
  return configuration;
}

void watchStates(PeerConnection& connection, portico_object id) {
  const auto tell = [id](portico_peer_state which, std::string_view state) {
    capi::emit(PORTICO_EVENT_STATE_CHANGE, id, which, state);
  };
  connection.onSignalingStateChange([tell](SignalingState state) { tell(PORTICO_SIGNALING_STATE, toString(state)); });
  connection.onIceGatheringStateChange(
      [tell](PeerIceGatheringState state) { tell(PORTICO_ICE_GATHERING_STATE, toString(state)); });
  connection.onIceConnectionStateChange(
      [tell](PeerIceConnectionState state) { tell(PORTICO_ICE_CONNECTION_STATE, toString(state)); });
  connection.onConnectionStateChange(
      [tell](PeerConnectionState state) { tell(PORTICO_CONNECTION_STATE, toString(state)); });
}

portico_object addConnection(PeerConnection connection) {
  const portico_object id = capi::add(connection);
  watchStates(connection, id);
  connection.onNegotiationNeeded([id] { capi::emit(PORTICO_EVENT_NEGOTIATION_NEEDED, id); });
  connection.onIceCandidate([id](const std::optional<IceCandidate>& candidate) {
    const std::string text = candidate ? json::toLine(json::toJson(*candidate)) : std::string();
    capi::emit(PORTICO_EVENT_ICE_CANDIDATE, id, 0, text);
  });
  connection.onIceCandidateError([id](const IceCandidateError& error) {
    capi::emit(PORTICO_EVENT_ICE_CANDIDATE_ERROR, id, 0, json::toLine(json::toJson(error)));
  });
  connection.onNetworkChange([id](const NetworkChange& change) {
    capi::emit(PORTICO_EVENT_NETWORK_CHANGE, id, 0, json::toLine(json::toJson(change)));
  });
  connection.onDataChannel([id](const DataChannel& channel) {
    const portico_object added = capi::addChannel(channel);
    capi::emit(PORTICO_EVENT_DATA_CHANNEL, id, added, json::toLine(json::toJson(channel.parameters())));
  });
  if (capi::socketsTakeTime()) connection.onSocketsNeeded([id] { capi::emit(PORTICO_EVENT_SOCKETS_NEEDED, id); });
  return id;
}

/// For the calls that return a text about a connection.
template <typename Read>
const char* read(portico_object connection, Read text) {
  const auto* found = capi::find<PeerConnection>(connection);
  return found ? capi::text(text(*found)) : nullptr;
}

}  // namespace

portico_object portico_peer_connection_create(const char* configuration) {
  if (capi::host() == nullptr) return capi::fail(Error(Error::InvalidState, "Call portico_init() first."));
  auto read = configurationFrom(configuration);
  if (!read) return capi::fail(read.error());
  auto connection = PeerConnection::create(*capi::host(), std::move(*read));
  return connection ? addConnection(std::move(*connection)) : capi::fail(connection.error());
}

// Descriptions -------------------------------------------------------------------------------------------------------

int32_t portico_peer_connection_create_offer(portico_object connection, const char* options,
                                             portico_operation operation) {
  auto* found = capi::find<PeerConnection>(connection);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  OfferOptions read;
  if (options != nullptr) {
    const auto parsed = capi::parse(options);
    if (!parsed) return capi::fail(parsed.error());
    const auto from = json::offerOptionsFrom(*parsed);
    if (!from) return capi::fail(from.error());
    read = *from;
  }
  return capi::watch(found->createOffer(read), operation);
}

int32_t portico_peer_connection_create_answer(portico_object connection, const char*, portico_operation operation) {
  auto* found = capi::find<PeerConnection>(connection);
  return found ? capi::watch(found->createAnswer(), operation) : -PORTICO_INVALID_STATE_ERROR;
}

int32_t portico_peer_connection_set_local_description(portico_object connection, const char* description,
                                                      portico_operation operation) {
  auto* found = capi::find<PeerConnection>(connection);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  if (description == nullptr) return capi::watch(found->setLocalDescription(), operation);
  const auto parsed = capi::parse(description);
  if (!parsed) return capi::fail(parsed.error());
  auto read = json::localSessionDescriptionFrom(*parsed);
  if (!read) return capi::fail(read.error());
  return capi::watch(found->setLocalDescription(std::move(*read)), operation);
}

int32_t portico_peer_connection_set_remote_description(portico_object connection, const char* description,
                                                       portico_operation operation) {
  auto* found = capi::find<PeerConnection>(connection);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  const auto parsed = capi::parse(description);
  if (!parsed) return capi::fail(parsed.error());
  auto read = json::sessionDescriptionFrom(*parsed);
  if (!read) return capi::fail(read.error());
  return capi::watch(found->setRemoteDescription(std::move(*read)), operation);
}

int32_t portico_peer_connection_add_ice_candidate(portico_object connection, const char* candidate,
                                                  portico_operation operation) {
  auto* found = capi::find<PeerConnection>(connection);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  if (candidate == nullptr) return capi::watch(found->addIceCandidate(std::nullopt), operation);
  const auto parsed = capi::parse(candidate);
  if (!parsed) return capi::fail(parsed.error());
  auto read = json::iceCandidateInitFrom(*parsed);
  if (!read) return capi::fail(read.error());
  return capi::watch(found->addIceCandidate(std::move(*read)), operation);
}

int32_t portico_peer_connection_restart_ice(portico_object connection) {
  auto* found = capi::find<PeerConnection>(connection);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  found->restartIce();
  return 0;
}

const char* portico_peer_connection_local_description(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return json::toJson(pc.localDescription()); });
}
const char* portico_peer_connection_current_local_description(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return json::toJson(pc.currentLocalDescription()); });
}
const char* portico_peer_connection_pending_local_description(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return json::toJson(pc.pendingLocalDescription()); });
}
const char* portico_peer_connection_remote_description(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return json::toJson(pc.remoteDescription()); });
}
const char* portico_peer_connection_current_remote_description(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return json::toJson(pc.currentRemoteDescription()); });
}
const char* portico_peer_connection_pending_remote_description(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return json::toJson(pc.pendingRemoteDescription()); });
}

// States -------------------------------------------------------------------------------------------------------------

const char* portico_peer_connection_signaling_state(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return std::string(toString(pc.signalingState())); });
}
const char* portico_peer_connection_ice_gathering_state(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return std::string(toString(pc.iceGatheringState())); });
}
const char* portico_peer_connection_ice_connection_state(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return std::string(toString(pc.iceConnectionState())); });
}
const char* portico_peer_connection_connection_state(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return std::string(toString(pc.connectionState())); });
}

int32_t portico_peer_connection_can_trickle_ice_candidates(portico_object connection) {
  const auto* found = capi::find<PeerConnection>(connection);
  const std::optional<bool> can = found ? found->canTrickleIceCandidates() : std::nullopt;
  return can ? static_cast<int32_t>(*can) : -1;
}

const char* portico_peer_connection_configuration(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return json::toJson(pc.getConfiguration()); });
}

int32_t portico_peer_connection_set_configuration(portico_object connection, const char* configuration) {
  auto* found = capi::find<PeerConnection>(connection);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  auto read = configurationFrom(configuration);
  if (!read) return capi::fail(read.error());
  const auto set = found->setConfiguration(std::move(*read));
  return set ? 0 : capi::fail(set.error());
}

const char* portico_peer_connection_stats(portico_object connection) {
  return read(connection, [](const PeerConnection& pc) { return json::toJson(pc.getStats()); });
}

// What belongs to it -------------------------------------------------------------------------------------------------

portico_object portico_peer_connection_sctp(portico_object connection) {
  const auto* found = capi::find<PeerConnection>(connection);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  const std::optional<SctpTransport> sctp = found->sctp();
  if (!sctp) return 0;
  const portico_object known = capi::numberOf(*sctp);
  return known != 0 ? known : capi::addSctpTransport(*sctp, capi::ChannelsBy::connection);
}

portico_object portico_peer_connection_create_data_channel(portico_object connection, const char* parameters) {
  auto* found = capi::find<PeerConnection>(connection);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  const auto parsed = capi::parse(parameters);
  if (!parsed) return capi::fail(parsed.error());
  auto read = json::dataChannelParametersFrom(*parsed);
  if (!read) return capi::fail(read.error());
  auto channel = found->createDataChannel(std::move(*read));
  return channel ? capi::addChannel(std::move(*channel)) : capi::fail(channel.error());
}

int32_t portico_peer_connection_close(portico_object connection) {
  auto* found = capi::find<PeerConnection>(connection);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  found->close();
  return 0;
}
