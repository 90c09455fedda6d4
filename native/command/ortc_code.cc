// The code that people paste: OrtcParameters, cut down and in base64url.
#include <algorithm>

#include "core/wire/base64.h"
#include "native/command/ortc_parameters.h"

namespace portico::command {
namespace {

/// Forty bytes to eighty each: with sixteen of them a code stays below 2,000 characters.
constexpr std::size_t kMaxCodeCandidates = 16;
/// A terminal's own limit for a pasted line is 4,095.
constexpr std::size_t kMaxCodeBytes = 16 * 1024;

bool isSpace(char character) {
  return character == ' ' || (character >= '\t' && character <= '\r');
}

}  // namespace

std::string toCode(const OrtcParameters& parameters) {
  Json full = toJson(parameters);
  Json& fingerprints = full["dtls"]["fingerprints"];
  if (fingerprints.size() > 1) fingerprints.erase(fingerprints.begin() + 1, fingerprints.end());
  Json candidates = Json::array();
  for (const Json& candidate : full["candidates"]) {
    if (candidates.size() == kMaxCodeCandidates) break;
    Json entry;
    entry["candidate"] = candidate["candidate"];
    candidates.push_back(std::move(entry));
  }
  full["candidates"] = std::move(candidates);
  return toBase64Url(asBytes(toLine(full)));
}

Result<OrtcParameters> fromCode(std::string_view code) {
  std::string digits(code.substr(0, kMaxCodeBytes));
  digits.erase(std::remove_if(digits.begin(), digits.end(), isSpace), digits.end());
  const auto bytes = fromBase64(digits);
  if (digits.empty() || !bytes) return Error(Error::Syntax, "That is no code: a piece of it may be missing.");
  auto json = parseJson(asText(*bytes));
  if (!json) return Error(Error::Syntax, "That is no code: a piece of it may be missing.");
  auto read = ortcFromJson(*json);
  if (!read) return read.error();
  return std::move(read->parameters);
}

}  // namespace portico::command
