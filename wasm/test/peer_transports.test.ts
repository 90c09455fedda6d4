// The transports of an RTCPeerConnection: what the web-platform-tests check of RTCSctpTransport, RTCDtlsTransport and
// RTCIceTransport there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RTCDtlsTransport, RTCIceGatherer, RTCIceTransport, RTCSctpTransport } from "portico";
import {
  connectedPair,
  exchangeCandidates,
  exchangeOfferAnswer,
  newAnswer,
  newConnection,
  newOffer,
  newPair,
  reachedState,
  required,
  task,
} from "./support/connections.js";
import { reached } from "./support/peers.js";

void test("the SCTP transport is there from the answer on, on either side", async () => {
  const [one, other] = newPair();
  one.createDataChannel("x");
  await one.setLocalDescription();
  assert.equal(one.sctp, null);
  await other.setRemoteDescription(required(one.localDescription));
  assert.equal(other.sctp, null);
  await other.setLocalDescription();
  await one.setRemoteDescription(required(other.localDescription));
  for (const { sctp } of [one, other]) {
    assert.ok(sctp instanceof RTCSctpTransport);
    assert.ok(sctp.transport instanceof RTCDtlsTransport);
    assert.ok(sctp.transport.iceTransport instanceof RTCIceTransport);
    assert.ok(sctp.transport.iceTransport.iceGatherer instanceof RTCIceGatherer);
    assert.deepEqual([sctp.state, sctp.maxChannels, sctp.port], ["connecting", null, 5000]);
  }
});

void test("there is no SCTP transport without a data section", async () => {
  const connection = newConnection();
  await connection.setLocalDescription();
  await connection.setRemoteDescription(await newAnswer(required(connection.localDescription)));
  assert.equal(connection.sctp, null);
});

void test("each transport is one object, for as long as it lasts", async () => {
  const { one, other } = await connectedPair();
  const transportsOf = () => {
    const sctp = required(one.sctp);
    return [sctp, sctp.transport, sctp.transport.iceTransport, sctp.transport.iceTransport.iceGatherer];
  };
  const before = transportsOf();
  await exchangeOfferAnswer(one, other);
  await exchangeOfferAnswer(other, one);
  assert.ok(transportsOf().every((transport, i) => transport === before[i]));
  one.close();
  await task();
  await task();
  assert.ok(transportsOf().every((transport, i) => transport === before[i]));
});

void test("the SCTP transport tells of connected, then of closed when the peer goes", async () => {
  const [one, other] = newPair();
  exchangeCandidates(one, other);
  one.createDataChannel("x");
  await exchangeOfferAnswer(one, other);
  const sctp = required(one.sctp);
  const log: string[] = [];
  sctp.onstatechange = () => log.push(sctp.state);
  await reached(sctp, "connected");
  assert.ok(required(sctp.maxChannels) > 0);
  const closed = reached(sctp, "closed");
  other.close();
  await closed;
  assert.deepEqual(log, ["connected", "closed"]);
});

void test("the DTLS transport tells of its states, and has the peer's certificate", async () => {
  const [one, other] = newPair();
  exchangeCandidates(one, other);
  one.createDataChannel("x");
  await exchangeOfferAnswer(one, other);
  const dtls = required(one.sctp).transport;
  assert.deepEqual(dtls.getRemoteCertificates(), []);
  const log: string[] = [];
  dtls.onstatechange = (event) => {
    assert.equal(event.target, dtls);
    log.push(dtls.state);
  };
  await reached(dtls, "connected");
  const [certificate] = dtls.getRemoteCertificates();
  assert.ok(certificate instanceof ArrayBuffer);
  assert.equal(new Uint8Array(certificate)[0], 0x30, "DER begins with a SEQUENCE");
  const closed = reached(dtls, "closed");
  other.close();
  await closed;
  assert.equal(log.at(-1), "closed");
  assert.ok(log.includes("connected"));
});

void test("maxMessageSize is what the peer says in its description, at once", async () => {
  for (const [said, expected] of [
    ["a=max-message-size:1000\r\n", 1000],
    ["a=max-message-size:4294967300\r\n", 4294967300],
    ["a=max-message-size:0\r\n", Infinity],
    ["", 65_536],
  ] as const) {
    const offer = await newOffer();
    const sdp = offer.sdp.replace(/a=max-message-size:.*\r\n/, said);
    const connection = newConnection();
    await connection.setRemoteDescription({ type: "offer", sdp });
    await connection.setLocalDescription();
    assert.equal(connection.sctp?.maxMessageSize, expected);
  }
});

void test("two connected ICE transports know each other, and the offerer controls", async () => {
  const { one, other } = await connectedPair();
  for (const connection of [one, other]) await reachedState(connection, "iceConnectionState", "completed");
  const [first, second] = [one, other].map((connection) => required(connection.sctp).transport.iceTransport);
  assert.ok(first && second);
  assert.deepEqual([first.role, second.role, first.component], ["controlling", "controlled", "rtp"]);
  assert.deepEqual([first.state, first.gatheringState], ["completed", "complete"]);
  for (const [mine, theirs] of [
    [first, second],
    [second, first],
  ] as const) {
    assert.deepEqual(mine.getLocalParameters(), theirs.getRemoteParameters());
    const texts = new Set(
      theirs.getRemoteCandidates().map(({ address, port }) => `${String(address)} ${String(port)}`),
    );
    for (const { address, port } of mine.getLocalCandidates())
      assert.ok(texts.has(`${String(address)} ${String(port)}`));
    const pair = required(mine.getSelectedCandidatePair());
    assert.ok(mine.getLocalCandidates().includes(pair.local));
    assert.ok(mine.getRemoteCandidates().includes(pair.remote));
  }
});

void test("an ICE transport that has heard of nobody has nobody", async () => {
  const [one, other] = newPair();
  one.createDataChannel("x");
  await exchangeOfferAnswer(one, other);
  const fresh = newConnection();
  fresh.createDataChannel("x");
  const [sdp, type] = [
    required(other.localDescription).sdp.replace(/a=(candidate|end-of).*\r\n/g, ""),
    "offer",
  ] as const;
  await fresh.setRemoteDescription({ type, sdp: sdp.replace("a=setup:active", "a=setup:actpass") });
  await fresh.setLocalDescription();
  const ice = required(fresh.sctp).transport.iceTransport;
  assert.deepEqual([ice.state, ice.getRemoteCandidates(), ice.getSelectedCandidatePair()], ["new", [], null]);
  assert.deepEqual([ice.role, ice.getLocalParameters()?.password.length], ["controlled", 22]);
});

void test("the ICE transport's gathering goes with the connection's", async () => {
  const { one, other } = await connectedPair();
  const ice = required(one.sctp).transport.iceTransport;
  const log: string[] = [];
  ice.ongatheringstatechange = () => log.push(ice.gatheringState);
  ice.onicecandidate = ({ candidate }) => log.push(candidate ? String(candidate.type) : "null");
  assert.equal(ice.gatheringState, "complete");
  one.restartIce();
  await exchangeOfferAnswer(one, other);
  await reachedState(one, "iceGatheringState", "complete");
  await task();
  assert.deepEqual(log, ["gathering", "host", "null", "complete"]);
});

void test("what the connection controls nobody else does", async () => {
  const { one } = await connectedPair();
  const sctp = required(one.sctp);
  const [dtls, ice] = [sctp.transport, sctp.transport.iceTransport];
  const parameters = required(ice.getLocalParameters());
  const calls: (() => unknown)[] = [
    ...[() => sctp.start({}), () => sctp.stop(), () => sctp.createDataChannel("x")],
    ...[() => dtls.start(dtls.getLocalParameters()), () => dtls.stop()],
    ...[() => ice.start(parameters), () => ice.restart(), () => ice.addRemoteCandidate(null), () => ice.stop()],
    ...[() => ice.gather(), () => ice.iceGatherer.gather(), () => ice.iceGatherer.close()],
  ];
  const refusal = { name: "InvalidStateError", message: /belongs to an RTCPeerConnection/ };
  for (const call of calls) await assert.rejects(Promise.resolve().then(call), refusal);
  assert.equal(one.connectionState === "closed", false);
});
