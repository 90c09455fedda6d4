#include "native/command/ortc_parameters.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace portico::command {
namespace {

Error wrong(const std::string& sentence) {
  return Error(Error::Type, sentence);
}

/// A whole number that fits T; nullopt where there is none.
template <typename T>
std::optional<T> findNumber(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  if (!found->is_number_unsigned() && found->get<std::int64_t>() < 0) return std::nullopt;
  const auto number = found->get<std::uint64_t>();
  if (number > std::numeric_limits<T>::max()) return std::nullopt;
  return static_cast<T>(number);
}

const Json* findObject(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || !found->is_object() ? nullptr : &*found;
}

std::string stringOr(const Json& object, const char* key, const std::string& fallback) {
  const std::string* found = findString(object, key);
  return found ? *found : fallback;
}

Result<IceParameters> iceFromJson(const Json& ortc) {
  const Json* ice = findObject(ortc, "ice");
  if (!ice) return wrong("\"ortc\" lacks the object \"ice\".");
  const std::string* usernameFragment = findString(*ice, "usernameFragment");
  const std::string* password = findString(*ice, "password");
  if (!usernameFragment || !password) return wrong("\"ice\" lacks \"usernameFragment\" or \"password\".");
  IceParameters parameters;
  parameters.usernameFragment = *usernameFragment;
  parameters.password = *password;
  const auto lite = ice->find("iceLite");
  parameters.iceLite = lite != ice->end() && lite->is_boolean() && lite->get<bool>();
  return parameters;
}

Result<DtlsRole> roleFromJson(const Json& dtls) {
  const std::string name = stringOr(dtls, "role", "auto");
  for (const DtlsRole role : {DtlsRole::automatic, DtlsRole::client, DtlsRole::server}) {
    if (name == toString(role)) return role;
  }
  return wrong("The DTLS role is \"auto\", \"client\" or \"server\".");
}

Result<DtlsParameters> dtlsFromJson(const Json& ortc) {
  const Json* dtls = findObject(ortc, "dtls");
  if (!dtls) return wrong("\"ortc\" lacks the object \"dtls\".");
  auto role = roleFromJson(*dtls);
  if (!role) return role.error();
  DtlsParameters parameters;
  parameters.role = *role;
  const auto list = dtls->find("fingerprints");
  if (list == dtls->end() || !list->is_array() || list->empty()) return wrong("\"dtls\" lacks \"fingerprints\".");
  if (list->size() > kMaxFingerprints) return wrong("There are too many fingerprints.");
  for (const Json& entry : *list) {
    const std::string* algorithm = findString(entry, "algorithm");
    const std::string* value = findString(entry, "value");
    if (!algorithm || !value) return wrong("A fingerprint lacks \"algorithm\" or \"value\".");
    parameters.fingerprints.push_back(DtlsFingerprint{*algorithm, *value});
  }
  return parameters;
}

Result<IceCandidate> candidateFromMembers(const Json& value) {
  IceCandidate candidate;
  const std::string* address = findString(value, "address");
  if (!address) address = findString(value, "ip");  // ORTC's name, which aiortc has kept
  const auto port = findNumber<std::uint16_t>(value, "port");
  const std::string* type = findString(value, "type");
  if (!address || !port || !type) {
    return wrong("A candidate needs \"candidate\", or \"address\", \"port\" and \"type\".");
  }
  candidate.address = *address;
  candidate.port = *port;
  candidate.type = *type;
  candidate.component = findNumber<std::uint16_t>(value, "component").value_or(1);
  candidate.foundation = stringOr(value, "foundation", "1");
  candidate.priority = findNumber<std::uint32_t>(value, "priority").value_or(1);
  candidate.protocol = stringOr(value, "protocol", "udp");
  if (const std::string* found = findString(value, "relatedAddress")) candidate.relatedAddress = *found;
  candidate.relatedPort = findNumber<std::uint16_t>(value, "relatedPort");
  if (const std::string* found = findString(value, "tcpType")) candidate.tcpType = *found;
  // What the text form can't say is no candidate.
  auto checked = IceCandidate::parse(candidate.candidate());
  if (!checked) return checked.error();
  return candidate;
}

template <typename T>
Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace

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
  return json;
}

Result<IceCandidate> candidateFromJson(const Json& value) {
  if (!value.is_object()) return wrong("A candidate is an object.");
  const std::string* text = findString(value, "candidate");
  auto candidate = text && !text->empty() ? IceCandidate::parse(*text) : candidateFromMembers(value);
  if (candidate && !candidate->usernameFragment) {
    if (const std::string* found = findString(value, "usernameFragment")) candidate->usernameFragment = *found;
  }
  return candidate;
}

Json toJson(const OrtcParameters& parameters) {
  Json json;
  json["ice"]["usernameFragment"] = parameters.ice.usernameFragment;
  json["ice"]["password"] = parameters.ice.password;
  json["ice"]["iceLite"] = parameters.ice.iceLite;
  json["candidates"] = Json::array();
  for (const IceCandidate& candidate : parameters.candidates) json["candidates"].push_back(toJson(candidate));
  json["dtls"]["role"] = std::string(toString(parameters.dtls.role));
  json["dtls"]["fingerprints"] = Json::array();
  for (const DtlsFingerprint& fingerprint : parameters.dtls.fingerprints) {
    Json entry;
    entry["algorithm"] = fingerprint.algorithm;
    entry["value"] = fingerprint.value;
    json["dtls"]["fingerprints"].push_back(std::move(entry));
  }
  json["sctp"]["maxMessageSize"] = parameters.sctp.maxMessageSize;
  json["sctp"]["port"] = parameters.sctpPort;
  return json;
}

Result<ReadOrtcParameters> ortcFromJson(const Json& value) {
  if (!value.is_object()) return wrong("\"ortc\" is an object.");
  ReadOrtcParameters read;
  auto ice = iceFromJson(value);
  if (!ice) return ice.error();
  auto dtls = dtlsFromJson(value);
  if (!dtls) return dtls.error();
  read.parameters.ice = std::move(*ice);
  read.parameters.dtls = std::move(*dtls);

  if (const auto list = value.find("candidates"); list != value.end() && !list->is_null()) {
    if (!list->is_array()) return wrong("\"candidates\" is a list.");
    if (list->size() > kMaxCandidates) return wrong("There are too many candidates.");
    for (const Json& entry : *list) {
      auto candidate = candidateFromJson(entry);
      if (candidate) {
        read.parameters.candidates.push_back(std::move(*candidate));
      } else {
        read.refused.push_back(candidate.error());
      }
    }
  }
  if (const Json* sctp = findObject(value, "sctp")) {
    // RFC 8841 §6: 64 KiB where nothing is said.
    read.parameters.sctp.maxMessageSize = findNumber<std::uint64_t>(*sctp, "maxMessageSize").value_or(65'536);
    read.parameters.sctpPort = findNumber<std::uint16_t>(*sctp, "port").value_or(5000);
  } else {
    return wrong("\"ortc\" lacks the object \"sctp\".");
  }
  return read;
}

}  // namespace portico::command
