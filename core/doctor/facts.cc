#include "core/doctor/facts.h"

#include <algorithm>

namespace portico::doctor {
namespace {

using json::Json;

std::string textOf(const Json& object, const char* key) {
  const std::string* found = json::findString(object, key);
  return found != nullptr ? *found : std::string();
}

bool isTrue(const Json& object, const char* key) {
  return json::findBool(object, key).value_or(false);
}

template <typename T>
T numberOf(const Json& object, const char* key) {
  return json::findNumber<T>(object, key).value_or(0);
}

/// Calls `read` for each object of a list.
template <typename Read>
void forEach(const Json& object, const char* key, Read read) {
  const auto list = object.find(key);
  if (list == object.end() || !list->is_array()) return;
  std::size_t count = 0;
  for (const Json& entry : *list) {
    if (++count > kMaxEntries) return;
    read(entry);
  }
}

Endpoint endpointOf(const Json& object) {
  return {textOf(object, "address"), numberOf<std::uint16_t>(object, "port")};
}

std::optional<Endpoint> endpointAt(const Json& object, const char* key) {
  const Json* found = json::findObject(object, key);
  return found != nullptr ? std::optional<Endpoint>(endpointOf(*found)) : std::nullopt;
}

Server serverOf(const std::string& url) {
  Server server;
  server.url = url;
  const std::size_t colon = std::min(url.find(':'), url.size());
  const std::string scheme = url.substr(0, colon);
  server.turn = scheme.rfind("turn", 0) == 0;
  const bool secure = !scheme.empty() && scheme.back() == 's';
  server.udp = secure ? url.find("transport=udp") != std::string::npos : url.find("transport=tcp") == std::string::npos;
  return server;
}

Bridge bridgeOf(const Json& from) {
  Bridge bridge;
  bridge.url = textOf(from, "url");
  bridge.token = isTrue(from, "token");
  bridge.connected = isTrue(from, "connected");
  bridge.milliseconds = numberOf<std::uint32_t>(from, "milliseconds");
  bridge.status = numberOf<std::uint32_t>(from, "status");
  bridge.error = textOf(from, "error");
  bridge.bytesPerSecond = numberOf<std::uint64_t>(from, "bytesPerSecond");
  bridge.packetsPerSecond = numberOf<std::uint64_t>(from, "packetsPerSecond");
  forEach(from, "bound", [&](const Json& one) {
    bridge.bound.push_back({endpointOf(one), endpointAt(one, "public")});
  });
  forEach(from, "refusals", [&](const Json& one) {
    const Refusal refusal{endpointOf(one), numberOf<std::uint32_t>(one, "reason")};
    const bool known = std::any_of(bridge.refusals.begin(), bridge.refusals.end(), [&](const Refusal& other) {
      return other.to == refusal.to && other.reason == refusal.reason;
    });
    if (!known) bridge.refusals.push_back(refusal);
  });
  return bridge;
}

Answer answerOf(const Json& from) {
  Answer answer;
  answer.url = textOf(from, "url");
  answer.server = endpointOf(from);
  answer.mapped = endpointAt(from, "mapped");
  answer.other = json::findObject(from, "otherAddress") != nullptr;
  const auto seconds = from.find("roundTripTime");
  if (seconds != from.end() && seconds->is_number()) answer.roundTripSeconds = seconds->get<double>();
  answer.code = numberOf<std::uint32_t>(from, "errorCode");
  answer.text = textOf(from, "errorText");
  return answer;
}

Behaviour behaviourOf(const Json& from) {
  Behaviour behaviour;
  if (const auto local = endpointAt(from, "local")) behaviour.local = *local;
  behaviour.mapped = endpointAt(from, "mapped");
  behaviour.translated = isTrue(from, "translated");
  behaviour.mapping = textOf(from, "mapping");
  behaviour.filtering = textOf(from, "filtering");
  behaviour.filteringUnknown = textOf(from, "filteringUnknown");
  forEach(from, "answers", [&](const Json& one) { behaviour.answers.push_back(answerOf(one)); });
  return behaviour;
}

void readServers(const Json& from, Facts& facts) {
  forEach(from, "servers", [&](const Json& url) {
    if (url.is_string()) facts.servers.push_back(serverOf(url.get<std::string>()));
  });
  const Json* nat = json::findObject(from, "nat");
  if (nat == nullptr) return;
  forEach(*nat, "behaviours", [&](const Json& one) { facts.behaviours.push_back(behaviourOf(one)); });
  forEach(*nat, "servers", [&](const Json& one) {
    for (Server& server : facts.servers) {
      if (server.url != textOf(one, "url")) continue;
      server.unresolved = textOf(one, "errorText");
      server.addresses.clear();
      forEach(one, "addresses", [&](const Json& address) {
        if (address.is_string()) server.addresses.push_back(address.get<std::string>());
      });
    }
  });
}

void readGathering(const Json& from, Facts& facts) {
  facts.complete = isTrue(from, "complete");
  facts.gatheringError = textOf(from, "error");
  forEach(from, "candidates", [&](const Json& one) {
    facts.candidates.push_back(
        {textOf(one, "type"), endpointOf(one), textOf(one, "url"), numberOf<std::uint32_t>(one, "milliseconds")});
  });
  forEach(from, "errors", [&](const Json& one) {
    facts.errors.push_back({textOf(one, "address"), textOf(one, "url"), numberOf<std::uint32_t>(one, "errorCode"),
                            textOf(one, "errorText")});
  });
}

}  // namespace

std::string Endpoint::text() const {
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Facts readFacts(const json::Json& from) {
  Facts facts;
  facts.relayOnly = isTrue(from, "relayOnly");
  facts.natError = textOf(from, "natError");
  forEach(from, "interfaces", [&](const Json& one) {
    facts.interfaces.push_back({textOf(one, "name"), textOf(one, "address"), isTrue(one, "loopback"),
                                isTrue(one, "temporary"), isTrue(one, "deprecated")});
  });
  if (const Json* bridge = json::findObject(from, "bridge")) facts.bridge = bridgeOf(*bridge);
  readServers(from, facts);
  if (const Json* gathering = json::findObject(from, "gathering")) readGathering(*gathering, facts);
  return facts;
}

}  // namespace portico::doctor
