// Sessions for the tests of this folder.
#pragma once

#include <string>

#include "core/jsep/compose.h"

namespace portico::jsep {

inline DtlsFingerprint fingerprint(char digit = '0') {
  DtlsFingerprint made{"sha-256", {}};
  for (int i = 0; i < 32; ++i) made.value += std::string(i ? ":" : "") + digit + digit;
  return made;
}

inline LocalTransport transport(const std::string& ufrag = "ufrag") {
  LocalTransport local;
  local.ice = {ufrag, "passwordpasswordpassword", false};
  local.fingerprints = {fingerprint()};
  local.maxMessageSize = 262'144;
  return local;
}

inline sdp::Session session() {
  sdp::Session made;
  made.id = 1;
  made.version = 1;
  return made;
}

inline sdp::MediaSection media(const std::string& kind, const std::string& mid) {
  sdp::MediaSection section;
  section.media = kind;
  section.protocol = "UDP/TLS/RTP/SAVPF";
  section.formats = {"96"};
  section.mid = mid;
  section.transport.usernameFragment = "tagged";
  section.transport.password = "taggedtaggedtaggedtagged";
  section.transport.fingerprints = {fingerprint('A')};
  section.transport.setup = sdp::Setup::actpass;
  return section;
}

inline sdp::Session dataOffer() {
  return composeOffer({}, transport(), session());
}

}  // namespace portico::jsep
