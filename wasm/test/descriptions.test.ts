// Session descriptions: set in the right order and in the wrong one, with and without an argument, and rolled back. What the
// web-platform-tests check of createOffer(), createAnswer(), setLocalDescription() and setRemoteDescription().
import assert from "node:assert/strict";
import { test } from "node:test";
import { RTCError, type RTCPeerConnection, RTCSessionDescription, type RTCSessionDescriptionInit } from "portico";
import {
  connectedPair,
  exchangeOfferAnswer,
  newAnswer,
  newConnection,
  newOffer,
  newPair,
  reachedState,
  required,
  settlement,
} from "./support/connections.js";
import { once } from "./support/peers.js";

const wrongState = { name: "InvalidStateError" };

/** One with a channel, so that it has something to offer. */
function offering(): RTCPeerConnection {
  const connection = newConnection();
  connection.createDataChannel("x");
  return connection;
}
async function withRemoteOffer(): Promise<RTCPeerConnection> {
  const connection = newConnection();
  await connection.setRemoteDescription(await newOffer());
  return connection;
}
/** Without what gathering adds. */
function plain(description: RTCSessionDescriptionInit | null): object {
  const { type, sdp = "" } = required(description);
  return { type, sdp: sdp.replace(/a=(candidate|end-of-candidates).*\r\n/g, "") };
}
function log(connection: RTCPeerConnection): string[] {
  const states: string[] = [];
  connection.addEventListener("signalingstatechange", () => states.push(connection.signalingState));
  return states;
}

// Offers and answers -------------------------------------------------------------------------------------------------

void test("an offer that is set is pending, then current with its answer", async () => {
  const connection = offering();
  const states = log(connection);
  const offer = await connection.createOffer();
  assert.equal(connection.pendingLocalDescription, null);
  const set = connection.setLocalDescription(offer);
  assert.deepEqual([connection.signalingState, connection.pendingLocalDescription], ["stable", null]);
  await set;
  assert.equal(connection.signalingState, "have-local-offer");
  assert.deepEqual(plain(connection.localDescription), offer);
  assert.equal(connection.localDescription, connection.pendingLocalDescription);
  assert.equal(connection.localDescription, connection.localDescription);
  assert.equal(connection.currentLocalDescription, null);
  const answer = await newAnswer(offer);
  await connection.setRemoteDescription(answer);
  assert.deepEqual(plain(connection.currentLocalDescription), offer);
  assert.deepEqual(plain(connection.currentRemoteDescription), plain(answer));
  assert.deepEqual([connection.pendingLocalDescription, connection.pendingRemoteDescription], [null, null]);
  assert.equal(connection.remoteDescription, connection.currentRemoteDescription);
  const shown: unknown = connection.localDescription;
  assert.ok(shown instanceof RTCSessionDescription);
  assert.deepEqual(states, ["have-local-offer", "stable"]);
});

void test("an answer that is set is current", async () => {
  const connection = newConnection();
  const states = log(connection);
  const offer = await newOffer();
  await connection.setRemoteDescription(offer);
  assert.equal(connection.signalingState, "have-remote-offer");
  assert.deepEqual(plain(connection.pendingRemoteDescription), offer);
  assert.equal(connection.currentRemoteDescription, null);
  const answer = await connection.createAnswer();
  await connection.setLocalDescription(answer);
  assert.deepEqual(plain(connection.currentLocalDescription), answer);
  assert.deepEqual(plain(connection.currentRemoteDescription), offer);
  assert.deepEqual([connection.pendingLocalDescription, connection.pendingRemoteDescription], [null, null]);
  assert.deepEqual(states, ["have-remote-offer", "stable"]);
});

void test("the state and the event come before the Promise resolves, with the descriptions", async () => {
  const connection = offering();
  const order: string[] = [];
  connection.onsignalingstatechange = () => {
    order.push(`event ${connection.signalingState} ${String(connection.pendingLocalDescription?.type)}`);
  };
  await connection.setLocalDescription().then(() => order.push("resolved"));
  assert.deepEqual(order, ["event have-local-offer offer", "resolved"]);
});

void test("offers can be made anew, and set again", async () => {
  const connection = offering();
  await connection.setLocalDescription(await connection.createOffer());
  await connection.setLocalDescription(await connection.createOffer());
  assert.equal(connection.signalingState, "have-local-offer");
});

void test("a second round has both descriptions of each side", async () => {
  const [one, other] = newPair();
  one.createDataChannel("x");
  await exchangeOfferAnswer(one, other);
  const first = required(one.currentLocalDescription);
  await one.setLocalDescription();
  assert.notEqual(one.pendingLocalDescription?.sdp, first.sdp);
  assert.equal(one.currentLocalDescription?.type, "offer");
  assert.equal(one.localDescription, one.pendingLocalDescription);
});

void test("the answerer may offer next", async () => {
  const [one, other] = newPair();
  const states = log(other);
  one.createDataChannel("x");
  await exchangeOfferAnswer(one, other);
  await exchangeOfferAnswer(other, one);
  assert.deepEqual(states, ["have-remote-offer", "stable", "have-local-offer", "stable"]);
  assert.equal(other.currentLocalDescription?.type, "offer");
});

void test("provisional answers come before the last one, from either side", async () => {
  const [one, other] = newPair();
  const states = [log(one), log(other)];
  one.createDataChannel("x");
  await one.setLocalDescription();
  await other.setRemoteDescription(required(one.localDescription));
  const { sdp } = await other.createAnswer();
  await other.setLocalDescription({ type: "pranswer", sdp });
  assert.deepEqual([other.signalingState, other.pendingLocalDescription?.type], ["have-local-pranswer", "pranswer"]);
  await one.setRemoteDescription(required(other.localDescription));
  assert.deepEqual([one.signalingState, one.pendingRemoteDescription?.type], ["have-remote-pranswer", "pranswer"]);
  await other.setLocalDescription({ type: "answer", sdp });
  await one.setRemoteDescription(required(other.localDescription));
  assert.deepEqual(states, [
    ["have-local-offer", "have-remote-pranswer", "stable"],
    ["have-remote-offer", "have-local-pranswer", "stable"],
  ]);
});

// Without arguments --------------------------------------------------------------------------------------------------

void test("setLocalDescription() without an argument makes the offer, or the answer", async () => {
  const [one, other] = newPair();
  one.createDataChannel("x");
  await exchangeOfferAnswer(one, other);
  assert.deepEqual([one.localDescription?.type, other.localDescription?.type], ["offer", "answer"]);
  assert.deepEqual([one.signalingState, other.signalingState], ["stable", "stable"]);
});

void test("setLocalDescription() takes the description that was made last, while it is right", async () => {
  for (const argument of [undefined, {}, { type: "offer" as const }, { type: "offer" as const, sdp: "" }]) {
    const connection = offering();
    const offer = await connection.createOffer();
    await connection.setLocalDescription(argument);
    assert.deepEqual(plain(connection.localDescription), offer);
  }
  const connection = await withRemoteOffer();
  const answer = await connection.createAnswer();
  await connection.setLocalDescription({ type: "answer" });
  assert.deepEqual(plain(connection.localDescription), answer);
});

void test("setRemoteDescription() without a type is a TypeError, and so is a type that is none", async () => {
  const connection = newConnection();
  for (const wrong of [undefined, null, {}, { sdp: "" }, { type: "invalid", sdp: "" }, { type: null }, "offer", 1]) {
    await assert.rejects(connection.setRemoteDescription(wrong as never), TypeError);
  }
  for (const wrong of [{ type: "invalid" }, "offer", 1]) {
    await assert.rejects(connection.setLocalDescription(wrong as never), TypeError);
  }
  assert.equal(connection.signalingState, "stable");
});

// In the wrong state -------------------------------------------------------------------------------------------------

void test("an answer to nothing is an InvalidStateError", async () => {
  const answer = await newAnswer(await newOffer());
  const stable = newConnection();
  await assert.rejects(stable.createAnswer(), wrongState);
  await assert.rejects(stable.setLocalDescription(answer), wrongState);
  await assert.rejects(stable.setRemoteDescription(answer), wrongState);
  await assert.rejects(stable.setRemoteDescription({ ...answer, type: "pranswer" }), wrongState);
  assert.equal(stable.signalingState, "stable");
  const waiting = offering();
  await waiting.setLocalDescription();
  await assert.rejects(waiting.createAnswer(), wrongState);
  await assert.rejects(waiting.setLocalDescription({ type: "answer" }), wrongState);
  assert.equal(waiting.signalingState, "have-local-offer");
});

void test("an offer while there is a remote one is an InvalidStateError", async () => {
  const connection = await withRemoteOffer();
  await assert.rejects(connection.createOffer(), wrongState);
  await assert.rejects(connection.setLocalDescription({ type: "offer" }), wrongState);
  await assert.rejects(connection.setRemoteDescription(await newAnswer(await newOffer())), wrongState);
  assert.equal(connection.signalingState, "have-remote-offer");
});

void test("a description that was not made here is an InvalidModificationError", async () => {
  const modification = { name: "InvalidModificationError" };
  const connection = offering();
  await connection.createOffer();
  await assert.rejects(connection.setLocalDescription(await newOffer()), modification);
  const answering = await withRemoteOffer();
  await answering.createAnswer();
  await assert.rejects(answering.setLocalDescription(await newAnswer(await newOffer())), modification);
  assert.deepEqual([connection.signalingState, answering.signalingState], ["stable", "have-remote-offer"]);
});

// Rollback -----------------------------------------------------------------------------------------------------------

void test("a rollback of our own offer goes back to stable, whatever its SDP says", async () => {
  const connection = offering();
  const states = log(connection);
  await connection.setLocalDescription();
  await connection.setLocalDescription({ type: "rollback", sdp: "!<Invalid SDP Content>;" });
  assert.deepEqual(states, ["have-local-offer", "stable"]);
  assert.deepEqual([connection.localDescription, connection.pendingLocalDescription], [null, null]);
  await connection.setLocalDescription();
  assert.equal(connection.signalingState, "have-local-offer");
});

void test("a rollback of the peer's offer goes back to stable, whatever its SDP says", async () => {
  const connection = await withRemoteOffer();
  const states = log(connection);
  await connection.setRemoteDescription({ type: "rollback", sdp: "!<Invalid SDP Content>;" });
  assert.deepEqual(states, ["stable"]);
  assert.deepEqual([connection.remoteDescription, connection.sctp], [null, null]);
});

void test("a rollback of nothing, of an answer, or of the other side's offer is an InvalidStateError", async () => {
  const rollback = { type: "rollback" } as const;
  const stable = newConnection();
  await assert.rejects(stable.setLocalDescription(rollback), wrongState);
  await assert.rejects(stable.setRemoteDescription(rollback), wrongState);
  const [one, other] = newPair();
  one.createDataChannel("x");
  await one.setLocalDescription();
  await assert.rejects(one.setRemoteDescription(rollback), wrongState);
  await other.setRemoteDescription(required(one.localDescription));
  await assert.rejects(other.setLocalDescription(rollback), wrongState);
  await other.setLocalDescription();
  await assert.rejects(other.setLocalDescription(rollback), wrongState);
});

void test("a rollback of the first offer gathers no more, and the next one does", async () => {
  const connection = offering();
  const gathered: string[] = [];
  connection.onicegatheringstatechange = () => gathered.push(connection.iceGatheringState);
  await connection.setLocalDescription();
  await reachedState(connection, "iceGatheringState", "complete");
  await connection.setLocalDescription({ type: "rollback" });
  await reachedState(connection, "iceGatheringState", "new");
  await connection.setLocalDescription();
  await reachedState(connection, "iceGatheringState", "complete");
  assert.deepEqual(gathered, ["gathering", "complete", "new", "gathering", "complete"]);
});

void test("a rollback of an ICE restart keeps the connection as it is", async () => {
  const { one, channel, remote } = await connectedPair();
  const fragment = one.sctp?.transport.iceTransport.getLocalParameters()?.usernameFragment;
  await one.setLocalDescription(await one.createOffer({ iceRestart: true }));
  await one.setLocalDescription({ type: "rollback" });
  assert.equal(one.sctp?.transport.iceTransport.getLocalParameters()?.usernameFragment, fragment);
  const arrived = once<MessageEvent<string>>(remote, "message");
  channel.send("still here");
  assert.equal((await arrived).data, "still here");
});

void test("a remote offer rolls our own back, and tells both states", async () => {
  const [one, other] = newPair();
  for (const connection of [one, other]) connection.createDataChannel("x");
  await one.setLocalDescription();
  await other.setLocalDescription();
  const states = log(other);
  await other.setRemoteDescription(required(one.localDescription));
  assert.deepEqual(states, ["stable", "have-remote-offer"]);
  assert.equal(other.pendingLocalDescription, null);
  await other.setLocalDescription();
  await one.setRemoteDescription(required(other.localDescription));
  assert.deepEqual([one.signalingState, other.signalingState], ["stable", "stable"]);
});

// The operations chain -----------------------------------------------------------------------------------------------

void test("calls run one after another, whoever awaits them", async () => {
  const connection = newConnection();
  const offer = await newOffer();
  const order: string[] = [];
  const calls = [
    connection.setRemoteDescription(offer).then(() => order.push("remote")),
    connection.addIceCandidate().then(() => order.push("candidate")),
    connection.createAnswer().then(() => order.push("answer")),
    connection.setLocalDescription().then(() => order.push("local")),
  ];
  await Promise.all(calls);
  assert.deepEqual(order, ["remote", "candidate", "answer", "local"]);
  assert.equal(connection.signalingState, "stable");
});

void test("one that fails does not hold up those behind it", async () => {
  const connection = offering();
  const failed = connection.createAnswer();
  const offer = connection.createOffer();
  await assert.rejects(failed, wrongState);
  assert.equal((await offer).type, "offer");
});

void test("glare from both sides at once ends with both stable, for a polite peer and an impolite one", async () => {
  const [polite, impolite] = newPair();
  for (const connection of [polite, impolite]) connection.createDataChannel("x");
  await Promise.all([polite.setLocalDescription(), impolite.setLocalDescription()]);
  // The impolite peer ignores the other's offer.
  await polite.setRemoteDescription(required(impolite.localDescription));
  await polite.setLocalDescription();
  await impolite.setRemoteDescription(required(polite.localDescription));
  assert.deepEqual([polite.signalingState, impolite.signalingState], ["stable", "stable"]);
});

// Bad input ----------------------------------------------------------------------------------------------------------

void test("a malformed SDP is an RTCError with its line, and changes nothing", async () => {
  const offer = await newOffer();
  const lines = offer.sdp.split("\r\n");
  const malformed: [sdp: string, line: number][] = [
    ["", 1],
    ["Invalid SDP", 1],
    [
      lines.map((line) => (line.startsWith("m=") ? "m=application" : line)).join("\r\n"),
      lines.findIndex((line) => line.startsWith("m=")) + 1,
    ],
    [
      lines.map((line) => (line.startsWith("a=setup") ? "a=setup:sideways" : line)).join("\r\n"),
      lines.findIndex((line) => line.startsWith("a=setup")) + 1,
    ],
  ];
  for (const [sdp, line] of malformed) {
    const connection = newConnection();
    connection.onsignalingstatechange = () => assert.fail("Nothing has changed.");
    await assert.rejects(connection.setRemoteDescription({ type: "offer", sdp }), (error: unknown) => {
      assert.ok(error instanceof RTCError);
      assert.equal(error.name, "OperationError");
      assert.equal(error.errorDetail, "sdp-syntax-error");
      assert.equal(error.sdpLineNumber, line);
      return true;
    });
    assert.deepEqual([connection.signalingState, connection.remoteDescription], ["stable", null]);
  }
});

void test("a malformed SDP of one's own is an RTCError, too", async () => {
  const connection = offering();
  await connection.createOffer();
  await assert.rejects(connection.setLocalDescription({ type: "offer", sdp: "Invalid SDP" }), RTCError);
  assert.equal(connection.localDescription, null);
});

void test("a malformed offer does not roll ours back", async () => {
  const connection = offering();
  await connection.setLocalDescription();
  await assert.rejects(connection.setRemoteDescription({ type: "offer", sdp: "Invalid SDP" }), RTCError);
  assert.equal(connection.signalingState, "have-local-offer");
});

void test("a description without what DTLS and ICE need is an InvalidAccessError", async () => {
  const offer = await newOffer();
  for (const missing of [/a=fingerprint:.*\r\n/g, /a=ice-ufrag:.*\r\n/, /a=ice-pwd:.*\r\n/]) {
    const connection = newConnection();
    const sdp = offer.sdp.replace(missing, "");
    await assert.rejects(connection.setRemoteDescription({ type: "offer", sdp }), { name: "InvalidAccessError" });
    assert.equal(connection.signalingState, "stable");
  }
});

void test("a peer that changes its fingerprint is refused, and the connection goes on", async () => {
  const { one, other, channel, remote } = await connectedPair();
  await other.setLocalDescription();
  const { sdp } = required(other.localDescription);
  const changed = sdp.replace(
    /(a=fingerprint:sha-256 )(..)/,
    (_, name: string, byte: string) => name + (byte === "00" ? "01" : "00"),
  );
  assert.notEqual(changed, sdp);
  await assert.rejects(one.setRemoteDescription({ type: "offer", sdp: changed }), { name: "InvalidAccessError" });
  assert.equal(one.signalingState, "stable");
  const arrived = once<MessageEvent<string>>(remote, "message");
  channel.send("all the same");
  assert.equal((await arrived).data, "all the same");
});

void test("audio and video that are offered are answered rejected", async () => {
  const offer = await newOffer();
  const media = ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:a", "a=rtpmap:111 opus/48000/2", ""];
  const sdp = offer.sdp
    .replace("a=group:BUNDLE 0", "a=group:BUNDLE a 0")
    .replace("m=application", `${media.join("\r\n")}m=application`);
  const connection = newConnection();
  await connection.setRemoteDescription({ type: "offer", sdp });
  const answer = await connection.createAnswer();
  assert.match(answer.sdp, /m=audio 0 /);
  assert.match(answer.sdp, /m=application 9 /);
});

// The form with callbacks --------------------------------------------------------------------------------------------

void test("the forms with callbacks call back, and their Promises resolve with nothing", async () => {
  const [one, other] = newPair();
  one.createDataChannel("x");
  const called = <T>(call: (success: (value: T) => void, failure: (error: unknown) => void) => Promise<void>) =>
    new Promise<T>((resolve, reject) => {
      void call(resolve, reject).then((value) => assert.equal(value, undefined));
    });
  const offer = await called<RTCSessionDescriptionInit>((success, failure) => one.createOffer(success, failure));
  await called<void>((success, failure) => one.setLocalDescription(offer, success, failure));
  await called<void>((success, failure) => other.setRemoteDescription(offer, success, failure));
  const answer = await called<RTCSessionDescriptionInit>((success, failure) => other.createAnswer(success, failure));
  await called<void>((success, failure) => other.setLocalDescription(answer, success, failure));
  await called<void>((success, failure) => one.setRemoteDescription(answer, success, failure));
  await called<void>((success, failure) => one.addIceCandidate({ sdpMid: "0" }, success, failure));
  assert.equal(one.signalingState, "stable");
});

void test("the forms with callbacks tell failures to the second one", async () => {
  const connection = newConnection();
  const failure = new Promise<Error>((resolve, reject) => {
    void connection.createAnswer(() => reject(new Error("It can't succeed.")), resolve);
  });
  assert.equal((await failure).name, "InvalidStateError");
  const badDescription = new Promise<Error>((resolve, reject) => {
    void connection.setRemoteDescription({} as never, () => reject(new Error("It can't succeed.")), resolve);
  });
  assert.ok((await badDescription) instanceof TypeError);
});

void test("what is no callback is a TypeError, and so is one callback alone", async () => {
  const connection = newConnection() as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const nothing = () => undefined;
  const calls: [string, unknown[]][] = [
    ["createOffer", [null, null]],
    ["createOffer", [nothing, undefined]],
    ["createAnswer", [nothing, {}]],
    ["setLocalDescription", [{}, nothing]],
    ["setRemoteDescription", [{}, nothing, "no function"]],
    ["addIceCandidate", [{}, nothing]],
  ];
  for (const [name, args] of calls) await assert.rejects(async () => connection[name]?.(...args), TypeError);
});

void test("no method throws: on a wrong object, too, it rejects", async () => {
  const prototype = Object.getPrototypeOf(newConnection()) as Record<string, (this: unknown) => Promise<unknown>>;
  for (const name of [
    ...["createOffer", "createAnswer", "setLocalDescription", "setRemoteDescription", "addIceCandidate", "getStats"],
  ]) {
    const method = required(prototype[name]);
    const called = method.call({});
    assert.ok(called instanceof Promise);
    await assert.rejects(called, TypeError);
  }
});

void test("a call of a closed connection is refused before any that waits", async () => {
  const connection = offering();
  const pending = connection.createOffer();
  connection.close();
  await assert.rejects(connection.createOffer(), wrongState);
  assert.equal(await settlement(pending), "pending");
});
