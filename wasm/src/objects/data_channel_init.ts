// createDataChannel()'s arguments: Web IDL's conversion, and W3C webrtc-pc §6.1's refusals; then the core's JSON.
import { makeError } from "../errors.js";
import { toDictionary, toEnforcedRange, toEnum, toUSVString } from "../webidl.js";

export type RTCPriorityType = "very-low" | "low" | "medium" | "high";

export interface RTCDataChannelInit {
  ordered?: boolean;
  /** Milliseconds. At most one of this and maxRetransmits. */
  maxPacketLifeTime?: number;
  maxRetransmits?: number;
  protocol?: string;
  negotiated?: boolean;
  /** 0 to 65,534. Required when negotiated; when not, an RTCPeerConnection ignores it. */
  id?: number;
  /** W3C webrtc-priority. */
  priority?: RTCPriorityType;
}

/** RFC 8831 §6.4. */
const priorities = { "very-low": 128, low: 256, medium: 512, high: 1024 } as const;
const priorityNames = Object.keys(priorities) as RTCPriorityType[];

export function priorityOf(value: number): RTCPriorityType {
  return priorityNames.find((name) => value <= priorities[name]) ?? "high";
}

const maxUnsignedShort = 65_535;
/** RFC 8832 §5.1: their lengths have two bytes. */
const maxTextBytes = 65_535;
/** RFC 8832 §6: 65535 is no stream. */
const maxId = 65_534;

/** `idInBand`: whether a channel that is not negotiated may choose its id, as in aiortc. */
export function channelJson(label: unknown, init: unknown, idInBand: boolean): string {
  const text = toUSVString(label);
  const given = toDictionary(init, "RTCDataChannelInit");
  const number = (name: string) =>
    given[name] === undefined ? undefined : toEnforcedRange(given[name], maxUnsignedShort, name);
  const id = number("id");
  const maxPacketLifeTime = number("maxPacketLifeTime");
  const maxRetransmits = number("maxRetransmits");
  const negotiated = Boolean(given["negotiated"]);
  const ordered = given["ordered"] === undefined || Boolean(given["ordered"]);
  const { priority } = given;
  const protocol = given["protocol"] === undefined ? "" : toUSVString(given["protocol"]);

  requireShort(text, "label");
  requireShort(protocol, "protocol");
  if (maxPacketLifeTime !== undefined && maxRetransmits !== undefined) {
    throw makeError("TypeError", "A channel has maxPacketLifeTime or maxRetransmits, not both.");
  }
  if (negotiated && id === undefined) throw makeError("TypeError", "A negotiated channel needs an id.");
  const usedId = negotiated || idInBand ? id : undefined;
  if (usedId !== undefined && usedId > maxId) throw makeError("TypeError", `A channel's id is from 0 to ${maxId}.`);
  return JSON.stringify({
    ...{ label: text, protocol, ordered, maxPacketLifeTime, maxRetransmits, negotiated },
    id: usedId,
    priority: priority === undefined ? undefined : priorities[toEnum(priority, priorityNames, "RTCPriorityType")],
  });
}

function requireShort(text: string, what: string): void {
  const bytes = new TextEncoder().encode(text).byteLength;
  if (bytes > maxTextBytes) throw makeError("TypeError", `A ${what} has ${maxTextBytes} bytes at most, not ${bytes}.`);
}
