// When a Node process ends by itself.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import type { RTCDataChannelEvent } from "portico";
import { newConnection, reachedState } from "./support/connections.js";
import { once, Peer } from "./support/peers.js";
import { type Finished, packageRoot, runProgram } from "./support/program.js";

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

const connectionPreamble = `
  const { RTCPeerConnection } = portico;
  const newConnection = () => new RTCPeerConnection({ bindAddresses: ["127.0.0.1"] });
  async function connectedConnections() {
    const [one, other] = [newConnection(), newConnection()];
    one.onicecandidate = ({ candidate }) => other.addIceCandidate(candidate);
    other.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate);
    const channel = one.createDataChannel("x");
    const opened = new Promise((resolve) => channel.onopen = resolve);
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription);
    await other.setLocalDescription();
    await one.setRemoteDescription(other.localDescription);
    await opened;
    for (const connection of [one, other]) connection.onicecandidate = null;
    channel.onopen = null;
    return { one, other, channel };
  }
`;

void test("a process ends whose connections are new, or offer to nobody, though someone listens", async () => {
  const source = `${connectionPreamble}
    const fresh = newConnection();
    fresh.onconnectionstatechange = () => console.log("never");
    fresh.createDataChannel("x").onopen = () => console.log("never");
    const offering = newConnection();
    offering.createDataChannel("x").onopen = () => console.log("never");
    offering.onconnectionstatechange = () => console.log("never");
    await offering.setLocalDescription();
    await new Promise((resolve) => offering.onicecandidate = ({ candidate }) => candidate === null && resolve());
    console.log(offering.iceGatheringState);`;
  assert.equal(await endsCleanly(source), "complete");
});

void test("a process ends whose connections are closed", async () => {
  const source = `${connectionPreamble}
    const { one, other, channel } = await connectedConnections();
    channel.onclose = () => console.log("closed");
    other.onconnectionstatechange = () => undefined;
    one.close();
    other.close();`;
  assert.equal(await endsCleanly(source), "closed");
});

void test("a process ends whose connected connections nobody listens to", async () => {
  const source = `${connectionPreamble} await connectedConnections(); console.log("connected");`;
  assert.equal(await endsCleanly(source), "connected");
});

void test("a process that listens to a channel of a connection, or to a transport, stays until the peer has gone", async () => {
  for (const listens of ["channel.onclose", "one.sctp.onstatechange"]) {
    const source = `${connectionPreamble}
      const { one, other, channel } = await connectedConnections();
      ${listens} = () => console.log("told");
      setTimeout(() => other.close(), 100).unref();
      channel.addEventListener("close", () => one.close());`;
    const told = (await endsCleanly(source)).split("\n");
    assert.ok(
      told.every((line) => line === "told"),
      listens,
    );
  }
});

void test("a process stays while a connection waits for its peer's checks, and while it gathers", async () => {
  const source = `${connectionPreamble}
    const [one, other] = [newConnection(), newConnection()];
    one.createDataChannel("x");
    let gathered = false;
    one.onicegatheringstatechange = () => (gathered = one.iceGatheringState === "complete");
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription);
    await other.setLocalDescription();
    await one.setRemoteDescription(other.localDescription);
    // Nothing but these two knows of each other, and one of them hears of no candidate.
    other.onicecandidate = null;
    one.onicecandidate = ({ candidate }) => setTimeout(() => other.addIceCandidate(candidate), 50).unref();
    one.onconnectionstatechange = () => {
      if (one.connectionState !== "connected") return;
      console.log(gathered);
      process.exit();
    };`;
  assert.equal(await endsCleanly(source), "true");
});

void test("what a connection's channel was given goes out before the process ends, though nobody listens there", async () => {
  const receiver = newConnection();
  receiver.createDataChannel("negotiated", { negotiated: true, id: 100 });
  await receiver.setLocalDescription();
  await reachedState(receiver, "iceGatheringState", "complete");
  let bytes = 0;
  const all = new Promise<void>((resolve) => {
    receiver.ondatachannel = ({ channel }) => {
      channel.onmessage = ({ data }) => {
        bytes += (data as ArrayBuffer).byteLength;
        if (bytes === 2_000_000) resolve();
      };
    };
  });
  const source = `${preamble}${connectionPreamble}
    const connection = newConnection();
    const channel = connection.createDataChannel("x");
    const opened = new Promise((resolve) => channel.once("open", resolve));
    await connection.setRemoteDescription(JSON.parse(process.argv[1]));
    await connection.setLocalDescription();
    await new Promise((resolve) => (connection.onicecandidate = ({ candidate }) => candidate === null && resolve()));
    connection.onicecandidate = null;
    console.log(JSON.stringify(connection.localDescription));
    await opened;
    for (let i = 0; i < 20; i++) channel.send(new Uint8Array(100_000));`;
  const args = ["--input-type=module", "--eval", source, JSON.stringify(receiver.localDescription)];
  const child = spawn(process.execPath, args, { cwd: packageRoot, stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const answer = await new Promise<string>((resolve) => createInterface(child.stdout).once("line", resolve));
  await receiver.setRemoteDescription(JSON.parse(answer) as { type: "answer"; sdp: string });
  assert.equal(await exited, 0);
  await all;
  receiver.close();
});

void test("a handler of a connection that throws stops nobody else, and is an uncaught exception", async () => {
  const { code, stdout, stderr } = await runProgram(`${preamble}${connectionPreamble}
    process.on("uncaughtException", (error) => console.log(error.message));
    const connection = newConnection();
    connection.once("negotiationneeded", () => { throw new Error("on purpose"); });
    connection.once("negotiationneeded", () => console.log("told"));
    connection.createDataChannel("x");
    connection.createOffer(() => { throw new Error("on purpose, too"); }, () => undefined);`);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  assert.deepEqual(stdout.trim().split("\n").sort(), ["on purpose", "on purpose, too", "told"]);
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
