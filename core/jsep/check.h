// What a description must be to be applied (RFC 9429 §5.10, §5.11).
#pragma once

#include <cstddef>

#include "core/jsep/description.h"

namespace portico::jsep {

/// A remote description against what was negotiated. Errors: InvalidAccess, with a sentence that names the section.
Result<void> checkRemote(const Descriptions& descriptions, SdpType type, const sdp::Session& session);

/// Whether a local description is the one that was created. Candidates, their end and the ice-options may have gone:
/// peers that can't trickle take them out (W3C webrtc-pc §4.4.1.5 asks for equality to the letter).
bool sameAsCreated(const sdp::Session& given, const sdp::Session& created);

}  // namespace portico::jsep
