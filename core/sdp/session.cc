#include "core/sdp/session.h"

#include <algorithm>

#include "core/sdp/media_section.h"

namespace portico::sdp {

std::string_view toString(Setup setup) {
  switch (setup) {
    case Setup::actpass:
      return "actpass";
    case Setup::active:
      return "active";
    case Setup::passive:
      return "passive";
    case Setup::holdconn:
      return "holdconn";
  }
  return "";
}

bool MediaSection::isDataChannel() const {
  if (media != "application") return false;
  if (legacyPort(*this)) return true;
  const bool overSctp = protocol == "UDP/DTLS/SCTP" || protocol == "TCP/DTLS/SCTP" || isLegacy();
  return overSctp && std::find(formats.begin(), formats.end(), "webrtc-datachannel") != formats.end();
}

}  // namespace portico::sdp
