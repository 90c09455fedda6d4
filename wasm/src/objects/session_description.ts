// RTCSessionDescription and the dictionaries of the same shape. W3C webrtc-pc §4.6.
import { makeError } from "../errors.js";
import { defineInterface, toDictionary, toDOMString, toEnum } from "../webidl.js";

const sdpTypes = ["offer", "pranswer", "answer", "rollback"] as const;
export type RTCSdpType = (typeof sdpTypes)[number];

export interface RTCSessionDescriptionInit {
  type: RTCSdpType;
  sdp?: string;
}
/** Without a type the one that the signaling state asks for; without an SDP the one last created, or a new one. */
export interface RTCLocalSessionDescriptionInit {
  type?: RTCSdpType;
  sdp?: string;
}

export interface RTCOfferOptions {
  iceRestart?: boolean;
  /** Of no effect: there is no media. */
  offerToReceiveAudio?: boolean;
  offerToReceiveVideo?: boolean;
}
export type RTCAnswerOptions = object;

export class RTCSessionDescription {
  readonly #type: RTCSdpType;
  readonly #sdp: string;

  constructor(init: RTCSessionDescriptionInit) {
    const { type, sdp } = toDescription(init);
    this.#type = type;
    this.#sdp = sdp;
  }

  get type(): RTCSdpType {
    return this.#type;
  }
  get sdp(): string {
    return this.#sdp;
  }

  toJSON(): Required<RTCSessionDescriptionInit> {
    return { type: this.#type, sdp: this.#sdp };
  }
}
defineInterface(RTCSessionDescription);

/** Web IDL's conversion of an RTCSessionDescriptionInit. */
export function toDescription(value: unknown): Required<RTCSessionDescriptionInit> {
  const { type, sdp } = toLocalDescription(value);
  if (type === undefined) throw makeError("TypeError", "A session description needs a type.");
  return { type, sdp };
}

/** Web IDL's conversion of an RTCLocalSessionDescriptionInit. */
export function toLocalDescription(value: unknown): { type: RTCSdpType | undefined; sdp: string } {
  const { sdp, type } = toDictionary(value, "A session description");
  return {
    sdp: sdp === undefined ? "" : toDOMString(sdp),
    type: type === undefined ? undefined : toEnum(type, sdpTypes, "RTCSdpType"),
  };
}

/** The descriptions of one side, pending and current: one is the same object wherever and as long as it is shown. */
export class DescriptionCache {
  #known: { json: string; description: RTCSessionDescription }[] = [];

  /** From the core's JSON. */
  of(json: string): RTCSessionDescription | null {
    if (json === "null") return null;
    const known = this.#known.find((one) => one.json === json);
    if (known) return known.description;
    const description = new RTCSessionDescription(JSON.parse(json) as RTCSessionDescriptionInit);
    this.#known = [...this.#known.slice(-1), { json, description }];
    return description;
  }
}

/** As the core writes them. */
export function toDescriptionInit(json: string): Required<RTCSessionDescriptionInit> {
  const { type, sdp = "" } = JSON.parse(json) as RTCSessionDescriptionInit;
  return { type, sdp };
}
