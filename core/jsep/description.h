// The descriptions of a connection (W3C webrtc-pc §4.4.1.5): as texts, and as what they say.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/jsep/signaling.h"
#include "core/sdp/session.h"
#include "portico/peer_connection.h"

namespace portico::jsep {

struct Description {
  SessionDescription text;
  sdp::Session session;

  /// Errors: those of sdp::parse().
  static Result<Description> parse(SessionDescription text);
  static Description of(SdpType type, const sdp::Session& session);
};

/// The section that carries data: the first for data channels that is not rejected.
std::optional<std::size_t> dataSection(const sdp::Session& session);
/// What holds for a section. One that shares a bundle's transport may leave its own out (RFC 9143 §7.1.3, bundle-only).
sdp::TransportAttributes transportOf(const sdp::Session& session, std::size_t section);
/// The section of an addIceCandidate() call; nullopt when there is none.
std::optional<std::size_t> findSection(const sdp::Session& session, const IceCandidateInit& candidate);

/// Adds a candidate, or with nullopt the end of them, to a section and to the text. False if it is there already.
bool addCandidate(Description& description, std::size_t section, const std::optional<IceCandidate>& candidate);

/// Current and pending, local and remote.
class Descriptions {
 public:
  [[nodiscard]] SignalingState state() const { return state_; }
  /// W3C webrtc-pc §4.4.1.5 step "set the session description". `next` is what nextState() gave. For rollback
  /// `description` has no use.
  void set(Side side, SdpType type, Description description, SignalingState next);
  void close() { state_ = SignalingState::closed; }

  /// Pending, or else current.
  [[nodiscard]] Description* latest(Side side);
  [[nodiscard]] const Description* latest(Side side) const;
  [[nodiscard]] const std::optional<Description>& current(Side side) const { return of(side).current; }
  [[nodiscard]] const std::optional<Description>& pending(Side side) const { return of(side).pending; }
  [[nodiscard]] std::optional<Description>& current(Side side) { return of(side).current; }
  [[nodiscard]] std::optional<Description>& pending(Side side) { return of(side).pending; }

 private:
  struct Pair {
    std::optional<Description> current;
    std::optional<Description> pending;
  };
  [[nodiscard]] Pair& of(Side side) { return side == Side::local ? local_ : remote_; }
  [[nodiscard]] const Pair& of(Side side) const { return side == Side::local ? local_ : remote_; }

  SignalingState state_ = SignalingState::stable;
  Pair local_;
  Pair remote_;
};

}  // namespace portico::jsep
