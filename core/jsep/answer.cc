#include <algorithm>

#include "core/jsep/compose.h"

namespace portico::jsep {

sdp::Setup answerTo(std::optional<sdp::Setup> offered) {
  return offered == sdp::Setup::active ? sdp::Setup::passive : sdp::Setup::active;
}

sdp::Session composeAnswer(const sdp::Session& offer, const LocalTransport& transport, sdp::Session session) {
  const std::optional<std::size_t> data = dataSection(offer);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const sdp::MediaSection& offered = offer.media[i];
    sdp::MediaSection section = rejected(offered);
    if (i == data) {
      describe(section, transport, transport.settled.value_or(answerTo(transportOf(offer, i).setup)));
      // The transport that it was to share is alive only in this section, if audio or video that come first are
      // rejected. It had a component for RTCP, and Firefox waits for that unless it is said that none is used.
      section.rtcpMux = offered.bundleOnly;
      // RFC 9143 §7.3: a group of the sections that were accepted, which is one.
      const bool bundled = std::any_of(offer.bundleGroups.begin(), offer.bundleGroups.end(), [&](const auto& group) {
        return offered.mid && std::find(group.begin(), group.end(), *offered.mid) != group.end();
      });
      if (bundled) session.bundleGroups = {{*offered.mid}};
    }
    session.media.push_back(std::move(section));
  }
  session.iceLite = data && transport.ice.iceLite;
  return session;
}

}  // namespace portico::jsep
