#include "core/sdp/transport_attributes.h"

#include <algorithm>

namespace portico::sdp {
namespace {

// RFC 8839 §5.4.
constexpr std::size_t kMinUsernameFragmentCharacters = 4;
constexpr std::size_t kMinPasswordCharacters = 22;
constexpr std::size_t kMaxCredentialCharacters = 256;
// RFC 8842 §4.
constexpr std::size_t kMinTlsIdCharacters = 20;
constexpr std::size_t kMaxTlsIdCharacters = 255;
// The longest hash of RFC 8122 §5 has 64; names of hashes have about ten characters.
constexpr std::size_t kMaxFingerprintOctets = 128;
constexpr std::size_t kMaxAlgorithmCharacters = 32;
// "trickle", "ice2" and "renomination" are what is seen. All of them fit in a line again.
constexpr std::size_t kMaxIceOptions = 16;
constexpr std::size_t kMaxIceOptionCharacters = 64;

std::optional<Error> readUsernameFragment(std::string_view value, TransportAttributes& transport) {
  if (!all(value, kMinUsernameFragmentCharacters, kMaxCredentialCharacters, isIceChar)) {
    return malformed("the ice-ufrag is not 4 to 256 of the characters A-Z a-z 0-9 + / (RFC 8839 section 5.4)");
  }
  return takeOnce(transport.usernameFragment, std::string(value), "ice-ufrag");
}

std::optional<Error> readPassword(std::string_view value, TransportAttributes& transport) {
  if (!all(value, kMinPasswordCharacters, kMaxCredentialCharacters, isIceChar)) {
    return malformed("the ice-pwd is not 22 to 256 of the characters A-Z a-z 0-9 + / (RFC 8839 section 5.4)");
  }
  return takeOnce(transport.password, std::string(value), "ice-pwd");
}

/// A tag that the grammar refuses is skipped like one that we don't know: old browsers wrote "google-ice". The grammar
/// has spaces between tags; libdatachannel writes "ice2,trickle".
std::optional<Error> readIceOptions(std::string_view value, TransportAttributes& transport) {
  if (value.empty()) return malformed("the ice-options hold none (RFC 8839 section 5.6)");
  auto& options = transport.iceOptions;
  while (true) {
    const std::string_view tag = nextWord(value, " ,");
    if (tag.empty()) return std::nullopt;
    if (!all(tag, 1, kMaxIceOptionCharacters, isIceChar)) continue;
    if (std::find(options.begin(), options.end(), tag) != options.end()) continue;
    if (options.size() == kMaxIceOptions) {
      return tooMany("there are more than " + std::to_string(kMaxIceOptions) + " ice-options");
    }
    options.emplace_back(tag);
  }
}

/// 2UHEX *(":" 2UHEX)
bool isFingerprintValue(std::string_view value) {
  if (value.size() % 3 != 2) return false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i % 3 == 2 ? value[i] != ':' : !isHexDigit(value[i])) return false;
  }
  return true;
}

std::optional<Error> readFingerprint(std::string_view value, TransportAttributes& transport) {
  const std::string_view algorithm = nextWord(value);
  const std::string_view hash = nextWord(value);
  if (!isToken(algorithm) || !isFingerprintValue(hash) || !trimmed(value).empty()) {
    return malformed("the fingerprint is not a hash function and hex pairs with colons (RFC 8122 section 5)");
  }
  if (algorithm.size() > kMaxAlgorithmCharacters || hash.size() > kMaxFingerprintOctets * 3) {
    return tooMany("the fingerprint is longer than any hash function's");
  }
  DtlsFingerprint fingerprint{lowered(algorithm), uppered(hash)};
  auto& fingerprints = transport.fingerprints;
  if (std::find(fingerprints.begin(), fingerprints.end(), fingerprint) != fingerprints.end()) return std::nullopt;
  if (fingerprints.size() == kMaxFingerprints) {
    return tooMany("there are more than " + std::to_string(kMaxFingerprints) + " fingerprints");
  }
  fingerprints.push_back(std::move(fingerprint));
  return std::nullopt;
}

std::optional<Error> readSetup(std::string_view value, TransportAttributes& transport) {
  for (const Setup setup : {Setup::actpass, Setup::active, Setup::passive, Setup::holdconn}) {
    if (matches(value, toString(setup))) return takeOnce(transport.setup, setup, "setup");
  }
  return malformed("the setup is none of actpass, active, passive and holdconn (RFC 4145 section 4)");
}

bool isTlsIdChar(char c) {
  return isIceChar(c) || c == '-' || c == '_';
}

std::optional<Error> readTlsId(std::string_view value, TransportAttributes& transport) {
  if (!all(value, kMinTlsIdCharacters, kMaxTlsIdCharacters, isTlsIdChar)) {
    return malformed("the tls-id is not 20 to 255 of the characters A-Z a-z 0-9 + / - _ (RFC 8842 section 4)");
  }
  return takeOnce(transport.tlsId, std::string(value), "tls-id");
}

constexpr AttributeReader<TransportAttributes> kReaders[] = {
    {"ice-ufrag", readUsernameFragment}, {"ice-pwd", readPassword}, {"ice-options", readIceOptions},
    {"fingerprint", readFingerprint},    {"setup", readSetup},      {"tls-id", readTlsId},
};

}  // namespace

std::optional<Error> readTransportAttribute(const Attribute& attribute, TransportAttributes& transport) {
  return readAttribute(kReaders, attribute, transport);
}

void inherit(TransportAttributes& own, const TransportAttributes& session) {
  if (!own.usernameFragment && !own.password) {
    own.usernameFragment = session.usernameFragment;
    own.password = session.password;
  }
  if (own.iceOptions.empty()) own.iceOptions = session.iceOptions;
  if (own.fingerprints.empty()) own.fingerprints = session.fingerprints;
  if (!own.setup) own.setup = session.setup;
  if (!own.tlsId) own.tlsId = session.tlsId;
}

}  // namespace portico::sdp
