// The errors and error events of W3C's specifications. A page's own classes of these names take its own objects only, so
// they can't serve.
import type { PorticoErrorName } from "./errors.js";
import { makeError } from "./errors.js";
import { defineInterface, toDictionary, toDOMString, toEnum, toUnsignedShort, toUSVString } from "./webidl.js";

/** The DOM's EventInit, in a type that Node's have no other of. */
export interface EventOptions {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

const errorDetails = [
  "data-channel-failure",
  "dtls-failure",
  "fingerprint-failure",
  "sctp-failure",
  "sdp-syntax-error",
  "hardware-encoder-not-available",
  "hardware-encoder-error",
  "ice-failure", // ORTC's
] as const;
export type RTCErrorDetailType = (typeof errorDetails)[number];

export interface RTCErrorInit {
  errorDetail: RTCErrorDetailType;
  /** Of a malformed description, from 1. */
  sdpLineNumber?: number;
  /** RFC 9260 §3.3.10. */
  sctpCauseCode?: number;
  receivedAlert?: number;
  sentAlert?: number;
  /** W3C webrtc-identity. */
  httpRequestStatusCode?: number;
}

/** W3C webrtc-pc §11.1. Its name is "OperationError" there; ORTC's objects say by it which kind it is. */
export class RTCError extends DOMException {
  readonly #errorDetail: RTCErrorDetailType;
  readonly #numbers: Record<string, unknown>;

  constructor(init: RTCErrorInit, message: string = "", name: PorticoErrorName = "OperationError") {
    requireInit(init, "errorDetail", "RTCErrorInit");
    super(toDOMString(message), name);
    this.#errorDetail = toEnum(init.errorDetail, errorDetails, "RTCErrorDetailType");
    this.#numbers = { ...init };
  }

  get errorDetail(): RTCErrorDetailType {
    return this.#errorDetail;
  }
  get sdpLineNumber(): number | null {
    return this.#number("sdpLineNumber");
  }
  get sctpCauseCode(): number | null {
    return this.#number("sctpCauseCode");
  }
  get receivedAlert(): number | null {
    return this.#number("receivedAlert");
  }
  get sentAlert(): number | null {
    return this.#number("sentAlert");
  }
  get httpRequestStatusCode(): number | null {
    return this.#number("httpRequestStatusCode");
  }

  #number(member: keyof RTCErrorInit): number | null {
    const value = this.#numbers[member];
    return value === undefined ? null : Math.trunc(Number(value)) || 0;
  }
}

/** W3C webrtc-pc §11.2. */
export class RTCErrorEvent extends Event {
  readonly #error: RTCError;

  constructor(type: string, init: EventOptions & { error: RTCError }) {
    requireInit(init, "error", "RTCErrorEventInit");
    super(type, init);
    if (!(init.error instanceof RTCError))
      throw makeError("TypeError", "The error of an RTCErrorEvent is an RTCError.");
    this.#error = init.error;
  }

  get error(): RTCError {
    return this.#error;
  }
}

export interface RTCPeerConnectionIceErrorEventInit extends EventOptions {
  address?: string | null;
  port?: number | null;
  url?: string;
  errorCode: number;
  errorText?: string;
}

/** W3C webrtc-pc §4.8.3: a server that could not be used, or an address, and why. */
export class RTCPeerConnectionIceErrorEvent extends Event {
  readonly #address: string | null;
  readonly #port: number | null;
  readonly #url: string;
  readonly #errorCode: number;
  readonly #errorText: string;

  constructor(type: string, init: RTCPeerConnectionIceErrorEventInit) {
    requireInit(init, "errorCode", "RTCPeerConnectionIceErrorEventInit");
    super(type, init);
    const { address = null, port = null, url = "", errorCode, errorText = "" } = init;
    this.#address = address === null ? null : toDOMString(address);
    this.#port = port === null ? null : toUnsignedShort(port, "A port");
    this.#url = toDOMString(url);
    this.#errorCode = toUnsignedShort(errorCode, "An error code");
    this.#errorText = toUSVString(errorText);
  }

  get address(): string | null {
    return this.#address;
  }
  get port(): number | null {
    return this.#port;
  }
  get url(): string {
    return this.#url;
  }
  get errorCode(): number {
    return this.#errorCode;
  }
  get errorText(): string {
    return this.#errorText;
  }
}
defineInterface(RTCError, RTCErrorEvent, RTCPeerConnectionIceErrorEvent);

/** An init dictionary with its one required member. */
function requireInit(init: unknown, member: string, what: string): void {
  if (toDictionary(init, what)[member] === undefined) throw makeError("TypeError", `${what} needs ${member}.`);
}
