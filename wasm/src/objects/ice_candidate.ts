// RTCIceCandidate: W3C's members, and ORTC's and aiortc's `ip`.
import { core } from "../core.js";
import { makeError } from "../errors.js";

export type RTCIceCandidateType = "host" | "srflx" | "prflx" | "relay";
export type RTCIceProtocol = "udp" | "tcp";
export type RTCIceTcpCandidateType = "active" | "passive" | "so";

/** W3C RTCIceCandidateInit with `candidate`; or the members that make one up, with `address` (or `ip`), `port`, `type`. */
export interface RTCIceCandidateInit {
  candidate?: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
  usernameFragment?: string | null;
  component?: number | "rtp" | "rtcp";
  foundation?: string;
  address?: string;
  ip?: string;
  port?: number;
  priority?: number;
  protocol?: string;
  type?: string;
  relatedAddress?: string | null;
  relatedPort?: number | null;
  tcpType?: string | null;
  url?: string | null;
}

/** All members, as the core writes them. */
interface CandidateMembers {
  candidate: string;
  component: number;
  foundation: string;
  address: string;
  port: number;
  priority: number;
  protocol: RTCIceProtocol;
  type: RTCIceCandidateType;
  relatedAddress: string | null;
  relatedPort: number | null;
  tcpType: RTCIceTcpCandidateType | null;
  sdpMid?: string;
  sdpMLineIndex?: number;
  usernameFragment?: string;
  url?: string;
}

export class RTCIceCandidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly foundation: string;
  readonly component: "rtp" | "rtcp";
  readonly priority: number;
  readonly address: string;
  readonly protocol: RTCIceProtocol;
  readonly port: number;
  readonly type: RTCIceCandidateType;
  readonly tcpType: RTCIceTcpCandidateType | null;
  readonly relatedAddress: string | null;
  readonly relatedPort: number | null;
  readonly usernameFragment: string | null;
  readonly url: string | null;

  /** Throws an OperationError for a `candidate` that does not match RFC 8839's grammar, a TypeError for missing members. */
  constructor(init: RTCIceCandidateInit) {
    const members = parse(init);
    this.candidate = members.candidate;
    this.sdpMid = members.sdpMid ?? null;
    this.sdpMLineIndex = members.sdpMLineIndex ?? null;
    this.foundation = members.foundation;
    // W3C RTCIceComponent; data channels have one component.
    this.component = members.component === 2 ? "rtcp" : "rtp";
    this.priority = members.priority;
    this.address = members.address;
    this.protocol = members.protocol;
    this.port = members.port;
    this.type = members.type;
    this.tcpType = members.tcpType;
    this.relatedAddress = members.relatedAddress;
    this.relatedPort = members.relatedPort;
    this.usernameFragment = members.usernameFragment ?? null;
    this.url = members.url ?? null;
  }

  /** ORTC's and aiortc's name of `address`. */
  get ip(): string {
    return this.address;
  }

  /** W3C: an RTCIceCandidateInit. */
  toJSON(): RTCIceCandidateInit {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this;
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
  }
}

function parse(init: unknown): CandidateMembers {
  if (typeof init !== "object" || init === null) {
    throw makeError("TypeError", "An RTCIceCandidate is made from an object.");
  }
  const text = (init as RTCIceCandidateInit).candidate;
  const failure = typeof text === "string" && text !== "" ? "OperationError" : "TypeError";
  const [json = 0] = core().texts(JSON.stringify({ ...init, component: componentOf(init) }));
  return JSON.parse(core().text(core().exports.portico_ice_candidate(json), failure)) as CandidateMembers;
}

function componentOf({ component }: { component?: unknown }): unknown {
  return component === "rtp" ? 1 : component === "rtcp" ? 2 : component;
}

/** What addRemoteCandidate() was given as the core takes it; null: no more come. */
export function candidateJson(candidate: RTCIceCandidateInit | RTCIceCandidate | null | undefined): string | null {
  if (candidate === null || candidate === undefined) return null;
  // W3C: an empty candidate string is the end.
  if (typeof candidate === "object" && candidate.candidate === "" && !("address" in candidate && candidate.address)) {
    return null;
  }
  if (candidate instanceof RTCIceCandidate) return JSON.stringify(candidate.toJSON());
  if (typeof candidate !== "object") throw makeError("TypeError", "A candidate is an object, or null for the end.");
  return JSON.stringify({ ...candidate, component: componentOf(candidate) });
}
