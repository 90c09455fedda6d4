// The values of single arguments: channels, servers, addresses, ports.
import type { RTCDataChannelInit, RTCIceServerInit } from "../api.js";
import { parseIp } from "../transports/endpoint.js";
import { fail } from "./problem.js";

export interface ChannelParameters extends RTCDataChannelInit {
  label: string;
}

function parseNumber(text: string): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  return number !== undefined && number <= 65535 ? number : undefined;
}

/** What is in front of the first `separator`, and what is behind it. */
function cut(text: string, separator: string): [string, string] {
  const length = text.indexOf(separator);
  return length < 0 ? [text, ""] : [text.slice(0, length), text.slice(length + 1)];
}

function applyOption(option: string, channel: ChannelParameters): void {
  const [name, value] = cut(option, "=");
  const number = parseNumber(value);
  if (option === "negotiated") channel.negotiated = true;
  else if (option === "unordered") channel.ordered = false;
  else if (name === "id" && number !== undefined) channel.id = number;
  else if (name === "retransmits" && number !== undefined) channel.maxRetransmits = number;
  else if (name === "lifetime" && number !== undefined) channel.maxPacketLifeTime = number;
  else if (name === "protocol" && option.includes("=")) channel.protocol = value;
  else {
    fail(
      "SyntaxError",
      `"${option}" is none of id=N, negotiated, unordered, retransmits=N, lifetime=MS, protocol=P ` +
        "with N and MS up to 65535.",
    );
  }
}

/** "label[,id=N][,negotiated][,unordered][,retransmits=N][,lifetime=MS][,protocol=P]". Throws SyntaxError, TypeError. */
export function parseChannelSpec(spec: string): ChannelParameters {
  const [label = "", ...options] = spec.split(",");
  const channel: ChannelParameters = { label };
  if (options.at(-1) === "") options.pop();
  for (const option of options) applyOption(option, channel);
  if (channel.negotiated && channel.id === undefined) fail("TypeError", "A negotiated channel needs its id=N.");
  if (channel.id === 65535) fail("TypeError", "The highest id is 65534.");
  if (channel.maxRetransmits !== undefined && channel.maxPacketLifeTime !== undefined) {
    fail("TypeError", "A channel has retransmits or lifetime, not both.");
  }
  return channel;
}

/** "URL[,user,password]"; the password may have commas. Throws a SyntaxError. */
export function parseIceServer(text: string): RTCIceServerInit {
  const [url, rest] = cut(text, ",");
  const [username, credential] = cut(rest, ",");
  const scheme = /^(stuns?|turns?):./.exec(url)?.[1];
  if (scheme === undefined) {
    fail("SyntaxError", `"${text}" is no server: stun:HOST[:PORT], turn:HOST[:PORT],USER,PASSWORD.`);
  }
  if (scheme.startsWith("turn") && (username === "" || credential === "")) {
    fail("SyntaxError", "A TURN server needs its user and password: URL,user,password.");
  }
  return { urls: [url], ...(username !== "" ? { username, credential } : {}) };
}

/** "LOW-HIGH", or one port. Throws SyntaxError, RangeError. */
export function parsePorts(text: string): [number, number] {
  const [first, second] = cut(text, "-");
  const low = parseNumber(first);
  const high = text.includes("-") ? parseNumber(second) : low;
  if (low === undefined || high === undefined) fail("SyntaxError", "Ports are LOW-HIGH, with 1 to 65535.");
  if (low === 0 || low > high) fail("RangeError", "Ports are LOW-HIGH, with 1 <= LOW <= HIGH.");
  return [low, high];
}

/** "ws://HOST:PORT[/PATH][,TOKEN]". Throws a SyntaxError. */
export function parseBridge(text: string): { url: string; token?: string } {
  const [url, token] = cut(text, ",");
  if (!/^wss?:\/\/[^/]/.test(url)) fail("SyntaxError", `"${url}" is no bridge: ws://HOST:PORT or wss://HOST:PORT.`);
  return { url, ...(token !== "" ? { token } : {}) };
}

/** Undefined for what is no IP literal. A zone is a number, as in the native program. */
export function parseAddress(text: string): string | undefined {
  const [address, zone] = cut(text, "%");
  const isZoneRight = text.includes("%") ? address.includes(":") && /^\d{1,10}$/.test(zone) : true;
  return parseIp(address) && isZoneRight ? text : undefined;
}

export function isLoopback(text: string): boolean {
  const bytes = parseIp(cut(text, "%")[0]);
  if (bytes?.length === 4) return bytes[0] === 127;
  return bytes?.every((byte, index) => byte === (index === 15 ? 1 : 0)) ?? false;
}
