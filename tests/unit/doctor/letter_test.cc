// Facts in, letter out.
#include "core/doctor/letter.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace portico::doctor {
namespace {

using json::Json;

Json parsed(const char* text) {
  return *json::parseJson(text);
}

/// A machine behind a NAT at home, with a STUN server that supports RFC 5780.
Json atHome(const char* mapping = "endpoint-independent", const char* filtering = "address-and-port-dependent") {
  Json facts = parsed(R"({
    "via": "local", "relayOnly": false, "bridge": null,
    "interfaces": [{"name": "lo", "address": "127.0.0.1", "loopback": true},
                   {"name": "eth0", "address": "192.168.1.5"}, {"name": "wg0", "address": "10.8.0.2"}],
    "servers": ["stun:stun.example.org"],
    "gathering": {"complete": true, "errors": [],
                  "candidates": [{"type": "host", "address": "192.168.1.5", "port": 5000},
                                 {"type": "srflx", "address": "198.51.100.7", "port": 5000, "url": "stun:stun.example.org"}]},
    "nat": {"servers": [{"url": "stun:stun.example.org", "addresses": ["203.0.113.5"], "errorText": ""}],
            "behaviours": [{"local": {"address": "192.168.1.5", "port": 5001},
                            "mapped": {"address": "198.51.100.7", "port": 5001}, "translated": true,
                            "filteringUnknown": "",
                            "answers": [{"url": "stun:stun.example.org", "address": "203.0.113.5", "port": 3478,
                                         "mapped": {"address": "198.51.100.7", "port": 5001},
                                         "otherAddress": {"address": "203.0.113.6", "port": 3479},
                                         "roundTripTime": 0.0231, "errorCode": 0, "errorText": ""}]}]}})");
  facts["nat"]["behaviours"][0]["mapping"] = mapping;
  facts["nat"]["behaviours"][0]["filtering"] = filtering;
  return facts;
}

void addServer(Json& facts, const std::string& url) {
  facts["servers"].push_back(url);
  facts["nat"]["servers"].push_back({{"url", url}, {"addresses", {"203.0.113.9"}}, {"errorText", ""}});
}

void addError(Json& facts, const std::string& url, int code, const char* text) {
  facts["gathering"]["errors"].push_back(
      {{"url", url}, {"errorCode", code}, {"errorText", text}, {"address", "192.168.1.5"}});
}

void addRelay(Json& facts, const std::string& url) {
  facts["gathering"]["candidates"].push_back(
      {{"type", "relay"}, {"address", "203.0.113.9"}, {"port", 49152}, {"url", url}, {"milliseconds", 40}});
}

/// The words of a letter, however it is wrapped.
std::string wordsOf(const Json& result) {
  std::string text = result["letter"].get<std::string>();
  std::string words;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank || (!words.empty() && words.back() != ' ')) words += blank ? ' ' : c;
  }
  return words;
}

bool says(const Json& result, const std::string& words) {
  const bool found = wordsOf(result).find(words) != std::string::npos;
  if (!found) ADD_FAILURE() << "no \"" << words << "\" in:\n" << result["letter"].get<std::string>();
  return found;
}

const Json* findingOf(const Json& result, const char* id) {
  for (const Json& finding : result["findings"]) {
    if (finding["id"] == id) return &finding;
  }
  return nullptr;
}

TEST(Letter, OfAGoodNatSaysWhomItReaches) {
  const Json result = diagnose(atHome());
  EXPECT_TRUE(result["healthy"]);
  says(result, "eth0 192.168.1.5 private IPv4");
  says(result, "(by its name of a VPN)");
  says(result, "It has no public IPv6 address.");
  says(result,
       "Works: it answers from 203.0.113.5:3478 in 23 ms, and sees this side as 198.51.100.7:5001. It supports RFC "
       "5780.");
  says(result, "Mapping: endpoint-independent: every peer sees the same address");
  says(result, "Filtering: address-and-port-dependent:");
  says(result, "Connections should work directly with most peers.");
  says(result, "What to do Nothing.");
}

TEST(Letter, OfADependentMappingAsksForTurn) {
  for (const char* mapping : {"address-dependent", "address-and-port-dependent", "dependent"}) {
    const Json result = diagnose(atHome(mapping));
    EXPECT_FALSE(result["healthy"]) << mapping;
    says(result, "1. Name a TURN server");
  }
  Json relayed = atHome("dependent");
  addServer(relayed, "turn:turn.example.org");
  addRelay(relayed, "turn:turn.example.org");
  const Json result = diagnose(relayed);
  EXPECT_TRUE(result["healthy"]);
  says(result, "Works: it gives the relayed address 203.0.113.9:49152, after 40 ms.");
  says(result, "What to do Nothing.");
}

TEST(Letter, OfWrongCredentialsSaysSoOnceForAllServersOfTheSame) {
  Json facts = atHome();
  for (const char* url : {"turn:turn.example.org", "turn:turn.example.org?transport=tcp"}) {
    addServer(facts, url);
    addError(facts, url, 401, "Unauthorized");
  }
  const Json result = diagnose(facts);
  EXPECT_FALSE(result["healthy"]);
  says(result, "turn:turn.example.org Fails: 401 Unauthorized: it does not know this user, or the password is wrong.");
  says(result, "turn:turn.example.org, and turn:turn.example.org?transport=tcp fails: 401");
  says(result, "1. turn:turn.example.org, turn:turn.example.org?transport=tcp: Check the user name and the password.");
  EXPECT_EQ(wordsOf(result).find("2. "), std::string::npos);
}

TEST(Letter, KnowsEachCodeThatATurnServerGives) {
  for (const int code : {300, 400, 403, 420, 437, 438, 440, 441, 442, 486, 500, 508}) {
    Json facts = atHome();
    addServer(facts, "turn:turn.example.org");
    addError(facts, "turn:turn.example.org", code, "Its Reason");
    const Json result = diagnose(facts);
    EXPECT_FALSE(result["healthy"]);
    says(result, "Fails: " + std::to_string(code) + " Its Reason: ");
  }
}

/// No server answers, whichever there are.
Json silent(const std::vector<std::string>& urls) {
  Json facts = atHome();
  facts["servers"] = Json::array();
  facts["gathering"]["candidates"].erase(1);
  Json& behaviour = facts["nat"]["behaviours"][0];
  behaviour["mapped"] = nullptr;
  behaviour["mapping"] = behaviour["filtering"] = "unknown";
  behaviour["answers"] = Json::array();
  for (const std::string& url : urls) {
    addServer(facts, url);
    addError(facts, url, 701, "the server did not answer");
  }
  return facts;
}

TEST(Letter, OfUdpThatIsBlockedPointsToTurnOverTcp) {
  const Json result = diagnose(silent({"stun:a.example", "stun:b.example"}));
  EXPECT_FALSE(result["healthy"]);
  says(result, "a firewall probably blocks UDP");
  says(result, "turn:HOST:443?transport=tcp");
  const Json one = diagnose(silent({"stun:a.example"}));
  EXPECT_FALSE(one["healthy"]);
  says(one, "stun:a.example did not answer: it is down, or a firewall blocks UDP.");
  says(one, "name a second server");
}

TEST(Letter, OfUdpThatIsBlockedIsContentWhereTcpRelays) {
  Json facts = silent({"stun:a.example"});
  addServer(facts, "turn:a.example?transport=tcp,");
  addRelay(facts, "turn:a.example?transport=tcp,");
  const Json result = diagnose(facts);
  EXPECT_TRUE(result["healthy"]);
  EXPECT_TRUE(findingOf(result, "udp"));
}

TEST(Letter, TellsADeadServerFromABlockedNetwork) {
  Json facts = atHome();
  addServer(facts, "stun:dead.example");
  addError(facts, "stun:dead.example", 701, "the STUN server did not answer");
  const Json result = diagnose(facts);
  EXPECT_TRUE(result["healthy"]);
  says(result, "stun:dead.example did not answer, while others did.");
}

TEST(Letter, OfNamesThatDoNotResolvePointsToThemAndToDns) {
  Json facts = silent({"stun:a.example", "stun:b.example"});
  for (Json& server : facts["nat"]["servers"]) {
    server["addresses"] = Json::array();
    server["errorText"] = "It is not known.";
  }
  const Json result = diagnose(facts);
  EXPECT_FALSE(result["healthy"]);
  says(result, "Fails: its name has no address. It is not known.");
  EXPECT_TRUE(findingOf(result, "dns"));
  EXPECT_FALSE(findingOf(result, "udp"));
}

TEST(Letter, WithoutServersTellsOfTheMachineAndSaysWhatOneWouldTell) {
  Json facts = atHome();
  facts["servers"] = Json::array();
  facts["nat"] = nullptr;
  facts["gathering"]["candidates"].erase(1);
  const Json result = diagnose(facts);
  EXPECT_TRUE(result["healthy"]);
  says(result, "would tell which address the internet sees");
}

TEST(Letter, WithoutANetworkSaysThatConnectionsFail) {
  Json facts = parsed(R"({"interfaces": [{"name": "lo", "address": "127.0.0.1", "loopback": true},
                                         {"name": "eth0", "address": "fe80::1%2"}]})");
  const Json result = diagnose(facts);
  EXPECT_FALSE(result["healthy"]);
  says(result, "Connections will fail.");
  EXPECT_TRUE(findingOf(result, "no-network"));
}

TEST(Letter, SeesIpv6ThatLeadsNowhere) {
  Json facts = atHome();
  facts["nat"]["behaviours"].push_back(parsed(R"({"local": {"address": "2001:4860::1", "port": 1}, "mapped": null,
    "answers": [{"url": "stun:stun.example.org", "address": "2001:4860::2", "port": 3478, "mapped": null,
                 "errorCode": 701, "errorText": "the STUN server did not answer"}]})"));
  const Json result = diagnose(facts);
  EXPECT_TRUE(result["healthy"]);
  EXPECT_TRUE(findingOf(result, "ipv6"));
  says(result, "Not from 2001:4860::1: the STUN server did not answer.");
}

TEST(Letter, OfABridgeSaysWhyItLetsNobodyIn) {
  const std::pair<int, const char*> table[] = {{401, "asks for a token"},
                                               {403, "origin"},
                                               {404, "no bridge at this path"},
                                               {429, "as many sockets"},
                                               {503, "about to leave"},
                                               {502, "HTTP status 502"},
                                               {0, "can't be reached: connection refused"}};
  for (const auto& [status, words] : table) {
    Json facts =
        parsed(R"({"bridge": {"url": "ws://b", "token": false, "connected": false, "error": "connection refused"}})");
    facts["bridge"]["status"] = status;
    const Json result = diagnose(facts);
    EXPECT_FALSE(result["healthy"]);
    says(result, words);
    EXPECT_FALSE(findingOf(result, "bridge")->at("advice").get<std::string>().empty());
  }
}

TEST(Letter, OfABridgesPolicySaysHowToOpenIt) {
  Json facts = silent({"stun:10.0.0.9"});
  facts["bridge"] = parsed(R"({"url": "ws://b", "token": true, "connected": true, "milliseconds": 5,
    "bound": [{"address": "203.0.113.1", "port": 5000, "public": null}],
    "refusals": [{"address": "10.0.0.9", "port": 3478, "reason": 1}, {"address": "10.0.0.9", "port": 3478, "reason": 1}]})");
  const Json result = diagnose(facts);
  EXPECT_FALSE(result["healthy"]);
  says(result, "Its policy lets nothing go to 10.0.0.9:3478.");
  says(result, "--allow 10.0.0.9 or a network around it");
  EXPECT_EQ(wordsOf(result).find("2. "), std::string::npos) << wordsOf(result);
}

TEST(Letter, TakesAnyNonsenseForNotKnown) {
  for (const char* text :
       {"null", "[]", "7", "{}", R"({"interfaces": 1, "servers": [1, null, {}], "bridge": [], "nat": 3})",
        R"({"nat": {"behaviours": [null, 1, {"answers": {}}], "servers": [[]]}, "gathering": []})",
        R"({"servers": ["", ":", "s"], "bridge": {"connected": true, "bound": [null], "refusals": [0]}})"}) {
    const Json result = diagnose(parsed(text));
    EXPECT_FALSE(result["letter"].get<std::string>().empty()) << text;
  }
}

}  // namespace
}  // namespace portico::doctor
