#include "core/jsep/check.h"

#include <algorithm>
#include <string>

namespace portico::jsep {
namespace {

Error refuse(std::size_t section, const std::string& what) {
  return {Error::InvalidAccess, "The description's m-line " + std::to_string(section) + " " + what + "."};
}

/// RFC 9429 §5.10: sections are only added, and keep their media and names.
Result<void> checkOrder(const sdp::Session& before, const sdp::Session& session, bool answer) {
  const std::size_t wanted = before.media.size();
  if (answer ? session.media.size() != wanted : session.media.size() < wanted) {
    return Error(Error::InvalidAccess, "The description has " + std::to_string(session.media.size()) +
                                           " m-lines where " + std::to_string(wanted) + " were offered or negotiated.");
  }
  for (std::size_t i = 0; i < wanted; ++i) {
    const sdp::MediaSection& old = before.media[i];
    const sdp::MediaSection& now = session.media[i];
    if (old.media != now.media) return refuse(i, "is for " + now.media + ", not for " + old.media);
    if (old.mid && now.mid && *old.mid != *now.mid) {
      // RFC 9429 §5.2.2: an offer may take a rejected section for something new.
      if (!answer && old.port == 0) continue;
      return refuse(i, "has the mid \"" + *now.mid + "\", not \"" + *old.mid + "\"");
    }
  }
  return {};
}

Result<void> checkData(std::size_t section, const sdp::TransportAttributes& transport, bool answer) {
  if (!transport.usernameFragment || !transport.password) {
    return refuse(section, "has no a=ice-ufrag and a=ice-pwd (RFC 8839 section 5.4)");
  }
  if (transport.fingerprints.empty()) return refuse(section, "has no a=fingerprint (RFC 8122 section 5)");
  if (transport.setup == sdp::Setup::holdconn) return refuse(section, "says a=setup:holdconn, which is no DTLS role");
  if (answer && transport.setup == sdp::Setup::actpass) {
    return refuse(section, "answers with a=setup:actpass; an answer is active or passive (RFC 8842 section 5.3)");
  }
  return {};
}

/// RFC 8842 §5.5: another certificate is another DTLS association, which data channels do not survive.
Result<void> checkSameCertificate(const Descriptions& descriptions, std::size_t section,
                                  const sdp::TransportAttributes& transport) {
  const auto& current = descriptions.current(Side::remote);
  const std::optional<std::size_t> data = current ? dataSection(current->session) : std::nullopt;
  if (!data) return {};
  if (transportOf(current->session, *data).fingerprints != transport.fingerprints) {
    return refuse(section, "has another a=fingerprint than before: the peer's certificate can't change");
  }
  return {};
}

}  // namespace

Result<void> checkRemote(const Descriptions& descriptions, SdpType type, const sdp::Session& session) {
  const bool answer = type == SdpType::answer || type == SdpType::pranswer;
  const auto& offer = descriptions.pending(Side::local);
  const auto& current = descriptions.current(Side::remote);
  const sdp::Session* before = answer ? (offer ? &offer->session : nullptr) : (current ? &current->session : nullptr);
  if (before) {
    if (Result<void> ordered = checkOrder(*before, session, answer); !ordered) return ordered;
  }
  const std::optional<std::size_t> data = dataSection(session);
  if (!data) return {};
  if (answer && dataSection(*before) != data) return refuse(*data, "accepts a section that was not offered");
  const sdp::TransportAttributes transport = transportOf(session, *data);
  if (Result<void> valid = checkData(*data, transport, answer); !valid) return valid;
  return checkSameCertificate(descriptions, *data, transport);
}

namespace {

sdp::Session essence(sdp::Session session) {
  for (sdp::MediaSection& section : session.media) {
    section.candidates.clear();
    section.endOfCandidates = false;
    section.transport.iceOptions.clear();
  }
  session.username.clear();
  session.id = 0;
  session.version = 0;
  return session;
}

}  // namespace

bool sameAsCreated(const sdp::Session& given, const sdp::Session& created) {
  return essence(given) == essence(created);
}

}  // namespace portico::jsep
