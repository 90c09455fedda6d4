// Objects that nobody holds are freed. Bundles the package's sources, for a look inside.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { core } from "../src/core.js";
import * as portico from "../src/index.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Collects until the core has so many objects, or it is plain that it never will. */
async function collectUntil(objects: number): Promise<number> {
  for (let round = 0; round < 50 && core().registry.size > objects; round++) {
    collect();
    await new Promise(setImmediate);
  }
  return core().registry.size;
}

function peer() {
  const gatherer = new portico.RTCIceGatherer({ iceServers: [], bindAddresses: ["127.0.0.1"] });
  const ice = new portico.RTCIceTransport(gatherer);
  const dtls = new portico.RTCDtlsTransport(ice);
  return { gatherer, ice, dtls, sctp: new portico.RTCSctpTransport(dtls) };
}

async function connectAndDrop(): Promise<void> {
  const [one, other] = [peer(), peer()];
  await Promise.all([one.gatherer.gather(), other.gatherer.gather()]);
  one.sctp.createDataChannel("x");
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    for (const candidate of from.gatherer.getLocalCandidates()) void to.ice.addRemoteCandidate(candidate);
    void to.dtls.start(from.dtls.getLocalParameters());
    void to.sctp.start({ maxMessageSize: 0 });
  }
  await Promise.all([
    one.ice.start(other.gatherer.getLocalParameters()),
    other.ice.start(one.gatherer.getLocalParameters()),
  ]);
}

void test("new objects that nobody holds are freed, their listeners notwithstanding", async () => {
  for (let i = 0; i < 20; i++) {
    const { gatherer, sctp } = peer();
    gatherer.onicecandidate = () => gatherer;
    sctp.ondatachannel = () => sctp;
    sctp.createDataChannel("x").onmessage = () => sctp;
  }
  assert.ok(core().registry.size >= 100);
  assert.equal(await collectUntil(0), 0);
});

void test("connected objects that nobody holds or listens to are freed with their sockets", async () => {
  for (let i = 0; i < 5; i++) await connectAndDrop();
  assert.equal(await collectUntil(0), 0);
  assert.equal(core().registry.keepAlive, false);
});

void test("objects that someone listens to stay while something may happen", async () => {
  const seen: string[] = [];
  await (async () => {
    const [one, other] = [peer(), peer()];
    await Promise.all([one.gatherer.gather(), other.gatherer.gather()]);
    other.dtls.onstatechange = () => seen.push(other.dtls.state);
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      for (const candidate of from.gatherer.getLocalCandidates()) void to.ice.addRemoteCandidate(candidate);
    }
    void one.ice.start(other.gatherer.getLocalParameters());
    void other.ice.start(one.gatherer.getLocalParameters());
    void one.dtls.start(other.dtls.getLocalParameters());
    await other.dtls.start(one.dtls.getLocalParameters());
  })();
  for (let round = 0; round < 10; round++) {
    collect();
    await new Promise(setImmediate);
  }
  // `one` is gone, and told so; then there is no reason for `other` to stay.
  assert.equal(await collectUntil(0), 0);
  assert.deepEqual(seen.slice(0, 2), ["connecting", "connected"]);
  assert.equal(seen.at(-1), "closed");
});

void test("closed objects are let go of while they are held", async () => {
  const one = peer();
  await one.gatherer.gather();
  await one.sctp.stop();
  await one.ice.stop();
  await new Promise(setImmediate);
  assert.equal(core().registry.size, 0);
  assert.equal(one.dtls.state, "closed");
  assert.equal(one.dtls.getLocalParameters().fingerprints.length, 3);
  assert.equal(one.gatherer.getLocalParameters().usernameFragment.length, 4);
});

void test("memory does not grow from round to round", async () => {
  for (let i = 0; i < 20; i++) await connectAndDrop();
  await collectUntil(0);
  const before = core().memory.bytes.byteLength;
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 20; i++) await connectAndDrop();
    await collectUntil(0);
  }
  assert.equal(core().memory.bytes.byteLength, before);
});

// Connections --------------------------------------------------------------------------------------------------------

function newConnection(): portico.RTCPeerConnection {
  return new portico.RTCPeerConnection({ bindAddresses: ["127.0.0.1"] });
}

async function connectConnections() {
  const [one, other] = [newConnection(), newConnection()];
  const channel = one.createDataChannel("x");
  const opened = new Promise((resolve) => channel.addEventListener("open", resolve, { once: true }));
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    await from.setLocalDescription();
    while (from.iceGatheringState !== "complete") {
      await new Promise((resolve) => from.addEventListener("icegatheringstatechange", resolve, { once: true }));
    }
    if (from.localDescription) await to.setRemoteDescription(from.localDescription);
  }
  await opened;
  return { one, other, channel };
}

void test("connections that nobody holds are freed, their listeners notwithstanding, with all that is theirs", async () => {
  for (let i = 0; i < 10; i++) {
    const connection = newConnection();
    connection.onnegotiationneeded = () => connection;
    connection.createDataChannel("x").onmessage = () => connection;
    await connection.setLocalDescription();
  }
  assert.ok(core().registry.size >= 20);
  assert.equal(await collectUntil(0), 0);
});

void test("connected connections that nobody holds or listens to are freed with their sockets", async () => {
  const connectAndLook = async () => {
    const { one } = await connectConnections();
    assert.equal(one.sctp?.transport.iceTransport.iceGatherer.state, "complete");
  };
  for (let i = 0; i < 5; i++) await connectAndLook();
  assert.equal(await collectUntil(0), 0);
  assert.equal(core().registry.keepAlive, false);
});

void test("a connection stays while a channel or a transport of it is held", async () => {
  const { one, other, channel } = await connectConnections();
  const held: object[] = [channel];
  const sctp = other.sctp;
  const weak = [new WeakRef(one), new WeakRef(other)];
  for (let round = 0; round < 10; round++) {
    collect();
    await new Promise(setImmediate);
  }
  assert.ok(weak.every((reference) => reference.deref()));
  assert.deepEqual([channel.readyState, sctp?.state], ["open", "connected"]);
  held.length = 0;
  weak[0]?.deref()?.close();
  weak[1]?.deref()?.close();
});

void test("a connection that is closed, and told its end, lets go of the core's objects while it is held", async () => {
  const { one, other, channel } = await connectConnections();
  const sctp = one.sctp;
  const told: string[] = [];
  if (!sctp) throw new Error("There is an SCTP transport.");
  sctp.onstatechange = () => told.push(`sctp ${sctp.state}`);
  sctp.transport.onstatechange = () => told.push(`dtls ${sctp.transport.state}`);
  sctp.transport.iceTransport.onstatechange = () => told.push(`ice ${sctp.transport.iceTransport.state}`);
  channel.onclose = () => told.push(`channel ${channel.readyState}`);
  one.close();
  other.close();
  await collectUntil(0);
  assert.equal(core().registry.size, 0);
  assert.deepEqual(told.sort(), ["channel closed", "dtls closed", "ice closed", "sctp closed"]);
  assert.equal(one.sctp, sctp);
  assert.deepEqual([one.localDescription?.type, one.remoteDescription?.type], ["offer", "answer"]);
  assert.equal(one.canTrickleIceCandidates, true);
  assert.equal(sctp.transport.iceTransport.getLocalParameters()?.usernameFragment.length, 4);
  assert.ok((await one.getStats()).size > 0);
});

void test("memory does not grow from connection to connection", async () => {
  const round = async () => {
    const { one, other } = await connectConnections();
    one.close();
    other.close();
  };
  for (let i = 0; i < 20; i++) await round();
  await collectUntil(0);
  const before = core().memory.bytes.byteLength;
  for (let i = 0; i < 60; i++) await round();
  await collectUntil(0);
  assert.equal(core().memory.bytes.byteLength, before);
});
