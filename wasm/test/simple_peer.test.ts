// simple-peer, as its users have it, with `wrtc` set to this package.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import { pipeline } from "node:stream/promises";
import { Readable, Writable } from "node:stream";
import * as portico from "portico";
import SimplePeer from "simple-peer";

/** Its types ask for the DOM's own classes. */
const wrtc = portico as unknown as NonNullable<SimplePeer.Options["wrtc"]>;
const config = { iceServers: [], bindAddresses: ["127.0.0.1"] };

interface Pair {
  initiator: SimplePeer.Instance;
  other: SimplePeer.Instance;
  /** What each side was told of errors. */
  errors: Error[];
}

function newPair(options: SimplePeer.Options = {}): Pair {
  const initiator = new SimplePeer({ initiator: true, wrtc, config, ...options });
  const other = new SimplePeer({ wrtc, config, ...options });
  const errors: Error[] = [];
  for (const [from, to] of [
    [initiator, other],
    [other, initiator],
  ] as const) {
    from.on("error", (error) => errors.push(error));
    // As over a network.
    from.on("signal", (data) => setImmediate(() => !to.destroyed && to.signal(JSON.stringify(data))));
  }
  return { initiator, other, errors };
}

async function connectedPair(options: SimplePeer.Options = {}): Promise<Pair> {
  const pair = newPair(options);
  await Promise.all([once(pair.initiator, "connect"), once(pair.other, "connect")]);
  return pair;
}

/** Node's once() would take an `error` for the end; here it comes before that, when the other side is gone. */
function closed(...peers: SimplePeer.Instance[]): Promise<unknown> {
  return Promise.all(peers.map((peer) => new Promise<void>((resolve) => peer.once("close", () => resolve()))));
}

async function destroy({ initiator, other }: Pair): Promise<void> {
  const remaining = [initiator, other].filter((peer) => !peer.destroyed);
  const ended = closed(...remaining);
  for (const peer of remaining) peer.destroy();
  await ended;
}

async function received(peer: SimplePeer.Instance): Promise<unknown> {
  const [data] = (await once(peer, "data")) as [unknown];
  return data;
}

for (const [name, options] of Object.entries<SimplePeer.Options>({
  trickling: {},
  "without trickling": { trickle: false },
  "on a negotiated channel": { channelConfig: { negotiated: true, id: 0 }, channelName: "negotiated" },
  "on an unreliable channel": { channelConfig: { ordered: false, maxRetransmits: 0 } },
})) {
  void test(`text and binary go both ways, ${name}`, async () => {
    const pair = await connectedPair(options);
    const { initiator, other } = pair;
    assert.deepEqual([initiator.connected, other.connected], [true, true]);
    for (const [from, to] of [
      [initiator, other],
      [other, initiator],
    ] as const) {
      const text = received(to);
      from.send("häi");
      assert.equal(String(await text), "häi");
      const bytes = received(to);
      from.send(Uint8Array.of(1, 2, 3));
      assert.deepEqual(await bytes, Buffer.of(1, 2, 3));
      const buffer = received(to);
      from.write(Buffer.from("written"));
      assert.equal(String(await buffer), "written");
    }
    assert.deepEqual(pair.errors, []);
    await destroy(pair);
  });
}

void test("what was written before it connects arrives", async () => {
  const pair = newPair();
  const early = received(pair.other);
  pair.initiator.write("early");
  assert.equal(String(await early), "early");
  await destroy(pair);
});

void test("it learns its addresses from getStats()", async () => {
  const pair = await connectedPair();
  const { address, family, port } = pair.initiator.address() as { address: string; family: string; port: number };
  assert.deepEqual([address, family], ["127.0.0.1", "IPv4"]);
  const { remoteAddress, remotePort } = pair.other as unknown as { remoteAddress: string; remotePort: number };
  assert.deepEqual([remoteAddress, remotePort], [address, port]);
  await destroy(pair);
});

void test("streams have backpressure, and every byte arrives", { timeout: 120_000 }, async () => {
  const pair = await connectedPair();
  const total = 16 << 20;
  const chunk = Buffer.alloc(16 << 10, 0x5a);
  const [sent, got] = [createHash("sha256"), createHash("sha256")];
  let bytes = 0;
  function* chunks() {
    for (let i = 0; i < total / chunk.byteLength; i++) {
      chunk.writeUInt32LE(i);
      sent.update(chunk);
      yield Buffer.from(chunk);
    }
  }
  const arrived = new Promise<void>((resolve) => {
    const sink = new Writable({
      write(data: Buffer, _encoding, done) {
        got.update(data);
        bytes += data.byteLength;
        if (bytes === total) resolve();
        done();
      },
    });
    pair.other.pipe(sink);
  });
  const source = Readable.from(chunks());
  let waited = false;
  source.on("pause", () => (waited = true));
  source.pipe(pair.initiator, { end: false });
  await arrived;
  assert.equal(got.digest("hex"), sent.digest("hex"));
  assert.ok(waited, "the source had to wait");
  await destroy(pair);
});

void test("a stream that ends closes both sides", async () => {
  const pair = await connectedPair();
  const parts: string[] = [];
  pair.other.on("data", (data: Buffer) => parts.push(String(data)));
  const ended = closed(pair.initiator, pair.other);
  await pipeline(Readable.from(["one", "two"]), pair.initiator).catch(() => undefined);
  await ended;
  assert.equal(parts.join(""), "onetwo");
});

for (const side of ["initiator", "other"] as const) {
  void test(`the ${side} destroys itself, and both sides close`, async () => {
    const pair = await connectedPair();
    const ended = closed(pair.initiator, pair.other);
    pair[side].destroy();
    await ended;
    assert.deepEqual([pair.initiator.destroyed, pair.other.destroyed], [true, true]);
    assert.throws(() => pair.initiator.send("late"), { message: /destroyed/ });
  });

  void test(`the ${side} destroys itself while it connects`, async () => {
    const pair = newPair();
    await once(pair[side], "signal");
    const ended = closed(pair[side]);
    pair[side].destroy();
    await ended;
    await destroy(pair);
  });
}

void test("it negotiates again while it is connected", async () => {
  const pair = await connectedPair();
  const negotiated = [once(pair.initiator, "negotiated"), once(pair.other, "negotiated")];
  (pair.other as unknown as { negotiate(): void }).negotiate();
  await Promise.all(negotiated);
  const data = received(pair.other);
  pair.initiator.send("still there");
  assert.equal(String(await data), "still there");
  assert.deepEqual(pair.errors, []);
  await destroy(pair);
});

void test("signals that are none end it with an error, and not the process", async () => {
  for (const wrong of [{ type: "offer", sdp: "Invalid SDP" }, { type: "answer", sdp: "v=0" }, {}]) {
    const peer = new SimplePeer({ wrtc, config });
    const failed = new Promise<Error>((resolve) => peer.once("error", resolve));
    const ended = closed(peer);
    peer.signal(wrong as never);
    assert.match(((await failed) as Error & { code: string }).code, /^ERR_(SET_REMOTE_DESCRIPTION|SIGNALING)$/);
    await ended;
  }
});
