// W3C webrtc-stats, member by member.
#include "core/json/parameters.h"
#include "core/json/peer_connection.h"

namespace portico::json {
namespace {

template <typename T>
void addIfKnown(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

Json entry(const std::string& id, const char* type) {
  Json json;
  json["id"] = id;
  json["type"] = type;
  return json;
}

Json toJson(const PeerConnectionStats& stats) {
  Json json = entry(stats.id, "peer-connection");
  json["dataChannelsOpened"] = stats.dataChannelsOpened;
  json["dataChannelsClosed"] = stats.dataChannelsClosed;
  return json;
}

Json toJson(const TransportStats& stats) {
  Json json = entry(stats.id, "transport");
  json["packetsSent"] = stats.packetsSent;
  json["packetsReceived"] = stats.packetsReceived;
  json["bytesSent"] = stats.bytesSent;
  json["bytesReceived"] = stats.bytesReceived;
  json["iceRole"] = stats.iceRole ? std::string(toString(*stats.iceRole)) : "unknown";
  json["iceLocalUsernameFragment"] = stats.iceLocalUsernameFragment;
  json["iceState"] = std::string(toString(stats.iceState));
  json["dtlsState"] = std::string(toString(stats.dtlsState));
  addIfKnown(json, "selectedCandidatePairId", stats.selectedCandidatePairId);
  addIfKnown(json, "localCertificateId", stats.localCertificateId);
  addIfKnown(json, "remoteCertificateId", stats.remoteCertificateId);
  addIfKnown(json, "tlsVersion", stats.tlsVersion);
  addIfKnown(json, "dtlsCipher", stats.dtlsCipher);
  json["dtlsRole"] = stats.dtlsRole ? std::string(toString(*stats.dtlsRole)) : "unknown";
  json["selectedCandidatePairChanges"] = stats.selectedCandidatePairChanges;
  return json;
}

Json toJson(const CandidatePairStats& stats) {
  Json json = entry(stats.id, "candidate-pair");
  json["transportId"] = stats.transportId;
  json["localCandidateId"] = stats.localCandidateId;
  json["remoteCandidateId"] = stats.remoteCandidateId;
  json["state"] = std::string(toString(stats.state));
  json["nominated"] = stats.nominated;
  addIfKnown(json, "packetsSent", stats.packetsSent);
  addIfKnown(json, "packetsReceived", stats.packetsReceived);
  addIfKnown(json, "bytesSent", stats.bytesSent);
  addIfKnown(json, "bytesReceived", stats.bytesReceived);
  json["totalRoundTripTime"] = stats.totalRoundTripTime;
  addIfKnown(json, "currentRoundTripTime", stats.currentRoundTripTime);
  json["requestsReceived"] = stats.requestsReceived;
  json["requestsSent"] = stats.requestsSent;
  json["responsesReceived"] = stats.responsesReceived;
  json["responsesSent"] = stats.responsesSent;
  json["consentRequestsSent"] = stats.consentRequestsSent;
  return json;
}

Json toJson(const IceCandidateStats& stats) {
  const IceCandidate& candidate = stats.candidate;
  Json json = entry(stats.id, stats.remote ? "remote-candidate" : "local-candidate");
  json["transportId"] = stats.transportId;
  json["address"] = candidate.address;
  json["port"] = candidate.port;
  json["protocol"] = candidate.protocol;
  json["candidateType"] = candidate.type;
  json["priority"] = candidate.priority;
  json["foundation"] = candidate.foundation;
  addIfKnown(json, "url", candidate.url);
  addIfKnown(json, "relatedAddress", candidate.relatedAddress);
  addIfKnown(json, "relatedPort", candidate.relatedPort);
  addIfKnown(json, "usernameFragment", candidate.usernameFragment);
  addIfKnown(json, "tcpType", candidate.tcpType);
  return json;
}

Json toJson(const CertificateStats& stats) {
  Json json = entry(stats.id, "certificate");
  json["fingerprint"] = stats.fingerprint;
  json["fingerprintAlgorithm"] = stats.fingerprintAlgorithm;
  json["base64Certificate"] = stats.base64Certificate;
  return json;
}

Json toJson(const RtcDataChannelStats& stats) {
  Json json = entry(stats.id, "data-channel");
  json["label"] = stats.label;
  json["protocol"] = stats.protocol;
  addIfKnown(json, "dataChannelIdentifier", stats.dataChannelIdentifier);
  json["state"] = std::string(toString(stats.state));
  json["messagesSent"] = stats.messagesSent;
  json["bytesSent"] = stats.bytesSent;
  json["messagesReceived"] = stats.messagesReceived;
  json["bytesReceived"] = stats.bytesReceived;
  return json;
}

}  // namespace

Json toJson(const StatsReport& report) {
  Json list = Json::array();
  for (const Stats& stats : report.stats) {
    list.push_back(std::visit([](const auto& one) { return toJson(one); }, stats));
  }
  return list;
}

}  // namespace portico::json
