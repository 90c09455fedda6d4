// Where a connection's sockets come from: bound when it gathers, which takes time through the bridge, and anew when the old
// ones are gone.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BridgeTransport,
  DgramTransport,
  type RTCPeerConnection,
  type RTCPeerConnectionIceErrorEvent,
  setDefaultTransport,
  SharedTransport,
} from "portico";
import { startBridge, startFalseBridge } from "./support/bridge.js";
import {
  connectedPair,
  exchangeCandidates,
  exchangeOfferAnswer,
  newConnection,
  reachedState,
  required,
  settlement,
  task,
} from "./support/connections.js";
import { nextMessage, once } from "./support/peers.js";
import { runProgram } from "./support/program.js";

/** One that gathers on this bridge, and has something to gather for. */
function offering(url: string): RTCPeerConnection {
  const connection = newConnection({ transport: new BridgeTransport(url) });
  connection.createDataChannel("x");
  return connection;
}
function candidatesOf(connection: RTCPeerConnection): string[] {
  return [...required(connection.localDescription).sdp.matchAll(/a=candidate:.*/g)].map(String);
}

void test("two connections connect through the bridge, and everything arrives", async () => {
  const bridge = await startBridge();
  const { one, other, channel, remote } = await connectedPair({}, { transport: new BridgeTransport(bridge.url) });
  remote.onmessage = ({ data }) => remote.send(data);
  const echo = nextMessage(channel);
  const data = Uint8Array.from({ length: 200_000 }, (_, i) => i & 0xff);
  channel.send(data);
  assert.deepEqual(new Uint8Array((await echo) as ArrayBuffer), data);
  assert.ok(required(one.sctp).transport.iceTransport.iceGatherer.droppedDatagrams >= 0);
  one.close();
  other.close();
  await bridge.kill();
});

void test("a connection behind the bridge, by the default transport, connects to one that has UDP", async () => {
  const bridge = await startBridge();
  setDefaultTransport(new BridgeTransport(bridge.url));
  const behind = newConnection();
  behind.createDataChannel("x");
  await behind.setLocalDescription();
  await reachedState(behind, "iceGatheringState", "complete");
  setDefaultTransport(null);
  const beside = newConnection();
  exchangeCandidates(behind, beside);
  const told = once(beside, "datachannel");
  await beside.setRemoteDescription(required(behind.localDescription));
  await beside.setLocalDescription();
  await behind.setRemoteDescription(required(beside.localDescription));
  await told;
  behind.close();
  beside.close();
  await bridge.kill();
});

void test("a bridge that is not there is told by icecandidateerror, and gathering ends without candidates", async () => {
  const bridge = await startBridge();
  await bridge.kill();
  const connection = offering(bridge.url);
  const log: string[] = [];
  connection.onicecandidateerror = ({ errorCode, errorText }) => log.push(`${String(errorCode)} ${errorText}`);
  connection.onicegatheringstatechange = () => log.push(connection.iceGatheringState);
  const end = new Promise<void>((resolve) => {
    connection.onicecandidate = ({ candidate }) => (candidate === null ? resolve() : undefined);
  });
  await connection.setLocalDescription();
  await end;
  assert.match(required(log[0]), /^701 .*(ECONNREFUSED|refused|Can't)/);
  assert.deepEqual([log[1], log.at(-1)], ["gathering", "complete"]);
  assert.deepEqual(candidatesOf(connection), []);
  assert.equal(connection.signalingState, "have-local-offer");
  connection.close();
});

void test("the next offer gathers on a bridge that is back", async () => {
  const bridge = await startBridge();
  await bridge.kill();
  const connection = offering(bridge.url);
  await connection.setLocalDescription();
  await reachedState(connection, "iceGatheringState", "complete");
  const again = await startBridge(bridge.port);
  await connection.setLocalDescription({ type: "rollback" });
  await reachedState(connection, "iceGatheringState", "new");
  await connection.setLocalDescription();
  await reachedState(connection, "iceGatheringState", "complete");
  assert.equal(candidatesOf(connection).length, 1);
  connection.close();
  await again.kill();
});

void test("close() while the bridge is being reached lets go of it, and tells nothing", async () => {
  let left: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (left = resolve));
  let reachedIt: () => void = () => undefined;
  const there = new Promise<void>((resolve) => (reachedIt = resolve));
  const silent = await startFalseBridge((socket) => {
    socket.once("close", left);
    reachedIt();
  });
  const connection = offering(silent.url);
  connection.onicecandidateerror = () => assert.fail("Nobody needs to know.");
  connection.onicegatheringstatechange = () => assert.fail("Nothing was gathered.");
  await connection.setLocalDescription();
  await there;
  connection.close();
  await gone;
  await task();
  assert.equal(connection.iceGatheringState, "new");
  await silent.close();
});

void test("a rollback while the bridge is being reached begins anew with the next offer", async () => {
  const bridge = await startBridge();
  const connection = offering(bridge.url);
  await connection.setLocalDescription();
  await connection.setLocalDescription({ type: "rollback" });
  await connection.setLocalDescription();
  await reachedState(connection, "iceGatheringState", "complete");
  assert.equal(candidatesOf(connection).length, 1);
  connection.close();
  await bridge.kill();
});

void test("calls do not wait for the bridge", async () => {
  const silent = await startFalseBridge(() => undefined);
  const connection = offering(silent.url);
  await connection.setLocalDescription();
  assert.equal(await settlement(connection.createOffer()), "fulfilled");
  connection.close();
  await silent.close();
});

void test(
  "the bridge dies: disconnected; an ICE restart once it is back, and the channel goes on",
  { timeout: 60_000 },
  async () => {
    const bridge = await startBridge();
    const transport = new BridgeTransport(bridge.url);
    const { one, other, channel, remote } = await connectedPair({}, { transport });
    await reachedState(one, "iceConnectionState", "completed");
    const told = once<RTCPeerConnectionIceErrorEvent>(one, "icecandidateerror");
    await bridge.kill();
    assert.match((await told).errorText, /bridge/i);
    await Promise.all([one, other].map((it) => reachedState(it, "iceConnectionState", "disconnected", "failed")));
    const again = await startBridge(bridge.port);
    const message = nextMessage(remote);
    channel.send("sent while there was no bridge");
    one.restartIce();
    await exchangeOfferAnswer(one, other);
    assert.equal(await message, "sent while there was no bridge");
    await Promise.all([one, other].map((it) => reachedState(it, "connectionState", "connected")));
    one.close();
    other.close();
    await again.kill();
  },
);

void test("connections may share a port, and take ports of a range", async () => {
  const shared = new SharedTransport(new DgramTransport());
  const ports = [];
  for (const label of ["one", "two"]) {
    const [sharer, other] = [newConnection({ transport: shared }), newConnection()];
    exchangeCandidates(sharer, other);
    const opened = once(sharer.createDataChannel(label), "open");
    await exchangeOfferAnswer(sharer, other);
    await opened;
    ports.push(required(sharer.sctp).transport.iceTransport.getLocalCandidates()[0]?.port);
  }
  assert.equal(ports[0], ports[1]);
  const [low, high] = [42_000, 42_200];
  const ranged = newConnection({ portRange: [low, high] });
  ranged.createDataChannel("x");
  await ranged.setLocalDescription();
  await reachedState(ranged, "iceGatheringState", "complete");
  const port = Number(/udp \d+ \S+ (\d+)/.exec(candidatesOf(ranged)[0] ?? "")?.[1]);
  assert.ok(port >= low && port <= high, String(port));
});

void test("a process whose connection used the bridge ends when it is closed, and when it was dropped", async () => {
  const bridge = await startBridge();
  for (const last of ["connection.close();", ""]) {
    const { code, stdout, stderr } = await runProgram(
      `import { BridgeTransport, RTCPeerConnection } from "portico";
       const connection = new RTCPeerConnection({ transport: new BridgeTransport(process.argv[1]) });
       connection.createDataChannel("x");
       await connection.setLocalDescription();
       await new Promise((resolve) => {
         connection.onicecandidate = ({ candidate }) => candidate === null && resolve();
       });
       console.log(connection.localDescription.sdp.match(/a=candidate/g).length);
       ${last}`,
      bridge.url,
    );
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "1\n", stderr: "" });
  }
  await bridge.kill();
});
