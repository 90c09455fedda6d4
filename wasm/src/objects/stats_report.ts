// RTCStatsReport: W3C webrtc-pc §8.4, a read-only Map of W3C webrtc-stats' dictionaries by their ids.
import { makeError } from "../errors.js";
import { defineInterface } from "../webidl.js";

export type RTCStatsType =
  | "peer-connection"
  | "transport"
  | "candidate-pair"
  | "local-candidate"
  | "remote-candidate"
  | "certificate"
  | "data-channel";

/** What all have. The others are of W3C webrtc-stats, by `type`. */
export interface RTCStats {
  id: string;
  type: RTCStatsType;
  /** Milliseconds since 1970 UTC. */
  timestamp: number;
}

export class RTCStatsReport implements ReadonlyMap<string, RTCStats> {
  readonly #stats: ReadonlyMap<string, RTCStats>;

  /** @internal Of RTCPeerConnection.getStats(). */
  constructor(stats: readonly RTCStats[]) {
    this.#stats = new Map(stats.map((one) => [one.id, one]));
  }

  get size(): number {
    return this.#stats.size;
  }
  get(id: string): RTCStats | undefined {
    return this.#stats.get(id);
  }
  has(id: string): boolean {
    return this.#stats.has(id);
  }
  keys() {
    return this.#stats.keys();
  }
  values() {
    return this.#stats.values();
  }
  entries() {
    return this.#stats.entries();
  }
  forEach(
    callback: (stats: RTCStats, id: string, report: ReadonlyMap<string, RTCStats>) => void,
    ...[thisArg]: [thisArg?: unknown]
  ): void {
    for (const [id, stats] of this.#stats) callback.call(thisArg, stats, id, this);
  }
  [Symbol.iterator]() {
    return this.entries();
  }
}
defineInterface(RTCStatsReport);

/** From the core's list, which is of this moment. */
export function statsOf(json: string): RTCStatsReport {
  const timestamp = performance.timeOrigin + performance.now();
  const list = JSON.parse(json) as Omit<RTCStats, "timestamp">[] | null;
  return new RTCStatsReport((list ?? []).map((one) => ({ ...one, timestamp })));
}

/** W3C webrtc-pc §8.2: a track of nobody's is an InvalidAccessError, and what is no track a TypeError. */
export function requireNoSelector(selector: unknown): void {
  if (selector === null || selector === undefined) return;
  const { MediaStreamTrack } = globalThis as { MediaStreamTrack?: abstract new () => unknown };
  if (MediaStreamTrack && selector instanceof MediaStreamTrack) {
    throw makeError("InvalidAccessError", "The track belongs to no sender or receiver of this RTCPeerConnection.");
  }
  throw makeError("TypeError", "getStats() takes a MediaStreamTrack, or nothing.");
}
