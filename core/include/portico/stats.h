// W3C webrtc-stats: the dictionaries of a data-only peer connection, with the standard's member names. Times in
// seconds, sizes in bytes. An absent member is one that is not known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "portico/parameters.h"
#include "portico/platform/time.h"

namespace portico {

/// RTCPeerConnectionStats, "peer-connection".
struct PeerConnectionStats {
  std::string id;
  std::uint32_t dataChannelsOpened = 0;
  std::uint32_t dataChannelsClosed = 0;
};

/// RTCTransportStats, "transport".
struct TransportStats {
  std::string id;
  std::uint64_t packetsSent = 0;
  std::uint64_t packetsReceived = 0;
  std::uint64_t bytesSent = 0;
  std::uint64_t bytesReceived = 0;
  std::optional<IceRole> iceRole{};
  std::string iceLocalUsernameFragment{};
  IceTransportState iceState = IceTransportState::fresh;
  DtlsTransportState dtlsState = DtlsTransportState::fresh;
  std::optional<std::string> selectedCandidatePairId{};
  std::optional<std::string> localCertificateId{};
  std::optional<std::string> remoteCertificateId{};
  std::optional<std::string> tlsVersion{};  ///< "FEFD": DTLS 1.2
  std::optional<std::string> dtlsCipher{};  ///< IANA's name
  std::optional<DtlsRole> dtlsRole{};
  std::uint32_t selectedCandidatePairChanges = 0;
};

/// RTCStatsIceCandidatePairState.
enum class CandidatePairState : std::uint8_t { frozen, waiting, inProgress, failed, succeeded };
std::string_view toString(CandidatePairState state);

/// RTCIceCandidatePairStats, "candidate-pair".
struct CandidatePairStats {
  std::string id;
  std::string transportId;
  std::string localCandidateId;
  std::string remoteCandidateId;
  CandidatePairState state = CandidatePairState::frozen;
  bool nominated = false;
  // Of the selected pair alone: data goes over no other.
  std::optional<std::uint64_t> packetsSent{};
  std::optional<std::uint64_t> packetsReceived{};
  std::optional<std::uint64_t> bytesSent{};
  std::optional<std::uint64_t> bytesReceived{};
  double totalRoundTripTime = 0;
  std::optional<double> currentRoundTripTime{};
  std::uint64_t requestsReceived = 0;
  std::uint64_t requestsSent = 0;
  std::uint64_t responsesReceived = 0;
  std::uint64_t responsesSent = 0;
  std::uint64_t consentRequestsSent = 0;
};

/// RTCIceCandidateStats, "local-candidate" and "remote-candidate".
struct IceCandidateStats {
  std::string id;
  std::string transportId;
  bool remote = false;
  IceCandidate candidate;
};

/// RTCCertificateStats, "certificate".
struct CertificateStats {
  std::string id;
  std::string fingerprint;
  std::string fingerprintAlgorithm;
  std::string base64Certificate;
};

/// RTCDataChannelStats, "data-channel".
struct RtcDataChannelStats {
  std::string id;
  std::string label;
  std::string protocol;
  std::optional<std::uint16_t> dataChannelIdentifier{};
  DataChannelState state = DataChannelState::connecting;
  std::uint64_t messagesSent = 0;
  std::uint64_t bytesSent = 0;
  std::uint64_t messagesReceived = 0;
  std::uint64_t bytesReceived = 0;
};

using Stats = std::variant<PeerConnectionStats, TransportStats, CandidatePairStats, IceCandidateStats, CertificateStats,
                           RtcDataChannelStats>;

/// RTCStatsReport. Ids are unique in it, and stay those of the same thing from one report to the next.
struct StatsReport {
  Time timestamp{};  ///< by the host's clock
  std::vector<Stats> stats;
};

}  // namespace portico
