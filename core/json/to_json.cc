#include "core/json/parameters.h"

namespace portico::json {

Json toJson(const IceParameters& parameters) {
  Json json;
  json["usernameFragment"] = parameters.usernameFragment;
  json["password"] = parameters.password;
  json["iceLite"] = parameters.iceLite;
  return json;
}

Json toJson(const IceCandidate& candidate) {
  Json json;
  json["candidate"] = candidate.candidate();
  json["component"] = candidate.component;
  json["foundation"] = candidate.foundation;
  json["address"] = candidate.address;
  json["ip"] = candidate.address;
  json["port"] = candidate.port;
  json["priority"] = candidate.priority;
  json["protocol"] = candidate.protocol;
  json["type"] = candidate.type;
  json["relatedAddress"] = orNull(candidate.relatedAddress);
  json["relatedPort"] = orNull(candidate.relatedPort);
  json["tcpType"] = orNull(candidate.tcpType);
  if (candidate.sdpMid) json["sdpMid"] = *candidate.sdpMid;
  if (candidate.sdpMLineIndex) json["sdpMLineIndex"] = *candidate.sdpMLineIndex;
  if (candidate.usernameFragment) json["usernameFragment"] = *candidate.usernameFragment;
  if (candidate.url) json["url"] = *candidate.url;
  return json;
}

Json toJson(const std::vector<IceCandidate>& candidates) {
  Json json = Json::array();
  for (const IceCandidate& candidate : candidates) json.push_back(toJson(candidate));
  return json;
}

Json toJson(const IceCandidatePair& pair) {
  Json json;
  json["local"] = toJson(pair.local);
  json["remote"] = toJson(pair.remote);
  return json;
}

Json toJson(const IceCandidateError& error) {
  Json json;
  json["address"] = error.address;
  json["port"] = error.port;
  json["url"] = error.url;
  json["errorCode"] = error.errorCode;
  json["errorText"] = error.errorText;
  return json;
}

Json toJson(const NetworkChange& change) {
  const auto list = [](const std::vector<IpAddress>& addresses) {
    Json texts = Json::array();
    for (const IpAddress& address : addresses) texts.push_back(address.toString());
    return texts;
  };
  Json json;
  json["added"] = list(change.added);
  json["removed"] = list(change.removed);
  json["restartNeeded"] = change.restartNeeded;
  return json;
}

Json toJson(const IceTransportStats& stats) {
  Json json;
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

Json toJson(const std::vector<IceServer>& servers) {
  Json json = Json::array();
  for (const IceServer& server : servers) {
    Json entry;
    entry["urls"] = server.urls;
    entry["username"] = server.username;
    entry["credential"] = server.credential;
    entry["credentialType"] = server.credentialType;
    json.push_back(std::move(entry));
  }
  return json;
}

Json toJson(const std::vector<DtlsFingerprint>& fingerprints) {
  Json json = Json::array();
  for (const DtlsFingerprint& fingerprint : fingerprints) {
    Json entry;
    entry["algorithm"] = fingerprint.algorithm;
    entry["value"] = fingerprint.value;
    json.push_back(std::move(entry));
  }
  return json;
}

Json toJson(const DtlsParameters& parameters) {
  Json json;
  json["role"] = std::string(toString(parameters.role));
  json["fingerprints"] = toJson(parameters.fingerprints);
  return json;
}

Json toJson(const SctpCapabilities& capabilities) {
  Json json;
  json["maxMessageSize"] = capabilities.maxMessageSize;
  return json;
}

Json toJson(const DataChannelParameters& parameters) {
  Json json;
  json["label"] = parameters.label;
  json["protocol"] = parameters.protocol;
  json["ordered"] = parameters.ordered;
  json["maxRetransmits"] = orNull(parameters.maxRetransmits);
  json["maxPacketLifeTime"] = orNull(parameters.maxPacketLifeTime);
  json["negotiated"] = parameters.negotiated;
  json["id"] = orNull(parameters.id);
  json["priority"] = parameters.priority;
  return json;
}

Json toJson(const DataChannelStats& stats) {
  Json json;
  json["messagesSent"] = stats.messagesSent;
  json["bytesSent"] = stats.bytesSent;
  json["messagesReceived"] = stats.messagesReceived;
  json["bytesReceived"] = stats.bytesReceived;
  return json;
}

}  // namespace portico::json
