// Candidates between the transports and the descriptions (W3C webrtc-pc §4.4.2 addIceCandidate, RFC 8838).
#include <algorithm>

#include "core/portico/peer_connection_impl.h"

namespace portico {
namespace {

Error noPlace(const std::string& what) {
  return {Error::Operation, "The candidate's " + what + " is in no remote description."};
}

/// A section's own credentials, or those of its bundle.
std::string fragmentOf(const sdp::Session& session, std::size_t section) {
  return jsep::transportOf(session, section).usernameFragment.value_or("");
}

}  // namespace

// The peer's ---------------------------------------------------------------------------------------------------------

Result<void> PeerConnection::Impl::mayAddCandidates() const {
  if (descriptions.latest(Side::remote) != nullptr) return {};
  return Error(Error::InvalidState, "A candidate can't be added before a remote description.");
}

Result<void> PeerConnection::Impl::addIceCandidate(const std::optional<IceCandidateInit>& candidate) {
  if (Result<void> may = mayAddCandidates(); !may) return may;
  const jsep::Description* latest = descriptions.latest(Side::remote);
  std::optional<std::size_t> section = candidate ? jsep::findSection(latest->session, *candidate) : std::nullopt;
  if (candidate && !section) return noPlace(candidate->sdpMid ? "sdpMid" : "sdpMLineIndex");
  std::optional<IceCandidate> parsed;
  if (candidate && !candidate->candidate.empty()) {
    Result<IceCandidate> read = IceCandidate::parse(candidate->candidate);
    if (!read) return read.error();
    parsed = std::move(*read);
  }
  std::string fragment = candidate ? candidate->usernameFragment.value_or("") : "";
  if (fragment.empty() && parsed) fragment = parsed->usernameFragment.value_or("");

  bool placed = false;
  for (std::optional<jsep::Description>* description :
       {&descriptions.pending(Side::remote), &descriptions.current(Side::remote)}) {
    if (!*description) continue;
    sdp::Session& session = (*description)->session;
    for (std::size_t i = 0; i < session.media.size(); ++i) {
      if (section && *section != i) continue;
      const std::string own = fragmentOf(session, i);
      if (!fragment.empty() && fragment != own) continue;
      placed = true;
      if (own.empty()) continue;  // of a section that was rejected
      jsep::addCandidate(**description, i, parsed);
      if (!transports) continue;
      const std::optional<IceParameters> started = transports->ice.getRemoteParameters();
      if (!started || started->usernameFragment != own) continue;  // startTransports() will find it
      if (parsed) parsed->usernameFragment = own;
      const auto added = transports->ice.addRemoteCandidate(parsed);
      if (added.done() && !added.result()) return added.result();
    }
    // Without a fragment it belongs to the description that came last.
    if (fragment.empty() && candidate) break;
  }
  if (!placed && candidate && !fragment.empty()) return noPlace("usernameFragment");
  return {};
}

void PeerConnection::Impl::addRemoteCandidates(const sdp::Session& remote, const std::string& usernameFragment) {
  bool ended = false;
  for (std::size_t i = 0; i < remote.media.size(); ++i) {
    // Also those that came under the name of another section of the bundle.
    if (fragmentOf(remote, i) != usernameFragment) continue;
    for (IceCandidate candidate : remote.media[i].candidates) {
      candidate.usernameFragment = usernameFragment;
      transports->ice.addRemoteCandidate(candidate).ignore();
    }
    ended = ended || remote.media[i].endOfCandidates;
  }
  if (ended) transports->ice.addRemoteCandidate(std::nullopt).ignore();
}

// Ours ---------------------------------------------------------------------------------------------------------------

void PeerConnection::Impl::onLocalCandidate(const std::optional<IceCandidate>& candidate) {
  // An end is that of what the gatherer has now: the restart that credentials_ speaks of may be waiting still.
  const std::string fragment = candidate && candidate->usernameFragment
                                   ? *candidate->usernameFragment
                                   : transports->gatherer.getLocalParameters().usernameFragment;
  std::optional<IceCandidate> told;
  for (std::optional<jsep::Description>* description :
       {&descriptions.pending(Side::local), &descriptions.current(Side::local)}) {
    if (!*description) continue;
    const sdp::Session& session = (*description)->session;
    const std::optional<std::size_t> data = jsep::dataSection(session);
    if (!data || fragmentOf(session, *data) != fragment) continue;
    if (!jsep::addCandidate(**description, *data, candidate)) continue;
    told = candidate.value_or(IceCandidate{});
    told->sdpMid = session.media[*data].mid;
    told->sdpMLineIndex = static_cast<std::uint16_t>(*data);
    told->usernameFragment = fragment;
  }
  if (told) candidateHandler(told);
}

void PeerConnection::Impl::addKnownCandidates(jsep::Description& description, std::size_t section) {
  for (const IceCandidate& candidate : transports->gatherer.getLocalCandidates()) {
    if (candidate.usernameFragment == credentials_.usernameFragment) {
      jsep::addCandidate(description, section, candidate);
    }
  }
  if (gatheringState == IceGathererState::complete && candidatesEnd())
    jsep::addCandidate(description, section, std::nullopt);
}

}  // namespace portico
