import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  BridgeTransport,
  type RTCErrorEvent,
  RTCIceGatherer,
  RTCIceTransport,
  type RTCPeerConnectionIceErrorEvent,
  setDefaultTransport,
} from "portico";
import { startBridge, startFalseBridge } from "./support/bridge.js";
import { connectedChannels, nextMessage, once, Peer, reached } from "./support/peers.js";
import { runProgram } from "./support/program.js";

const bound = Uint8Array.from(Buffer.from("6f1013010" + "47f000001c350008000ffe3800400000000", "hex"));
const folder = await mkdtemp(join(tmpdir(), "portico-"));
after(() => rm(folder, { recursive: true }));

function token(secret: string, claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

void test("two peers connect through the bridge, and everything arrives", async () => {
  const bridge = await startBridge();
  const channels = await connectedChannels({}, { transport: new BridgeTransport(bridge.url) });
  const { one, channel, remote } = channels;
  const echo = nextMessage(channel);
  remote.onmessage = ({ data }) => remote.send(data);
  const data = Uint8Array.from({ length: 200_000 }, (_, i) => i & 0xff);
  channel.send(data);
  assert.deepEqual(new Uint8Array((await echo) as ArrayBuffer), data);
  assert.equal(one.ice.getSelectedCandidatePair()?.local.address, "127.0.0.1");
  await channels.close();
  await bridge.kill();
});

void test("a peer behind the bridge connects to one that has UDP", async () => {
  const bridge = await startBridge();
  setDefaultTransport(new BridgeTransport(bridge.url));
  const behind = new RTCIceTransport(new RTCIceGatherer([]));
  await behind.iceGatherer.gather();
  setDefaultTransport(null);
  const beside = new Peer();
  await beside.gatherer.gather();
  for (const candidate of beside.gatherer.getLocalCandidates()) void behind.addRemoteCandidate(candidate);
  for (const candidate of behind.iceGatherer.getLocalCandidates()) void beside.ice.addRemoteCandidate(candidate);
  await Promise.all([
    behind.start(beside.gatherer.getLocalParameters()),
    beside.ice.start(behind.iceGatherer.getLocalParameters()),
  ]);
  await Promise.all([behind.stop(), beside.stop()]);
  await bridge.kill();
});

void test("start() and addRemoteCandidate() need not wait for gather()", async () => {
  const bridge = await startBridge();
  const transport = new BridgeTransport(bridge.url);
  const [one, other] = [new Peer({ transport }), new Peer({ transport })];
  const gathering = one.gatherer.gather();
  assert.equal(one.gatherer.state, "gathering");
  const started = one.ice.start(other.gatherer.getLocalParameters(), "controlling");
  assert.equal(one.ice.role, "controlling");
  assert.throws(() => one.ice.start({}), TypeError);
  assert.throws(() => one.ice.start(other.gatherer.getLocalParameters(), "controlled"), { name: "InvalidStateError" });
  await Promise.all([gathering, other.gatherer.gather()]);
  one.takeCandidatesOf(other);
  other.takeCandidatesOf(one);
  await other.ice.start(one.gatherer.getLocalParameters());
  await started;
  await Promise.all([one.stop(), other.stop()]);
  await bridge.kill();
});

void test("a token lets in; none, or a forged one, does not, and gather() says so", async () => {
  const secret = "a secret that is long enough for HS256, at least";
  const file = join(folder, "secret");
  await writeFile(file, secret);
  const bridge = await startBridge(0, ["--token-secret-file", file]);
  const exp = Math.floor(Date.now() / 1000) + 60;
  const good = new Peer({ transport: new BridgeTransport(bridge.url, { token: () => token(secret, { exp }) }) });
  await good.gatherer.gather();
  assert.equal(good.gatherer.getLocalCandidates().length, 1);
  for (const options of [{}, { token: token("another secret", { exp }) }]) {
    const bad = new Peer({ transport: new BridgeTransport(bridge.url, options) });
    const problem = once<RTCPeerConnectionIceErrorEvent>(bad.gatherer, "icecandidateerror");
    await assert.rejects(bad.gatherer.gather(), { name: "NetworkError", message: /401/ });
    assert.match((await problem).errorText, /401/);
    assert.equal(bad.gatherer.state, "new");
  }
  await good.stop();
  await bridge.kill();
});

void test("a bridge that is not there: gather() rejects, start() too, and both may be tried again", async () => {
  const bridge = await startBridge();
  await bridge.kill();
  const peer = new Peer({ transport: new BridgeTransport(bridge.url) });
  const gathering = peer.gatherer.gather();
  const error = once<RTCErrorEvent>(peer.ice, "error");
  const starting = peer.ice.start({ usernameFragment: "abcd", password: "0123456789abcdefghijkl" });
  await assert.rejects(gathering, { name: "NetworkError" });
  await assert.rejects(starting, { name: "NetworkError" });
  assert.equal((await error).error.name, "NetworkError");
  const again = await startBridge(bridge.port);
  await peer.gatherer.gather();
  assert.equal(peer.gatherer.state, "complete");
  await peer.stop();
  await again.kill();
});

void test("the bridge dies: disconnected; restart() once it is back: connected, and the channel goes on", async () => {
  const bridge = await startBridge();
  const transport = new BridgeTransport(bridge.url);
  const { one, other, channel, remote, close } = await connectedChannels({}, { transport });
  await bridge.kill();
  await Promise.all([reached(one.ice, "disconnected", "failed"), reached(other.ice, "disconnected", "failed")]);
  await assert.rejects(one.ice.restart(), { name: "NetworkError" });
  const again = await startBridge(bridge.port);
  const message = nextMessage(remote);
  channel.send("sent while there was no bridge");
  await Promise.all([one.ice.restart(), other.ice.restart()]);
  one.takeCandidatesOf(other);
  const [forOne, forOther] = [other.gatherer.getLocalParameters(), one.gatherer.getLocalParameters()];
  await Promise.all([restartTowards(one, other, forOne), restartTowards(other, one, forOther)]);
  assert.equal(await message, "sent while there was no bridge");
  await close();
  await again.kill();
});

async function restartTowards(peer: Peer, other: Peer, parameters: object): Promise<void> {
  const started = peer.ice.start(parameters);
  peer.takeCandidatesOf(other);
  await started;
}

void test("what the bridge refuses is counted, and told as a candidate error", async () => {
  const bridge = await startBridge();
  const peer = new Peer({ transport: new BridgeTransport(bridge.url) });
  await peer.gatherer.gather();
  const problem = once<RTCPeerConnectionIceErrorEvent>(peer.gatherer, "icecandidateerror");
  void peer.ice.addRemoteCandidate({ address: "10.1.2.3", port: 5000, type: "host" });
  void peer.ice.start({ usernameFragment: "abcd", password: "0123456789abcdefghijkl" });
  const { address, port, url, errorText } = await problem;
  assert.deepEqual([address, port, url], ["10.1.2.3", 5000, bridge.url]);
  assert.match(errorText, /does not permit/);
  assert.ok(peer.gatherer.droppedDatagrams > 0);
  await peer.stop();
  await bridge.kill();
});

void test("a process that used the bridge ends when its peers are closed, and when they were dropped", async () => {
  const bridge = await startBridge();
  for (const last of ["gatherer.close();", ""]) {
    const { code, stdout, stderr } = await runProgram(
      `import { BridgeTransport, RTCIceGatherer } from "portico";
       const gatherer = new RTCIceGatherer({ iceServers: [], transport: new BridgeTransport(process.argv[1]) });
       await gatherer.gather();
       console.log(gatherer.getLocalCandidates().length);
       ${last}`,
      bridge.url,
    );
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "1\n", stderr: "" });
  }
  await bridge.kill();
});

void test("the token goes as a subprotocol", async () => {
  let offered: string[] = [];
  const bridge = await startFalseBridge((socket, protocols) => {
    offered = protocols;
    socket.send(bound);
  });
  const peer = new Peer({ transport: new BridgeTransport(bridge.url, { token: "abc.def" }) });
  await peer.gatherer.gather();
  assert.deepEqual(offered, ["portico.udp.v1", "portico.token.abc.def"]);
  await peer.stop();
  await bridge.close();
});

void test("a bridge that says nothing is a TimeoutError, and one that talks nonsense a NetworkError", async () => {
  const silent = await startFalseBridge(() => undefined);
  const waiting = new Peer({ transport: new BridgeTransport(silent.url, { connectTimeoutMs: 50 }) });
  await assert.rejects(waiting.gatherer.gather(), { name: "TimeoutError" });
  for (const nonsense of [Uint8Array.of(0, 5, 1), "text", Uint8Array.of(0x6f, 0x10, 1, 9)]) {
    const bridge = await startFalseBridge((socket) => socket.send(nonsense));
    const peer = new Peer({ transport: new BridgeTransport(bridge.url) });
    await assert.rejects(peer.gatherer.gather(), { name: "NetworkError", message: /no capsule/ });
    await bridge.close();
  }
  await silent.close();
});

void test("stop() while the bridge is being reached ends the waiting", async () => {
  const silent = await startFalseBridge(() => undefined);
  const peer = new Peer({ transport: new BridgeTransport(silent.url) });
  const gathering = peer.gatherer.gather();
  const starting = peer.ice.start({ usernameFragment: "abcd", password: "0123456789abcdefghijkl" });
  peer.gatherer.on("icecandidateerror", () => assert.fail("Nobody needs to know."));
  await peer.ice.stop();
  await assert.rejects(gathering, { name: "AbortError" });
  await assert.rejects(starting, { name: "AbortError" });
  await silent.close();
});

void test("a remote that answers and is limited is a drop, not a fault of its candidate", async () => {
  const remote = "047f0000011388";
  const bridge = await startFalseBridge((socket) => {
    socket.send(bound);
    socket.once("message", () => {
      socket.send(Buffer.from(`110801${remote}`, "hex"));
      for (const reason of ["02", "03"]) socket.send(Buffer.from(`6f1108${remote}${reason}`, "hex"));
    });
  });
  const peer = new Peer({ transport: new BridgeTransport(bridge.url) });
  await peer.gatherer.gather();
  const problem = once<RTCPeerConnectionIceErrorEvent>(peer.gatherer, "icecandidateerror");
  void peer.ice.addRemoteCandidate({ address: "127.0.0.1", port: 5000, type: "host" });
  void peer.ice.start({ usernameFragment: "abcd", password: "0123456789abcdefghijkl" });
  assert.match((await problem).errorText, /no route/);
  assert.ok(peer.gatherer.droppedDatagrams >= 2);
  await peer.stop();
  await bridge.close();
});

void test("the bridge's reason for leaving is in the error", async () => {
  const bridge = await startFalseBridge((socket) => {
    socket.send(bound);
    socket.on("message", () => socket.close(1011, "The UDP socket failed."));
  });
  const peer = new Peer({ transport: new BridgeTransport(bridge.url) });
  await peer.gatherer.gather();
  const problem = once<RTCPeerConnectionIceErrorEvent>(peer.gatherer, "icecandidateerror");
  void peer.ice.addRemoteCandidate({ address: "127.0.0.1", port: 5000, type: "host" });
  void peer.ice.start({ usernameFragment: "abcd", password: "0123456789abcdefghijkl" });
  assert.match((await problem).errorText, /The UDP socket failed/);
  await peer.stop();
  await bridge.close();
});

void test("a WebSocket that stalls makes drops, not a buffer", async () => {
  const bridge = await startFalseBridge((socket) => {
    socket.send(bound);
    socket.pause();
  });
  const transport = new BridgeTransport(bridge.url);
  const request = {
    ...{ bindAddresses: [], interfaces: [], excludedInterfaces: [], includeLoopback: true },
    ...{ portRange: [0, 0] as const, refused: () => undefined },
  };
  const [socket] = await transport.bind({ ...request, signal: new AbortController().signal });
  assert.ok(socket);
  socket.open({ receive: () => undefined, failed: () => undefined });
  const endpoint = {
    family: 4,
    address: "192.0.2.1",
    port: 9,
    bytes: Uint8Array.of(192, 0, 2, 1),
    text: "192.0.2.1:9",
  } as const;
  const batch = {
    count: 40,
    totalBytes: 48_000,
    endpoint: () => endpoint,
    bytes: () => 1200,
    copyPayload: () => undefined,
  };
  for (let i = 0; i < 1000 && socket.droppedDatagrams === 0; i++) socket.send(batch);
  assert.ok(socket.droppedDatagrams > 0);
  socket.close();
  await bridge.close();
});

void test("a bridge's URL and token are checked at once", () => {
  assert.throws(() => new BridgeTransport("nowhere"), { name: "SyntaxError" });
  assert.throws(() => new BridgeTransport("https://bridge.example"), { name: "SyntaxError" });
  assert.throws(() => new BridgeTransport("wss://bridge.example", { token: "a b" }), { name: "SyntaxError" });
  assert.equal(new BridgeTransport("wss://bridge.example").url, "wss://bridge.example/udp");
});
