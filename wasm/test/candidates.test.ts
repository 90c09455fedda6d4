// addIceCandidate(), RTCIceCandidate and its events: what the web-platform-tests check of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  RTCIceCandidate,
  type RTCPeerConnection,
  RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceEvent,
} from "portico";
import { connectedPair, newConnection, newPair, reachedState, required } from "./support/connections.js";
import { once } from "./support/peers.js";

const text = "candidate:1905690388 1 udp 2113937151 192.0.2.1 58041 typ host generation 0 ufrag thC8 network-cost 50";
const arbitrary = "<arbitrary string[0] content>;";
const candidateText = "candidate:1 1 udp 2113929471 203.0.113.100 10100 typ host";

/** What JSEP has as an example (RFC 9429 §7.1), with a data section behind the audio. */
const offerText = [
  "v=0",
  "o=- 4962303333179871722 1 IN IP4 0.0.0.0",
  "s=-",
  "t=0 0",
  "a=ice-options:trickle",
  "a=group:BUNDLE d1",
  "m=audio 10100 UDP/TLS/RTP/SAVPF 96",
  "c=IN IP4 203.0.113.100",
  "a=mid:a1",
  "a=rtpmap:96 opus/48000/2",
  "a=ice-ufrag:ETEn",
  "a=ice-pwd:OtSK0WpNtpUjkY4+86js7ZQl",
  "a=fingerprint:sha-256 19:E2:1C:3B:4B:9F:81:E6:B8:5C:F4:A5:A8:D8:73:04:BB:05:2F:70:9F:04:A9:0E:05:E9:26:33:E8:70:88:A2",
  "a=setup:actpass",
  "a=rtcp-mux",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "c=IN IP4 0.0.0.0",
  "a=mid:d1",
  "a=ice-ufrag:BGKk",
  "a=ice-pwd:mqyWsAjvtKwTGnvhPztQ9mIf",
  "a=fingerprint:sha-256 19:E2:1C:3B:4B:9F:81:E6:B8:5C:F4:A5:A8:D8:73:04:BB:05:2F:70:9F:04:A9:0E:05:E9:26:33:E8:70:88:A2",
  "a=setup:actpass",
  "a=sctp-port:5000",
  "",
].join("\r\n");

async function withRemoteOffer(): Promise<RTCPeerConnection> {
  const connection = newConnection();
  await connection.setRemoteDescription({ type: "offer", sdp: offerText });
  return connection;
}
/** The lines of the remote description, section by section. */
function sections(connection: RTCPeerConnection): string[] {
  return required(connection.remoteDescription).sdp.split(/^(?=m=)/m);
}

void test("before a remote description a candidate is an InvalidStateError, and so is the end of them", async () => {
  const early = { name: "InvalidStateError" };
  for (const candidate of [
    { candidate: candidateText, sdpMid: "d1" },
    undefined,
    null,
    { sdpMid: "d1", candidate: "" },
  ]) {
    await assert.rejects(newConnection().addIceCandidate(candidate), early);
  }
});

void test("a candidate with a text needs sdpMid or sdpMLineIndex, in any state", async () => {
  for (const connection of [newConnection(), await withRemoteOffer()]) {
    for (const wrong of [
      { candidate: candidateText },
      { candidate: candidateText, sdpMid: null, sdpMLineIndex: null },
      { candidate: arbitrary, usernameFragment: "BGKk" },
    ]) {
      await assert.rejects(connection.addIceCandidate(wrong), TypeError);
    }
    for (const wrong of [7, "x", Symbol("x")])
      await assert.rejects(connection.addIceCandidate(wrong as never), TypeError);
  }
});

void test("candidates are placed by sdpMid, or else by sdpMLineIndex, and are in the description", async () => {
  const line = `a=${candidateText}\r\n`;
  for (const place of [
    { sdpMid: "d1" },
    { sdpMLineIndex: 1 },
    { sdpMid: "d1", sdpMLineIndex: 1, usernameFragment: "BGKk" },
    { sdpMid: "d1", sdpMLineIndex: 7 },
    { sdpMid: "d1", usernameFragment: null },
    { sdpMLineIndex: 65_537 },
  ]) {
    const connection = await withRemoteOffer();
    await connection.addIceCandidate({ candidate: candidateText, ...place });
    const [, audio = "", data = ""] = sections(connection);
    assert.deepEqual([audio.includes(line), data.includes(line)], [false, true], JSON.stringify(place));
  }
  const connection = await withRemoteOffer();
  await connection.addIceCandidate(new RTCIceCandidate({ candidate: candidateText, sdpMid: "a1" }));
  assert.ok(sections(connection)[1]?.includes(line));
});

void test("an empty candidate ends those of its section", async () => {
  const connection = await withRemoteOffer();
  await connection.addIceCandidate({ candidate: candidateText, sdpMid: "d1" });
  await connection.addIceCandidate({ candidate: "", sdpMid: "d1" });
  const [, audio = "", data = ""] = sections(connection);
  assert.match(data, /a=candidate:.*\r\n(.*\r\n)*a=end-of-candidates\r\n/);
  assert.doesNotMatch(audio, /end-of-candidates/);
});

void test("null, undefined, nothing and {} end all candidates", async () => {
  for (const args of [[null], [undefined], [], [{}], [{ candidate: "", sdpMid: null, sdpMLineIndex: null }]] as [
    never?,
  ][]) {
    const connection = await withRemoteOffer();
    await connection.addIceCandidate(...args);
    for (const section of sections(connection).slice(1)) assert.match(section, /a=end-of-candidates\r\n/);
  }
});

void test("a candidate for a section or a fragment that no description has is an OperationError", async () => {
  const connection = await withRemoteOffer();
  const before = connection.remoteDescription?.sdp;
  for (const wrong of [
    { sdpMid: "invalid", sdpMLineIndex: 1 },
    { sdpMLineIndex: 2 },
    { sdpMid: "d1", usernameFragment: "invalid" },
    { sdpMid: "d1", usernameFragment: "ETEn" },
  ]) {
    await assert.rejects(connection.addIceCandidate({ candidate: candidateText, ...wrong }), {
      name: "OperationError",
    });
    await assert.rejects(connection.addIceCandidate({ candidate: "", ...wrong }), { name: "OperationError" });
  }
  assert.equal(connection.remoteDescription?.sdp, before);
});

void test("what is no candidate is an OperationError, and changes nothing", async () => {
  const connection = await withRemoteOffer();
  const before = connection.remoteDescription?.sdp;
  for (const wrong of [
    "(Invalid) candidate \r\n string",
    arbitrary,
    "candidate:1 1 udp 1 203.0.113.100",
    "candidate:",
  ]) {
    await assert.rejects(connection.addIceCandidate({ candidate: wrong, sdpMid: "d1" }), { name: "OperationError" });
  }
  assert.equal(connection.remoteDescription?.sdp, before);
});

void test("a candidate that can't be used, of TCP for instance, is taken all the same", async () => {
  const connection = await withRemoteOffer();
  const tcp = "candidate:1 1 TCP 1518280447 203.0.113.100 9 typ host tcptype active";
  await connection.addIceCandidate({ candidate: tcp, sdpMid: "d1" });
});

void test("candidates of before and after an ICE restart are told by their fragments", async () => {
  const { one, other } = await connectedPair();
  await reachedState(one, "iceConnectionState", "completed");
  const old = required(other.localDescription?.sdp.match(/a=ice-ufrag:(.*)/)?.[1]);
  await one.setLocalDescription(await one.createOffer({ iceRestart: true }));
  await other.setRemoteDescription(required(one.localDescription));
  await other.setLocalDescription();
  const fresh = required(other.localDescription?.sdp.match(/a=ice-ufrag:(.*)/)?.[1]);
  assert.notEqual(fresh, old);
  const candidate = { candidate: candidateText, sdpMid: "0" };
  // The answer has not come: the description is still the old one.
  await one.addIceCandidate({ ...candidate, usernameFragment: old });
  await assert.rejects(one.addIceCandidate({ ...candidate, usernameFragment: fresh }), { name: "OperationError" });
  await one.setRemoteDescription(required(other.localDescription));
  await one.addIceCandidate({ ...candidate, usernameFragment: fresh });
});

// RTCIceCandidate ----------------------------------------------------------------------------------------------------

void test("an RTCIceCandidate needs sdpMid or sdpMLineIndex", () => {
  const nothing = { candidate: "", sdpMid: null, sdpMLineIndex: null, usernameFragment: undefined };
  for (const wrong of [undefined, {}, nothing, { candidate: text }, { sdpMid: null }] as object[]) {
    assert.throws(() => new RTCIceCandidate(wrong), TypeError);
  }
  assert.equal(RTCIceCandidate.length, 0);
});

void test("an RTCIceCandidate takes any text, and reads what is one", () => {
  const read = new RTCIceCandidate({ candidate: text, sdpMid: "audio", sdpMLineIndex: 0 });
  assert.deepEqual([read.candidate, read.sdpMid, read.sdpMLineIndex], [text, "audio", 0]);
  assert.deepEqual([read.foundation, read.component, read.priority], ["1905690388", "rtp", 2113937151]);
  assert.deepEqual([read.address, read.protocol, read.port, read.type], ["192.0.2.1", "udp", 58041, "host"]);
  assert.deepEqual(
    [read.tcpType, read.relatedAddress, read.relatedPort, read.usernameFragment],
    [null, null, null, null],
  );
  const unread = new RTCIceCandidate({ candidate: arbitrary, sdpMid: arbitrary, usernameFragment: arbitrary });
  assert.deepEqual([unread.candidate, unread.sdpMid, unread.sdpMLineIndex], [arbitrary, arbitrary, null]);
  assert.deepEqual([unread.usernameFragment, unread.foundation, unread.address], [arbitrary, null, null]);
  assert.deepEqual([unread.component, unread.priority, unread.port, unread.type], [null, null, null, null]);
});

void test("members of an RTCIceCandidate are converted as Web IDL has it", () => {
  const converted = new RTCIceCandidate({ candidate: 1, sdpMid: 2, sdpMLineIndex: "3", usernameFragment: 4 } as never);
  assert.deepEqual(converted.toJSON(), { candidate: "1", sdpMid: "2", sdpMLineIndex: 3, usernameFragment: "4" });
  assert.equal(new RTCIceCandidate({ sdpMLineIndex: 65_535 }).sdpMLineIndex, 65_535);
  assert.equal(new RTCIceCandidate({ sdpMLineIndex: 65_537.5 }).sdpMLineIndex, 1);
  assert.equal(new RTCIceCandidate({ sdpMLineIndex: -1 }).sdpMLineIndex, 65_535);
  assert.equal(new RTCIceCandidate({ sdpMLineIndex: NaN }).sdpMLineIndex, 0);
  const more = new RTCIceCandidate({ sdpMid: "0", relayProtocol: "tls", url: "turn:192.0.2.1" });
  assert.deepEqual([more.relayProtocol, more.url], ["tls", "turn:192.0.2.1"]);
  assert.throws(() => new RTCIceCandidate({ sdpMid: "0", relayProtocol: "sctp" as never }), TypeError);
});

void test("attributes of an RTCIceCandidate are read-only, and those of its prototype", () => {
  const candidate = new RTCIceCandidate({ candidate: text, sdpMid: "0" });
  assert.throws(() => ((candidate as { candidate: string }).candidate = ""), TypeError);
  assert.ok("foundation" in RTCIceCandidate.prototype);
  assert.deepEqual(Object.keys(candidate), []);
});

// Events -------------------------------------------------------------------------------------------------------------

void test("an RTCPeerConnectionIceEvent takes a candidate, or none", () => {
  assert.throws(() => new (RTCPeerConnectionIceEvent as unknown as new () => object)(), TypeError);
  for (const init of [undefined, {}, { candidate: null }, { candidate: undefined }] as object[]) {
    const event = new RTCPeerConnectionIceEvent("type", init);
    assert.deepEqual([event.candidate, event.url, event.bubbles, event.cancelable], [null, null, false, false]);
  }
  const candidate = new RTCIceCandidate({ candidate: "", sdpMid: "mid", sdpMLineIndex: 1 });
  const event = new RTCPeerConnectionIceEvent("type", { candidate, url: "foo.bar", bubbles: true, cancelable: true });
  assert.equal(event.candidate, candidate);
  assert.deepEqual([event.url, event.bubbles, event.cancelable], ["foo.bar", true, true]);
  assert.throws(() => new RTCPeerConnectionIceEvent("type", { candidate: candidate.toJSON() as never }), TypeError);
});

void test("an RTCPeerConnectionIceErrorEvent needs an errorCode", () => {
  assert.throws(() => new RTCPeerConnectionIceErrorEvent("type", {} as never), TypeError);
  assert.throws(
    () => new (RTCPeerConnectionIceErrorEvent as unknown as new (type: string) => object)("type"),
    TypeError,
  );
  const event = new RTCPeerConnectionIceErrorEvent("type", { errorCode: 711 });
  assert.deepEqual([event.address, event.port, event.url, event.errorCode, event.errorText], [null, null, "", 711, ""]);
  const full = { address: "192.0.2.1", port: 1, url: "stun:192.0.2.2", errorCode: 701, errorText: "why" };
  const { address, port, url, errorCode, errorText } = new RTCPeerConnectionIceErrorEvent("type", full);
  assert.deepEqual({ address, port, url, errorCode, errorText }, full);
});

void test("a server that can't be used is told by icecandidateerror", async () => {
  const [connection] = newPair({ iceServers: [{ urls: "stuns:192.0.2.1" }] });
  connection.createDataChannel("x");
  const told = once<RTCPeerConnectionIceErrorEvent>(connection, "icecandidateerror");
  await connection.setLocalDescription();
  const event = await told;
  assert.ok(event instanceof RTCPeerConnectionIceErrorEvent);
  assert.equal(event.url, "stuns:192.0.2.1");
  assert.ok(event.errorText.length > 10);
});
