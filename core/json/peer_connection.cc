#include "core/json/peer_connection.h"

#include <algorithm>
#include <array>

#include "core/json/parameters.h"

namespace portico::json {
namespace {

Error wrong(std::string sentence) {
  return {Error::Type, std::move(sentence)};
}

std::string describe(const Json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  return text ? "\"" + text->substr(0, 32) + "\"" : "That";
}

/// The one of `all` that is called so.
template <typename T, std::size_t N>
Result<T> named(const Json& value, const std::array<T, N>& all, const char* what) {
  const auto* text = value.get_ptr<const std::string*>();
  const auto* found = std::find_if(all.begin(), all.end(), [&](T one) { return text && toString(one) == *text; });
  if (found == all.end()) return wrong(describe(value) + " is no " + what + ".");
  return *found;
}

constexpr std::array kTypes{SdpType::offer, SdpType::pranswer, SdpType::answer, SdpType::rollback};
constexpr std::array kBundlePolicies{BundlePolicy::balanced, BundlePolicy::maxCompat, BundlePolicy::maxBundle};

bool isThere(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && !found->is_null();
}

Result<std::string> textOr(const Json& object, const char* key, std::string fallback) {
  if (!isThere(object, key)) return fallback;
  const std::string* text = findString(object, key);
  if (!text) return wrong(std::string("\"") + key + "\" is a string.");
  return *text;
}

}  // namespace

Json toJson(const SessionDescription& description) {
  Json json;
  json["type"] = std::string(toString(description.type));
  json["sdp"] = description.sdp;
  return json;
}

Json toJson(const std::optional<SessionDescription>& description) {
  return description ? toJson(*description) : Json(nullptr);
}

Json toJson(const PeerConnectionConfiguration& configuration) {
  Json json;
  json["iceServers"] = toJson(configuration.ice.iceServers.value_or(std::vector<IceServer>{}));
  json["iceTransportPolicy"] = configuration.ice.relayOnly ? "relay" : "all";
  json["bundlePolicy"] = std::string(toString(configuration.bundlePolicy));
  json["rtcpMuxPolicy"] = "require";
  json["networkChangePolicy"] = std::string(toString(configuration.ice.networkChangePolicy));
  json["iceCandidatePoolSize"] = configuration.iceCandidatePoolSize;
  return json;
}

Result<LocalSessionDescription> localSessionDescriptionFrom(const Json& value) {
  if (!value.is_object()) return wrong("A session description is an object.");
  LocalSessionDescription description;
  if (isThere(value, "type")) {
    const Result<SdpType> type = named(value["type"], kTypes, "RTCSdpType");
    if (!type) return type.error();
    description.type = *type;
  }
  Result<std::string> sdp = textOr(value, "sdp", "");
  if (!sdp) return sdp.error();
  description.sdp = std::move(*sdp);
  return description;
}

Result<SessionDescription> sessionDescriptionFrom(const Json& value) {
  Result<LocalSessionDescription> read = localSessionDescriptionFrom(value);
  if (!read) return read.error();
  if (!read->type) return wrong("A session description needs a \"type\".");
  return SessionDescription{*read->type, std::move(read->sdp)};
}

Result<IceCandidateInit> iceCandidateInitFrom(const Json& value) {
  if (!value.is_object()) return wrong("An RTCIceCandidateInit is an object.");
  IceCandidateInit candidate;
  Result<std::string> text = textOr(value, "candidate", "");
  if (!text) return text.error();
  candidate.candidate = std::move(*text);
  if (isThere(value, "sdpMid")) {
    Result<std::string> mid = textOr(value, "sdpMid", "");
    if (!mid) return mid.error();
    candidate.sdpMid = std::move(*mid);
  }
  if (isThere(value, "sdpMLineIndex")) {
    candidate.sdpMLineIndex = findNumber<std::uint16_t>(value, "sdpMLineIndex");
    if (!candidate.sdpMLineIndex) return wrong("\"sdpMLineIndex\" is a whole number from 0 to 65535.");
  }
  if (isThere(value, "usernameFragment")) {
    Result<std::string> fragment = textOr(value, "usernameFragment", "");
    if (!fragment) return fragment.error();
    candidate.usernameFragment = std::move(*fragment);
  }
  return candidate;
}

namespace {

/// W3C webrtc-pc §4.4.1.6: a TURN server has credentials, though they may be empty.
Result<void> checkCredentials(const Json& configuration) {
  const auto servers = configuration.find("iceServers");
  if (servers == configuration.end() || !servers->is_array()) return {};
  for (const Json& server : *servers) {
    if (!server.is_object() || !server.contains("urls")) continue;
    if (isThere(server, "username") && isThere(server, "credential")) continue;
    const Json urls = server["urls"].is_array() ? server["urls"] : Json::array({server["urls"]});
    for (const Json& url : urls) {
      const auto* text = url.get_ptr<const std::string*>();
      if (text && text->starts_with("turn")) {
        return Error(Error::InvalidAccess, *text + " needs a username and a credential.");
      }
    }
  }
  return {};
}

}  // namespace

Result<PeerConnectionConfiguration> peerConnectionConfigurationFrom(const Json& value) {
  if (!value.is_object()) return wrong("An RTCConfiguration is an object.");
  if (Result<void> checked = checkCredentials(value); !checked) return checked.error();
  PeerConnectionConfiguration configuration;
  Result<IceGatherOptions> ice = iceGatherOptionsFrom(value);
  if (!ice) return ice.error();
  configuration.ice = std::move(*ice);
  if (!configuration.ice.iceServers) configuration.ice.iceServers.emplace();
  if (isThere(value, "bundlePolicy")) {
    const Result<BundlePolicy> policy = named(value["bundlePolicy"], kBundlePolicies, "RTCBundlePolicy");
    if (!policy) return policy.error();
    configuration.bundlePolicy = *policy;
  }
  if (isThere(value, "rtcpMuxPolicy") && value["rtcpMuxPolicy"] != "require") {
    return wrong(describe(value["rtcpMuxPolicy"]) + " is no RTCRtcpMuxPolicy.");
  }
  if (isThere(value, "iceCandidatePoolSize")) {
    const auto size = findNumber<std::uint8_t>(value, "iceCandidatePoolSize");
    if (!size) return wrong("\"iceCandidatePoolSize\" is a whole number from 0 to 255.");
    configuration.iceCandidatePoolSize = *size;
  }
  if (isThere(value, "sctp")) {
    const Result<SctpOptions> sctp = sctpOptionsFrom(value["sctp"]);
    if (!sctp) return sctp.error();
    configuration.sctp = *sctp;
  }
  return configuration;
}

Result<OfferOptions> offerOptionsFrom(const Json& value) {
  if (!value.is_object()) return wrong("RTCOfferOptions is an object.");
  return OfferOptions{findBool(value, "iceRestart").value_or(false)};
}

}  // namespace portico::json
