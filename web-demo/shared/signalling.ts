// What a page and the demo's server say to each other: JSON on one WebSocket, `/signal`. Both sides read it as somebody
// else's.

/** A description with all that a data-channel session has is 2 KB; a candidate 200 bytes. */
export const maxSignalBytes = 64 * 1024;
/** 128 random bits, as base64url. */
const roomPattern = /^[\w-]{22}$/;

export type Role = "offer" | "answer";

export type Signal =
  | { description: { type: Role; sdp: string } }
  | { candidate: { candidate: string; sdpMid: string | null; sdpMLineIndex: number | null } };

/** A page joins first: a native peer that the server starts for it, or the other page that knows the room. */
export type FromPage = { join: "native" } | { join: "room"; room: string } | { signal: Signal };

export type FromServer =
  /** The other side is there: begin. */
  | { role: Role }
  | { signal: Signal }
  /** An event of the native peer (CLI.md), as it printed it. */
  | { event: NativeEvent }
  /** The other side left, or nothing comes of it; why, in a sentence. */
  | { ended: string };

export interface NativeEvent {
  event: string;
  [member: string]: unknown;
}

export function newRoom(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

export function isRoom(value: unknown): value is string {
  return typeof value === "string" && roomPattern.test(value);
}

/** null: it is none. */
export function readFromPage(text: string): FromPage | null {
  const value = parse(text);
  if (!isObject(value)) return null;
  if (value["join"] === "native") return { join: "native" };
  if (value["join"] === "room" && isRoom(value["room"])) return { join: "room", room: value["room"] };
  const signal = readSignal(value["signal"]);
  return signal && { signal };
}

/** null: it is none. */
export function readFromServer(text: string): FromServer | null {
  const value = parse(text);
  if (!isObject(value)) return null;
  if (isRole(value["role"])) return { role: value["role"] };
  if (typeof value["ended"] === "string") return { ended: value["ended"] };
  const event = readNativeEvent(value["event"]);
  if (event) return { event };
  const signal = readSignal(value["signal"]);
  return signal && { signal };
}

export function readSignal(value: unknown): Signal | null {
  if (!isObject(value)) return null;
  const description = value["description"];
  if (isObject(description)) {
    const { type, sdp } = description;
    return isRole(type) && typeof sdp === "string" ? { description: { type, sdp } } : null;
  }
  const candidate = value["candidate"];
  return isObject(candidate) ? readCandidate(candidate) : null;
}

/** Of an RTCIceCandidateInit, which is what the native peer prints, too. */
export function readCandidate(init: Record<string, unknown>): Signal | null {
  const { candidate, sdpMid, sdpMLineIndex } = init;
  if (typeof candidate !== "string") return null;
  return {
    candidate: {
      candidate,
      sdpMid: typeof sdpMid === "string" ? sdpMid : null,
      sdpMLineIndex: typeof sdpMLineIndex === "number" ? sdpMLineIndex : null,
    },
  };
}

export function readNativeEvent(value: unknown): NativeEvent | null {
  return isObject(value) && typeof value["event"] === "string" ? { ...value, event: value["event"] } : null;
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRole(value: unknown): value is Role {
  return value === "offer" || value === "answer";
}
