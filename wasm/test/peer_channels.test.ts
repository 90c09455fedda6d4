// Data channels of an RTCPeerConnection: what the web-platform-tests check of createDataChannel(), ondatachannel and
// RTCDataChannel.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RTCDataChannel, RTCDataChannelEvent, type RTCDataChannelInit, RTCError, RTCErrorEvent } from "portico";
import {
  connectedPair,
  exchangeCandidates,
  exchangeOfferAnswer,
  newConnection,
  newPair,
  required,
  task,
} from "./support/connections.js";
import { nextMessage, once } from "./support/peers.js";

// createDataChannel() ------------------------------------------------------------------------------------------------

void test("a channel has W3C's defaults, and what it was given", () => {
  const connection = newConnection();
  const plain = connection.createDataChannel("");
  assert.ok(plain instanceof RTCDataChannel);
  assert.deepEqual([plain.label, plain.protocol, plain.ordered, plain.negotiated], ["", "", true, false]);
  assert.deepEqual([plain.maxPacketLifeTime, plain.maxRetransmits, plain.id], [null, null, null]);
  assert.deepEqual([plain.readyState, plain.bufferedAmount, plain.bufferedAmountLowThreshold], ["connecting", 0, 0]);
  assert.deepEqual([plain.binaryType, plain.transport], ["arraybuffer", null]);
  const init = { ordered: false, maxRetransmits: 1, protocol: "custom", negotiated: true, id: 3 };
  const full = connection.createDataChannel("test", init);
  assert.deepEqual(
    [full.ordered, full.maxRetransmits, full.protocol, full.negotiated, full.id],
    [false, 1, "custom", true, 3],
  );
  assert.equal(connection.createDataChannel("", { ordered: false, maxPacketLifeTime: 42 }).maxPacketLifeTime, 42);
});

void test("labels and protocols become USVStrings", () => {
  const connection = newConnection();
  for (const [given, expected] of [
    ["foo", "foo"],
    [null, "null"],
    [undefined, "undefined"],
    ["\ud800", "\ufffd"],
    [7, "7"],
  ] as [string, string][]) {
    assert.equal(connection.createDataChannel(given).label, expected);
    const { protocol } = connection.createDataChannel("", { protocol: given });
    assert.equal(protocol, given === undefined ? "" : expected);
  }
  assert.throws(() => (connection as unknown as { createDataChannel(): void }).createDataChannel(), TypeError);
  assert.throws(() => connection.createDataChannel(Symbol("x") as never), TypeError);
  assert.throws(() => connection.createDataChannel("", 7 as never), TypeError);
  connection.createDataChannel("", null as never);
});

void test("null is a value for a member, and undefined is none", () => {
  const connection = newConnection();
  const make = (init: object) => connection.createDataChannel("", init);
  assert.deepEqual([make({ ordered: null }).ordered, make({ ordered: undefined }).ordered], [false, true]);
  assert.equal(make({ maxRetransmits: null }).maxRetransmits, 0);
  assert.equal(make({ maxPacketLifeTime: null }).maxPacketLifeTime, 0);
  make({ maxPacketLifeTime: undefined, maxRetransmits: undefined });
  assert.throws(() => make({ maxPacketLifeTime: null, maxRetransmits: null }), TypeError);
  assert.equal(make({ negotiated: 1, id: null }).id, 0);
});

void test("numbers are from 0 to 65535, without their fractions", () => {
  const connection = newConnection();
  for (const name of ["maxPacketLifeTime", "maxRetransmits"] as const) {
    for (const [given, expected] of [
      [0, 0],
      [65_535, 65_535],
      ["7", 7],
      [1.9, 1],
      [-0.5, 0],
      [true, 1],
    ] as [number, number][]) {
      assert.equal(connection.createDataChannel("", { [name]: given })[name], expected);
    }
    for (const wrong of [-1, 65_536, NaN, Infinity, "x", {}, Symbol("x"), 1n]) {
      assert.throws(() => connection.createDataChannel("", { [name]: wrong }), TypeError);
    }
  }
});

void test("an id counts for a negotiated channel alone", () => {
  const connection = newConnection();
  for (const id of [0, 1, 65_534, 65_535]) assert.equal(connection.createDataChannel("", { id }).id, null);
  for (const id of [0, 1, 65_534]) assert.equal(connection.createDataChannel("", { negotiated: true, id }).id, id);
  for (const id of [-1, 65_536]) assert.throws(() => connection.createDataChannel("", { id }), TypeError);
  for (const id of [-1, 65_535, 65_536, undefined]) {
    assert.throws(() => connection.createDataChannel("", { negotiated: true, id } as RTCDataChannelInit), TypeError);
  }
  const taken = { negotiated: true, id: 1 };
  assert.throws(() => connection.createDataChannel("", taken), { name: "OperationError" });
});

void test("both limits, and texts over 65,535 bytes, are TypeErrors", () => {
  const connection = newConnection();
  assert.throws(() => connection.createDataChannel("", { maxPacketLifeTime: 0, maxRetransmits: 0 }), TypeError);
  for (const long of ["l".repeat(65_536), "\u00b5".repeat(32_768)]) {
    for (const init of [{}, { negotiated: true, id: 42 }]) {
      assert.throws(() => connection.createDataChannel(long, init), TypeError);
      assert.throws(() => connection.createDataChannel("", { ...init, protocol: long }), TypeError);
    }
  }
  const longest = "l".repeat(65_535);
  const channel = connection.createDataChannel(longest, { protocol: longest });
  assert.deepEqual([channel.label === longest, channel.protocol === longest], [true, true]);
});

void test("an id is known with the answer: odd for the DTLS server, even for the client", async () => {
  const [one, other] = newPair();
  const channels = [one.createDataChannel("a"), one.createDataChannel("b")];
  const theirs = other.createDataChannel("c");
  await exchangeOfferAnswer(one, other);
  assert.deepEqual(
    channels.map(({ id }) => id),
    [1, 3],
  );
  assert.equal(theirs.id, 0);
  assert.equal(one.createDataChannel("d").id, 5);
  assert.throws(() => one.createDataChannel("", { negotiated: true, id: 3 }), { name: "OperationError" });
});

void test("an id that the peer took in-band is in use", async () => {
  const { other, remote } = await connectedPair();
  assert.throws(() => other.createDataChannel("", { negotiated: true, id: required(remote.id) }), {
    name: "OperationError",
  });
});

void test("a new channel on a connection that is up is connecting first", async () => {
  const { one, other } = await connectedPair();
  for (const init of [{}, { negotiated: true, id: 42 }]) {
    const channel = one.createDataChannel("another", init);
    assert.equal(channel.readyState, "connecting");
    await once(channel, "open");
    assert.equal(channel.readyState, "open");
  }
  assert.equal(other.connectionState === "failed", false);
});

// ondatachannel ------------------------------------------------------------------------------------------------------

void test("a channel of the peer's is told once, open and with the same parameters", async () => {
  for (const init of [{}, { ordered: false, maxRetransmits: 1, protocol: "custom", priority: "high" }] as const) {
    const [one, other] = newPair();
    exchangeCandidates(one, other);
    const channel = one.createDataChannel("fire me!", init);
    const told = once<RTCDataChannelEvent>(other, "datachannel");
    const opened = told.then((event) => once(event.channel, "open"));
    await exchangeOfferAnswer(one, other);
    const event = await told;
    assert.ok(event instanceof RTCDataChannelEvent);
    assert.deepEqual([event.bubbles, event.cancelable], [false, false]);
    const remote = event.channel;
    assert.equal(remote.readyState, "open");
    assert.equal(remote.transport, other.sctp);
    assert.deepEqual(
      [remote.label, remote.ordered, remote.maxRetransmits, remote.maxPacketLifeTime, remote.protocol],
      [channel.label, channel.ordered, channel.maxRetransmits, channel.maxPacketLifeTime, channel.protocol],
    );
    assert.deepEqual([remote.id, remote.negotiated, remote.priority], [channel.id, false, channel.priority]);
    await opened;
    other.ondatachannel = () => assert.fail("once is enough");
    await task();
  }
});

void test("what the handler of datachannel sends arrives, though it closes the channel at once; open does not come", async () => {
  const [one, other] = newPair();
  exchangeCandidates(one, other);
  const channel = one.createDataChannel("x");
  const arrived = nextMessage(channel);
  const closed = once(channel, "close");
  other.ondatachannel = (event) => {
    event.channel.onopen = () => assert.fail("It was closed before.");
    event.channel.send("meow meow!");
    event.channel.close();
  };
  await exchangeOfferAnswer(one, other);
  assert.equal(await arrived, "meow meow!");
  await closed;
});

void test("negotiated channels are not told, and work in both directions", async () => {
  const { one, other, channel, remote } = await connectedPair({ negotiated: true, id: 7 });
  for (const connection of [one, other]) connection.ondatachannel = () => assert.fail("It is negotiated.");
  const arrived = nextMessage(remote);
  channel.send("there");
  assert.equal(await arrived, "there");
  const back = nextMessage(channel);
  remote.send("and back");
  assert.equal(await back, "and back");
});

void test("RTCDataChannelEvent needs a channel", () => {
  assert.equal(RTCDataChannelEvent.length, 2);
  for (const init of [undefined, {}, { channel: null }, { channel: undefined }, { channel: {} }] as never[]) {
    assert.throws(() => new RTCDataChannelEvent("type", init), TypeError);
  }
  const channel = newConnection().createDataChannel("");
  assert.equal(new RTCDataChannelEvent("type", { channel }).channel, channel);
  assert.throws(() => new (RTCDataChannel as unknown as new () => object)(), TypeError);
});

// send() -------------------------------------------------------------------------------------------------------------

for (const init of [{}, { negotiated: true, id: 0 }]) {
  const kind = init.negotiated ? "a negotiated channel" : "a channel";

  void test(`${kind} sends every kind of message, in order, and counts what waits`, async () => {
    const { channel, remote } = await connectedPair(init);
    const got: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      remote.onmessage = ({ data }) => {
        if (got.push(typeof data === "string" ? data : (data as ArrayBuffer).byteLength) === 8) resolve();
      };
    });
    const bytes = Uint8Array.of(0x68, 0x65, 0x6c, 0x6c, 0x6f);
    let amount = 0;
    const send = (data: Parameters<typeof channel.send>[0], size: number) => {
      channel.send(data);
      amount += size;
      assert.equal(channel.bufferedAmount, amount);
    };
    send("hello", 5);
    send("世界你好", 12);
    send(bytes, 5);
    send(bytes.buffer, 5);
    send(new Blob([bytes, "!"]), 6);
    send(new DataView(bytes.buffer, 1, 3), 3);
    send(new Blob([]), 0);
    send("", 0);
    await all;
    assert.deepEqual(got, ["hello", "世界你好", 5, 5, 6, 3, 0, ""]);
    assert.equal(channel.bufferedAmount, 0);
  });

  void test(`${kind} gives binary messages as binaryType says, and strings as strings`, async () => {
    const { channel, remote } = await connectedPair(init);
    for (const binaryType of ["blob", "arraybuffer"] as const) {
      remote.binaryType = binaryType;
      const binary = nextMessage(remote);
      channel.send(Uint8Array.of(1, 2));
      assert.equal((await binary) instanceof (binaryType === "blob" ? Blob : ArrayBuffer), true);
      const string = nextMessage(remote);
      channel.send("a string");
      assert.equal(await string, "a string");
    }
  });

  void test(`${kind} tells bufferedamountlow once for what falls at once`, async () => {
    const { channel } = await connectedPair(init);
    let events = 0;
    channel.onbufferedamountlow = () => events++;
    const low = once(channel, "bufferedamountlow");
    channel.send("hello");
    channel.send("hello");
    assert.equal(channel.bufferedAmount, 10);
    await low;
    assert.equal(channel.bufferedAmount, 0);
    await task();
    assert.equal(events, 1);
    channel.send("again");
    await once(channel, "bufferedamountlow");
  });

  void test(`closing ${kind} is told to the other side by closing, then close`, async () => {
    const { channel, remote } = await connectedPair(init);
    const log: string[] = [];
    for (const type of ["closing", "close", "error"]) {
      channel.addEventListener(type, () => log.push(`own ${type} ${channel.readyState}`));
      remote.addEventListener(type, () => log.push(`remote ${type} ${remote.readyState}`));
    }
    const closed = Promise.all([once(channel, "close"), once(remote, "close")]);
    channel.send("the last words");
    channel.close();
    assert.equal(channel.readyState, "closing");
    assert.equal(channel.bufferedAmount, 14);
    await closed;
    assert.deepEqual(log.sort(), ["own close closed", "remote close closed", "remote closing closing"]);
    for (const it of [channel, remote]) {
      it.close();
      assert.throws(() => it.send("x"), { name: "InvalidStateError" });
    }
  });

  void test(`closing the connection of ${kind} is an error at the other side, then close`, async () => {
    const { one, channel, remote } = await connectedPair(init);
    const events: string[] = [];
    let error: unknown = null;
    remote.addEventListener("error", (event) => {
      assert.ok(event instanceof RTCErrorEvent);
      events.push(event.type);
      error = event.error;
    });
    remote.onclosing = () => events.push("closing");
    const closed = once(remote, "close").then(() => events.push("close"));
    one.close();
    assert.equal(channel.readyState, "closed");
    await closed;
    assert.deepEqual(events, ["error", "close"]);
    assert.ok(error instanceof RTCError);
    assert.deepEqual([error.name, error.errorDetail], ["OperationError", "sctp-failure"]);
  });

  void test(`bufferedAmount of ${kind} does not fall when the connection closes`, async () => {
    const { one, channel } = await connectedPair(init);
    channel.send("hello");
    assert.equal(channel.bufferedAmount, 5);
    one.close();
    assert.equal(channel.bufferedAmount, 5);
    await task();
    assert.equal(channel.bufferedAmount, 5);
  });

  void test(`closing the connection after ${kind} tells the channel nothing more`, async () => {
    const { one, channel, remote } = await connectedPair(init);
    const closed = Promise.all([once(channel, "close"), once(remote, "close")]);
    channel.close();
    await closed;
    for (const it of [channel, remote]) {
      for (const type of ["error", "close", "closing"]) it.addEventListener(type, () => assert.fail(`${type} came.`));
    }
    one.close();
    await task();
  });
}

void test("a message comes with its page's origin, which a Node process has none of", async () => {
  const { channel, remote } = await connectedPair();
  const arrived = once<MessageEvent>(remote, "message");
  channel.send("x");
  assert.equal((await arrived).origin, "");
});

void test("send() refuses what is no message before it looks at the state", async () => {
  const { channel } = await connectedPair();
  const unopened = newConnection().createDataChannel("x");
  const shared = new SharedArrayBuffer(8);
  for (const wrong of [null, undefined, 42, {}, true, shared, new Uint8Array(shared), new DataView(shared)]) {
    assert.throws(() => channel.send(wrong as never), TypeError);
    assert.throws(() => unopened.send(wrong as never), TypeError);
  }
  assert.throws(() => unopened.send("x"), { name: "InvalidStateError" });
});

void test("messages up to maxMessageSize arrive, and larger ones are a TypeError", async () => {
  const { one, channel, remote } = await connectedPair();
  const max = required(one.sctp).maxMessageSize;
  assert.equal(max, 262_144);
  for (const data of [new Uint8Array(max), "x".repeat(max), new Blob([new Uint8Array(max)])]) {
    const arrived = nextMessage(remote);
    channel.send(data);
    const got = (await arrived) as string | ArrayBuffer;
    assert.equal(typeof got === "string" ? got.length : got.byteLength, max);
  }
  for (const data of [new Uint8Array(max + 1), "x".repeat(max + 1), new Blob([new Uint8Array(max + 1)])]) {
    assert.throws(() => channel.send(data), TypeError);
  }
});

void test("bufferedAmountLowThreshold is an unsigned long, in its range", () => {
  const channel = newConnection().createDataChannel("x");
  for (const [given, expected] of [
    [1000, 1000],
    [4_294_967_295, 4_294_967_295],
    ["7", 7],
    [1.5, 1],
    [null, 0],
  ] as [number, number][]) {
    channel.bufferedAmountLowThreshold = given;
    assert.equal(channel.bufferedAmountLowThreshold, expected);
  }
  for (const wrong of [-1, 4_294_967_296, NaN, "x"] as number[]) {
    assert.throws(() => (channel.bufferedAmountLowThreshold = wrong), TypeError);
  }
  assert.equal(channel.bufferedAmountLowThreshold, 0);
});

void test("binaryType ignores what is none of its values", () => {
  const channel = newConnection().createDataChannel("x");
  for (const wrong of ["jellyfish", "arraybuffer ", "", null, undefined] as never[]) {
    channel.binaryType = wrong;
    assert.equal(channel.binaryType, "arraybuffer");
  }
  channel.binaryType = "blob";
  assert.equal(channel.binaryType, "blob");
});

void test("a channel that is closed before the connection is up closes, and its sibling opens", async () => {
  const [one, other] = newPair();
  exchangeCandidates(one, other);
  const [closing, sibling] = [one.createDataChannel("closed at once"), one.createDataChannel("sibling")];
  const closed = once(closing, "close");
  closing.close();
  assert.equal(closing.readyState, "closing");
  const opened = once(sibling, "open");
  await exchangeOfferAnswer(one, other);
  await Promise.all([opened, closed]);
  assert.equal(closing.readyState, "closed");
});

void test("closing a connection closes each of its channels at once, before it is up", () => {
  const connection = newConnection();
  const channels = Array.from({ length: 24 }, (_, id) =>
    connection.createDataChannel(String(id), id % 2 === 0 ? { negotiated: true, id } : {}),
  );
  connection.close();
  for (const channel of channels) assert.equal(channel.readyState, "closed");
});

void test("a hundred channels of one connection have each their own messages", async () => {
  const { one, other } = await connectedPair();
  const got = new Map<string, unknown>();
  const all = new Promise<void>((resolve) => {
    other.ondatachannel = ({ channel }) => {
      channel.onmessage = ({ data }) => {
        if (got.set(channel.label, data).size === 100) resolve();
      };
    };
  });
  for (let i = 0; i < 100; i++) {
    const channel = one.createDataChannel(`label ${String(i)}`);
    channel.onopen = () => channel.send(`message ${String(i)}`);
  }
  await all;
  for (let i = 0; i < 100; i++) assert.equal(got.get(`label ${String(i)}`), `message ${String(i)}`);
});
