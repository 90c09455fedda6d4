import assert from "node:assert/strict";
import { test } from "node:test";
import { RTCDataChannelEvent, RTCIceGatherer, RTCPeerConnectionIceEvent } from "portico";
import { connect, connectedChannels, once, Peer, reached } from "./support/peers.js";

function record(log: string[], name: string, target: EventTarget & { state: string }): void {
  target.addEventListener("statechange", () => log.push(`${name} ${target.state}`));
}

void test("a gatherer tells candidates, then null, then complete, then its Promise resolves", async () => {
  const gatherer = new RTCIceGatherer({ iceServers: [], bindAddresses: ["127.0.0.1"] });
  const log: string[] = [];
  record(log, "gatherer", gatherer);
  gatherer.onicecandidate = (event) => {
    assert.ok(event instanceof RTCPeerConnectionIceEvent);
    log.push(event.candidate === null ? "null" : String(event.candidate.type));
  };
  await gatherer.gather().then(() => log.push("resolved"));
  assert.deepEqual(log, ["gatherer gathering", "host", "null", "gatherer complete", "resolved"]);
  gatherer.close();
  assert.equal(log.length, 5, "closed comes in a later task");
  await reached(gatherer, "closed");
  assert.equal(log.at(-1), "gatherer closed");
});

void test("states come in order on both sides, and connected before completed", async () => {
  const [one, other] = [new Peer(), new Peer()];
  const log: string[] = [];
  record(log, "ice", one.ice);
  record(log, "dtls", one.dtls);
  record(log, "sctp", one.sctp);
  await connect(one, other);
  await reached(one.sctp, "connected");
  const of = (name: string) => log.filter((line) => line.startsWith(name)).map((line) => line.split(" ")[1]);
  assert.deepEqual(of("ice"), ["checking", "connected", "completed"]);
  assert.deepEqual(of("dtls"), ["connecting", "connected"]);
  assert.deepEqual(of("sctp"), ["connected"]);
  assert.ok(log.indexOf("ice connected") < log.indexOf("dtls connected"));
  assert.ok(log.indexOf("dtls connected") < log.indexOf("sctp connected"));
  assert.ok(one.sctp.maxChannels);
  assert.ok(one.dtls.cipherSuite);
  assert.equal(one.dtls.getRemoteCertificates().length, 1);
  assert.equal(one.ice.getSelectedCandidatePair()?.local.address, "127.0.0.1");
  const roles = [one.dtls.getLocalParameters().role, other.dtls.getLocalParameters().role].sort();
  assert.deepEqual(roles, ["client", "server"]);

  log.length = 0;
  await one.ice.stop();
  await reached(one.ice, "closed");
  await new Promise(setImmediate);
  assert.deepEqual([...log].sort(), ["dtls closed", "ice closed", "sctp closed"]);
  // What was known stays known.
  assert.equal(one.dtls.getRemoteCertificates().length, 1);
  assert.equal(one.ice.getRemoteCandidates().length > 0, true);
  assert.equal(one.sctp.is_server, one.ice.role !== "controlling");
  await reached(other.dtls, "closed");
  await other.stop();
});

void test("sequential start: the first that starts controls, both resolve", async () => {
  const [one, other] = [new Peer(), new Peer()];
  await Promise.all([one.gatherer.gather(), other.gatherer.gather()]);
  one.takeCandidatesOf(other);
  other.takeCandidatesOf(one);
  await one.ice.start(other.gatherer.getLocalParameters());
  await other.ice.start(one.gatherer.getLocalParameters());
  assert.deepEqual([one.ice.role, other.ice.role], ["controlling", "controlled"]);
  await Promise.all([one.stop(), other.stop()]);
});

void test("start stays new until the first candidate", async () => {
  const peer = new Peer();
  await peer.gatherer.gather();
  const started = peer.ice.start({ usernameFragment: "abcd", password: "0123456789abcdefghijkl" });
  await new Promise(setImmediate);
  assert.equal(peer.ice.state, "new");
  await peer.ice.stop();
  await assert.rejects(started, { name: "AbortError" });
});

void test("on(), once(), off() and on… attributes are listeners like others", async () => {
  const gatherer = new RTCIceGatherer([]);
  const calls: string[] = [];
  const off = () => calls.push("off");
  gatherer
    .on("statechange", () => calls.push("on"))
    .once("statechange", () => calls.push("once"))
    .on("statechange", off)
    .off("statechange", off);
  gatherer.onstatechange = () => calls.push("first handler");
  const second = function (this: RTCIceGatherer) {
    calls.push(this === gatherer ? "handler" : "wrong this");
  };
  gatherer.onstatechange = second;
  assert.equal(gatherer.onstatechange, second);
  const controller = new AbortController();
  gatherer.addEventListener("statechange", () => calls.push("aborted"), { signal: controller.signal });
  controller.abort();
  gatherer.addEventListener("statechange", { handleEvent: () => calls.push("object") });
  await gatherer.gather();
  assert.deepEqual(calls, ["on", "once", "handler", "object", "on", "handler", "object"]);
  gatherer.onstatechange = null;
  assert.equal(gatherer.onstatechange, null);
  gatherer.close();
  await once(gatherer, "statechange");
});

void test("an error event that nobody listens to, and a rejection that nobody awaits, are no reason to end", async () => {
  const { ice, gatherer } = new Peer();
  await gatherer.gather();
  assert.throws(() => ice.start({}), TypeError);
  void ice.start({ usernameFragment: "abcd", password: "0123456789abcdefghijkl" });
  await ice.stop();
  await new Promise(setImmediate);
});

void test("a channel of the peer's: datachannel, open, then messages, for those who listen a little later, too", async () => {
  const [one, other] = [new Peer(), new Peer()];
  const channel = one.sctp.createDataChannel("early");
  channel.onopen = () => {
    for (let i = 0; i < 3; i++) channel.send(String(i));
  };
  const arrived = once(other.sctp, "datachannel");
  await connect(one, other);
  const event = await arrived;
  assert.ok(event instanceof RTCDataChannelEvent);
  await Promise.resolve();
  const log: unknown[] = [];
  event.channel.onopen = () => log.push("open");
  await new Promise<void>((resolve) => {
    event.channel.onmessage = ({ data }) => {
      if (log.push(data) === 4) resolve();
    };
  });
  assert.deepEqual(log, ["open", "0", "1", "2"]);
  assert.equal(event.channel.readyState, "open");
  await Promise.all([one.stop(), other.stop()]);
});

void test("close: closing and close on the other side, close here", async () => {
  const { channel, remote, close } = await connectedChannels();
  const log: string[] = [];
  for (const type of ["closing", "close", "error"]) {
    channel.addEventListener(type, () => log.push(`own ${type} ${channel.readyState}`));
    remote.addEventListener(type, () => log.push(`remote ${type} ${remote.readyState}`));
  }
  const closed = Promise.all([once(channel, "close"), once(remote, "close")]);
  channel.close();
  assert.equal(channel.readyState, "closing");
  await closed;
  assert.deepEqual([channel.readyState, remote.readyState], ["closed", "closed"]);
  assert.deepEqual([...log].sort(), ["own close closed", "remote close closed", "remote closing closing"]);
  await close();
});

void test("a peer that goes closes DTLS and the channels of the other", async () => {
  const { one, other, remote, close } = await connectedChannels();
  const closed = once(remote, "close");
  await one.dtls.stop();
  await closed;
  assert.equal(other.sctp.state, "closed");
  await close();
});
