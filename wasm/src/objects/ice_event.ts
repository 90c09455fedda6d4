// The events of W3C webrtc-pc that candidates come with.
import { makeError } from "../errors.js";
import {
  type EventOptions,
  RTCPeerConnectionIceErrorEvent,
  type RTCPeerConnectionIceErrorEventInit,
} from "../events.js";
import { defineInterface, requireArguments, toDictionary, toDOMString } from "../webidl.js";
import { RTCIceCandidate } from "./ice_candidate.js";

export interface RTCPeerConnectionIceEventInit extends EventOptions {
  candidate?: RTCIceCandidate | null;
  url?: string | null;
}

/** W3C webrtc-pc §4.8.2: `candidate` is null when there are no more. */
export class RTCPeerConnectionIceEvent extends Event {
  readonly #candidate: RTCIceCandidate | null;
  readonly #url: string | null;

  constructor(type: string, init: RTCPeerConnectionIceEventInit = {}) {
    requireArguments(arguments.length, 1, "RTCPeerConnectionIceEvent()");
    super(type, init);
    const { candidate = null, url = null } = toDictionary(init, "RTCPeerConnectionIceEventInit");
    if (candidate !== null && !(candidate instanceof RTCIceCandidate)) {
      throw makeError("TypeError", "The candidate of an RTCPeerConnectionIceEvent is an RTCIceCandidate, or null.");
    }
    this.#candidate = candidate;
    this.#url = url === null ? null : toDOMString(url);
  }

  get candidate(): RTCIceCandidate | null {
    return this.#candidate;
  }
  get url(): string | null {
    return this.#url;
  }
}

export interface RTCNetworkChangeEventInit extends EventOptions {
  added?: readonly string[];
  removed?: readonly string[];
  restartNeeded?: boolean;
}

/** Portico's own. */
export class RTCNetworkChangeEvent extends Event {
  readonly #init: RTCNetworkChangeEventInit;

  constructor(type: string, init: RTCNetworkChangeEventInit = {}) {
    requireArguments(arguments.length, 1, "RTCNetworkChangeEvent()");
    super(type, init);
    this.#init = { ...toDictionary(init, "RTCNetworkChangeEventInit") };
  }

  /** IP addresses. */
  get added(): readonly string[] {
    return this.#init.added ?? [];
  }
  get removed(): readonly string[] {
    return this.#init.removed ?? [];
  }
  /** The path in use is gone, or silent, and there is a network that another may go through: time for a restart. */
  get restartNeeded(): boolean {
    return this.#init.restartNeeded ?? false;
  }
}
defineInterface(RTCPeerConnectionIceEvent, RTCNetworkChangeEvent);

export function networkChangeEvent(json: string): RTCNetworkChangeEvent {
  return new RTCNetworkChangeEvent("networkchange", JSON.parse(json) as RTCNetworkChangeEventInit);
}

export function candidateEvent(candidate: RTCIceCandidate | null): RTCPeerConnectionIceEvent {
  return new RTCPeerConnectionIceEvent("icecandidate", { candidate, url: candidate?.url ?? null });
}

/** What is not known is empty in the core's words, and null in W3C's. */
export function candidateErrorEvent(init: RTCPeerConnectionIceErrorEventInit): RTCPeerConnectionIceErrorEvent {
  const [address, port] = [init.address || null, init.port || null];
  return new RTCPeerConnectionIceErrorEvent("icecandidateerror", { ...init, address, port });
}
