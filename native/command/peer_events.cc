#include "native/command/peer_events.h"

#include <cmath>

#include "native/command/base64.h"

namespace portico::command {
namespace {

template <typename T>
Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json event(const char* name) {
  Json json;
  json["event"] = name;
  return json;
}

/// Microseconds are what the clock has; more digits would be noise.
double rounded(double seconds) {
  return std::round(seconds * 1e6) / 1e6;
}

Json transferEvent(const char* name, Direction direction, const TransferCount& count) {
  Json json = event(name);
  json["direction"] = direction == Direction::send ? "send" : "receive";
  json["label"] = count.label;
  json["bytes"] = count.bytes;
  json["total"] = count.total;
  json["messages"] = count.messages;
  json["seconds"] = rounded(count.seconds);
  return json;
}

}  // namespace

Json stateEvent(std::string_view of, std::string_view state) {
  Json json = event("state");
  json["of"] = std::string(of);
  json["state"] = std::string(state);
  return json;
}

Json channelEvent(const char* name, const DataChannel& channel) {
  const DataChannelParameters& parameters = channel.parameters();
  Json json = event(name);
  json["label"] = parameters.label;
  json["id"] = orNull(channel.id());
  json["protocol"] = parameters.protocol;
  json["ordered"] = parameters.ordered;
  json["negotiated"] = parameters.negotiated;
  json["maxRetransmits"] = orNull(parameters.maxRetransmits);
  json["maxPacketLifeTime"] = orNull(parameters.maxPacketLifeTime);
  return json;
}

Json messageEvent(std::string_view label, const DataChannelMessage& message) {
  Json json = event("message");
  json["label"] = std::string(label);
  json["bytes"] = message.data.size();
  if (message.text) {
    json["text"] = std::string(asText(message.data));
  } else {
    json["base64"] = toBase64(message.data);
  }
  return json;
}

Json errorEvent(const Error& error) {
  Json json = event("error");
  json["name"] = std::string(error.name());
  json["message"] = error.message;
  return json;
}

Json progressEvent(Direction direction, const TransferCount& count) {
  return transferEvent("progress", direction, count);
}

Json doneEvent(Direction direction, const TransferCount& count) {
  Json json = transferEvent("done", direction, count);
  json["sha256"] = count.sha256.empty() ? Json(nullptr) : Json(count.sha256);
  return json;
}

Json pingEvent(const PingResult& result) {
  Json json = event("ping");
  json["unit"] = "us";
  json["n"] = result.n;
  json["p50"] = result.p50;
  json["p90"] = result.p90;
  json["p99"] = result.p99;
  json["max"] = result.max;
  return json;
}

Json selectedEvent(const IceCandidatePair& pair) {
  Json json = event("selected");
  json["local"] = pair.local.candidate();
  json["remote"] = pair.remote.candidate();
  return json;
}

Json iceStats(const IceTransport& ice) {
  const IceTransportStats stats = ice.getStats();
  Json json;
  json["role"] = std::string(toString(ice.role()));
  json["state"] = std::string(toString(ice.state()));
  json["requestsSent"] = stats.requestsSent;
  json["requestsReceived"] = stats.requestsReceived;
  json["responsesSent"] = stats.responsesSent;
  json["responsesReceived"] = stats.responsesReceived;
  json["consentRequestsSent"] = stats.consentRequestsSent;
  json["currentRoundTripTime"] = stats.currentRoundTripTime;
  json["totalRoundTripTime"] = stats.totalRoundTripTime;
  json["packetsSent"] = stats.packetsSent;
  json["packetsReceived"] = stats.packetsReceived;
  json["bytesSent"] = stats.bytesSent;
  json["bytesReceived"] = stats.bytesReceived;
  json["packetsDiscarded"] = stats.packetsDiscarded;
  return json;
}

Json channelStats(const DataChannel& channel) {
  const DataChannelStats stats = channel.getStats();
  Json json;
  json["label"] = channel.label();
  json["id"] = orNull(channel.id());
  json["state"] = std::string(toString(channel.readyState()));
  json["bufferedAmount"] = channel.bufferedAmount();
  json["messagesSent"] = stats.messagesSent;
  json["bytesSent"] = stats.bytesSent;
  json["messagesReceived"] = stats.messagesReceived;
  json["bytesReceived"] = stats.bytesReceived;
  return json;
}

}  // namespace portico::command
