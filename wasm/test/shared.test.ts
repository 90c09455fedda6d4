// Any number of peers on one bound socket.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BridgeTransport, DgramTransport, type RTCDataChannelEvent, SharedTransport, type UdpTransport } from "portico";
import { startBridge } from "./support/bridge.js";
import { connect, once, Peer, reached } from "./support/peers.js";

const peers = 5;

async function exchange(server: Peer, client: Peer, text: string): Promise<void> {
  const channel = client.sctp.createDataChannel(text);
  const announced = once<RTCDataChannelEvent>(server.sctp, "datachannel");
  await once(channel, "open");
  const remote = (await announced).channel;
  const message = once<MessageEvent>(remote, "message");
  channel.send(text);
  assert.equal((await message).data, text);
}

async function serveManyOnOnePort(transport: UdpTransport): Promise<void> {
  const shared = new SharedTransport(transport);
  const pairs = Array.from({ length: peers }, () => ({ server: new Peer({ transport: shared }), client: new Peer() }));
  await Promise.all(pairs.map(({ server, client }) => connect(client, server)));
  const ports = new Set(pairs.flatMap(({ server }) => server.gatherer.getLocalCandidates().map((one) => one.port)));
  assert.equal(ports.size, 1);
  await Promise.all(pairs.map(({ server, client }, index) => exchange(server, client, `message ${String(index)}`)));

  // One that ends takes nothing from the others.
  const [first, ...others] = pairs;
  await first?.server.stop();
  for (const [index, { server, client }] of others.entries()) {
    await exchange(server, client, `again ${String(index)}`);
  }
  await Promise.all(pairs.flatMap(({ server, client }) => [server.stop(), client.stop()]));
  await Promise.all(pairs.map(({ client }) => reached(client.ice, "closed")));

  // All have ended, and the port with them: the next one gets another.
  const next = new Peer({ transport: shared });
  await next.gatherer.gather();
  assert.equal(next.gatherer.getLocalCandidates().length, 1);
  await next.stop();
}

void test("many peers on one UDP socket of Node", async () => {
  await serveManyOnOnePort(new DgramTransport());
});

void test("many peers on one WebSocket of the bridge", async () => {
  const bridge = await startBridge();
  await serveManyOnOnePort(new BridgeTransport(bridge.url));
  await bridge.kill();
});

/** As many as a test has time for; PORTICO_MANY=10000 tries more, and prints what they take. */
const many = Number(process.env["PORTICO_MANY"] ?? 200);
const underWay = 16;

async function serveMany(transport: UdpTransport, count: number, iceLite: boolean): Promise<void> {
  const shared = new SharedTransport(transport);
  const pairs: { server: Peer; client: Peer }[] = [];
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: underWay }, async (_, first) => {
      for (let i = first; i < count; i += underWay) {
        const pair = { server: new Peer({ transport: shared, iceLite }), client: new Peer() };
        pairs.push(pair);
        await connect(pair.client, pair.server);
        await exchange(pair.server, pair.client, `message ${String(i)}`);
      }
    }),
  );
  if (process.env["PORTICO_MANY"] !== undefined) {
    const seconds = (performance.now() - begun) / 1000;
    const mebibytes = process.memoryUsage().rss / 2 ** 20;
    console.log(
      `${String(count)} in ${seconds.toFixed(1)} s; the process, with both ends, has ${mebibytes.toFixed(0)} MiB`,
    );
  }
  const ports = new Set(pairs.flatMap(({ server }) => server.gatherer.getLocalCandidates().map((one) => one.port)));
  assert.equal(ports.size, 1);
  assert.ok(
    pairs.every(({ client, server }) => client.sctp.state === "connected" && server.sctp.state === "connected"),
  );
  await Promise.all(pairs.flatMap(({ server, client }) => [client.stop(), server.stop()]));
}

for (const iceLite of [true, false]) {
  const kind = iceLite ? "an ICE-lite" : "a full";
  void test(`${kind} server of hundreds on one UDP socket of Node`, () =>
    serveMany(new DgramTransport(), many, iceLite));
}

void test("a hundred peers on one WebSocket of the bridge", async () => {
  const bridge = await startBridge();
  await serveMany(new BridgeTransport(bridge.url), 100, false);
  await bridge.kill();
});

void test("a gatherer that closes while it binds leaves the socket to the others", async () => {
  const bridge = await startBridge();
  const transport = new SharedTransport(new BridgeTransport(bridge.url));
  const early = new Peer({ transport });
  const server = new Peer({ transport });
  const client = new Peer();
  const gathering = early.gatherer.gather();
  const connected = connect(client, server);
  early.gatherer.close();
  await assert.rejects(gathering, { name: "AbortError" });
  await connected;
  await exchange(server, client, "hello");
  await Promise.all([server.stop(), client.stop()]);
  await bridge.kill();
});
