// The events of W3C's specifications that are more than a name. A page's own classes of these names take its own objects
// only, so they can't serve.
import type { RTCDataChannel } from "./objects/data_channel.js";
import type { RTCIceCandidate } from "./objects/ice_candidate.js";
import type { PorticoErrorName } from "./errors.js";

/** The DOM's EventInit and MessageEvent, in types that Node's have no other of. */
export interface EventOptions {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}
export interface RTCDataChannelMessageEvent extends Event {
  /** Binary messages come as binaryType says. */
  readonly data: string | ArrayBuffer | Blob;
}

export type RTCErrorDetailType = "ice-failure" | "dtls-failure" | "sctp-failure" | "data-channel-failure";

/** W3C webrtc-pc RTCError. `name` says which kind it is: NetworkError, TimeoutError, … */
export class RTCError extends DOMException {
  readonly errorDetail: RTCErrorDetailType;

  constructor(init: { errorDetail: RTCErrorDetailType; name?: PorticoErrorName }, message = "") {
    super(message, init.name ?? "OperationError");
    this.errorDetail = init.errorDetail;
  }
}

/** W3C webrtc-pc RTCErrorEvent. */
export class RTCErrorEvent extends Event {
  readonly error: RTCError;

  constructor(type: string, init: EventOptions & { error: RTCError }) {
    super(type, init);
    this.error = init.error;
  }
}

/** W3C webrtc-pc RTCPeerConnectionIceEvent: `candidate` is null when there are no more. */
export class RTCPeerConnectionIceEvent extends Event {
  readonly candidate: RTCIceCandidate | null;
  readonly url: string | null;

  constructor(type: string, init: EventOptions & { candidate?: RTCIceCandidate | null; url?: string | null } = {}) {
    super(type, init);
    this.candidate = init.candidate ?? null;
    this.url = init.url ?? null;
  }
}

export interface RTCPeerConnectionIceErrorEventInit extends EventOptions {
  address?: string | null;
  port?: number | null;
  url?: string;
  errorCode: number;
  errorText?: string;
}

/** W3C webrtc-pc RTCPeerConnectionIceErrorEvent: a server that could not be used, and why. */
export class RTCPeerConnectionIceErrorEvent extends Event {
  readonly address: string | null;
  readonly port: number | null;
  readonly url: string;
  readonly errorCode: number;
  readonly errorText: string;

  constructor(type: string, init: RTCPeerConnectionIceErrorEventInit) {
    super(type, init);
    this.address = init.address || null;
    this.port = init.port || null;
    this.url = init.url ?? "";
    this.errorCode = init.errorCode;
    this.errorText = init.errorText ?? "";
  }
}

/** W3C webrtc-pc RTCDataChannelEvent. */
export class RTCDataChannelEvent extends Event {
  readonly channel: RTCDataChannel;

  constructor(type: string, init: EventOptions & { channel: RTCDataChannel }) {
    super(type, init);
    this.channel = init.channel;
  }
}
