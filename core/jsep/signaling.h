// Which description may come when (W3C webrtc-pc §4.3.1, RFC 9429 §3.2).
#pragma once

#include "portico/peer_connection.h"
#include "portico/platform/result.h"

namespace portico::jsep {

enum class Side : std::uint8_t { local, remote };

/// The state after a description of `type` was set on `side`. Errors: InvalidState.
Result<SignalingState> nextState(SignalingState state, Side side, SdpType type);

/// W3C webrtc-pc §4.4.2, setLocalDescription() without a type.
SdpType implicitType(SignalingState state);

}  // namespace portico::jsep
