// When negotiation is needed, and perfect negotiation on top of it (W3C webrtc-pc §4.7 and §10.7).
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RTCPeerConnection, RTCPeerConnectionIceEvent, RTCSessionDescription } from "portico";
import {
  connectedPair,
  exchangeOfferAnswer,
  newAnswer,
  newConnection,
  newPair,
  reachedState,
  required,
  task,
} from "./support/connections.js";
import { once } from "./support/peers.js";

/** Counts its events from now on. */
function counted(connection: RTCPeerConnection): { count: number } {
  const counter = { count: 0 };
  connection.addEventListener("negotiationneeded", () => counter.count++);
  return counter;
}
/** Long enough for whatever would come: each thing that the core puts off takes a turn, and each event a task. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 5; i++) await task();
}

void test("the first channel needs a negotiation, in a task to come, and a second one needs no other", async () => {
  const connection = newConnection();
  connection.createDataChannel("first");
  const event = once(connection, "negotiationneeded");
  await event;
  const counter = counted(connection);
  connection.createDataChannel("second");
  await quiet();
  assert.equal(counter.count, 0);
});

void test("it is told again after a negotiation that did not answer the need", async () => {
  const connection = newConnection();
  const counter = counted(connection);
  await connection.setLocalDescription();
  const offer = required(connection.localDescription);
  connection.createDataChannel("too late for this offer");
  await quiet();
  assert.equal(counter.count, 0, "not while the state is not stable");
  await connection.setRemoteDescription(await newAnswer(offer));
  await once(connection, "negotiationneeded");
  assert.equal(connection.signalingState, "stable");
  await quiet();
  assert.equal(counter.count, 1);
});

void test("it is not told once there is a data section, nor when closed", async () => {
  const { one } = await connectedPair();
  const counter = counted(one);
  one.createDataChannel("another");
  await quiet();
  assert.equal(counter.count, 0);
  const closing = newConnection();
  const closingCounter = counted(closing);
  closing.createDataChannel("x");
  closing.close();
  await quiet();
  assert.equal(closingCounter.count, 0);
});

void test("a rollback makes it needed again", async () => {
  const connection = newConnection();
  connection.createDataChannel("x");
  await once(connection, "negotiationneeded");
  await connection.setLocalDescription();
  const again = once(connection, "negotiationneeded");
  await connection.setLocalDescription({ type: "rollback" });
  await again;
});

void test("restartIce() makes it needed until an offer with new credentials is answered", async () => {
  const { one, other } = await connectedPair();
  const fragmentOf = (description: RTCSessionDescription | null) => description?.sdp.match(/a=ice-ufrag:(.*)/)?.[1];
  const before = fragmentOf(one.localDescription);
  const counter = counted(one);
  one.restartIce();
  await once(one, "negotiationneeded");
  one.restartIce();
  await quiet();
  assert.equal(counter.count, 1);
  await one.setLocalDescription();
  const offered = fragmentOf(one.pendingLocalDescription);
  assert.notEqual(offered, before);
  await one.setLocalDescription({ type: "rollback" });
  await once(one, "negotiationneeded");
  await exchangeOfferAnswer(one, other);
  assert.notEqual(fragmentOf(one.localDescription), before);
  await quiet();
  assert.equal(counter.count, 2);
});

void test("restartIce() while an offer is out makes it needed when the answer has come", async () => {
  const { one, other } = await connectedPair();
  const counter = counted(one);
  await one.setLocalDescription();
  one.restartIce();
  await other.setRemoteDescription(required(one.localDescription));
  await other.setLocalDescription();
  await quiet();
  assert.equal(counter.count, 0);
  await one.setRemoteDescription(required(other.localDescription));
  await once(one, "negotiationneeded");
});

void test("a restart that the peer offers answers the need, too", async () => {
  const { one, other } = await connectedPair();
  one.restartIce();
  await once(one, "negotiationneeded");
  const counter = counted(one);
  await other.setLocalDescription(await other.createOffer({ iceRestart: true }));
  await one.setRemoteDescription(required(other.localDescription));
  await one.setLocalDescription();
  await other.setRemoteDescription(required(one.localDescription));
  await quiet();
  assert.equal(counter.count, 0);
});

/** What a program does by W3C webrtc-pc §10.7, on a signalling channel that keeps the order. */
class PerfectPeer {
  readonly connection: RTCPeerConnection;
  readonly #polite: boolean;
  #send: (message: { description?: RTCSessionDescription; candidate?: object | null }) => void = () => undefined;
  #makingOffer = false;
  #ignoreOffer = false;

  constructor(connection: RTCPeerConnection, polite: boolean) {
    this.connection = connection;
    this.#polite = polite;
    connection.addEventListener("negotiationneeded", () => void this.#offer());
    connection.addEventListener("icecandidate", (event) => {
      this.#send({ candidate: (event as RTCPeerConnectionIceEvent).candidate });
    });
  }

  /** Messages take a task each. */
  connectTo(other: PerfectPeer): void {
    this.#send = (message) => {
      const copy = JSON.parse(JSON.stringify(message)) as typeof message;
      setImmediate(() => void other.#receive(copy));
    };
  }

  async #offer(): Promise<void> {
    try {
      this.#makingOffer = true;
      await this.connection.setLocalDescription();
      this.#send({ description: required(this.connection.localDescription) });
    } finally {
      this.#makingOffer = false;
    }
  }

  async #receive({ description, candidate }: { description?: RTCSessionDescription; candidate?: object | null }) {
    const { connection } = this;
    if (connection.signalingState === "closed") return;
    if (description) {
      const busy = this.#makingOffer || connection.signalingState !== "stable";
      this.#ignoreOffer = !this.#polite && description.type === "offer" && busy;
      if (this.#ignoreOffer) return;
      await connection.setRemoteDescription(description);
      if (description.type !== "offer") return;
      await connection.setLocalDescription();
      this.#send({ description: required(connection.localDescription) });
    } else {
      await connection.addIceCandidate(candidate ?? null).catch((error: unknown) => {
        if (!this.#ignoreOffer) throw error;
      });
    }
  }
}

void test("perfect negotiation connects two peers that both begin at once, and restarts ICE", async () => {
  const [one, other] = newPair();
  const [polite, impolite] = [new PerfectPeer(one, true), new PerfectPeer(other, false)];
  polite.connectTo(impolite);
  impolite.connectTo(polite);
  const channels = [one, other].map((connection) => connection.createDataChannel("both"));
  await Promise.all(channels.map((channel) => once(channel, "open")));
  for (let round = 0; round < 3; round++) {
    for (const connection of [one, other]) connection.restartIce();
    const changed = [one, other].map((connection) =>
      once(required(connection.sctp).transport.iceTransport, "selectedcandidatepairchange"),
    );
    await Promise.all(changed);
  }
  await Promise.all([one, other].map((it) => reachedState(it, "connectionState", "connected")));
});
