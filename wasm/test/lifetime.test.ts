// When a Node process ends by itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RTCDataChannelEvent } from "portico";
import { once, Peer } from "./support/peers.js";
import { type Finished, runProgram } from "./support/program.js";

const preamble = `
  import * as portico from "portico";
  function peer() {
    const gatherer = new portico.RTCIceGatherer({ iceServers: [], bindAddresses: ["127.0.0.1"] });
    const ice = new portico.RTCIceTransport(gatherer);
    const dtls = new portico.RTCDtlsTransport(ice);
    return { gatherer, ice, dtls, sctp: new portico.RTCSctpTransport(dtls) };
  }
  function start(one, other) {
    for (const candidate of other.gatherer.getLocalCandidates()) one.ice.addRemoteCandidate(candidate);
    one.sctp.start({ maxMessageSize: 262144 });
    return Promise.all([
      one.ice.start(other.gatherer.getLocalParameters()),
      one.dtls.start(other.dtls.getLocalParameters()),
    ]);
  }
  async function connected() {
    const [one, other] = [peer(), peer()];
    await Promise.all([one.gatherer.gather(), other.gatherer.gather()]);
    await Promise.all([start(one, other), start(other, one)]);
    return [one, other];
  }
`;

async function endsCleanly(source: string): Promise<string> {
  const { code, stdout, stderr }: Finished = await runProgram(preamble + source);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  return stdout.trim();
}

void test("a process whose peers are all closed ends", async () => {
  const source = `
    const [one, other] = await connected();
    const channel = one.sctp.createDataChannel("x");
    other.sctp.ondatachannel = ({ channel }) => { channel.onmessage = ({ data }) => channel.send(data); };
    await new Promise((resolve) => (channel.onopen = resolve));
    channel.send("echo");
    await new Promise((resolve) => (channel.onmessage = resolve));
    await one.ice.stop();
    await other.ice.stop();
    console.log("done");`;
  assert.equal(await endsCleanly(source), "done");
});

void test("a process that only loads the package ends", async () => {
  assert.equal(await endsCleanly(`console.log(typeof portico.RTCIceTransport);`), "function");
});

void test("a process whose objects were dropped ends", async () => {
  assert.equal(
    await endsCleanly(`
      await peer().gatherer.gather();
      peer().sctp.createDataChannel("x").onmessage = () => {};
      console.log("dropped");`),
    "dropped",
  );
});

void test("a process whose connected peers nobody listens to ends", async () => {
  assert.equal(await endsCleanly(`await connected(); console.log("connected");`), "connected");
});

void test("a process that listens stays until the peer has gone", async () => {
  const source = `
    const [one, other] = await connected();
    one.dtls.onstatechange = () => console.log("closed");
    setTimeout(() => other.dtls.stop(), 100).unref();`;
  assert.equal(await endsCleanly(source), "closed");
});

void test("a handler that throws stops nobody else, and is an uncaught exception", async () => {
  const { code, stdout, stderr } = await runProgram(`${preamble}
    process.on("uncaughtException", (error) => console.log(error.message));
    const { gatherer } = peer();
    gatherer.once("statechange", () => { throw new Error("on purpose"); });
    gatherer.once("statechange", () => console.log("told"));
    await gatherer.gather();
    console.log(gatherer.state);`);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  assert.deepEqual(stdout.trim().split("\n").sort(), ["complete", "on purpose", "told"]);
});

void test("what was given to send() goes out before the process ends, though nobody listens there", async () => {
  const receiver = new Peer();
  await receiver.gatherer.gather();
  const mine = {
    ice: receiver.gatherer.getLocalParameters(),
    candidates: receiver.gatherer.getLocalCandidates(),
    dtls: receiver.dtls.getLocalParameters(),
  };
  let received = 0;
  const arrived = once<RTCDataChannelEvent>(receiver.sctp, "datachannel").then(({ channel }) => {
    channel.onmessage = ({ data }) => (received += (data as ArrayBuffer).byteLength);
  });
  // The child is told all about us beforehand, and our checks find it by its own (RFC 8445 §7.3.1.3).
  const child = runProgram(
    `${preamble}
      const theirs = JSON.parse(process.argv[1]);
      const own = { usernameFragment: "child", password: "0123456789abcdefghijkl" };
      const gatherer = new portico.RTCIceGatherer({ iceServers: [], bindAddresses: ["127.0.0.1"], ...own });
      const ice = new portico.RTCIceTransport(gatherer);
      const dtls = new portico.RTCDtlsTransport(ice, portico.RTCCertificate.fromPem(theirs.pem, theirs.key));
      const sctp = new portico.RTCSctpTransport(dtls);
      const channel = sctp.createDataChannel("x");
      await gatherer.gather();
      for (const candidate of theirs.candidates) ice.addRemoteCandidate(candidate);
      ice.start(theirs.ice, "controlling");
      dtls.start(theirs.dtls);
      sctp.start({ maxMessageSize: 262144 });
      await new Promise((resolve) => channel.once("open", resolve));
      for (let i = 0; i < 20; i++) channel.send(new Uint8Array(100000));`,
    JSON.stringify({ ...mine, ...(await pem()) }),
  );
  await receiver.ice.addRemoteCandidate({ address: "127.0.0.1", port: 9, type: "host" });
  void receiver.ice.start({ usernameFragment: "child", password: "0123456789abcdefghijkl" }, "controlled");
  void receiver.dtls.start({ role: "auto", fingerprints: (await certificate).getFingerprints() });
  await receiver.sctp.start({ maxMessageSize: 262_144 });
  const { code, stderr } = await child;
  await arrived;
  assert.deepEqual({ code, stderr, received }, { code: 0, stderr: "", received: 2_000_000 });
  await receiver.stop();
});

const certificate = import("portico").then(({ RTCCertificate }) => RTCCertificate.generate());
async function pem(): Promise<{ pem: string; key: string }> {
  const one = await certificate;
  return { pem: one.getPem(), key: one.getPrivateKeyPem() };
}
