#include "core/jsep/signaling.h"

#include <string>

namespace portico::jsep {
namespace {

Error wrongState(SignalingState state, Side side, SdpType type) {
  return {Error::InvalidState, "A " + std::string(side == Side::local ? "local" : "remote") +
                                   " description of type \"" + std::string(toString(type)) +
                                   "\" can't be set in signaling state \"" + std::string(toString(state)) + "\"."};
}

}  // namespace

Result<SignalingState> nextState(SignalingState state, Side side, SdpType type) {
  const bool local = side == Side::local;
  const SignalingState ownOffer = local ? SignalingState::haveLocalOffer : SignalingState::haveRemoteOffer;
  const SignalingState othersOffer = local ? SignalingState::haveRemoteOffer : SignalingState::haveLocalOffer;
  const SignalingState ownPranswer = local ? SignalingState::haveLocalPranswer : SignalingState::haveRemotePranswer;
  switch (type) {
    case SdpType::offer:
      if (state == SignalingState::stable || state == ownOffer) return ownOffer;
      break;
    case SdpType::pranswer:
      if (state == othersOffer || state == ownPranswer) return ownPranswer;
      break;
    case SdpType::answer:
      if (state == othersOffer || state == ownPranswer) return SignalingState::stable;
      break;
    case SdpType::rollback:
      // RFC 9429 §4.1.10.2: of either side's offer, and from no other state.
      if (state == SignalingState::haveLocalOffer || state == SignalingState::haveRemoteOffer) {
        return SignalingState::stable;
      }
      break;
  }
  return wrongState(state, side, type);
}

SdpType implicitType(SignalingState state) {
  const bool offers = state == SignalingState::stable || state == SignalingState::haveLocalOffer ||
                      state == SignalingState::haveRemotePranswer;
  return offers ? SdpType::offer : SdpType::answer;
}

}  // namespace portico::jsep
