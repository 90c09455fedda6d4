// Connections over UDP on loopback, closed when the tests of a file are over.
import { after } from "node:test";
import {
  RTCDataChannel,
  type RTCConfiguration,
  type RTCDataChannelEvent,
  type RTCDataChannelInit,
  RTCPeerConnection,
  type RTCPeerConnectionIceEvent,
  type RTCSessionDescriptionInit,
} from "portico";
import { once } from "./peers.js";

const connections: RTCPeerConnection[] = [];
after(() => {
  for (const connection of connections) connection.close();
});

export function newConnection(configuration: RTCConfiguration = {}): RTCPeerConnection {
  const connection = new RTCPeerConnection({ bindAddresses: ["127.0.0.1"], ...configuration });
  connections.push(connection);
  return connection;
}
export function newPair(configuration: RTCConfiguration = {}): [RTCPeerConnection, RTCPeerConnection] {
  return [newConnection(configuration), newConnection(configuration)];
}

/** Each gets what the other finds. */
export function exchangeCandidates(one: RTCPeerConnection, other: RTCPeerConnection): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.addEventListener("icecandidate", (event) => {
      const { candidate } = event as RTCPeerConnectionIceEvent;
      // One may come before the description that it belongs to, which is no concern here.
      to.addIceCandidate(candidate).catch(() => undefined);
    });
  }
}

export async function exchangeOfferAnswer(offerer: RTCPeerConnection, answerer: RTCPeerConnection): Promise<void> {
  await offerer.setLocalDescription();
  await answerer.setRemoteDescription(required(offerer.localDescription));
  await answerer.setLocalDescription();
  await offerer.setRemoteDescription(required(answerer.localDescription));
}

/** An offer with a data channel, of a connection that is of no other use. */
export async function newOffer(): Promise<Required<RTCSessionDescriptionInit>> {
  const connection = newConnection();
  connection.createDataChannel("offered");
  return connection.createOffer();
}
export async function newAnswer(offer: RTCSessionDescriptionInit): Promise<Required<RTCSessionDescriptionInit>> {
  const connection = newConnection();
  await connection.setRemoteDescription(offer);
  return connection.createAnswer();
}

export interface ConnectedPair {
  one: RTCPeerConnection;
  other: RTCPeerConnection;
  /** Made by `one`. */
  channel: RTCDataChannel;
  /** As `other` sees it, or has made it. */
  remote: RTCDataChannel;
}

export async function connectedPair(
  init: RTCDataChannelInit = {},
  configuration: RTCConfiguration = {},
): Promise<ConnectedPair> {
  const [one, other] = newPair(configuration);
  exchangeCandidates(one, other);
  const channel = one.createDataChannel("test", init);
  const opened = once(channel, "open");
  const remote = init.negotiated
    ? Promise.resolve(other.createDataChannel("test", init))
    : once<RTCDataChannelEvent>(other, "datachannel").then((event) => event.channel);
  const remoteOpened = remote.then((it) => (init.negotiated ? once(it, "open") : undefined));
  await exchangeOfferAnswer(one, other);
  await Promise.all([opened, remoteOpened]);
  return { one, other, channel, remote: await remote };
}

/** Resolves when what the attribute says is one of these, or was already. */
export async function reachedState(
  connection: RTCPeerConnection,
  attribute: "signalingState" | "iceGatheringState" | "iceConnectionState" | "connectionState",
  ...states: string[]
): Promise<void> {
  while (!states.includes(connection[attribute])) await once(connection, `${attribute.toLowerCase()}change`);
}

export function required<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("It should be there, and is not.");
  return value;
}

/** What a Promise has come to by now. */
export async function settlement(promise: Promise<unknown>): Promise<"fulfilled" | "rejected" | "pending"> {
  await task();
  return Promise.race([
    promise.then(
      () => "fulfilled" as const,
      () => "rejected" as const,
    ),
    Promise.resolve("pending" as const),
  ]);
}

/** A task later. */
export function task(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
