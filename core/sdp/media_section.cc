#include "core/sdp/media_section.h"

#include <algorithm>
#include <limits>

#include "core/sdp/grammar.h"
#include "core/sdp/transport_attributes.h"

namespace portico::sdp {
namespace {

constexpr std::uint64_t kMaxPort = 0xffff;
// RTP has 128 payload types.
constexpr std::size_t kMaxFormats = 256;

/// <port>["/" <number of ports>]. The number is for layered media over consecutive ports, which WebRTC has not.
std::optional<std::uint64_t> portOf(std::string_view word) {
  const std::size_t slash = word.find('/');
  if (slash != std::string_view::npos && !number(word.substr(slash + 1), kMaxPort)) return std::nullopt;
  return number(word.substr(0, slash), kMaxPort);
}

/// token *("/" token)
bool isProtocol(std::string_view word) {
  while (true) {
    const std::size_t slash = word.find('/');
    if (!isToken(word.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    word.remove_prefix(slash + 1);
  }
}

std::optional<Error> readMid(std::string_view value, SectionReader& reader) {
  if (!isToken(value)) return malformed("the mid is not a token (RFC 5888 section 4)");
  return takeOnce(reader.section.mid, std::string(value), "mid");
}

std::optional<Error> readBundleOnly(std::string_view, SectionReader& reader) {
  reader.section.bundleOnly = true;
  return std::nullopt;
}

std::optional<Error> readRtcpMux(std::string_view, SectionReader& reader) {
  reader.section.rtcpMux = true;
  return std::nullopt;
}

/// One that does not parse may be of a kind that is yet to come, so it costs no more than itself (RFC 8839 §5.1).
std::optional<Error> readCandidate(std::string_view value, SectionReader& reader) {
  if (reader.section.candidates.size() == kMaxCandidates) return std::nullopt;
  if (auto candidate = IceCandidate::parse(value)) reader.section.candidates.push_back(std::move(*candidate));
  return std::nullopt;
}

std::optional<Error> readEndOfCandidates(std::string_view, SectionReader& reader) {
  reader.section.endOfCandidates = true;
  return std::nullopt;
}

/// RFC 8841 §5 and §6: leading zeros MUST NOT be used.
std::optional<std::uint64_t> plainNumber(std::string_view text, std::uint64_t most) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return number(text, most);
}

std::optional<Error> readSctpPort(std::string_view value, SectionReader& reader) {
  const auto port = plainNumber(value, kMaxPort);
  if (!port) return malformed("the sctp-port is not a number from 0 to 65535 (RFC 8841 section 5)");
  return takeOnce(reader.section.sctpPort, static_cast<std::uint16_t>(*port), "sctp-port");
}

/// <port> <application> [<streams>], of the drafts before RFC 8841. One for another application is not ours.
std::optional<Error> readSctpMap(std::string_view value, SectionReader& reader) {
  const auto port = number(nextWord(value), kMaxPort);
  const std::string_view application = nextWord(value);
  if (!port || application.empty()) return malformed("the sctpmap is not an SCTP port and an application");
  if (matches(application, "webrtc-datachannel") && !reader.mappedPort) {
    reader.mappedPort = static_cast<std::uint16_t>(*port);
  }
  return std::nullopt;
}

std::optional<Error> readMaxMessageSize(std::string_view value, SectionReader& reader) {
  const auto size = plainNumber(value, std::numeric_limits<std::uint64_t>::max());
  if (!size) return malformed("the max-message-size is not a number of at most 64 bits (RFC 8841 section 6)");
  return takeOnce(reader.section.maxMessageSize, *size, "max-message-size");
}

constexpr AttributeReader<SectionReader> kReaders[] = {
    {"mid", readMid},
    {"bundle-only", readBundleOnly},
    {"rtcp-mux", readRtcpMux},
    {"candidate", readCandidate},
    {"end-of-candidates", readEndOfCandidates},
    {"sctp-port", readSctpPort},
    {"sctpmap", readSctpMap},
    {"max-message-size", readMaxMessageSize},
};

bool isBundled(const Session& session, const MediaSection& section) {
  return section.mid && std::any_of(session.bundleGroups.begin(), session.bundleGroups.end(), [&](const auto& mids) {
           return std::find(mids.begin(), mids.end(), *section.mid) != mids.end();
         });
}

}  // namespace

std::optional<Error> SectionReader::readMediaLine(std::string_view value) {
  section.media = nextWord(value);
  if (!isToken(section.media)) return malformed("the m= line names no media (RFC 8866 section 5.14)");

  const auto port = portOf(nextWord(value));
  if (!port) return malformed("the port of the m= line is not a number from 0 to 65535 (RFC 8866 section 5.14)");
  section.port = static_cast<std::uint16_t>(*port);

  section.protocol = nextWord(value);
  if (!isProtocol(section.protocol)) return malformed("the m= line names no protocol (RFC 8866 section 5.14)");

  for (std::string_view word = nextWord(value); !word.empty(); word = nextWord(value)) {
    if (!isToken(word)) return malformed("a format of the m= line is not a token (RFC 8866 section 5.14)");
    if (section.formats.size() == kMaxFormats) {
      return tooMany("the m= line has more than " + std::to_string(kMaxFormats) + " formats");
    }
    section.formats.emplace_back(word);
  }
  if (section.formats.empty()) return malformed("the m= line has no format (RFC 8866 section 5.14)");
  const std::string& first = section.formats.front();
  if (section.isLegacy() && all(first, 1, first.size(), isDigit) && !legacyPort(section)) {
    return malformed("the SCTP port of the m= line is not a number from 0 to 65535");
  }
  return std::nullopt;
}

std::optional<Error> SectionReader::readAttribute(const Attribute& attribute) {
  if (auto error = sdp::readAttribute(kReaders, attribute, *this)) return error;
  return readTransportAttribute(attribute, section.transport);
}

void SectionReader::finish(const SessionReader& session) {
  // RFC 9143 §6: it says something in a section with port 0 that a BUNDLE group has.
  section.bundleOnly = section.bundleOnly && section.port == 0 && isBundled(session.session, section);
  if (isRejected(section)) {
    // Nothing will use it (RFC 3264 §6), and write() leaves it out.
    section.rtcpMux = false;
    section.transport = {};
    section.candidates.clear();
    section.endOfCandidates = false;
    section.sctpPort.reset();
    section.maxMessageSize.reset();
    return;
  }
  inherit(section.transport, session.transport);
  section.endOfCandidates = section.endOfCandidates || session.endOfCandidates;
  if (!section.sctpPort) section.sctpPort = mappedPort;
  if (!section.sctpPort) section.sctpPort = legacyPort(section);
}

std::optional<std::uint16_t> legacyPort(const MediaSection& section) {
  if (!section.isLegacy() || section.formats.empty()) return std::nullopt;
  const auto port = number(section.formats.front(), kMaxPort);
  if (!port) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

}  // namespace portico::sdp
