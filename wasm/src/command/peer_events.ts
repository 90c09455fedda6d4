// The lines that `portico peer` prints, as CLI.md has them.
import type {
  RTCDataChannel,
  RTCIceCandidatePair,
  RTCIceTransport,
  RTCNetworkChangeEvent,
  RTCSctpTransport,
} from "../api.js";
import { toBase64 } from "./base64.js";
import type { StateOf } from "./connection.js";
import type { JsonObject } from "./json.js";
import type { PingResult } from "./ping.js";
import type { Problem } from "./problem.js";
import type { Direction, Message, TransferCount } from "./transfer.js";

export interface PeerEvent extends JsonObject {
  event: string;
}

export function stateEvent(of: StateOf, state: string): PeerEvent {
  return { event: "state", of, state };
}

export function channelEvent(event: "open" | "close", channel: RTCDataChannel): PeerEvent {
  return {
    event,
    label: channel.label,
    id: channel.id,
    protocol: channel.protocol,
    ordered: channel.ordered,
    negotiated: channel.negotiated,
    maxRetransmits: channel.maxRetransmits,
    maxPacketLifeTime: channel.maxPacketLifeTime,
  };
}

export function messageEvent(label: string, message: Message, bytes: number): PeerEvent {
  const body = typeof message === "string" ? { text: message } : { base64: toBase64(new Uint8Array(message)) };
  return { event: "message", label, bytes, ...body };
}

export function errorEvent({ name, message }: Problem): PeerEvent {
  return { event: "error", name, message };
}

/** Microseconds are what the clock has; more digits would be noise. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function transferEvent(event: string, direction: Direction, count: TransferCount): PeerEvent {
  const { label, bytes, total, messages, seconds } = count;
  return { event, direction, label, bytes, total, messages, seconds: rounded(seconds) };
}

export function progressEvent(direction: Direction, count: TransferCount): PeerEvent {
  return transferEvent("progress", direction, count);
}

export function doneEvent(direction: Direction, count: TransferCount): PeerEvent {
  return { ...transferEvent("done", direction, count), sha256: count.sha256 };
}

export function pingEvent({ n, p50, p90, p99, max }: PingResult): PeerEvent {
  return { event: "ping", unit: "us", n, p50, p90, p99, max };
}

export function selectedEvent({ local, remote }: RTCIceCandidatePair): PeerEvent {
  return { event: "selected", local: local.candidate, remote: remote.candidate };
}

export function networkEvent({ added, removed, restartNeeded }: RTCNetworkChangeEvent): PeerEvent {
  return { event: "network", added: [...added], removed: [...removed], restartNeeded };
}

function iceStats(ice: RTCIceTransport): JsonObject {
  const stats = ice.getStats();
  return {
    role: ice.role,
    state: ice.state,
    requestsSent: stats.requestsSent,
    requestsReceived: stats.requestsReceived,
    responsesSent: stats.responsesSent,
    responsesReceived: stats.responsesReceived,
    consentRequestsSent: stats.consentRequestsSent,
    currentRoundTripTime: stats.currentRoundTripTime,
    totalRoundTripTime: stats.totalRoundTripTime,
    packetsSent: stats.packetsSent,
    packetsReceived: stats.packetsReceived,
    bytesSent: stats.bytesSent,
    bytesReceived: stats.bytesReceived,
    packetsDiscarded: stats.packetsDiscarded,
  };
}

function channelStats(channel: RTCDataChannel): JsonObject {
  const stats = channel.getStats();
  return {
    label: channel.label,
    id: channel.id,
    state: channel.readyState,
    bufferedAmount: channel.bufferedAmount,
    messagesSent: stats.messagesSent,
    bytesSent: stats.bytesSent,
    messagesReceived: stats.messagesReceived,
    bytesReceived: stats.bytesReceived,
  };
}

/** Nothing of the transports that are not there yet. */
export function statsEvent(sctp: RTCSctpTransport | null, channels: readonly RTCDataChannel[]): PeerEvent {
  const dtls = sctp?.transport ?? null;
  const ice = dtls?.transport ?? null;
  const pair = ice?.getSelectedCandidatePair() ?? null;
  return {
    event: "stats",
    ice: ice && iceStats(ice),
    selected: pair && { local: pair.local.candidate, remote: pair.remote.candidate },
    dtls: dtls && { state: dtls.state, role: dtls.getLocalParameters().role, cipherSuite: dtls.cipherSuite ?? "" },
    sctp: sctp && { state: sctp.state, maxChannels: sctp.maxChannels, maxMessageSize: maxMessageBytes(sctp) },
    channels: channels.map(channelStats),
  };
}

/** The contract's 0 for any size, which W3C calls Infinity. */
export function maxMessageBytes({ maxMessageSize }: RTCSctpTransport): number {
  return Number.isFinite(maxMessageSize) ? maxMessageSize : 0;
}
