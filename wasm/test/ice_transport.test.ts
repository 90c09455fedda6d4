// RTCIceTransport as W3C webrtc-ice has it: made without a gatherer. What the web-platform-tests check of it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  type RTCIceCandidate as Candidate,
  RTCIceCandidate,
  RTCIceTransport,
  type RTCPeerConnectionIceEvent,
} from "portico";
import { once } from "./support/peers.js";

const transports: RTCIceTransport[] = [];
function newTransport(): RTCIceTransport {
  const transport = new RTCIceTransport();
  transports.push(transport);
  return transport;
}
after(async () => {
  await Promise.all(transports.map((transport) => transport.stop()));
});

const hostOnly = { iceServers: [] };
const remote = { usernameFragment: "remote", password: "0123456789abcdefghijkl" };
const otherRemote = { usernameFragment: "remote2", password: "0123456789abcdefghijkl" };
const newCandidate = () =>
  new RTCIceCandidate({ candidate: "candidate:1 1 udp 2113929471 203.0.113.100 10100 typ host", sdpMid: "" });

void test("before anything it has parameters of its own, and knows nothing of a peer", () => {
  const transport = newTransport();
  assert.deepEqual([transport.role, transport.state, transport.gatheringState], [null, "new", "new"]);
  assert.deepEqual([transport.getLocalCandidates(), transport.getRemoteCandidates()], [[], []]);
  assert.deepEqual([transport.getSelectedCandidatePair(), transport.getRemoteParameters()], [null, null]);
  assert.equal(transport.getLocalParameters()?.password.length, 22);
});

void test("gather() takes servers as Web IDL has it", async () => {
  assert.throws(() => newTransport().gather({ iceServers: null as never }), TypeError);
  assert.throws(() => newTransport().gather({ iceServers: [null as never] }), TypeError);
  assert.throws(() => newTransport().gather({ gatherPolicy: "some" as never }), TypeError);
  assert.throws(() => newTransport().gather(7 as never), TypeError);
  assert.throws(() => newTransport().gather({ iceServers: [{ urls: "http://192.0.2.1" }] }), { name: "SyntaxError" });
  const server = { urls: ["turns:192.0.2.1", "turn:192.0.2.1"], username: "user", credential: "cred" };
  const transport = newTransport();
  void transport.gather({ iceServers: [server] });
  await transport.stop();
});

void test("gather() begins at once, and only once", async () => {
  const transport = newTransport();
  const gathering = transport.gather(hostOnly);
  assert.equal(transport.gatheringState, "gathering");
  assert.throws(() => transport.gather(hostOnly), { name: "InvalidStateError" });
  await gathering;
  assert.equal(transport.gatheringState, "complete");
  assert.throws(() => transport.gather(hostOnly), { name: "InvalidStateError" });
});

void test("the end of gathering is a null candidate, then the one event of gatheringState", async () => {
  const transport = newTransport();
  const log: string[] = [];
  const seen: Candidate[] = [];
  transport.ongatheringstatechange = () => log.push(transport.gatheringState);
  transport.onicecandidate = ({ candidate }) => {
    log.push(candidate === null ? `null ${transport.gatheringState}` : "candidate");
    if (candidate) seen.push(candidate);
    const list = transport.getLocalCandidates();
    assert.ok(seen.every((one) => list.includes(one)));
  };
  await transport.gather(hostOnly);
  assert.ok(seen.length > 0);
  assert.deepEqual(log.slice(-2), ["null gathering", "complete"]);
  assert.equal(log.filter((line) => line === "complete").length, 1);
  assert.ok(!log.includes("gathering"));
});

void test("a closed one refuses everything", async () => {
  const transport = newTransport();
  await transport.stop();
  assert.throws(() => transport.gather(hostOnly), { name: "InvalidStateError" });
  assert.throws(() => transport.start(remote), { name: "InvalidStateError" });
  assert.throws(() => transport.addRemoteCandidate(newCandidate()), { name: "InvalidStateError" });
  assert.deepEqual([transport.getRemoteParameters(), transport.getRemoteCandidates()], [null, []]);
});

void test("start() needs both parameters, in RFC 8839's grammar", () => {
  const transport = newTransport();
  assert.throws(() => transport.start({}), TypeError);
  assert.throws(() => transport.start({ usernameFragment: "dummy" }), TypeError);
  assert.throws(() => transport.start({ password: remote.password }), TypeError);
  assert.throws(() => transport.start({ ...remote, password: "short" }), { name: "SyntaxError" });
  assert.equal(transport.getRemoteParameters(), null);
});

void test("start() takes a role, the controlled one by default, and keeps it", () => {
  const [one, other] = [newTransport(), newTransport()];
  void one.start(remote);
  void other.start(remote, "controlling");
  assert.deepEqual([one.role, other.role], ["controlled", "controlling"]);
  assert.deepEqual([one.state, one.getRemoteParameters()?.usernameFragment], ["new", "remote"]);
  assert.throws(() => other.start(remote, "controlled"), { name: "InvalidStateError" });
});

void test("what is no candidate is an OperationError, whenever it comes", async () => {
  const transport = newTransport();
  const wrong = new RTCIceCandidate({ candidate: "invalid", sdpMid: "" });
  assert.throws(() => transport.addRemoteCandidate(wrong), { name: "OperationError" });
  await transport.gather(hostOnly);
  assert.throws(() => transport.addRemoteCandidate(wrong), { name: "OperationError" });
  assert.deepEqual(transport.getRemoteCandidates(), []);
});

for (const gathers of [false, true]) {
  const when = gathers ? "after" : "without";
  void test(`the checks begin with start() and a candidate, in either order, ${when} gather()`, async () => {
    const [one, other] = [newTransport(), newTransport()];
    if (gathers) await Promise.all([one.gather(hostOnly), other.gather(hostOnly)]);
    const events: string[] = [];
    for (const transport of [one, other]) transport.onstatechange = () => events.push(transport.state);
    const candidate = newCandidate();
    await one.addRemoteCandidate(candidate);
    assert.equal(one.state, "new");
    void one.start(remote);
    assert.equal(one.state, "checking");
    void other.start(remote);
    assert.equal(other.state, "new");
    await other.addRemoteCandidate(candidate);
    assert.equal(other.state, "checking");
    for (const transport of [one, other]) assert.equal(transport.getRemoteCandidates()[0], candidate);
    await new Promise(setImmediate);
    assert.deepEqual(events, [], "what the calls did themselves is no event");
  });

  void test(`new parameters flush the candidates, ${when} gather()`, async () => {
    const transport = newTransport();
    if (gathers) await transport.gather(hostOnly);
    void transport.start(remote);
    await transport.addRemoteCandidate(newCandidate());
    void transport.start(otherRemote);
    assert.deepEqual([transport.state, transport.getRemoteCandidates()], ["new", []]);
    assert.equal(transport.getRemoteParameters()?.usernameFragment, "remote2");
  });
}

/** Each starts at once, and gets the other's candidates as they are found. */
function connectedPair(): [RTCIceTransport, RTCIceTransport] {
  const [one, other] = [newTransport(), newTransport()];
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.onicecandidate = ({ candidate }: RTCPeerConnectionIceEvent) => void to.addRemoteCandidate(candidate);
    const mine = from.getLocalParameters();
    if (mine) void to.start(mine, to === one ? "controlling" : "controlled");
  }
  void one.gather(hostOnly);
  void other.gather(hostOnly);
  return [one, other];
}

void test("two of them connect, and the first event of state is that", async () => {
  await Promise.all(
    connectedPair().map(async (transport) => {
      await once(transport, "statechange");
      assert.equal(transport.state, "connected");
    }),
  );
});

void test("the selected pair is of the lists' own objects, and goes when the transport stops", async () => {
  const pair = connectedPair();
  await Promise.all(
    pair.map(async (transport) => {
      await once(transport, "selectedcandidatepairchange");
      const selected = transport.getSelectedCandidatePair();
      assert.ok(selected);
      assert.ok(transport.getLocalCandidates().includes(selected.local));
      assert.ok(transport.getRemoteCandidates().includes(selected.remote));
    }),
  );
  for (const transport of pair) {
    void transport.stop();
    assert.equal(transport.getSelectedCandidatePair(), null);
    assert.equal(transport.state, "closed");
  }
});

void test("two of one role settle who controls", async () => {
  const [one, other] = [newTransport(), newTransport()];
  await Promise.all([one.gather(hostOnly), other.gather(hostOnly)]);
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    for (const candidate of from.getLocalCandidates()) void to.addRemoteCandidate(candidate);
    void to.addRemoteCandidate(null);
  }
  // RFC 8445 §7.3.1.1
  await Promise.all(
    [one, other].map((transport) => {
      const parameters = (transport === one ? other : one).getLocalParameters();
      assert.ok(parameters);
      return transport.start(parameters, "controlling");
    }),
  );
  assert.deepEqual([one.role, other.role].sort(), ["controlled", "controlling"]);
});
