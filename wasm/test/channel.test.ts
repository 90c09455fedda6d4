import assert from "node:assert/strict";
import { test } from "node:test";
import type { RTCDataChannel } from "portico";
import { connect, connectedChannels, nextMessage, once, Peer } from "./support/peers.js";

async function exchange(channel: RTCDataChannel, remote: RTCDataChannel, data: never): Promise<unknown> {
  const message = nextMessage(remote);
  channel.send(data);
  return message;
}

void test("every kind of payload arrives as it was sent", async () => {
  const { channel, remote, close } = await connectedChannels();
  const binary = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) & 0xff);
  const asBinary = async (data: unknown) =>
    new Uint8Array((await exchange(channel, remote, data as never)) as ArrayBuffer);
  assert.equal(await exchange(channel, remote, "hello, wörld \u{1f600}" as never), "hello, wörld \u{1f600}");
  assert.equal(await exchange(channel, remote, "" as never), "");
  assert.equal(await exchange(channel, remote, "a\0b\ufeffc" as never), "a\0b\ufeffc");
  assert.equal(await exchange(channel, remote, "\ud800" as never), "\ufffd");
  assert.deepEqual(await asBinary(binary), binary);
  assert.deepEqual(await asBinary(binary.buffer), binary);
  assert.deepEqual(await asBinary(new DataView(binary.buffer, 10, 20)), binary.subarray(10, 30));
  assert.deepEqual(await asBinary(new Uint16Array(binary.buffer, 2, 4)), binary.subarray(2, 10));
  assert.deepEqual(await asBinary(Buffer.from(binary)), binary);
  assert.deepEqual(await asBinary(new Uint8Array()), new Uint8Array());
  assert.deepEqual(await asBinary(new Blob([binary, "x"])), Uint8Array.from([...binary, 120]));
  await close();
});

void test("binaryType blob gives Blobs, and what is no binaryType changes nothing", async () => {
  const { channel, remote, close } = await connectedChannels();
  remote.binaryType = "blob";
  remote.binaryType = "nonsense" as never;
  const got = await exchange(channel, remote, Uint8Array.of(1, 2, 3) as never);
  assert.ok(got instanceof Blob);
  assert.deepEqual(new Uint8Array(await got.arrayBuffer()), Uint8Array.of(1, 2, 3));
  assert.equal(await exchange(channel, remote, "text" as never), "text");
  await close();
});

void test("messages keep their order around Blobs, and bufferedAmount counts those that wait", async () => {
  const { channel, remote, close } = await connectedChannels();
  const got: unknown[] = [];
  const all = new Promise<void>((resolve) => {
    remote.onmessage = ({ data }) => {
      if (got.push(typeof data === "string" ? data : (data as ArrayBuffer).byteLength) === 5) resolve();
    };
  });
  const bytes = Uint8Array.of(9, 9);
  channel.send("1");
  channel.send(new Blob(["22"]));
  channel.send("3");
  channel.send(bytes);
  bytes.fill(0);
  channel.send(new Blob(["55555"]));
  assert.equal(channel.bufferedAmount, 1 + 2 + 1 + 2 + 5);
  channel.close();
  assert.equal(channel.readyState, "closing");
  assert.throws(() => channel.send("late"), { name: "InvalidStateError" });
  await all;
  assert.deepEqual(got, ["1", 2, "3", 2, 5]);
  await close();
});

void test("bufferedAmount falls from the loop only, and bufferedamountlow tells", async () => {
  const { channel, remote, close } = await connectedChannels();
  channel.bufferedAmountLowThreshold = 1000;
  assert.equal(channel.bufferedAmountLowThreshold, 1000);
  const received = nextMessage(remote);
  for (let i = 0; i < 20; i++) channel.send(new Uint8Array(100_000));
  assert.equal(channel.bufferedAmount, 2_000_000);
  await once(channel, "bufferedamountlow");
  assert.ok(channel.bufferedAmount <= 1000);
  await received;
  assert.equal(channel.getStats().bytesSent, 2_000_000);
  await close();
});

void test("large messages arrive whole, up to the limit", async () => {
  const { one, channel, remote, close } = await connectedChannels();
  assert.equal(one.sctp.maxMessageSize, 262_144);
  const data = Uint8Array.from({ length: 262_144 }, (_, i) => (i >> 8) ^ i);
  assert.deepEqual(new Uint8Array((await exchange(channel, remote, data as never)) as ArrayBuffer), data);
  const text = "\u{1f600}".repeat(65_536);
  assert.equal(await exchange(channel, remote, text as never), text);
  await close();
});

void test("many channels at once, each with its own messages", async () => {
  const [one, other] = [new Peer(), new Peer()];
  const count = 50;
  const got = new Map<string, unknown>();
  const all = new Promise<void>((resolve) => {
    other.sctp.ondatachannel = ({ channel }) => {
      channel.onmessage = ({ data }) => {
        if (got.set(channel.label, data).size === count) resolve();
      };
    };
  });
  for (let i = 0; i < count; i++) {
    const channel = one.sctp.createDataChannel(`label ${String(i)}`, { ordered: i % 2 === 0 });
    channel.onopen = () => channel.send(`message ${String(i)}`);
  }
  await connect(one, other);
  await all;
  for (let i = 0; i < count; i++) assert.equal(got.get(`label ${String(i)}`), `message ${String(i)}`);
  await Promise.all([one.stop(), other.stop()]);
});

void test("negotiated channels open on both sides without an event", async () => {
  const [one, other] = [new Peer(), new Peer()];
  other.sctp.ondatachannel = () => assert.fail("A negotiated channel is not announced.");
  const [a, b] = [one, other].map((peer) => peer.sctp.createDataChannel("n", { negotiated: true, id: 3 }));
  assert.ok(a && b);
  const message = nextMessage(b);
  a.onopen = () => a.send("hi");
  await connect(one, other);
  assert.equal(await message, "hi");
  assert.deepEqual([a.id, b.id], [3, 3]);
  await Promise.all([one.stop(), other.stop()]);
});

void test("an unordered channel with limits opens with the same parameters on the other side", async () => {
  const init = { ordered: false, maxPacketLifeTime: 500, protocol: "proto", priority: "high" } as const;
  const { channel, remote, close } = await connectedChannels(init, {}, "läbel");
  assert.equal(remote.label, "läbel");
  assert.deepEqual(
    [remote.ordered, remote.maxPacketLifeTime, remote.maxRetransmits, remote.protocol, remote.priority, remote.id],
    [false, 500, null, "proto", "high", channel.id],
  );
  await close();
});

void test("close may be called at any moment, twice, and from any handler", async () => {
  for (const type of ["open", "message", "closing", "close", "bufferedamountlow"]) {
    const { one, channel, remote, close } = await connectedChannels();
    const closed = Promise.all([once(channel, "close"), once(remote, "close")]);
    for (const end of [channel, remote]) {
      end.addEventListener(type, () => {
        end.close();
        end.close();
      });
    }
    channel.send("x");
    remote.send(new Uint8Array(1000));
    if (type === "open" || type === "closing" || type === "close") channel.close();
    await closed;
    channel.close();
    const late = one.sctp.createDataChannel("closed at once");
    late.close();
    await close();
  }
});

void test("stop may be called from any handler", async () => {
  for (const moment of ["ice", "dtls", "sctp", "datachannel", "message"] as const) {
    const [one, other] = [new Peer(), new Peer()];
    const stopped = new Promise<void>((resolve) => {
      const stop = () => {
        void one.ice.stop();
        resolve();
      };
      if (moment === "ice" || moment === "dtls" || moment === "sctp") one[moment].on("statechange", stop);
      if (moment === "datachannel") one.sctp.ondatachannel = stop;
      if (moment === "message") one.sctp.ondatachannel = ({ channel }) => (channel.onmessage = stop);
    });
    const channel = other.sctp.createDataChannel("x");
    channel.onopen = () => channel.send("x");
    connect(one, other).catch(() => undefined);
    await stopped;
    assert.equal(one.ice.state, "closed");
    await Promise.all([one.stop(), other.stop()]);
  }
});
