// The Misuse table of the API, row by row: the same error names as in C++.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  BridgeTransport,
  RTCCertificate,
  RTCDtlsTransport,
  type RTCErrorEvent,
  RTCIceCandidate,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
  RTCPeerConnection,
  RTCSctpTransport,
  SharedTransport,
} from "portico";
import { connect, connectedChannels, once, Peer } from "./support/peers.js";

const peers: Peer[] = [];
function newPeer(): Peer {
  const peer = new Peer();
  peers.push(peer);
  return peer;
}
async function gathered(): Promise<Peer> {
  const peer = newPeer();
  await peer.gatherer.gather();
  return peer;
}
const valid = { usernameFragment: "abcd", password: "0123456789abcdefghijkl" };

after(async () => {
  await Promise.all(peers.map((peer) => peer.stop()));
});

void test("ICE start with empty parameters throws a TypeError, and an error event comes", async () => {
  const { ice } = await gathered();
  const error = once<RTCErrorEvent>(ice, "error");
  assert.throws(() => ice.start(new RTCIceParameters()), TypeError);
  assert.equal((await error).error.name, "TypeError");
  assert.throws(() => ice.start({}), TypeError);
  assert.throws(() => ice.start(undefined as never), TypeError);
  assert.throws(() => ice.start(null as never), TypeError);
});

void test("malformed ICE credentials are a SyntaxError", async () => {
  const { ice } = await gathered();
  for (const wrong of [{ usernameFragment: "abc" }, { password: "short" }, { usernameFragment: "ab cd" }]) {
    assert.throws(() => ice.start({ ...valid, ...wrong }), { name: "SyntaxError" });
  }
  assert.ok(ice.state === "new");
});

void test("malformed credentials of one's own are a SyntaxError", () => {
  assert.throws(() => new RTCIceGatherer({ iceServers: [], usernameFragment: "a", password: "b" }).gather(), {
    name: "SyntaxError",
  });
});

void test("ICE start before gather is an InvalidStateError in aioice's words", () => {
  const { ice } = newPeer();
  assert.throws(() => ice.start(valid), {
    name: "InvalidStateError",
    message: "Local candidates gathering was not performed.",
  });
});

void test("ICE start with an unknown role is a TypeError", async () => {
  const { ice } = await gathered();
  assert.throws(() => ice.start(valid, "both" as never), TypeError);
});

void test("ICE start again: the same is nothing new, another role is refused, new credentials restart", async () => {
  const [one, other] = [newPeer(), newPeer()];
  await connect(one, other);
  await one.ice.start(other.gatherer.getLocalParameters());
  await other.ice.start(one.gatherer.getLocalParameters());
  const opposite = one.ice.role === "controlling" ? "controlled" : "controlling";
  const started = newPeer();
  await started.gatherer.gather();
  void started.ice.start(valid, "controlling");
  assert.throws(() => started.ice.start(valid, "controlled"), { name: "InvalidStateError" });
  assert.ok(opposite);
  void started.ice.addRemoteCandidate({ address: "192.0.2.1", port: 9, type: "host" });
  assert.equal(started.ice.getRemoteCandidates().length, 1);
  void started.ice.start({ ...valid, usernameFragment: "efgh" });
  assert.equal(started.ice.getRemoteCandidates().length, 0);
  assert.equal(started.ice.getRemoteParameters()?.usernameFragment, "efgh");
});

void test("ICE start after stop is an InvalidStateError, at once and after the events", async () => {
  const { ice } = await gathered();
  const stopped = ice.stop();
  assert.equal(ice.state, "closed");
  assert.throws(() => ice.start(valid), { name: "InvalidStateError" });
  await stopped;
  await new Promise(setImmediate);
  assert.throws(() => ice.start(valid), { name: "InvalidStateError" });
  assert.equal(ice.state, "closed");
});

void test("a candidate after the end is ignored; new credentials open the list again", async () => {
  const { ice } = await gathered();
  const candidate = { address: "192.0.2.1", port: 9, type: "host" };
  await ice.addRemoteCandidate(null);
  await ice.addRemoteCandidate(candidate);
  assert.equal(ice.getRemoteCandidates().length, 0);
});

void test("a candidate after stop is an InvalidStateError", async () => {
  const { ice } = await gathered();
  await ice.stop();
  assert.throws(() => ice.addRemoteCandidate({ address: "192.0.2.1", port: 9, type: "host" }), {
    name: "InvalidStateError",
  });
  assert.throws(() => ice.addRemoteCandidate(null), { name: "InvalidStateError" });
});

void test("a malformed candidate is an OperationError; one that can't be used is kept untried", async () => {
  const { ice } = await gathered();
  assert.throws(() => ice.addRemoteCandidate({ candidate: "candidate:nonsense" }), { name: "OperationError" });
  assert.throws(() => ice.addRemoteCandidate(new RTCIceCandidate({ candidate: "nonsense", sdpMid: "0" })), {
    name: "OperationError",
  });
  assert.throws(() => new RTCIceCandidate({ candidate: "nonsense" }), TypeError);
  assert.throws(() => new RTCIceCandidate({}), TypeError);
  assert.throws(() => new RTCIceCandidate(undefined), TypeError);
  assert.throws(() => new RTCIceCandidate({ address: "192.0.2.1", type: "host" }), TypeError);
  await ice.addRemoteCandidate({ candidate: "candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active" });
});

void test("stop before start and stop twice are fine", async () => {
  const peer = newPeer();
  await peer.stop();
  await peer.stop();
  assert.deepEqual([peer.sctp.state, peer.dtls.state, peer.ice.state], ["closed", "closed", "closed"]);
  assert.equal(peer.gatherer.state, "closed");
});

void test("gather after close is an InvalidStateError", () => {
  const gatherer = new RTCIceGatherer({ iceServers: [] });
  gatherer.close();
  gatherer.close();
  assert.throws(() => gatherer.gather(), { name: "InvalidStateError" });
});

void test("DTLS start without a fingerprint is a TypeError, twice an InvalidStateError", async () => {
  const [one, other] = [newPeer(), newPeer()];
  assert.throws(() => one.dtls.start({ role: "auto", fingerprints: [] }), TypeError);
  assert.throws(() => one.dtls.start({ fingerprints: [{ algorithm: "sha-1", value: "AA" }] }), TypeError);
  assert.throws(() => one.dtls.start(undefined as never), TypeError);
  void one.dtls.start(other.dtls.getLocalParameters());
  assert.throws(() => one.dtls.start(other.dtls.getLocalParameters()), { name: "InvalidStateError" });
  await one.stop();
});

void test("an SCTP transport on a closed DTLS transport is an InvalidStateError", async () => {
  const peer = newPeer();
  await peer.dtls.stop();
  assert.throws(() => new RTCSctpTransport(peer.dtls), { name: "InvalidStateError" });
});

void test("SCTP start twice is nothing new, after stop an InvalidStateError", async () => {
  const { sctp } = newPeer();
  await sctp.start(RTCSctpTransport.getCapabilities());
  await sctp.start(RTCSctpTransport.getCapabilities());
  await sctp.stop();
  assert.throws(() => sctp.start(RTCSctpTransport.getCapabilities()), { name: "InvalidStateError" });
  assert.throws(() => sctp.createDataChannel("late"), { name: "InvalidStateError" });
});

void test("createDataChannel refuses what W3C refuses", () => {
  const { sctp } = newPeer();
  const create = (init: object) => () => sctp.createDataChannel("x", init);
  assert.throws(create({ maxRetransmits: 1, maxPacketLifeTime: 1 }), TypeError);
  assert.throws(create({ negotiated: true }), TypeError);
  assert.throws(create({ id: 65535, negotiated: true }), TypeError);
  assert.throws(create({ priority: "urgent" }), TypeError);
  assert.throws(() => sctp.createDataChannel("x".repeat(65536)), TypeError);
  create({ id: 5, negotiated: true })();
  assert.throws(create({ id: 5, negotiated: true }), { name: "OperationError" });
});

void test("send refuses what W3C refuses", async () => {
  const { sctp } = newPeer();
  const unopened = sctp.createDataChannel("x");
  assert.throws(() => unopened.send("x"), { name: "InvalidStateError" });
  const channels = await connectedChannels();
  assert.throws(() => channels.channel.send(new Uint8Array(262_145)), TypeError);
  assert.throws(() => channels.channel.send(42 as never), TypeError);
  assert.throws(() => channels.channel.send(null as never), TypeError);
  assert.throws(() => (channels.channel.bufferedAmountLowThreshold = -1), TypeError);
  await channels.close();
  assert.throws(() => channels.channel.send("x"), { name: "InvalidStateError" });
});

void test("bad ICE servers are a SyntaxError, or a TypeError where there are no URLs", () => {
  const gather = (servers: object[]) => () => new RTCIceGatherer().gather(servers as never);
  assert.throws(gather([{ urls: "http://example.org" }]), { name: "SyntaxError" });
  assert.throws(gather([{ urls: "stun:" }]), { name: "SyntaxError" });
  assert.throws(gather([{}]), TypeError);
});

void test("bad options are a TypeError", () => {
  assert.throws(() => new RTCIceGatherer({ iceTransportPolicy: "none" as never }), TypeError);
  assert.throws(() => new RTCIceGatherer({ bindAddresses: ["nowhere"] }), TypeError);
  assert.throws(() => new RTCIceTransport({} as never), TypeError);
  assert.throws(() => new RTCDtlsTransport({} as never), TypeError);
  assert.throws(() => new RTCSctpTransport({} as never), TypeError);
});

void test("certificates: what does not parse is a DataError", () => {
  assert.throws(() => RTCCertificate.fromPem("nonsense", "nonsense"), { name: "DataError" });
  assert.throws(() => new RTCCertificate(), TypeError);
});

void test("errors are DOMExceptions but for TypeError", async () => {
  const { ice } = newPeer();
  assert.throws(() => ice.start(valid), DOMException);
  assert.throws(() => ice.start({}), TypeError);
  await ice.stop();
});

void test("ICE-lite over the bridge is refused before anything is opened", () => {
  const transport = new SharedTransport(new BridgeTransport("ws://127.0.0.1:9"));
  assert.throws(() => new RTCIceGatherer({ transport, iceLite: true }), {
    name: "NotSupportedError",
    message: /bridge/,
  });
  assert.throws(() => new RTCPeerConnection({ transport, iceLite: true }), { name: "NotSupportedError" });
});
