#include "core/sdp/session_level.h"

#include <limits>

#include "core/sdp/grammar.h"
#include "core/sdp/transport_attributes.h"

namespace portico::sdp {
namespace {

// Browsers write "-" or the name of their SDP code; it has to fit into a line again.
constexpr std::size_t kMaxUsernameBytes = 256;
constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();

/// RFC 5888 §5, RFC 9143 §7. What else is grouped is not ours.
std::optional<Error> readGroup(std::string_view value, SessionReader& reader) {
  const std::string_view semantics = nextWord(value);
  if (!isToken(semantics)) return malformed("the group has no semantics (RFC 5888 section 5)");
  if (!matches(semantics, "bundle")) return std::nullopt;
  auto& groups = reader.session.bundleGroups;
  if (groups.size() == kMaxSections) {
    return tooMany("there are more than " + std::to_string(kMaxSections) + " BUNDLE groups");
  }
  auto& mids = groups.emplace_back();
  for (std::string_view mid = nextWord(value); !mid.empty(); mid = nextWord(value)) {
    if (!isToken(mid)) return malformed("a mid of the group is not a token (RFC 5888 section 5)");
    if (mids.size() == kMaxSections) {
      return tooMany("the group has more than " + std::to_string(kMaxSections) + " mids");
    }
    mids.emplace_back(mid);
  }
  return std::nullopt;
}

std::optional<Error> readIceLite(std::string_view, SessionReader& reader) {
  reader.session.iceLite = true;
  return std::nullopt;
}

std::optional<Error> readEndOfCandidates(std::string_view, SessionReader& reader) {
  reader.endOfCandidates = true;
  return std::nullopt;
}

constexpr AttributeReader<SessionReader> kReaders[] = {
    {"group", readGroup},
    {"ice-lite", readIceLite},
    {"end-of-candidates", readEndOfCandidates},
};

}  // namespace

std::optional<Error> SessionReader::readVersion(std::string_view value) {
  if (trimmed(value) != "0") return malformed("the version of SDP is not 0 (RFC 8866 section 5.1)");
  return std::nullopt;
}

/// <username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>
std::optional<Error> SessionReader::readOrigin(std::string_view value) {
  const std::string_view username = nextWord(value);
  if (username.size() > kMaxUsernameBytes) {
    return tooMany("the username of the o= line is longer than " + std::to_string(kMaxUsernameBytes) + " bytes");
  }
  const auto id = number(nextWord(value), kMax64);
  const auto version = number(nextWord(value), kMax64);
  // RFC 9429 §5.2.1 has both in 64 bits.
  if (!id || !version) {
    return malformed("the o= line's session id and version are not numbers of at most 64 bits (RFC 8866 section 5.2)");
  }
  const bool hasNetwork = isToken(nextWord(value));
  const bool hasAddressType = isToken(nextWord(value));
  const bool hasAddress = !nextWord(value).empty();
  if (!hasNetwork || !hasAddressType || !hasAddress || !trimmed(value).empty()) {
    return malformed("the o= line does not have its six fields (RFC 8866 section 5.2)");
  }
  session.username = username;
  session.id = *id;
  session.version = *version;
  return std::nullopt;
}

std::optional<Error> SessionReader::readName(std::string_view value) {
  if (value.empty()) return malformed("the s= line is empty (RFC 8866 section 5.3)");
  return std::nullopt;
}

/// <start-time> <stop-time>. WebRTC has "0 0"; other times are nothing to us.
std::optional<Error> SessionReader::readTime(std::string_view value) {
  const bool hasStart = number(nextWord(value), kMax64).has_value();
  const bool hasStop = number(nextWord(value), kMax64).has_value();
  if (!hasStart || !hasStop || !trimmed(value).empty()) {
    return malformed("the t= line is not two numbers (RFC 8866 section 5.9)");
  }
  return std::nullopt;
}

std::optional<Error> SessionReader::readAttribute(const Attribute& attribute) {
  if (auto error = sdp::readAttribute(kReaders, attribute, *this)) return error;
  return readTransportAttribute(attribute, transport);
}

}  // namespace portico::sdp
