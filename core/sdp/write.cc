// From a Session to text, with what Chromium, Firefox, Safari, aiortc, pion and libdatachannel want to find in it, in
// the order that RFC 9429 §5.2.1 gives.
//
// parse(write(session)) == session where its strings are what their grammars take, its numbers of things keep to the
// bounds, its rejected sections have a mid at most, its legacy ones have an sctpPort (that of the m-line, if nothing
// else is said), and its candidates are what IceCandidate::parse makes of them. What parse() gives is always such a
// session.
#include <string>

#include "core/sdp/media_section.h"
#include "core/sdp/session.h"

namespace portico::sdp {
namespace {

// What sctpmap said of the streams, and every peer ignored: INIT says it (RFC 9260 §3.3.2).
constexpr std::string_view kLegacyStreams = "1024";

class Writer {
 public:
  Writer& operator<<(std::string_view text) {
    out_ += text;
    return *this;
  }
  Writer& operator<<(std::uint64_t number) {
    out_ += std::to_string(number);
    return *this;
  }
  void endLine() { out_ += "\r\n"; }
  void line(std::string_view text) { (*this << text).endLine(); }

  template <typename Value>
  void attribute(std::string_view name, const std::optional<Value>& value) {
    if (value) (*this << "a=" << name << ":" << *value).endLine();
  }

  std::string text() && { return std::move(out_); }

 private:
  std::string out_;
};

void writeMediaLine(Writer& out, const MediaSection& section) {
  out << "m=" << section.media << " " << std::uint64_t{section.port} << " " << section.protocol;
  for (const auto& format : section.formats) out << " " << format;
  out.endLine();
  // RFC 9429 §5.2.1: the candidates say more.
  out.line("c=IN IP4 0.0.0.0");
}

void writeCandidates(Writer& out, const MediaSection& section) {
  for (const auto& candidate : section.candidates) (out << "a=" << candidate.candidate()).endLine();
  if (section.endOfCandidates) out.line("a=end-of-candidates");
}

void writeTransport(Writer& out, const TransportAttributes& transport) {
  out.attribute("ice-ufrag", transport.usernameFragment);
  out.attribute("ice-pwd", transport.password);
  if (!transport.iceOptions.empty()) {
    out << "a=ice-options:";
    std::string_view separator = "";
    for (const auto& option : transport.iceOptions) {
      out << separator << option;
      separator = " ";
    }
    out.endLine();
  }
  for (const auto& [algorithm, value] : transport.fingerprints) {
    (out << "a=fingerprint:" << algorithm << " " << value).endLine();
  }
  if (transport.setup) (out << "a=setup:" << toString(*transport.setup)).endLine();
  out.attribute("tls-id", transport.tlsId);
}

void writeSctp(Writer& out, const MediaSection& section) {
  if (section.sctpPort && section.sctpPort == legacyPort(section)) {
    (out << "a=sctpmap:" << std::uint64_t{*section.sctpPort} << " webrtc-datachannel " << kLegacyStreams).endLine();
  } else {
    out.attribute("sctp-port", section.sctpPort);
  }
  out.attribute("max-message-size", section.maxMessageSize);
}

void writeSection(Writer& out, const MediaSection& section) {
  writeMediaLine(out, section);
  if (isRejected(section)) {
    out.attribute("mid", section.mid);
    // Media without a direction are sendrecv (RFC 8866 §6.7).
    if (section.media == "audio" || section.media == "video") out.line("a=inactive");
    return;
  }
  writeCandidates(out, section);
  if (section.bundleOnly) out.line("a=bundle-only");
  if (section.rtcpMux) out.line("a=rtcp-mux");
  out.attribute("mid", section.mid);
  writeTransport(out, section.transport);
  writeSctp(out, section);
}

}  // namespace

std::string write(const Session& session) {
  Writer out;
  out.line("v=0");
  (out << "o=" << session.username << " " << session.id << " " << session.version << " IN IP4 127.0.0.1").endLine();
  out.line("s=-");
  out.line("t=0 0");
  for (const auto& mids : session.bundleGroups) {
    out << "a=group:BUNDLE";
    for (const auto& mid : mids) out << " " << mid;
    out.endLine();
  }
  if (session.iceLite) out.line("a=ice-lite");
  for (const auto& section : session.media) writeSection(out, section);
  return std::move(out).text();
}

}  // namespace portico::sdp
