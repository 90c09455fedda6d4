// The module runs out of memory: one clear error for everything that lives. Bundles the package's sources, for a module
// of its own to break.
import assert from "node:assert/strict";
import { test } from "node:test";
import { core } from "../src/core.js";
import * as portico from "../src/index.js";

void test("out of memory is told to all objects and pending operations, and to each later call", async () => {
  const gatherer = new portico.RTCIceGatherer({ iceServers: [], bindAddresses: ["127.0.0.1"] });
  const ice = new portico.RTCIceTransport(gatherer);
  const dtls = new portico.RTCDtlsTransport(ice);
  const sctp = new portico.RTCSctpTransport(dtls);
  const channel = sctp.createDataChannel("x");
  await gatherer.gather();
  await ice.addRemoteCandidate({ address: "127.0.0.1", port: 9, type: "host" });
  const started = ice.start({ usernameFragment: "abcd", password: "0123456789abcdefghijkl" });
  const connection = new portico.RTCPeerConnection();
  const peerChannel = connection.createDataChannel("x");
  await connection.setLocalDescription();
  const offering = connection.createOffer();
  const told: string[] = [];
  for (const type of ["iceconnectionstatechange", "connectionstatechange"]) {
    connection.addEventListener(type, () => told.push(`${type} ${connection.connectionState}`));
  }
  const errors: string[] = [];
  for (const target of [ice, dtls, sctp, channel, peerChannel]) {
    target.addEventListener("error", (event) => errors.push((event as portico.RTCErrorEvent).error.message));
  }
  const outOfMemory = { name: "OperationError", message: /out of memory/ };

  assert.throws(() => core().exports.portico_wasm_allocate(0xf000_0000), outOfMemory);

  await assert.rejects(started, outOfMemory);
  await assert.rejects(offering, outOfMemory);
  assert.equal(errors.length, 5);
  assert.equal(new Set(errors).size, 1);
  assert.match(errors[0] ?? "", /out of memory/);
  assert.deepEqual([gatherer.state, ice.state, dtls.state, sctp.state, channel.readyState], Array(5).fill("closed"));
  assert.deepEqual([gatherer.getLocalCandidates(), ice.getRemoteCandidates(), channel.id], [[], [], null]);
  assert.equal(ice.getStats().packetsSent, 0);
  assert.throws(() => new portico.RTCIceGatherer(), outOfMemory);
  assert.throws(() => channel.send("x"), { name: "InvalidStateError" });
  assert.deepEqual(told, ["iceconnectionstatechange closed", "connectionstatechange closed"]);
  assert.deepEqual([connection.signalingState, peerChannel.readyState], ["closed", "closed"]);
  assert.deepEqual([connection.localDescription, connection.sctp], [null, null]);
  await assert.rejects(connection.createOffer(), { name: "InvalidStateError" });
  assert.throws(() => new portico.RTCPeerConnection(), outOfMemory);
  connection.close();
  await ice.stop();
  await dtls.stop();
  await sctp.stop();
  gatherer.close();
  channel.close();
});
