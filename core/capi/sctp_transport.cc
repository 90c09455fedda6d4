#include "core/capi/context.h"
#include "core/json/parameters.h"

using namespace portico;

portico_object capi::addSctpTransport(SctpTransport transport, ChannelsBy channelsBy) {
  const portico_object id = add(transport);
  transport.onStateChange([id](SctpTransportState state) { emit(PORTICO_EVENT_STATE_CHANGE, id, 0, toString(state)); });
  transport.onError([id](const Error& error) { emitError(id, error); });
  if (channelsBy == ChannelsBy::connection) return id;
  transport.onDataChannel([id](const DataChannel& channel) {
    const portico_object added = addChannel(channel);
    emit(PORTICO_EVENT_DATA_CHANNEL, id, added, json::toLine(json::toJson(channel.parameters())));
  });
  return id;
}

portico_object portico_sctp_transport_create(portico_object dtls_transport, const char* options) {
  const auto* dtls = capi::find<DtlsTransport>(dtls_transport);
  if (!dtls) return -PORTICO_INVALID_STATE_ERROR;
  SctpOptions read;
  if (options != nullptr) {
    const auto parsed = capi::parse(options);
    if (!parsed) return capi::fail(parsed.error());
    const auto from = json::sctpOptionsFrom(*parsed);
    if (!from) return capi::fail(from.error());
    read = *from;
  }
  return capi::addSctpTransport(SctpTransport(*dtls, read), capi::ChannelsBy::transport);
}

portico_object portico_sctp_transport_dtls_transport(portico_object transport) {
  const auto* found = capi::find<SctpTransport>(transport);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  const portico_object known = capi::numberOf(found->transport());
  return known != 0 ? known : capi::addDtlsTransport(found->transport());
}

int32_t portico_sctp_transport_start(portico_object transport, const char* capabilities, int32_t remote_port,
                                     portico_operation operation) {
  auto* found = capi::find<SctpTransport>(transport);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  const auto parsed = capi::parse(capabilities);
  if (!parsed) return capi::fail(parsed.error());
  const auto remote = json::sctpCapabilitiesFrom(*parsed);
  if (!remote) return capi::fail(remote.error());
  if (remote_port < 0 || remote_port > 65'535) {
    return capi::fail(Error(Error::Type, std::to_string(remote_port) + " is not an SCTP port."));
  }
  return capi::watch(found->start(*remote, static_cast<std::uint16_t>(remote_port)), operation);
}

const char* portico_sctp_transport_state(portico_object transport) {
  const auto* found = capi::find<SctpTransport>(transport);
  return found ? capi::text(std::string(toString(found->state()))) : nullptr;
}

const char* portico_sctp_transport_capabilities(void) {
  return capi::text(json::toJson(SctpTransport::getCapabilities()));
}

int32_t portico_sctp_transport_port(portico_object transport) {
  const auto* found = capi::find<SctpTransport>(transport);
  return found ? found->port() : -PORTICO_INVALID_STATE_ERROR;
}

int32_t portico_sctp_transport_is_server(portico_object transport) {
  const auto* found = capi::find<SctpTransport>(transport);
  return found ? static_cast<int32_t>(found->isServer()) : -PORTICO_INVALID_STATE_ERROR;
}

int32_t portico_sctp_transport_max_channels(portico_object transport) {
  const auto* found = capi::find<SctpTransport>(transport);
  return found ? found->maxChannels().value_or(0) : -PORTICO_INVALID_STATE_ERROR;
}

double portico_sctp_transport_max_message_size(portico_object transport) {
  const auto* found = capi::find<SctpTransport>(transport);
  return found ? static_cast<double>(found->maxMessageSize()) : -PORTICO_INVALID_STATE_ERROR;
}

int32_t portico_sctp_transport_drained(portico_object transport) {
  const auto* found = capi::find<SctpTransport>(transport);
  return found ? static_cast<int32_t>(found->drained()) : -PORTICO_INVALID_STATE_ERROR;
}

int32_t portico_sctp_transport_stop(portico_object transport, portico_operation operation) {
  auto* found = capi::find<SctpTransport>(transport);
  return found ? capi::watch(found->stop(), operation) : -PORTICO_INVALID_STATE_ERROR;
}
