// RTCPeerConnection from its constructor to close(): what the web-platform-tests check of its states.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RTCIceCandidate, RTCPeerConnection, RTCPeerConnectionIceEvent, RTCSessionDescription } from "portico";
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
  settlement,
  task,
} from "./support/connections.js";
import { once } from "./support/peers.js";

void test("a new connection has nothing, and is stable", () => {
  const connection = newConnection();
  const descriptions = [
    ...[connection.localDescription, connection.currentLocalDescription, connection.pendingLocalDescription],
    ...[connection.remoteDescription, connection.currentRemoteDescription, connection.pendingRemoteDescription],
  ];
  assert.deepEqual(descriptions, Array(6).fill(null));
  assert.deepEqual([connection.signalingState, connection.iceGatheringState], ["stable", "new"]);
  assert.deepEqual([connection.iceConnectionState, connection.connectionState], ["new", "new"]);
  assert.deepEqual([connection.canTrickleIceCandidates, connection.sctp], [null, null]);
  assert.equal(connection.onicegatheringstatechange, null);
});

void test("two connections connect, trickling, and talk", async () => {
  const { one, other, channel, remote } = await connectedPair();
  remote.onmessage = ({ data }) => remote.send(data);
  channel.send("hello");
  assert.equal((await once<MessageEvent<string>>(channel, "message")).data, "hello");
  for (const connection of [one, other]) {
    await reachedState(connection, "connectionState", "connected");
    await reachedState(connection, "iceConnectionState", "completed");
    assert.equal(connection.canTrickleIceCandidates, true);
    assert.equal(connection.sctp?.transport.iceTransport.state, "completed");
    assert.equal(connection.sctp.transport.state, "connected");
    assert.equal(connection.sctp.state, "connected");
  }
});

void test("two connections connect without trickling", async () => {
  const [one, other] = newPair();
  const channel = one.createDataChannel("x");
  const opened = once(channel, "open");
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    await from.setLocalDescription();
    await reachedState(from, "iceGatheringState", "complete");
    const description = required(from.localDescription);
    assert.match(description.sdp, /a=candidate:.*typ host/);
    assert.match(description.sdp, /a=end-of-candidates/);
    await to.setRemoteDescription(description);
  }
  await opened;
});

void test("the states of both sides come in order", async () => {
  const [one, other] = newPair();
  const seen = new Map<string, string[]>();
  for (const connection of [one, other]) {
    for (const attribute of ["signalingState", "iceGatheringState", "iceConnectionState", "connectionState"] as const) {
      const list: string[] = [];
      seen.set(`${connection === one ? "one" : "other"} ${attribute}`, list);
      connection.addEventListener(`${attribute.toLowerCase()}change`, () => list.push(connection[attribute]));
    }
  }
  exchangeCandidates(one, other);
  one.createDataChannel("x");
  await exchangeOfferAnswer(one, other);
  for (const connection of [one, other]) {
    await reachedState(connection, "connectionState", "connected");
    await reachedState(connection, "iceConnectionState", "completed");
  }
  assert.deepEqual(seen.get("one signalingState"), ["have-local-offer", "stable"]);
  assert.deepEqual(seen.get("other signalingState"), ["have-remote-offer", "stable"]);
  for (const side of ["one", "other"]) {
    assert.deepEqual(seen.get(`${side} iceGatheringState`), ["gathering", "complete"]);
    assert.deepEqual(seen.get(`${side} iceConnectionState`), ["checking", "connected", "completed"]);
    assert.deepEqual(seen.get(`${side} connectionState`), ["connecting", "connected"]);
  }
});

void test("gathering begins after setLocalDescription() has resolved, for those who listen then", async () => {
  const connection = newConnection();
  connection.createDataChannel("x");
  await connection.setLocalDescription();
  assert.equal(connection.iceGatheringState, "new");
  assert.doesNotMatch(required(connection.localDescription).sdp, /a=candidate/);
  const log: string[] = [];
  connection.onicegatheringstatechange = () => log.push(connection.iceGatheringState);
  await new Promise<void>((resolve) => {
    connection.onicecandidate = (event) => {
      assert.ok(event instanceof RTCPeerConnectionIceEvent);
      const { candidate } = event;
      if (candidate === null) {
        log.push("null");
        resolve();
        return;
      }
      assert.ok(candidate instanceof RTCIceCandidate);
      assert.deepEqual([candidate.sdpMid, candidate.sdpMLineIndex], ["0", 0]);
      assert.match(
        required(connection.localDescription).sdp,
        new RegExp(`a=ice-ufrag:${escaped(candidate.usernameFragment)}`),
      );
      log.push(candidate.candidate === "" ? "end" : String(candidate.type));
    };
  });
  assert.deepEqual(log, ["gathering", "host", "end", "complete", "null"]);
});

function escaped(text: string | null): string {
  return required(text).replace(/[+/]/g, "\\$&");
}

void test("without a channel there is nothing to gather for", async () => {
  const connection = newConnection();
  connection.onicegatheringstatechange = () => assert.fail("There is no transport.");
  await connection.setLocalDescription();
  await connection.setRemoteDescription(await newAnswer(required(connection.localDescription)));
  await task();
  assert.deepEqual([connection.iceGatheringState, connection.signalingState], ["new", "stable"]);
  assert.equal(connection.sctp, null);
});

void test("canTrickleIceCandidates tells what the remote description says", async () => {
  const offer = await newOffer();
  const without = { type: "offer", sdp: offer.sdp.replace(/a=ice-options:.*\r\n/, "") } as const;
  for (const [description, expected] of [
    [offer, true],
    [without, false],
  ] as const) {
    const connection = newConnection();
    await connection.setRemoteDescription(description);
    assert.equal(connection.canTrickleIceCandidates, expected);
  }
});

void test("createOffer() and createAnswer() give dictionaries", async () => {
  const offer = await newOffer();
  assert.equal(Object.getPrototypeOf(offer), Object.prototype);
  assert.deepEqual(Object.keys(offer), ["type", "sdp"]);
  assert.equal(offer.type, "offer");
  assert.match(offer.sdp, /m=application \d+ UDP\/DTLS\/SCTP webrtc-datachannel/);
  const answer = await newAnswer(offer);
  assert.equal(answer.type, "answer");
  const constructed = new RTCSessionDescription(answer);
  assert.deepEqual({ type: constructed.type, sdp: constructed.sdp }, answer);
});

void test("an ICE restart changes the credentials, keeps the transports, and the channel goes on", async () => {
  const { one, other, channel, remote } = await connectedPair();
  const transport = required(one.sctp).transport.iceTransport;
  const before = transport.getLocalParameters()?.usernameFragment;
  const [sctp, dtls] = [one.sctp, one.sctp?.transport];
  const gathered: string[] = [];
  const gatheredAgain = new Promise<void>((resolve) => {
    one.onicegatheringstatechange = () => {
      gathered.push(one.iceGatheringState);
      if (one.iceGatheringState === "complete") resolve();
    };
  });
  one.restartIce();
  await once(one, "negotiationneeded");
  await exchangeOfferAnswer(one, other);
  const restarted = new Promise<void>((resolve) => {
    transport.addEventListener("selectedcandidatepairchange", () => resolve());
  });
  await gatheredAgain;
  assert.deepEqual(gathered, ["gathering", "complete"]);
  assert.notEqual(transport.getLocalParameters()?.usernameFragment, before);
  assert.deepEqual([one.sctp === sctp, one.sctp?.transport === dtls], [true, true]);
  assert.equal(one.sctp?.transport.iceTransport, transport);
  await restarted;
  const arrived = once<MessageEvent<string>>(remote, "message");
  channel.send("after the restart");
  assert.equal((await arrived).data, "after the restart");
});

void test("restartIce() does nothing on a closed connection, and asks for no negotiation on a new one", async () => {
  const connection = newConnection();
  connection.onnegotiationneeded = () => assert.fail("There is nothing to restart.");
  connection.restartIce();
  await task();
  await task();
  connection.close();
  connection.restartIce();
});

void test("close() closes everything at once, and tells nothing of it", async () => {
  const { one, channel } = await connectedPair();
  const { sctp } = one;
  const extra = one.createDataChannel("negotiated", { negotiated: true, id: 40 });
  for (const type of [
    "signalingstatechange",
    "iceconnectionstatechange",
    "connectionstatechange",
    "negotiationneeded",
  ]) {
    one.addEventListener(type, () => assert.fail(`${type} came.`));
  }
  const gathering = one.iceGatheringState;
  one.close();
  one.close();
  assert.deepEqual([one.signalingState, one.iceConnectionState, one.connectionState], ["closed", "closed", "closed"]);
  assert.equal(one.iceGatheringState, gathering);
  assert.deepEqual([channel.readyState, extra.readyState], ["closed", "closed"]);
  assert.equal(one.sctp, sctp);
  assert.equal(sctp?.state, "closed");
  assert.equal(sctp.transport.state, "closed");
  assert.equal(sctp.transport.iceTransport.state, "closed");
  await task();
  await task();
  assert.equal(one.sctp, sctp);
  assert.equal(sctp.transport.getRemoteCertificates().length, 1, "what was known stays known");
  assert.equal(one.remoteDescription?.type, "answer");
});

void test("a closed connection refuses every call with an InvalidStateError", async () => {
  const offer = await newOffer();
  const connection = newConnection();
  connection.close();
  const closed = { name: "InvalidStateError" };
  await assert.rejects(connection.createOffer(), closed);
  await assert.rejects(connection.createAnswer(), closed);
  await assert.rejects(connection.setLocalDescription(), closed);
  await assert.rejects(connection.setRemoteDescription(offer), closed);
  await assert.rejects(connection.addIceCandidate(), closed);
  assert.throws(() => connection.createDataChannel(""), closed);
  assert.throws(() => connection.setConfiguration({}), closed);
  assert.equal((await connection.getStats()).size >= 0, true);
  assert.deepEqual(connection.getConfiguration().iceServers, []);
});

void test("what was pending when a connection closed stays pending", async () => {
  const offer = await newOffer();
  const connection = newConnection();
  const calls = [
    connection.createOffer(),
    connection.setRemoteDescription(offer),
    connection.setRemoteDescription({ type: "rollback" }),
    connection.setLocalDescription(),
    connection.addIceCandidate(),
  ];
  connection.close();
  for (const call of calls) assert.equal(await settlement(call), "pending");
});

void test("close() in every handler is normal use", async () => {
  const whileConnecting = [
    ...["signalingstatechange", "icegatheringstatechange", "icecandidate", "iceconnectionstatechange"],
    ...["connectionstatechange", "datachannel"],
  ];
  for (const type of [...whileConnecting, "negotiationneeded"]) {
    const [one, other] = newPair();
    exchangeCandidates(one, other);
    one.createDataChannel("x");
    const closing = type === "datachannel" ? other : one;
    const closed = new Promise<void>((resolve) => {
      closing.addEventListener(type, () => {
        closing.close();
        resolve();
      });
    });
    if (type !== "negotiationneeded") exchangeOfferAnswer(one, other).catch(() => undefined);
    await closed;
    assert.equal(closing.connectionState, "closed");
    await task();
  }
});

void test("there is no media, and what would add some says so", () => {
  const connection = newConnection();
  assert.deepEqual([connection.getSenders(), connection.getReceivers(), connection.getTransceivers()], [[], [], []]);
  for (const call of ["addTrack", "addTransceiver", "removeTrack"] as const) {
    assert.throws(() => connection[call]("audio"), { name: "NotSupportedError", message: /data channels only/ });
  }
  assert.equal(connection.ontrack, null);
});

void test("the constructor needs new, and is one class with its name", () => {
  assert.throws(() => (RTCPeerConnection as unknown as () => unknown)(), TypeError);
  assert.equal(Object.prototype.toString.call(newConnection()), "[object RTCPeerConnection]");
  assert.equal(RTCPeerConnection.length, 0);
});
