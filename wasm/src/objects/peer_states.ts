// The four states of an RTCPeerConnection as JavaScript sees them: they change in the task of their event, right before it,
// though the core may be ahead (W3C webrtc-pc §4.4.1.3 and following).
import { PeerState } from "../exports.js";
import type { RTCIceTransportState } from "./ice_transport.js";

export type RTCSignalingState =
  "stable" | "have-local-offer" | "have-remote-offer" | "have-local-pranswer" | "have-remote-pranswer" | "closed";
export type RTCIceGatheringState = "new" | "gathering" | "complete";
export type RTCIceConnectionState = RTCIceTransportState;
export type RTCPeerConnectionState = "new" | "connecting" | "connected" | "disconnected" | "failed" | "closed";

export class PeerStates {
  signaling: RTCSignalingState = "stable";
  iceGathering: RTCIceGatheringState = "new";
  iceConnection: RTCIceConnectionState = "new";
  connection: RTCPeerConnectionState = "new";

  /** `which`: a portico_peer_state. Returns the event that tells of it. */
  set(which: number, state: string): string {
    switch (which) {
      case PeerState.signaling:
        this.signaling = state as RTCSignalingState;
        return "signalingstatechange";
      case PeerState.iceGathering:
        this.iceGathering = state as RTCIceGatheringState;
        return "icegatheringstatechange";
      case PeerState.iceConnection:
        this.iceConnection = state as RTCIceConnectionState;
        return "iceconnectionstatechange";
      default:
        this.connection = state as RTCPeerConnectionState;
        return "connectionstatechange";
    }
  }

  /** W3C webrtc-pc §4.4.2: the state of gathering stays. */
  close(): void {
    this.signaling = "closed";
    this.iceConnection = "closed";
    this.connection = "closed";
  }
}
