// The looks of the interfaces, as an IDL test sees them: names, lengths, attributes of the prototypes, JSON. And RTCError,
// RTCErrorEvent, RTCSessionDescription, RTCCertificate and generateCertificate().
import assert from "node:assert/strict";
import { test } from "node:test";
import * as portico from "portico";
import { RTCCertificate, RTCError, RTCErrorEvent, RTCPeerConnection, RTCSessionDescription } from "portico";
import { newConnection } from "./support/connections.js";

/** Attributes, then methods with their lengths, of W3C webrtc-pc's IDL as far as there is no media. */
const interfaces: Record<string, [constructorLength: number, attributes: string[], methods: Record<string, number>]> = {
  RTCPeerConnection: [
    0,
    [
      ...["localDescription", "currentLocalDescription", "pendingLocalDescription"],
      ...["remoteDescription", "currentRemoteDescription", "pendingRemoteDescription"],
      ...["signalingState", "iceGatheringState", "iceConnectionState", "connectionState", "canTrickleIceCandidates"],
      ...["onnegotiationneeded", "onicecandidate", "onicecandidateerror", "onsignalingstatechange"],
      ...["oniceconnectionstatechange", "onicegatheringstatechange", "onconnectionstatechange", "ontrack"],
      ...["sctp", "ondatachannel"],
    ],
    {
      ...{ createOffer: 0, createAnswer: 0, setLocalDescription: 0, setRemoteDescription: 1, addIceCandidate: 0 },
      ...{ restartIce: 0, getConfiguration: 0, setConfiguration: 0, close: 0, createDataChannel: 1, getStats: 0 },
      ...{ getSenders: 0, getReceivers: 0, getTransceivers: 0, addTrack: 1, removeTrack: 1, addTransceiver: 1 },
    },
  ],
  RTCSessionDescription: [1, ["type", "sdp"], { toJSON: 0 }],
  RTCIceCandidate: [
    0,
    [
      ...["candidate", "sdpMid", "sdpMLineIndex", "foundation", "component", "priority", "address", "protocol", "port"],
      ...["type", "tcpType", "relatedAddress", "relatedPort", "usernameFragment", "relayProtocol", "url"],
    ],
    { toJSON: 0 },
  ],
  RTCPeerConnectionIceEvent: [1, ["candidate", "url"], {}],
  RTCPeerConnectionIceErrorEvent: [2, ["address", "port", "url", "errorCode", "errorText"], {}],
  RTCCertificate: [1, ["expires"], { getFingerprints: 0 }],
  RTCDtlsTransport: [1, ["iceTransport", "state", "onstatechange", "onerror"], { getRemoteCertificates: 0 }],
  RTCIceTransport: [
    1,
    [
      ...["role", "component", "state", "gatheringState"],
      ...["onstatechange", "ongatheringstatechange", "onselectedcandidatepairchange"],
    ],
    {
      ...{ getLocalCandidates: 0, getRemoteCandidates: 0, getSelectedCandidatePair: 0 },
      ...{ getLocalParameters: 0, getRemoteParameters: 0 },
    },
  ],
  RTCSctpTransport: [1, ["transport", "state", "maxMessageSize", "maxChannels", "onstatechange"], {}],
  RTCDataChannel: [
    2,
    [
      ...["label", "ordered", "maxPacketLifeTime", "maxRetransmits", "protocol", "negotiated", "id", "readyState"],
      ...["bufferedAmount", "bufferedAmountLowThreshold", "binaryType", "onopen", "onbufferedamountlow", "onerror"],
      ...["onclosing", "onclose", "onmessage"],
    ],
    { close: 0, send: 1 },
  ],
  RTCDataChannelEvent: [2, ["channel"], {}],
  RTCError: [1, ["errorDetail", "sdpLineNumber", "sctpCauseCode", "receivedAlert", "sentAlert"], {}],
  RTCErrorEvent: [2, ["error"], {}],
  RTCStatsReport: [1, ["size"], { get: 1, has: 1, keys: 0, values: 0, entries: 0, forEach: 1 }],
};
const writable = new Set(["bufferedAmountLowThreshold", "binaryType"]);

for (const [name, [length, attributes, methods]] of Object.entries(interfaces)) {
  void test(`${name} looks as its IDL has it`, () => {
    const type = (portico as unknown as Record<string, { new (): object; prototype: object; length: number }>)[name];
    assert.ok(type);
    assert.equal(type.length, length);
    assert.equal(Object.prototype.toString.call(type.prototype), `[object ${name}]`);
    assert.throws(() => (type as unknown as () => unknown)(), TypeError, "it needs new");
    for (const attribute of attributes) {
      const descriptor = Object.getOwnPropertyDescriptor(type.prototype, attribute);
      const isWritable = attribute.startsWith("on") || writable.has(attribute);
      assert.deepEqual(
        [typeof descriptor?.get, typeof descriptor?.set, descriptor?.enumerable, descriptor?.configurable],
        ["function", isWritable ? "function" : "undefined", true, true],
        attribute,
      );
    }
    for (const [method, arity] of Object.entries(methods)) {
      const descriptor = Object.getOwnPropertyDescriptor(type.prototype, method);
      assert.deepEqual([typeof descriptor?.value, descriptor?.enumerable], ["function", true], method);
      assert.equal((descriptor?.value as () => void).length, arity, method);
    }
  });
}

void test("what a program can't make it is told so", () => {
  for (const name of ["RTCDataChannel", "RTCSctpTransport", "RTCDtlsTransport", "RTCCertificate", "RTCStatsReport"]) {
    const type = (portico as unknown as Record<string, new () => object>)[name];
    assert.ok(type);
    assert.throws(() => new type(), TypeError);
  }
});

void test("event handlers are null, a function, or what else was set, which is null", () => {
  const connection = newConnection();
  assert.equal(connection.onicecandidate, null);
  const handler = () => undefined;
  connection.onicecandidate = handler;
  assert.equal(connection.onicecandidate, handler);
  connection.onicecandidate = 7 as never;
  assert.equal(connection.onicecandidate, null);
});

// RTCError -----------------------------------------------------------------------------------------------------------

void test("an RTCError is a DOMException with details", () => {
  const error = new RTCError({ errorDetail: "data-channel-failure" }, "message");
  assert.ok(error instanceof DOMException && error instanceof Error);
  assert.deepEqual([error.name, error.code, error.message], ["OperationError", 0, "message"]);
  assert.equal(error.errorDetail, "data-channel-failure");
  const numbers = ["sdpLineNumber", "sctpCauseCode", "receivedAlert", "sentAlert", "httpRequestStatusCode"] as const;
  for (const number of numbers) {
    assert.equal(error[number], null);
    assert.equal(new RTCError({ errorDetail: "dtls-failure", [number]: 7 })[number], 7);
    assert.throws(() => ((error as unknown as Record<string, number>)[number] = 1), TypeError);
  }
  assert.equal(new RTCError({ errorDetail: "sctp-failure" }).message, "");
  for (const wrong of [undefined, {}, { errorDetail: "invalid" }, { errorDetail: null }] as never[]) {
    assert.throws(() => new RTCError(wrong, "message"), TypeError);
  }
});

void test("an RTCErrorEvent needs an RTCError", () => {
  const error = new RTCError({ errorDetail: "fingerprint-failure" });
  assert.equal(new RTCErrorEvent("error", { error }).error, error);
  for (const wrong of [undefined, {}, { error: null }, { error: new Error("x") }] as never[]) {
    assert.throws(() => new RTCErrorEvent("error", wrong), TypeError);
  }
});

// RTCSessionDescription ----------------------------------------------------------------------------------------------

void test("an RTCSessionDescription needs a type, and has an empty SDP without one", () => {
  const description = new RTCSessionDescription({ type: "offer" });
  assert.deepEqual([description.type, description.sdp], ["offer", ""]);
  assert.equal(JSON.stringify(description), '{"type":"offer","sdp":""}');
  for (const wrong of [undefined, null, {}, { sdp: "x" }, { type: "x" }, { type: null }] as never[]) {
    assert.throws(() => new RTCSessionDescription(wrong), TypeError);
  }
  assert.throws(() => ((description as { sdp: string }).sdp = "x"), TypeError);
  assert.deepEqual(new RTCSessionDescription(description).toJSON(), description.toJSON());
});

// Certificates -------------------------------------------------------------------------------------------------------

const ecdsa = { name: "ECDSA", namedCurve: "P-256" };

void test("generateCertificate() makes an ECDSA certificate for 30 days", async () => {
  const certificate = await RTCPeerConnection.generateCertificate(ecdsa);
  assert.ok(certificate instanceof RTCCertificate);
  const days = (certificate.expires - Date.now()) / 86_400_000;
  assert.ok(days > 28 && days < 32, String(days));
  const fingerprints = certificate.getFingerprints();
  assert.ok(fingerprints.length > 0);
  for (const { algorithm, value } of fingerprints) {
    assert.match(algorithm, /^sha-(256|384|512)$/);
    assert.match(value, /^([0-9a-f]{2}:)+[0-9a-f]{2}$/);
  }
  await RTCPeerConnection.generateCertificate({ name: "ecdsa", namedCurve: "P-256" });
});

void test("generateCertificate() takes the time after which it expires", async () => {
  const before = Date.now();
  const short = await RTCPeerConnection.generateCertificate({ ...ecdsa, expires: 2000 });
  assert.ok(short.expires >= before + 2000 && short.expires <= Date.now() + 2000);
  const over = await RTCPeerConnection.generateCertificate({ ...ecdsa, expires: 0 });
  assert.ok(over.expires <= Date.now());
  const long = await RTCPeerConnection.generateCertificate({ ...ecdsa, expires: 1e15 });
  assert.ok(long.expires < Date.now() + 366 * 86_400_000);
  for (const expires of [-1, "invalid", NaN, Infinity] as number[]) {
    await assert.rejects(RTCPeerConnection.generateCertificate({ ...ecdsa, expires }), TypeError);
  }
});

void test("generateCertificate() refuses what it has not, and what is no algorithm", async () => {
  const rsa = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: "SHA-256",
  };
  for (const unknown of ["invalid-algo", { name: "invalid-algo" }, rsa, { name: "ECDSA", namedCurve: "P-384" }, null]) {
    await assert.rejects(RTCPeerConnection.generateCertificate(unknown as never), { name: "NotSupportedError" });
  }
  for (const wrong of ["ECDSA", {}, { name: "ECDSA" }]) {
    await assert.rejects(RTCPeerConnection.generateCertificate(wrong as never), TypeError);
  }
});
