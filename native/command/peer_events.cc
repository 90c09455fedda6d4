#include "native/command/peer_events.h"

#include <cmath>

#include "core/json/parameters.h"
#include "core/wire/base64.h"

namespace portico::command {
namespace {

Json event(const char* name) {
  Json value;
  value["event"] = name;
  return value;
}

/// Microseconds are what the clock has; more digits would be noise.
double rounded(double seconds) {
  return std::round(seconds * 1e6) / 1e6;
}

Json transferEvent(const char* name, Direction direction, const TransferCount& count) {
  Json value = event(name);
  value["direction"] = direction == Direction::send ? "send" : "receive";
  value["label"] = count.label;
  value["bytes"] = count.bytes;
  value["total"] = count.total;
  value["messages"] = count.messages;
  value["seconds"] = rounded(count.seconds);
  return value;
}

Json iceStats(const IceTransport& ice) {
  Json value;
  value["role"] = std::string(toString(ice.role()));
  value["state"] = std::string(toString(ice.state()));
  value.update(json::toJson(ice.getStats()));
  return value;
}

Json dtlsStats(const DtlsTransport& dtls) {
  Json value;
  value["state"] = std::string(toString(dtls.state()));
  value["role"] = std::string(toString(dtls.getLocalParameters().role));
  value["cipherSuite"] = dtls.cipherSuite();
  return value;
}

Json sctpStats(const SctpTransport& sctp) {
  Json value;
  value["state"] = std::string(toString(sctp.state()));
  value["maxChannels"] = orNull(sctp.maxChannels());
  value["maxMessageSize"] = sctp.maxMessageSize();
  return value;
}

}  // namespace

Json stateEvent(std::string_view of, std::string_view state) {
  Json value = event("state");
  value["of"] = std::string(of);
  value["state"] = std::string(state);
  return value;
}

Json channelEvent(const char* name, const DataChannel& channel) {
  const DataChannelParameters& parameters = channel.parameters();
  Json value = event(name);
  value["label"] = parameters.label;
  value["id"] = orNull(channel.id());
  value["protocol"] = parameters.protocol;
  value["ordered"] = parameters.ordered;
  value["negotiated"] = parameters.negotiated;
  value["maxRetransmits"] = orNull(parameters.maxRetransmits);
  value["maxPacketLifeTime"] = orNull(parameters.maxPacketLifeTime);
  return value;
}

Json messageEvent(std::string_view label, const DataChannelMessage& message) {
  Json value = event("message");
  value["label"] = std::string(label);
  value["bytes"] = message.data.size();
  if (message.text) {
    value["text"] = std::string(asText(message.data));
  } else {
    value["base64"] = toBase64(message.data);
  }
  return value;
}

Json errorEvent(const Error& error) {
  Json value = event("error");
  value["name"] = std::string(error.name());
  value["message"] = error.message;
  return value;
}

Json progressEvent(Direction direction, const TransferCount& count) {
  return transferEvent("progress", direction, count);
}

Json doneEvent(Direction direction, const TransferCount& count) {
  Json value = transferEvent("done", direction, count);
  value["sha256"] = count.sha256.empty() ? Json(nullptr) : Json(count.sha256);
  return value;
}

Json pingEvent(const PingResult& result) {
  Json value = event("ping");
  value["unit"] = "us";
  value["n"] = result.n;
  value["p50"] = result.p50;
  value["p90"] = result.p90;
  value["p99"] = result.p99;
  value["max"] = result.max;
  return value;
}

Json selectedEvent(const IceCandidatePair& pair) {
  Json value = event("selected");
  value["local"] = pair.local.candidate();
  value["remote"] = pair.remote.candidate();
  return value;
}

Json networkEvent(const NetworkChange& change) {
  Json value = event("network");
  value.update(json::toJson(change));
  return value;
}

Json statsEvent(const std::optional<SctpTransport>& sctp) {
  Json value = event("stats");
  const auto ice = sctp ? std::optional(sctp->transport().iceTransport()) : std::nullopt;
  const auto pair = ice ? ice->getSelectedCandidatePair() : std::nullopt;
  value["ice"] = ice ? iceStats(*ice) : Json();
  value["selected"] =
      pair ? Json::object({{"local", pair->local.candidate()}, {"remote", pair->remote.candidate()}}) : Json();
  value["dtls"] = sctp ? dtlsStats(sctp->transport()) : Json();
  value["sctp"] = sctp ? sctpStats(*sctp) : Json();
  value["channels"] = Json::array();
  return value;
}

Json channelStats(const DataChannel& channel) {
  Json value;
  value["label"] = channel.label();
  value["id"] = orNull(channel.id());
  value["state"] = std::string(toString(channel.readyState()));
  value["bufferedAmount"] = channel.bufferedAmount();
  value.update(json::toJson(channel.getStats()));
  return value;
}

}  // namespace portico::command
