// What a program has found out about its connectivity, read from JSON. Members that are missing, or of another type
// than they should be, count as not known; nothing is refused.
//
//   {"via": "local"|"bridge", "relayOnly": bool,
//    "interfaces": [{"name", "address", "loopback", "temporary", "deprecated"}],
//    "bridge": null | {"url", "token": bool, "connected": bool, "milliseconds", "status", "error",
//                      "bound": [{"address", "port", "public": {"address", "port"} | null}], "largestPayload",
//                      "bytesPerSecond", "packetsPerSecond", "refusals": [{"address", "port", "reason"}]},
//    "servers": ["stun:…"],
//    "gathering": {"complete": bool, "candidates": [RTCIceCandidate and "milliseconds"], "errors": [as
//    icecandidateerror],
//                  "error": "why it did not begin"},
//    "nat": portico_nat_discovery_discover()'s result | null, "natError": "…"}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/json/json.h"

namespace portico::doctor {

/// Entries of a list that are read; hostile facts get no more of our time.
inline constexpr std::size_t kMaxEntries = 256;

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct Interface {
  std::string name;
  std::string address;
  bool loopback = false;
  bool temporary = false;
  bool deprecated = false;
};

struct Refusal {
  Endpoint to;
  std::uint32_t reason = 1;
};

struct Bound {
  Endpoint bound;
  std::optional<Endpoint> seen;
};

struct Bridge {
  std::string url;
  bool token = false;
  bool connected = false;
  std::uint32_t milliseconds = 0;
  std::uint32_t status = 0;  ///< of HTTP; 0: none came
  std::string error;
  std::vector<Bound> bound;
  std::uint64_t bytesPerSecond = 0;
  std::uint64_t packetsPerSecond = 0;
  std::vector<Refusal> refusals;
};

struct Candidate {
  std::string type;
  Endpoint at;
  std::string url;
  std::uint32_t milliseconds = 0;
};

struct CandidateError {
  std::string address;  ///< the local one
  std::string url;
  std::uint32_t code = 0;
  std::string text;
};

struct Answer {
  std::string url;
  Endpoint server;
  std::optional<Endpoint> mapped;
  bool other = false;  ///< the server supports RFC 5780
  std::optional<double> roundTripSeconds;
  std::uint32_t code = 0;
  std::string text;
};

struct Behaviour {
  Endpoint local;
  std::optional<Endpoint> mapped;
  bool translated = false;
  std::string mapping;
  std::string filtering;
  std::string filteringUnknown;
  std::vector<Answer> answers;
};

struct Server {
  std::string url;
  bool turn = false;
  bool udp = true;  ///< how it is asked
  std::vector<std::string> addresses;
  std::string unresolved;  ///< why there are none
};

struct Facts {
  bool relayOnly = false;
  std::vector<Interface> interfaces;
  std::optional<Bridge> bridge;
  std::vector<Server> servers;
  bool complete = false;
  std::string gatheringError;
  std::vector<Candidate> candidates;
  std::vector<CandidateError> errors;
  std::vector<Behaviour> behaviours;
  std::string natError;
};

Facts readFacts(const json::Json& facts);

}  // namespace portico::doctor
