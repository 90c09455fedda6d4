#include <algorithm>
#include <string>

#include "core/jsep/compose.h"

namespace portico::jsep {
namespace {

/// RFC 9429 §5.2.1: unique, and short, since each RTP packet of a peer that has media might carry it.
std::string unusedMid(const sdp::Session& session) {
  for (std::size_t number = session.media.size();; ++number) {
    std::string mid = std::to_string(number);
    const bool used = std::any_of(session.media.begin(), session.media.end(),
                                  [&](const sdp::MediaSection& section) { return section.mid == mid; });
    if (!used) return mid;
  }
}

sdp::MediaSection newDataSection(std::string mid) {
  sdp::MediaSection section;
  section.media = "application";
  section.protocol = "UDP/DTLS/SCTP";
  section.formats = {"webrtc-datachannel"};
  section.mid = std::move(mid);
  return section;
}

}  // namespace

sdp::MediaSection rejected(const sdp::MediaSection& section) {
  sdp::MediaSection no;
  no.media = section.media;
  no.port = 0;
  no.protocol = section.protocol;
  no.formats = section.formats;
  no.mid = section.mid;
  return no;
}

void describe(sdp::MediaSection& section, const LocalTransport& transport, sdp::Setup setup) {
  section.port = 9;  // RFC 9429 §5.2.1: the port of no candidate
  section.bundleOnly = false;
  section.transport.usernameFragment = transport.ice.usernameFragment;
  section.transport.password = transport.ice.password;
  section.transport.iceOptions = {"trickle"};  // RFC 8838 §3
  section.transport.fingerprints = transport.fingerprints;
  section.transport.setup = setup;
  section.transport.tlsId.reset();
  section.candidates = transport.candidates;
  section.endOfCandidates = transport.endOfCandidates;
  section.sctpPort = transport.sctpPort;
  section.maxMessageSize = transport.maxMessageSize;
}

sdp::Session composeOffer(const Descriptions& descriptions, const std::optional<LocalTransport>& transport,
                          sdp::Session session) {
  const Description* before = descriptions.latest(Side::local);
  const std::optional<std::size_t> data = before ? dataSection(before->session) : std::nullopt;
  if (before) {
    for (const sdp::MediaSection& section : before->session.media) session.media.push_back(rejected(section));
  }
  if (!transport) return session;
  std::size_t index = session.media.size();
  if (data) {
    index = *data;
  } else {
    session.media.push_back(newDataSection(unusedMid(session)));
  }
  sdp::MediaSection& section = session.media[index];
  // RFC 8842 §5.2: actpass also when the roles are settled, for the answerer may be another.
  describe(section, *transport, sdp::Setup::actpass);
  session.iceLite = transport->ice.iceLite;
  if (section.mid) session.bundleGroups = {{*section.mid}};
  return session;
}

}  // namespace portico::jsep
