#include "native/command/ortc_parameters.h"

#include "core/json/parameters.h"

namespace portico::command {
namespace {

/// The object `key` of "ortc", read; its own error where it is missing.
template <typename Read>
auto part(const Json& ortc, const char* key, Read read) -> decltype(read(ortc)) {
  const Json* found = json::findObject(ortc, key);
  if (!found) return Error(Error::Type, std::string("\"ortc\" lacks the object \"") + key + "\".");
  return read(*found);
}

}  // namespace

Json toJson(const OrtcParameters& parameters) {
  Json value;
  value["ice"] = json::toJson(parameters.ice);
  value["candidates"] = json::toJson(parameters.candidates);
  value["dtls"] = json::toJson(parameters.dtls);
  value["sctp"] = json::toJson(parameters.sctp);
  value["sctp"]["port"] = parameters.sctpPort;
  return value;
}

Result<ReadOrtcParameters> ortcFromJson(const Json& value) {
  if (!value.is_object()) return Error(Error::Type, "\"ortc\" is an object.");
  ReadOrtcParameters read;
  auto ice = part(value, "ice", json::iceParametersFrom);
  if (!ice) return ice.error();
  auto dtls = part(value, "dtls", json::dtlsParametersFrom);
  if (!dtls) return dtls.error();
  auto sctp = part(value, "sctp", json::sctpCapabilitiesFrom);
  if (!sctp) return sctp.error();
  read.parameters.ice = std::move(*ice);
  read.parameters.dtls = std::move(*dtls);
  read.parameters.sctp = *sctp;
  read.parameters.sctpPort = json::findNumber<std::uint16_t>(value["sctp"], "port").value_or(5000);

  if (const auto list = value.find("candidates"); list != value.end() && !list->is_null()) {
    if (!list->is_array()) return Error(Error::Type, "\"candidates\" is a list.");
    if (list->size() > kMaxCandidates) return Error(Error::Type, "There are too many candidates.");
    for (const Json& entry : *list) {
      auto candidate = json::iceCandidateFrom(entry);
      if (candidate) {
        read.parameters.candidates.push_back(std::move(*candidate));
      } else {
        read.refused.push_back(candidate.error());
      }
    }
  }
  return read;
}

}  // namespace portico::command
