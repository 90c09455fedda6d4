// W3C webrtc-stats of a connection, read off its transports.
#include <algorithm>

#include "core/portico/ice_gatherer_impl.h"
#include "core/portico/ice_transport_impl.h"
#include "core/portico/peer_connection_impl.h"
#include "core/wire/base64.h"

namespace portico {
namespace {

constexpr const char* kConnectionId = "P";
constexpr const char* kTransportId = "T";
constexpr const char* kLocalCertificateId = "CL";
constexpr const char* kRemoteCertificateId = "CR";

/// The same candidate has the same id in each report.
std::string candidateId(const IceCandidate& candidate, bool remote) {
  return std::string(remote ? "IR" : "IL") + candidate.type + candidate.protocol + candidate.address + "_" +
         std::to_string(candidate.port) + "_" + candidate.usernameFragment.value_or("");
}

CandidatePairState stateOf(ice::PairReport::State state) {
  switch (state) {
    case ice::PairReport::frozen:
      return CandidatePairState::frozen;
    case ice::PairReport::waiting:
      return CandidatePairState::waiting;
    case ice::PairReport::inProgress:
      return CandidatePairState::inProgress;
    case ice::PairReport::succeeded:
      return CandidatePairState::succeeded;
    case ice::PairReport::failed:
      return CandidatePairState::failed;
  }
  return CandidatePairState::frozen;
}

CandidatePairStats pairStats(const ice::PairReport& pair, const StackCounters& counters) {
  CandidatePairStats stats;
  // An agent's pairs are numbered anew in each checklist; the fragment tells the runs apart.
  stats.id = "CP" + std::to_string(pair.id) + "_" + pair.local.usernameFragment.value_or("");
  stats.transportId = kTransportId;
  stats.localCandidateId = candidateId(pair.local, false);
  stats.remoteCandidateId = candidateId(pair.remote, true);
  stats.state = stateOf(pair.state);
  stats.nominated = pair.nominated;
  if (pair.usable) {
    stats.packetsSent = counters.packetsSent;
    stats.packetsReceived = counters.packetsReceived;
    stats.bytesSent = counters.bytesSent;
    stats.bytesReceived = counters.bytesReceived;
  }
  stats.totalRoundTripTime = seconds(pair.stats.totalRoundTripTime);
  if (pair.stats.responsesReceived > 0) stats.currentRoundTripTime = seconds(pair.stats.currentRoundTripTime);
  stats.requestsReceived = pair.stats.requestsReceived;
  stats.requestsSent = pair.stats.requestsSent;
  stats.responsesReceived = pair.stats.responsesReceived;
  stats.responsesSent = pair.stats.responsesSent;
  stats.consentRequestsSent = pair.stats.consentRequestsSent;
  return stats;
}

CertificateStats certificateStats(const char* id, ByteView der, const DtlsFingerprint& fingerprint) {
  return {id, fingerprint.value, fingerprint.algorithm, toBase64(der)};
}

class Report {
 public:
  explicit Report(StatsReport& report) : report_(report) {}

  void add(Stats stats) { report_.stats.push_back(std::move(stats)); }
  void addCandidate(const IceCandidate& candidate, bool remote) {
    std::string id = candidateId(candidate, remote);
    if (std::find(ids_.begin(), ids_.end(), id) != ids_.end()) return;
    ids_.push_back(id);
    add(IceCandidateStats{std::move(id), kTransportId, remote, candidate});
  }

 private:
  StatsReport& report_;
  std::vector<std::string> ids_;
};

void addTransport(Report& report, const PeerConnection::Impl::Transports& transports) {
  TransportStack& stack = transports.ice.impl()->driver->stack();
  const StackCounters& counters = stack.counters();
  const std::vector<ice::PairReport> pairs = stack.ice().pairs();

  TransportStats stats;
  stats.id = kTransportId;
  stats.packetsSent = counters.packetsSent;
  stats.packetsReceived = counters.packetsReceived;
  stats.bytesSent = counters.bytesSent;
  stats.bytesReceived = counters.bytesReceived;
  stats.iceRole = transports.ice.role();
  stats.iceLocalUsernameFragment = transports.gatherer.getLocalParameters().usernameFragment;
  stats.iceState = transports.ice.state();
  stats.dtlsState = transports.dtls.state();
  stats.localCertificateId = kLocalCertificateId;
  stats.selectedCandidatePairChanges = transports.ice.impl()->pairChanges;
  if (stats.dtlsState == DtlsTransportState::connected) {
    stats.tlsVersion = "FEFD";  // RFC 6347 §4.1: DTLS 1.2, the only one
    stats.dtlsCipher = transports.dtls.cipherSuite();
    stats.dtlsRole = transports.dtls.getLocalParameters().role;
  }
  const auto selected = std::find_if(pairs.begin(), pairs.end(), [](const auto& pair) { return pair.usable; });
  if (selected != pairs.end()) stats.selectedCandidatePairId = pairStats(*selected, counters).id;

  for (const IceCandidate& candidate : transports.gatherer.getLocalCandidates()) report.addCandidate(candidate, false);
  for (const IceCandidate& candidate : transports.ice.getRemoteCandidates()) report.addCandidate(candidate, true);
  for (const ice::PairReport& pair : pairs) {
    report.addCandidate(pair.local, false);
    report.addCandidate(pair.remote, true);
    report.add(pairStats(pair, counters));
  }
  if (const auto& own = transports.dtls.certificate()) {
    report.add(certificateStats(kLocalCertificateId, own->der(), own->fingerprints().front()));
  }
  const std::vector<ByteVector> chain = transports.dtls.getRemoteCertificates();
  const auto remote = transports.dtls.getRemoteParameters();
  if (!chain.empty() && remote && !remote->fingerprints.empty()) {
    stats.remoteCertificateId = kRemoteCertificateId;
    report.add(certificateStats(kRemoteCertificateId, chain.front(), remote->fingerprints.front()));
  }
  report.add(std::move(stats));
}

void addChannels(Report& report, const SctpTransport::Impl& sctp) {
  std::vector<ChannelKey> inOrder;
  for (const auto& [key, channel] : sctp.channels) inOrder.push_back(key);
  std::sort(inOrder.begin(), inOrder.end());
  for (const ChannelKey key : inOrder) {
    const DataChannel channel(sctp.channels.at(key));
    const DataChannelStats counters = channel.getStats();
    report.add(RtcDataChannelStats{"D" + std::to_string(key), channel.label(), channel.parameters().protocol,
                                   channel.id(), channel.readyState(), counters.messagesSent, counters.bytesSent,
                                   counters.messagesReceived, counters.bytesReceived});
  }
}

}  // namespace

std::string_view toString(CandidatePairState state) {
  switch (state) {
    case CandidatePairState::frozen:
      return "frozen";
    case CandidatePairState::waiting:
      return "waiting";
    case CandidatePairState::inProgress:
      return "in-progress";
    case CandidatePairState::failed:
      return "failed";
    case CandidatePairState::succeeded:
      return "succeeded";
  }
  return "";
}

StatsReport PeerConnection::Impl::getStats() const {
  StatsReport all;
  all.timestamp = host.now();
  Report report(all);
  PeerConnectionStats own{kConnectionId, channelsOpened_, channelsClosed_};
  if (transports) {
    own.dataChannelsOpened += transports->sctp.impl()->channelsOpened;
    own.dataChannelsClosed += transports->sctp.impl()->channelsClosed;
    if (gatheringState != IceGathererState::fresh || sctpKnown) addTransport(report, *transports);
    addChannels(report, *transports->sctp.impl());
  }
  report.add(own);
  return all;
}

}  // namespace portico
