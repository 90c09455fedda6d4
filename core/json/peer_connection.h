// What an RTCPeerConnection takes and gives as JSON, as parameters.h has it for the transports.
#pragma once

#include "core/json/json.h"
#include "portico/peer_connection.h"

namespace portico::json {

Json toJson(const SessionDescription& description);
Json toJson(const std::optional<SessionDescription>& description);
/// RTCConfiguration without its certificates.
Json toJson(const PeerConnectionConfiguration& configuration);
/// A list of W3C webrtc-stats dictionaries, without timestamps.
Json toJson(const StatsReport& report);

/// Errors: Type.
Result<SessionDescription> sessionDescriptionFrom(const Json& value);
/// RTCLocalSessionDescriptionInit: both members may be missing.
Result<LocalSessionDescription> localSessionDescriptionFrom(const Json& value);
Result<IceCandidateInit> iceCandidateInitFrom(const Json& value);
/// Without the certificates, which are objects.
Result<PeerConnectionConfiguration> peerConnectionConfigurationFrom(const Json& value);
Result<OfferOptions> offerOptionsFrom(const Json& value);

}  // namespace portico::json
