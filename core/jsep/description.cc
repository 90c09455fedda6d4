#include "core/jsep/description.h"

#include <algorithm>
#include <utility>

namespace portico::jsep {

Result<Description> Description::parse(SessionDescription text) {
  Result<sdp::Session> session = sdp::parse(text.sdp);
  if (!session) return session.error();
  return Description{std::move(text), std::move(*session)};
}

Description Description::of(SdpType type, const sdp::Session& session) {
  return Description{SessionDescription{type, sdp::write(session)}, session};
}

std::optional<std::size_t> dataSection(const sdp::Session& session) {
  for (std::size_t i = 0; i < session.media.size(); ++i) {
    const sdp::MediaSection& section = session.media[i];
    if (section.isDataChannel() && (section.port != 0 || section.bundleOnly)) return i;
  }
  return std::nullopt;
}

namespace {

/// RFC 9143 §7.2: the first section of the group speaks for all of it.
const sdp::MediaSection* taggedSection(const sdp::Session& session, const sdp::MediaSection& member) {
  for (const auto& group : session.bundleGroups) {
    const bool isMember = member.mid && std::find(group.begin(), group.end(), *member.mid) != group.end();
    if (!isMember) continue;
    const auto tagged = std::find_if(session.media.begin(), session.media.end(),
                                     [&](const sdp::MediaSection& section) { return section.mid == group.front(); });
    return tagged == session.media.end() ? nullptr : &*tagged;
  }
  return nullptr;
}

}  // namespace

sdp::TransportAttributes transportOf(const sdp::Session& session, std::size_t section) {
  const sdp::MediaSection& own = session.media[section];
  sdp::TransportAttributes attributes = own.transport;
  const sdp::MediaSection* tagged = taggedSection(session, own);
  if (tagged == nullptr) return attributes;
  if (!attributes.usernameFragment) {
    attributes.usernameFragment = tagged->transport.usernameFragment;
    attributes.password = tagged->transport.password;
    attributes.iceOptions = tagged->transport.iceOptions;
  }
  if (attributes.fingerprints.empty()) attributes.fingerprints = tagged->transport.fingerprints;
  if (!attributes.setup) attributes.setup = tagged->transport.setup;
  return attributes;
}

std::optional<std::size_t> findSection(const sdp::Session& session, const IceCandidateInit& candidate) {
  if (candidate.sdpMid) {
    const auto found = std::find_if(session.media.begin(), session.media.end(),
                                    [&](const sdp::MediaSection& section) { return section.mid == *candidate.sdpMid; });
    if (found != session.media.end()) return static_cast<std::size_t>(found - session.media.begin());
    // A description without mids (before RFC 5888 was asked for) has its sections' numbers alone.
    const bool anyMid = std::any_of(session.media.begin(), session.media.end(),
                                    [](const sdp::MediaSection& section) { return section.mid.has_value(); });
    if (anyMid || !candidate.sdpMLineIndex) return std::nullopt;
  }
  if (candidate.sdpMLineIndex && *candidate.sdpMLineIndex < session.media.size()) return *candidate.sdpMLineIndex;
  return std::nullopt;
}

namespace {

/// The end of the text's section, where a line can be added.
std::size_t endOfSection(std::string_view text, std::size_t section) {
  std::size_t mLines = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at, 2) == "m=" && ++mLines > section + 1) return at;
    const std::size_t lineFeed = text.find('\n', at);
    at = lineFeed == std::string_view::npos ? text.size() : lineFeed + 1;
  }
  return text.size();
}

void insertLine(std::string& text, std::size_t section, const std::string& line) {
  if (!text.empty() && text.back() != '\n') text += "\r\n";
  text.insert(endOfSection(text, section), line + "\r\n");
}

}  // namespace

bool addCandidate(Description& description, std::size_t section, const std::optional<IceCandidate>& candidate) {
  sdp::MediaSection& media = description.session.media[section];
  if (!candidate) {
    if (std::exchange(media.endOfCandidates, true)) return false;
    insertLine(description.text.sdp, section, "a=end-of-candidates");
    return true;
  }
  const std::string attribute = candidate->candidate();
  const bool known = std::any_of(media.candidates.begin(), media.candidates.end(),
                                 [&](const IceCandidate& other) { return other.candidate() == attribute; });
  if (known || media.candidates.size() >= sdp::kMaxCandidates) return false;
  media.candidates.push_back(*candidate);
  insertLine(description.text.sdp, section, "a=" + attribute);
  return true;
}

void Descriptions::set(Side side, SdpType type, Description description, SignalingState next) {
  state_ = next;
  const Side other = side == Side::local ? Side::remote : Side::local;
  switch (type) {
    case SdpType::offer:
    case SdpType::pranswer:
      of(side).pending = std::move(description);
      break;
    case SdpType::answer:
      of(side).current = std::move(description);
      of(side).pending.reset();
      of(other).current = std::move(of(other).pending);
      of(other).pending.reset();
      break;
    case SdpType::rollback:
      local_.pending.reset();
      remote_.pending.reset();
      break;
  }
}

Description* Descriptions::latest(Side side) {
  Pair& pair = of(side);
  if (pair.pending) return &*pair.pending;
  return pair.current ? &*pair.current : nullptr;
}

const Description* Descriptions::latest(Side side) const {
  return const_cast<Descriptions*>(this)->latest(side);
}

}  // namespace portico::jsep
