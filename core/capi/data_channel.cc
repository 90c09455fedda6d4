#include "core/capi/context.h"
#include "core/json/parameters.h"

using namespace portico;

portico_object portico::capi::addChannel(DataChannel channel) {
  const portico_object id = add(channel);
  channel.onOpen([id] { emit(PORTICO_EVENT_OPEN, id); });
  channel.onMessage([id](const DataChannelMessage& message) {
    emit(PORTICO_EVENT_MESSAGE, id, message.text ? 1 : 0, asText(message.data));
  });
  channel.onBufferedAmountLow([id] { emit(PORTICO_EVENT_BUFFERED_AMOUNT_LOW, id); });
  channel.onClosing([id] { emit(PORTICO_EVENT_CLOSING, id); });
  channel.onClose([id] { emit(PORTICO_EVENT_CLOSE, id); });
  channel.onError([id](const Error& error) { emitError(id, error); });
  return id;
}

portico_object portico_data_channel_create(portico_object sctp_transport, const char* parameters) {
  auto* sctp = capi::find<SctpTransport>(sctp_transport);
  if (!sctp) return -PORTICO_INVALID_STATE_ERROR;
  const auto parsed = capi::parse(parameters);
  if (!parsed) return capi::fail(parsed.error());
  auto read = json::dataChannelParametersFrom(*parsed);
  if (!read) return capi::fail(read.error());
  auto channel = sctp->createDataChannel(std::move(*read));
  return channel ? capi::addChannel(std::move(*channel)) : capi::fail(channel.error());
}

const char* portico_data_channel_parameters(portico_object channel) {
  const auto* found = capi::find<DataChannel>(channel);
  return found ? capi::text(json::toJson(found->parameters())) : nullptr;
}

const char* portico_data_channel_state(portico_object channel) {
  const auto* found = capi::find<DataChannel>(channel);
  return found ? capi::text(std::string(toString(found->readyState()))) : nullptr;
}

int32_t portico_data_channel_id(portico_object channel) {
  const auto* found = capi::find<DataChannel>(channel);
  const std::optional<std::uint16_t> id = found ? found->id() : std::nullopt;
  return id ? *id : -1;
}

int32_t portico_data_channel_send(portico_object channel, const void* data, size_t bytes, int32_t text) {
  auto* found = capi::find<DataChannel>(channel);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  if (data == nullptr && bytes != 0) return capi::fail(Error(Error::Type, "There is no data to send."));
  const Result<void> sent = text != 0 ? found->send(std::string_view(static_cast<const char*>(data), bytes))
                                      : found->send(ByteView(static_cast<const std::byte*>(data), bytes));
  return sent ? 0 : capi::fail(sent.error());
}

double portico_data_channel_buffered_amount(portico_object channel) {
  const auto* found = capi::find<DataChannel>(channel);
  return found ? static_cast<double>(found->bufferedAmount()) : -PORTICO_INVALID_STATE_ERROR;
}

double portico_data_channel_buffered_amount_low_threshold(portico_object channel) {
  const auto* found = capi::find<DataChannel>(channel);
  return found ? static_cast<double>(found->bufferedAmountLowThreshold()) : -PORTICO_INVALID_STATE_ERROR;
}

int32_t portico_data_channel_set_buffered_amount_low_threshold(portico_object channel, double bytes) {
  auto* found = capi::find<DataChannel>(channel);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  // W3C: an unsigned long.
  if (!(bytes >= 0 && bytes <= 4'294'967'295.0)) {
    return capi::fail(Error(Error::Type, "A threshold is from 0 to 4294967295 bytes."));
  }
  found->setBufferedAmountLowThreshold(static_cast<std::size_t>(bytes));
  return 0;
}

const char* portico_data_channel_stats(portico_object channel) {
  const auto* found = capi::find<DataChannel>(channel);
  return found ? capi::text(json::toJson(found->getStats())) : nullptr;
}

int32_t portico_data_channel_close(portico_object channel) {
  auto* found = capi::find<DataChannel>(channel);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  found->close();
  return 0;
}
