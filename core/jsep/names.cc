// The names that W3C gives to what an RTCPeerConnection has.
#include "portico/peer_connection.h"

namespace portico {

std::string_view toString(SdpType type) {
  switch (type) {
    case SdpType::offer:
      return "offer";
    case SdpType::pranswer:
      return "pranswer";
    case SdpType::answer:
      return "answer";
    case SdpType::rollback:
      return "rollback";
  }
  return "";
}

std::string_view toString(SignalingState state) {
  switch (state) {
    case SignalingState::stable:
      return "stable";
    case SignalingState::haveLocalOffer:
      return "have-local-offer";
    case SignalingState::haveRemoteOffer:
      return "have-remote-offer";
    case SignalingState::haveLocalPranswer:
      return "have-local-pranswer";
    case SignalingState::haveRemotePranswer:
      return "have-remote-pranswer";
    case SignalingState::closed:
      return "closed";
  }
  return "";
}

std::string_view toString(PeerConnectionState state) {
  switch (state) {
    case PeerConnectionState::fresh:
      return "new";
    case PeerConnectionState::connecting:
      return "connecting";
    case PeerConnectionState::connected:
      return "connected";
    case PeerConnectionState::disconnected:
      return "disconnected";
    case PeerConnectionState::failed:
      return "failed";
    case PeerConnectionState::closed:
      return "closed";
  }
  return "";
}

std::string_view toString(BundlePolicy policy) {
  switch (policy) {
    case BundlePolicy::balanced:
      return "balanced";
    case BundlePolicy::maxCompat:
      return "max-compat";
    case BundlePolicy::maxBundle:
      return "max-bundle";
  }
  return "";
}

}  // namespace portico
