// The parameter objects of ORTC and W3C as JSON, member by member, in both directions. A member that is missing or of a
// wrong type is a Type error that names it.
#pragma once

#include <vector>

#include "core/json/json.h"
#include "portico/data_channel.h"
#include "portico/ice_gatherer.h"
#include "portico/ice_transport.h"
#include "portico/parameters.h"
#include "portico/sctp_transport.h"

namespace portico::json {

/// More is no peer but an attack: there are four kinds of fingerprint.
inline constexpr std::size_t kMaxFingerprints = 16;
/// Of one gatherer; a hostile list gets no more of our memory.
inline constexpr std::size_t kMaxIceServers = 64;

Json toJson(const IceParameters& parameters);
/// All members of RTCIceCandidate, and `candidate`.
Json toJson(const IceCandidate& candidate);
Json toJson(const std::vector<IceCandidate>& candidates);
Json toJson(const IceCandidatePair& pair);
Json toJson(const IceCandidateError& error);
Json toJson(const NetworkChange& change);
Json toJson(const IceTransportStats& stats);
Json toJson(const std::vector<IceServer>& servers);
Json toJson(const std::vector<DtlsFingerprint>& fingerprints);
Json toJson(const DtlsParameters& parameters);
Json toJson(const SctpCapabilities& capabilities);
Json toJson(const DataChannelParameters& parameters);
Json toJson(const DataChannelStats& stats);

Result<IceParameters> iceParametersFrom(const Json& value);
/// By `candidate` if it is there, by the members otherwise. Errors: Operation, Type.
Result<IceCandidate> iceCandidateFrom(const Json& value);
Result<std::vector<IceServer>> iceServersFrom(const Json& value);
Result<IceGatherOptions> iceGatherOptionsFrom(const Json& value);
Result<DtlsParameters> dtlsParametersFrom(const Json& value);
/// RFC 8841 §6: 64 KiB where nothing is said.
Result<SctpCapabilities> sctpCapabilitiesFrom(const Json& value);
Result<SctpOptions> sctpOptionsFrom(const Json& value);
Result<DataChannelParameters> dataChannelParametersFrom(const Json& value);

}  // namespace portico::json
