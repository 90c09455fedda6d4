// RTCIceCandidate: W3C's members (webrtc-pc §4.8.1), and ORTC's and aiortc's `ip`.
import { core } from "../core.js";
import { makeError } from "../errors.js";
import { defineInterface, toDictionary, toDOMString, toEnum, toUnsignedShort } from "../webidl.js";

export type RTCIceCandidateType = "host" | "srflx" | "prflx" | "relay";
export type RTCIceProtocol = "udp" | "tcp";
export type RTCIceTcpCandidateType = "active" | "passive" | "so";
const relayProtocols = ["udp", "tcp", "tls"] as const;
export type RTCIceServerTransportProtocol = (typeof relayProtocols)[number];

/** W3C RTCIceCandidateInit; or ORTC's members that make one up, with `address` (or `ip`), `port`, `type`. */
export interface RTCIceCandidateInit {
  candidate?: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
  usernameFragment?: string | null;
  component?: number | "rtp" | "rtcp" | null;
  foundation?: string | null;
  address?: string | null;
  ip?: string | null;
  port?: number | null;
  priority?: number | null;
  protocol?: string | null;
  type?: string | null;
  relatedAddress?: string | null;
  relatedPort?: number | null;
  tcpType?: string | null;
  relayProtocol?: RTCIceServerTransportProtocol | null;
  url?: string | null;
}

/** W3C's own four, after conversion. */
export interface CandidateInit {
  candidate: string;
  sdpMid: string | null;
  sdpMLineIndex: number | null;
  usernameFragment: string | null;
}

/** What a candidate's text says, as the core writes it. */
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
  relayProtocol?: RTCIceServerTransportProtocol;
  url?: string;
}

/** A candidate of the core's, whatever W3C asks of its user. */
class Known {
  constructor(readonly members: CandidateMembers) {}
}

export class RTCIceCandidate {
  readonly #init: CandidateInit;
  /** null for a text that is empty or no candidate: W3C has the constructor take it. */
  readonly #parsed: CandidateMembers | null;
  readonly #relayProtocol: RTCIceServerTransportProtocol | null;
  readonly #url: string | null;

  /** Throws a TypeError with neither sdpMid nor sdpMLineIndex, unless made from ORTC's members; then for what they lack. */
  constructor(init?: RTCIceCandidateInit);
  /** @internal */
  constructor(known: Known);
  constructor(init: RTCIceCandidateInit | Known = {}) {
    const given = init instanceof Known ? init.members : madeUp(init);
    this.#init = toCandidateInit(given ?? init);
    if (!given) requireSection(this.#init);
    this.#parsed = given ? (given.candidate === "" ? null : given) : parse(this.#init);
    const { relayProtocol, url } = toDictionary(given ?? init, "An RTCIceCandidateInit");
    this.#relayProtocol = isNothing(relayProtocol) ? null : toEnum(relayProtocol, relayProtocols, "relayProtocol");
    this.#url = isNothing(url) ? null : toDOMString(url);
  }

  get candidate(): string {
    return this.#init.candidate;
  }
  get sdpMid(): string | null {
    return this.#init.sdpMid;
  }
  get sdpMLineIndex(): number | null {
    return this.#init.sdpMLineIndex;
  }
  get foundation(): string | null {
    return this.#parsed?.foundation ?? null;
  }
  /** Data channels have one component. */
  get component(): "rtp" | "rtcp" | null {
    return this.#parsed && (this.#parsed.component === 2 ? "rtcp" : "rtp");
  }
  get priority(): number | null {
    return this.#parsed?.priority ?? null;
  }
  get address(): string | null {
    return this.#parsed?.address ?? null;
  }
  get protocol(): RTCIceProtocol | null {
    return this.#parsed?.protocol ?? null;
  }
  get port(): number | null {
    return this.#parsed?.port ?? null;
  }
  get type(): RTCIceCandidateType | null {
    return this.#parsed?.type ?? null;
  }
  get tcpType(): RTCIceTcpCandidateType | null {
    return this.#parsed?.tcpType ?? null;
  }
  get relatedAddress(): string | null {
    return this.#parsed?.relatedAddress ?? null;
  }
  get relatedPort(): number | null {
    return this.#parsed?.relatedPort ?? null;
  }
  get usernameFragment(): string | null {
    return this.#init.usernameFragment;
  }
  get relayProtocol(): RTCIceServerTransportProtocol | null {
    return this.#relayProtocol;
  }
  get url(): string | null {
    return this.#url;
  }
  /** ORTC's and aiortc's name of `address`. */
  get ip(): string | null {
    return this.address;
  }

  toJSON(): RTCIceCandidateInit {
    return { ...this.#init };
  }
}
defineInterface(RTCIceCandidate);

/** One that the core tells of. */
export function candidateOfCore(members: unknown): RTCIceCandidate {
  return new RTCIceCandidate(new Known(members as CandidateMembers));
}

/** One by its text alone, as ORTC's peers send it. Throws an OperationError for what is none. */
export function candidateOfText(candidate: string, usernameFragment?: string): RTCIceCandidate {
  return candidateOfCore(membersOf({ candidate, usernameFragment }, "OperationError"));
}

/** Web IDL's conversion of an RTCIceCandidateInit. */
export function toCandidateInit(value: unknown): CandidateInit {
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = toDictionary(value, "An RTCIceCandidateInit");
  return {
    candidate: candidate === undefined ? "" : toDOMString(candidate),
    sdpMid: isNothing(sdpMid) ? null : toDOMString(sdpMid),
    sdpMLineIndex: isNothing(sdpMLineIndex) ? null : toUnsignedShort(sdpMLineIndex, "sdpMLineIndex"),
    usernameFragment: isNothing(usernameFragment) ? null : toDOMString(usernameFragment),
  };
}
function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** W3C webrtc-pc §4.8.1.1 and §4.4.2 (addIceCandidate). */
export function requireSection({ sdpMid, sdpMLineIndex }: CandidateInit): void {
  if (sdpMid === null && sdpMLineIndex === null) {
    throw makeError("TypeError", "A candidate needs sdpMid or sdpMLineIndex, to say which section it is for.");
  }
}

function parse(init: CandidateInit): CandidateMembers | null {
  if (init.candidate === "") return null;
  try {
    return membersOf(init, "OperationError");
  } catch (error) {
    if (core().death) throw error;
    return null;
  }
}

/** null: `init` has W3C's form. */
function madeUp(init: RTCIceCandidateInit): CandidateMembers | null {
  const { candidate, address, ip } = toDictionary(init, "An RTCIceCandidateInit");
  const isOrtc = (candidate === undefined || candidate === "") && !isNothing(address ?? ip);
  return isOrtc ? membersOf(init, "TypeError") : null;
}

function membersOf(init: object | string, failure: "OperationError" | "TypeError"): CandidateMembers {
  const [json = 0] = core().texts(typeof init === "string" ? init : coreJson(init));
  return JSON.parse(core().text(core().exports.portico_ice_candidate(json), failure)) as CandidateMembers;
}

const componentNumbers: Record<string, number> = { rtp: 1, rtcp: 2 };

/** What is null is not there. */
function coreJson(init: { component?: unknown }): string {
  const component = componentNumbers[String(init.component)] ?? init.component;
  return JSON.stringify({ ...init, component }, (_, value: unknown) => value ?? undefined);
}

/** What addRemoteCandidate() was given as the core takes it; null: no more come. */
export function candidateJson(candidate: RTCIceCandidateInit | RTCIceCandidate | null | undefined): string | null {
  if (candidate === null || candidate === undefined) return null;
  if (typeof candidate !== "object") throw makeError("TypeError", "A candidate is an object, or null for the end.");
  // W3C: an empty candidate string is the end.
  if (candidate.candidate === "" && isNothing(candidate.address ?? candidate.ip)) return null;
  return coreJson(candidate instanceof RTCIceCandidate ? candidate.toJSON() : candidate);
}

/** The same as an object, checked: throws an OperationError for what is no candidate. */
export function readCandidate(
  candidate: RTCIceCandidateInit | RTCIceCandidate | null | undefined,
): RTCIceCandidate | null {
  const json = candidateJson(candidate);
  if (json === null) return null;
  const members = membersOf(json, "OperationError");
  return candidate instanceof RTCIceCandidate ? candidate : candidateOfCore(members);
}

/** Candidates that were shown already, so that one is always the same object. */
export class CandidateCache {
  #known = new Map<string, RTCIceCandidate>();

  /** The user's own, to be shown again. */
  add(candidate: RTCIceCandidate): void {
    if (this.#known.size < maxKeptCandidates) this.#known.set(candidate.candidate, candidate);
  }
  of(members: unknown): RTCIceCandidate {
    const text = (members as CandidateMembers).candidate;
    const known = this.#known.get(text);
    if (known) return known;
    const candidate = candidateOfCore(members);
    this.add(candidate);
    return candidate;
  }
  /** A list of the core's. What is no longer in it is forgotten. */
  ofList(list: readonly unknown[]): RTCIceCandidate[] {
    const candidates = list.map((members) => this.of(members));
    this.#known = new Map(candidates.map((candidate) => [candidate.candidate, candidate]));
    return candidates;
  }
}
/** A peer may send any number; the core keeps 128 of them. */
const maxKeptCandidates = 256;
