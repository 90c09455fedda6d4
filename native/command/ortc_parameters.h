// One side's parameters as they travel: the `{"ortc":…}` line, and the code that people paste.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "native/command/json.h"
#include "portico/ortc.h"

namespace portico::command {

struct OrtcParameters {
  IceParameters ice;
  std::vector<IceCandidate> candidates;
  DtlsParameters dtls;
  SctpCapabilities sctp;
  std::uint16_t sctpPort = 5000;
};

/// What was read, and what of it can't be used: a bad candidate is refused alone (API.md, "Misuse").
struct ReadOrtcParameters {
  OrtcParameters parameters;
  std::vector<Error> refused;
};

/// More is no peer but an attack: the library takes 128.
inline constexpr std::size_t kMaxCandidates = 128;

/// The object under "ortc".
Json toJson(const OrtcParameters& parameters);
/// Errors: Type for a member that is missing or of a wrong type.
Result<ReadOrtcParameters> ortcFromJson(const Json& value);

/// For pasting: base64url of the JSON with one fingerprint and no more than what a peer needs, so that it stays
/// below the 4,095 characters that a terminal takes for a line.
std::string toCode(const OrtcParameters& parameters);
/// White space around and inside it does not count. Errors: Syntax, Type.
Result<OrtcParameters> fromCode(std::string_view code);

}  // namespace portico::command
