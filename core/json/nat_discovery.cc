#include "core/json/nat_discovery.h"

#include "core/json/parameters.h"

namespace portico::json {
namespace {

Json toJson(const SocketAddress& address) {
  Json json;
  json["address"] = address.ip.toString();
  json["port"] = address.port;
  return json;
}

Json toJson(const std::optional<SocketAddress>& address) {
  return address ? toJson(*address) : Json(nullptr);
}

Json toJson(const NatAnswer& answer) {
  Json json;
  json["url"] = answer.url;
  json["address"] = answer.server.ip.toString();
  json["port"] = answer.server.port;
  json["mapped"] = toJson(answer.mapped);
  json["otherAddress"] = toJson(answer.otherAddress);
  json["roundTripTime"] =
      answer.roundTripTime ? Json(std::chrono::duration<double>(*answer.roundTripTime).count()) : Json(nullptr);
  json["errorCode"] = answer.errorCode;
  json["errorText"] = answer.errorText;
  return json;
}

Json toJson(const NatBehaviour& behaviour) {
  Json json;
  json["local"] = toJson(behaviour.local);
  json["mapped"] = toJson(behaviour.mapped);
  json["translated"] = behaviour.translated();
  json["mapping"] = std::string(toString(behaviour.mapping));
  json["filtering"] = std::string(toString(behaviour.filtering));
  json["filteringUnknown"] = behaviour.filteringUnknown;
  json["answers"] = Json::array();
  for (const NatAnswer& answer : behaviour.answers) json["answers"].push_back(toJson(answer));
  return json;
}

Json toJson(const NatServer& server) {
  Json json;
  json["url"] = server.url;
  json["addresses"] = Json::array();
  for (const IpAddress& address : server.addresses) json["addresses"].push_back(address.toString());
  json["errorText"] = server.errorText;
  return json;
}

}  // namespace

Json toJson(const NatReport& report) {
  Json json;
  json["servers"] = Json::array();
  for (const NatServer& server : report.servers) json["servers"].push_back(toJson(server));
  json["behaviours"] = Json::array();
  for (const NatBehaviour& behaviour : report.behaviours) json["behaviours"].push_back(toJson(behaviour));
  return json;
}

Result<NatDiscoveryOptions> natDiscoveryOptionsFrom(const Json& value) {
  auto gather = iceGatherOptionsFrom(value);
  if (!gather) return gather.error();
  NatDiscoveryOptions options;
  options.gather = std::move(*gather);
  options.filtering = findBool(value, "filtering").value_or(options.filtering);
  if (value.contains("timeoutMs")) {
    const auto timeout = findNumber<std::uint32_t>(value, "timeoutMs");
    if (!timeout) return Error(Error::Type, "\"timeoutMs\" is a whole number of milliseconds.");
    options.timeout = std::chrono::milliseconds(*timeout);
  }
  return options;
}

}  // namespace portico::json
