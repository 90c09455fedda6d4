// The objects table of the API: what each member is, before anything happened.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  RTCCertificate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceCandidate,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceServer,
  RTCIceTransport,
  RTCSctpCapabilities,
  RTCSctpTransport,
  version,
} from "portico";
import { Peer } from "./support/peers.js";

void test("the version is that of the package", async () => {
  const { createRequire } = await import("node:module");
  const own = createRequire(import.meta.url)("portico/package.json") as { version: string };
  assert.equal(version, own.version);
});

void test("a gatherer before and after it gathers", async () => {
  const gatherer = new RTCIceGatherer([]);
  assert.equal(gatherer.state, "new");
  assert.deepEqual(gatherer.getLocalCandidates(), []);
  const { usernameFragment, password, iceLite } = gatherer.getLocalParameters();
  assert.deepEqual([usernameFragment.length, password.length, iceLite], [4, 22, false]);
  const gathering = gatherer.gather();
  assert.equal(gatherer.state, "gathering");
  assert.equal(gatherer.gather(), gathering);
  await gathering;
  assert.equal(gatherer.state, "complete");
  assert.ok(gatherer.getLocalCandidates().every((one) => one instanceof RTCIceCandidate && one.type === "host"));
  gatherer.close();
  assert.deepEqual(gatherer.getLocalCandidates(), []);
  assert.equal(gatherer.state, "closed");
  assert.equal(gatherer.getLocalParameters().usernameFragment, usernameFragment);
});

void test("a gatherer takes aiortc's arguments", () => {
  const gatherer = new RTCIceGatherer(null, "user", "0123456789abcdefghijkl");
  const expected = new RTCIceParameters("user", "0123456789abcdefghijkl");
  assert.deepEqual(gatherer.getLocalParameters(), expected);
});

void test("default ICE servers are the class's, and an object's, and can be set", () => {
  const before = RTCIceGatherer.getDefaultIceServers();
  assert.deepEqual(new RTCIceGatherer().getDefaultIceServers(), before);
  assert.ok(before[0] instanceof RTCIceServer);
  RTCIceGatherer.setDefaultIceServers([{ urls: "stun:192.0.2.1" }]);
  assert.deepEqual(RTCIceGatherer.getDefaultIceServers()[0]?.urls, ["stun:192.0.2.1"]);
  RTCIceGatherer.setDefaultIceServers(before);
});

void test("an ICE transport in ORTC's form", () => {
  const gatherer = new RTCIceGatherer([]);
  const transport = new RTCIceTransport(gatherer);
  assert.equal(transport.iceGatherer, gatherer);
  assert.equal(transport.role, "controlled");
  assert.equal(transport.state, "new");
  assert.deepEqual(transport.getRemoteCandidates(), []);
  assert.equal(transport.getRemoteParameters(), null);
  assert.equal(transport.getSelectedCandidatePair(), null);
  assert.equal(transport.getStats().packetsSent, 0);
  assert.throws(() => transport.gather(), { name: "InvalidStateError" });
});

void test("an ICE transport in W3C's form", async () => {
  const transport = new RTCIceTransport();
  assert.deepEqual([transport.role, transport.state, transport.gatheringState], [null, "new", "new"]);
  assert.ok(transport.getLocalParameters());
  const events: string[] = [];
  transport.onicecandidate = ({ candidate }) => events.push(candidate === null ? "end" : String(candidate.type));
  transport.ongatheringstatechange = () => events.push(transport.gatheringState);
  // Before gather() start() is legal here, and waits.
  const remote = { usernameFragment: "abcd", password: "0123456789abcdefghijkl" };
  void transport.start(remote, "controlling");
  assert.equal(transport.role, "controlling");
  assert.equal(transport.getRemoteParameters()?.usernameFragment, "abcd");
  const gathering = transport.gather({ iceServers: [] });
  assert.equal(transport.gatheringState, "gathering");
  assert.throws(() => transport.gather(), { name: "InvalidStateError" });
  await gathering;
  assert.equal(events[0], "host");
  assert.deepEqual(events.slice(-2), ["end", "complete"]);
  assert.equal(transport.role, "controlling");
  await transport.stop();
});

void test("a DTLS transport has a certificate of its own, and three fingerprints", async () => {
  const dtls = new RTCDtlsTransport(new RTCIceTransport(new RTCIceGatherer([])));
  const parameters = dtls.getLocalParameters();
  assert.deepEqual([dtls.state, parameters.role], ["new", "auto"]);
  assert.deepEqual(
    parameters.fingerprints.map((one) => [one.algorithm, one.value.length]),
    [
      ["sha-256", 95],
      ["sha-384", 143],
      ["sha-512", 191],
    ],
  );
  assert.equal(dtls.transport, dtls.iceTransport);
  assert.equal(dtls.getRemoteParameters(), null);
  assert.deepEqual(dtls.getRemoteCertificates(), []);
  assert.equal(dtls.cipherSuite, null);
  assert.deepEqual(dtls.getCertificate().getFingerprints(), parameters.fingerprints.map(inLowerCase));
  await dtls.stop();
  assert.equal(dtls.state, "closed");
});

// RFC 8122 §5 has them in upper case, W3C webrtc-pc §5.5.2 in lower.
function inLowerCase({ algorithm, value }: RTCDtlsFingerprint): RTCDtlsFingerprint {
  return new RTCDtlsFingerprint(algorithm, value.toLowerCase());
}

void test("a certificate goes to PEM and back", async () => {
  const certificate = await RTCCertificate.generate();
  const days = (certificate.expires - Date.now()) / 86_400_000;
  assert.ok(days > 28 && days < 32, String(days));
  const again = RTCCertificate.fromPem(certificate.getPem(), certificate.getPrivateKeyPem());
  assert.deepEqual(again.getFingerprints(), certificate.getFingerprints());
  const dtls = new RTCDtlsTransport(new RTCIceTransport(new RTCIceGatherer([])), [again]);
  assert.deepEqual(dtls.getLocalParameters().fingerprints.map(inLowerCase), certificate.getFingerprints());
});

void test("an SCTP transport before it starts", () => {
  const { sctp, dtls } = new Peer();
  assert.deepEqual([sctp.port, sctp.maxChannels, sctp.state], [5000, null, "connecting"]);
  assert.deepEqual([sctp.is_server, sctp.isServer], [true, true]);
  assert.equal(sctp.transport, dtls);
  assert.equal(RTCSctpTransport.getCapabilities().maxMessageSize, 262_144);
  assert.equal(new RTCSctpTransport(new Peer().dtls, 6000).port, 6000);
});

void test("a data channel before it opens", () => {
  const channel = new Peer().sctp.createDataChannel("näme", { ordered: false, maxRetransmits: 3, protocol: "p" });
  assert.deepEqual(
    [channel.label, channel.protocol, channel.ordered, channel.maxRetransmits, channel.maxPacketLifeTime],
    ["näme", "p", false, 3, null],
  );
  assert.deepEqual([channel.negotiated, channel.id, channel.readyState], [false, null, "connecting"]);
  assert.deepEqual([channel.bufferedAmount, channel.bufferedAmountLowThreshold], [0, 0]);
  assert.deepEqual([channel.binaryType, channel.priority], ["arraybuffer", "low"]);
  const negotiated = new Peer().sctp.createDataChannel("", { negotiated: true, id: 7, priority: "high" });
  assert.deepEqual([negotiated.id, negotiated.negotiated, negotiated.priority], [7, true, "high"]);
});

void test("a candidate has W3C's members, and ip", () => {
  const text = "candidate:842163049 1 udp 1677729535 192.0.2.5 3333 typ srflx raddr 10.0.0.1 rport 2222 ufrag abcd";
  const candidate = new RTCIceCandidate({ candidate: text, sdpMid: "0", sdpMLineIndex: 0 });
  const members: Record<string, unknown> = {};
  for (const name in candidate) if (name !== "toJSON") members[name] = Reflect.get(candidate, name);
  assert.deepEqual(members, {
    candidate: text,
    sdpMid: "0",
    sdpMLineIndex: 0,
    foundation: "842163049",
    component: "rtp",
    priority: 1677729535,
    address: "192.0.2.5",
    ip: "192.0.2.5",
    protocol: "udp",
    port: 3333,
    type: "srflx",
    tcpType: null,
    relatedAddress: "10.0.0.1",
    relatedPort: 2222,
    usernameFragment: null,
    relayProtocol: null,
    url: null,
  });
  const json = JSON.parse(JSON.stringify(candidate)) as object;
  assert.deepEqual(json, { candidate: text, sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null });
  const made = new RTCIceCandidate({ ip: "2001:db8::1", port: 9, type: "host", component: "rtp" });
  assert.match(made.candidate, /^candidate:1 1 udp 1 2001:db8::1 9 typ host/);
});

void test("parameter objects take values or an object", () => {
  assert.deepEqual(new RTCIceParameters({ usernameFragment: "u", password: "p", iceLite: true }).iceLite, true);
  const fingerprint = new RTCDtlsFingerprint("sha-256", "AA");
  assert.deepEqual(new RTCDtlsParameters("client", [fingerprint]).fingerprints, [fingerprint]);
  assert.equal(new RTCDtlsParameters({}).role, "auto");
  assert.equal(new RTCSctpCapabilities().maxMessageSize, 262_144);
  assert.equal(new RTCSctpCapabilities({ maxMessageSize: 0 }).maxMessageSize, 0);
  assert.deepEqual(new RTCIceServer("stun:192.0.2.1").urls, ["stun:192.0.2.1"]);
});

void test("parameters survive JSON", async () => {
  const peer = new Peer();
  await peer.gatherer.gather();
  const sent = { ice: peer.gatherer.getLocalParameters(), candidates: peer.gatherer.getLocalCandidates() };
  const text = JSON.stringify(sent);
  const got = JSON.parse(text) as typeof sent;
  const other = new Peer();
  await other.gatherer.gather();
  for (const candidate of got.candidates) await other.ice.addRemoteCandidate(candidate);
  assert.equal(other.ice.getRemoteCandidates()[0]?.candidate, sent.candidates[0]?.candidate);
  await Promise.all([peer.stop(), other.stop()]);
});
