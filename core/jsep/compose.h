// Our own descriptions (RFC 9429 §5.2, §5.3).
#pragma once

#include <optional>
#include <vector>

#include "core/jsep/description.h"
#include "portico/parameters.h"

namespace portico::jsep {

/// What our data-channel section says of our side.
struct LocalTransport {
  IceParameters ice;
  std::vector<DtlsFingerprint> fingerprints;
  std::vector<IceCandidate> candidates;  ///< those of `ice`'s run that are known already
  bool endOfCandidates = false;
  std::uint16_t sctpPort = 5000;
  std::uint64_t maxMessageSize = 0;
  /// Once the handshake's roles are settled they stay (RFC 8842 §5.5).
  std::optional<sdp::Setup> settled;
};

/// All sections that were ever negotiated, in their order (RFC 9429 §5.2.2), and a new one for data where `transport`
/// is given and there is none. `session` has the ids (o=).
sdp::Session composeOffer(const Descriptions& descriptions, const std::optional<LocalTransport>& transport,
                          sdp::Session session);

/// The offer's sections, with the first for data accepted and all others rejected.
sdp::Session composeAnswer(const sdp::Session& offer, const LocalTransport& transport, sdp::Session session);

/// What an answer makes of an offer's a=setup (RFC 8842 §5.3): active where there is a choice.
sdp::Setup answerTo(std::optional<sdp::Setup> offered);

/// Fills a section for data from what is known of our side.
void describe(sdp::MediaSection& section, const LocalTransport& transport, sdp::Setup setup);
/// A section that says no (RFC 9429 §5.3.1: port 0).
sdp::MediaSection rejected(const sdp::MediaSection& section);

}  // namespace portico::jsep
