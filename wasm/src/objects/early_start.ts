// What an RTCIceTransport was told before the core can take it: a start() that waits until the gatherer has sockets and,
// for W3C webrtc-ice, which lets start() come before gather(), the candidates until then.
import { type RTCIceCandidate } from "./ice_candidate.js";
import type { RTCIceParameters } from "./parameters.js";

export interface WaitingStart<Role> {
  parameters: RTCIceParameters;
  role: Role | undefined;
  started: Promise<void>;
  /** A start() that came when there were sockets, and before this one's turn. */
  overtakenBy?: Promise<void>;
}

/** As many as the core keeps. */
const maxEarlyCandidates = 128;

export class EarlyCandidates {
  #list: (RTCIceCandidate | null)[] = [];

  /** null: no more come. */
  add(candidate: RTCIceCandidate | null): void {
    if (this.#list.length < maxEarlyCandidates) this.#list.push(candidate);
  }
  get shown(): RTCIceCandidate[] {
    return this.#list.flatMap((candidate) => candidate ?? []);
  }
  take(): (RTCIceCandidate | null)[] {
    const all = this.#list;
    this.#list = [];
    return all;
  }
}
