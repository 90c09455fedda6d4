// Checks and answers made by hand: a peer that does what a test says and nothing else.
#pragma once

#include <functional>
#include <optional>

#include "core/stun/message_builder.h"
#include "tests/unit/ice/pipe.h"

namespace portico::ice {

struct HandMadeCheck {
  std::string username;  ///< empty: none
  std::string password;  ///< empty: no integrity
  stun::Method method = stun::Method::binding;
  std::optional<std::uint64_t> controlling;
  std::optional<std::uint64_t> controlled;
  bool useCandidate = false;
  std::optional<std::uint16_t> extra;  ///< an attribute of that type, with `extraBytes`
  std::size_t extraBytes = 4;
  bool fingerprint = true;
  std::uint32_t priority = 0x6e0001ff;

  [[nodiscard]] ByteVector build(std::uint8_t transaction = 7) const {
    ByteVector room(2'000);
    stun::TransactionId id{std::byte{transaction}};
    stun::MessageBuilder builder(room, stun::MessageClass::request, method, id);
    if (!username.empty()) builder.text(stun::Attribute::username, username);
    builder.u32(stun::Attribute::priority, priority);
    if (controlling) builder.u64(stun::Attribute::iceControlling, *controlling);
    if (controlled) builder.u64(stun::Attribute::iceControlled, *controlled);
    if (useCandidate) builder.flag(stun::Attribute::useCandidate);
    if (extra) builder.attribute(static_cast<stun::Attribute>(*extra), ByteVector(extraBytes));
    if (!password.empty()) builder.messageIntegrity(asBytes(password));
    if (fingerprint) builder.fingerprint();
    return toVector(builder.finish());
  }
};

/// A right check to `peer`, from one that calls itself `theirUfrag`.
inline HandMadeCheck checkTo(const Peer& peer, const std::string& theirUfrag) {
  HandMadeCheck check;
  check.username = peer.agent.localParameters().usernameFragment + ":" + theirUfrag;
  check.password = peer.agent.localParameters().password;
  return check;
}

/// The next packet of `peer`, if there is one.
inline std::optional<ByteVector> sent(Peer& peer) {
  auto out = peer.agent.pollTransmit();
  if (!out) return std::nullopt;
  return std::move(out->payload);
}

/// The code of the error that `peer` answers with; 0 for success, nullopt for silence.
inline std::optional<int> answerOf(Peer& peer) {
  const auto packet = sent(peer);
  if (!packet) return std::nullopt;
  const auto message = stun::Message::parse(*packet);
  if (!message || message->messageClass() == stun::MessageClass::request) return std::nullopt;
  if (message->messageClass() == stun::MessageClass::success) return 0;
  return message->errorCode()->code;
}

inline bool isRequest(ByteView packet) {
  const auto message = stun::Message::parse(packet);
  return message && message->messageClass() == stun::MessageClass::request;
}

inline bool hasUseCandidate(ByteView packet) {
  const auto message = stun::Message::parse(packet);
  return message && message->has(stun::Attribute::useCandidate);
}

/// A remote half for tests that have no second agent.
inline IceParameters handMadeParameters() {
  IceParameters parameters;
  parameters.usernameFragment = "hand";
  parameters.password = "abcdefghijklmnopqrstuv";
  return parameters;
}

inline IceCandidate candidateAt(std::string_view address, std::uint32_t priority = 2'130'706'431,
                                std::string type = "host") {
  const SocketAddress parsed = at(address);
  IceCandidate candidate;
  candidate.foundation = "f" + parsed.ip.toString();
  candidate.address = parsed.ip.toString();
  candidate.port = parsed.port;
  candidate.priority = priority;
  candidate.type = std::move(type);
  return candidate;
}

}  // namespace portico::ice
