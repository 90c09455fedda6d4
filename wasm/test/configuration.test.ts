// RTCConfiguration: Web IDL's conversion, and W3C webrtc-pc §4.4.1.1 and §4.4.1.6. What the web-platform-tests check, of the
// constructor and of setConfiguration() alike.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RTCCertificate, type RTCConfiguration, RTCPeerConnection } from "portico";
import { exchangeOfferAnswer, newConnection, newPair } from "./support/connections.js";

/** Both ways of giving a configuration. */
const ways: Record<string, (configuration: unknown) => RTCPeerConnection> = {
  "the constructor": (configuration) => new RTCPeerConnection(configuration as RTCConfiguration),
  "setConfiguration()": (configuration) => {
    const connection = new RTCPeerConnection();
    connection.setConfiguration(configuration as RTCConfiguration);
    return connection;
  },
};
const server = (members: object) => ({ iceServers: [members] });
const relay = (urls: unknown, more: object = {}) => server({ urls, ...more });
const user = { username: "user", credential: "cred" };

const accepted: Record<string, unknown> = {
  undefined: undefined,
  null: null,
  "{}": {},
  "iceServers undefined": { iceServers: undefined },
  "iceServers []": { iceServers: [] },
  "a Set of servers": { iceServers: new Set([{ urls: "stun:stun.example.net" }]) },
  "a STUN server": server({ urls: "stun:stun.example.net" }),
  "a list of STUN servers": server({ urls: ["stun:stun.example.net", "stuns:stun2.example.net:99"] }),
  "an IPv6 literal": server({ urls: "stun:[2001:db8::1]:3478" }),
  "a TURN server": relay("turn:turn.example.org?transport=udp", user),
  "two TURN servers": relay(["turns:turn.example.org", "turn:turn.example.net"], user),
  'iceTransportPolicy "relay"': { iceTransportPolicy: "relay" },
  'bundlePolicy "balanced"': { bundlePolicy: "balanced" },
  'rtcpMuxPolicy "require"': { rtcpMuxPolicy: "require" },
  "iceCandidatePoolSize 255": { iceCandidatePoolSize: 255 },
  "iceCandidatePoolSize null": { iceCandidatePoolSize: null },
  "certificates []": { certificates: [] },
  "an unknown member": { iceTransports: "none" },
};

const refused: [name: string, configuration: unknown, error: string][] = [
  ["a number", 7, "TypeError"],
  ["a string", "x", "TypeError"],
  ["iceServers null", { iceServers: null }, "TypeError"],
  ["iceServers {}", { iceServers: {} }, "TypeError"],
  ["a server null", { iceServers: [null] }, "TypeError"],
  ["a server undefined", { iceServers: [undefined] }, "TypeError"],
  ["a server without urls", server({}), "TypeError"],
  ["url, which was never W3C's", server({ url: "stun:stun.example.net" }), "TypeError"],
  ["urls []", server({ urls: [] }), "SyntaxError"],
  ["an empty URL", server({ urls: "" }), "SyntaxError"],
  ["an empty URL among others", server({ urls: ["stun:stun.example.net", ""] }), "SyntaxError"],
  ["a relative URL", server({ urls: "relative-url" }), "SyntaxError"],
  ["an http URL", server({ urls: "http://example.com" }), "SyntaxError"],
  ["a STUN URL with a path", server({ urls: "stun://example.org/foo?x=y" }), "SyntaxError"],
  ["a port out of range", server({ urls: "stun:example.net:65536" }), "SyntaxError"],
  ["a port that is none", server({ urls: "stun:example.net:b" }), "SyntaxError"],
  ["a bracket that is not closed", server({ urls: "stun:[2001:db8::1" }), "SyntaxError"],
  ["a blank in the host", server({ urls: "stun:x x" }), "SyntaxError"],
  ["TURN without credentials", relay("turn:turn.example.net"), "InvalidAccessError"],
  ["TURN with a username alone", relay("turn:turn.example.net", { username: "user" }), "InvalidAccessError"],
  ["TURN with a credential alone", relay("turns:turn.example.net", { credential: "cred" }), "InvalidAccessError"],
  ["iceTransportPolicy null", { iceTransportPolicy: null }, "TypeError"],
  ["iceTransportPolicy none", { iceTransportPolicy: "none" }, "TypeError"],
  ["bundlePolicy null", { bundlePolicy: null }, "TypeError"],
  ["bundlePolicy invalid", { bundlePolicy: "invalid" }, "TypeError"],
  ["rtcpMuxPolicy null", { rtcpMuxPolicy: null }, "TypeError"],
  ["rtcpMuxPolicy negotiate", { rtcpMuxPolicy: "negotiate" }, "TypeError"],
  ["certificates null", { certificates: null }, "TypeError"],
  ["certificates [null]", { certificates: [null] }, "TypeError"],
  ["certificates [{}]", { certificates: [{}] }, "TypeError"],
  ["iceCandidatePoolSize -1", { iceCandidatePoolSize: -1 }, "TypeError"],
  ["iceCandidatePoolSize 256", { iceCandidatePoolSize: 256 }, "TypeError"],
  ["iceCandidatePoolSize NaN", { iceCandidatePoolSize: NaN }, "TypeError"],
  ["iceCandidatePoolSize a Symbol", { iceCandidatePoolSize: Symbol("x") }, "TypeError"],
];

for (const [way, make] of Object.entries(ways)) {
  for (const [name, configuration] of Object.entries(accepted)) {
    void test(`${way} takes ${name}`, () => make(configuration).close());
  }
  for (const [name, configuration, error] of refused) {
    void test(`${way} refuses ${name} with a ${error}`, () => {
      assert.throws(
        () => make(configuration),
        (thrown: Error) => {
          assert.equal(thrown.name, error);
          assert.equal(thrown instanceof DOMException, error !== "TypeError");
          assert.ok(thrown.message.length > 10);
          return true;
        },
      );
    });
  }
}

void test("TURN credentials may be empty, if they are there", () => {
  const connection = ways["the constructor"]?.(relay("turn:turn.example.org", { username: "", credential: "" }));
  const expected = [{ urls: ["turn:turn.example.org"], username: "", credential: "" }];
  assert.deepEqual(connection?.getConfiguration().iceServers, expected);
});

void test("getConfiguration() has every member, and is a copy", () => {
  const connection = newConnection({ iceServers: [{ urls: "stun:stun.example.net" }] });
  const configuration = connection.getConfiguration();
  assert.deepEqual(configuration, {
    bindAddresses: ["127.0.0.1"],
    iceServers: [{ urls: ["stun:stun.example.net"] }],
    iceTransportPolicy: "all",
    bundlePolicy: "balanced",
    rtcpMuxPolicy: "require",
    certificates: [],
    iceCandidatePoolSize: 0,
  });
  assert.notEqual(connection.getConfiguration(), configuration);
  configuration.iceTransportPolicy = "relay";
  configuration.iceServers = [];
  assert.equal(connection.getConfiguration().iceTransportPolicy, "all");
  assert.equal(connection.getConfiguration().iceServers?.length, 1);
});

void test("setConfiguration() replaces what may change, and leaves Portico's own members", () => {
  const connection = newConnection({ iceServers: [{ urls: "stun:stun.example.net" }] });
  connection.setConfiguration({ iceTransportPolicy: "relay", bindAddresses: ["::1"] });
  const { iceServers, iceTransportPolicy, bindAddresses } = connection.getConfiguration();
  assert.deepEqual([iceServers, iceTransportPolicy, bindAddresses], [[], "relay", ["127.0.0.1"]]);
  connection.setConfiguration();
  assert.equal(connection.getConfiguration().iceTransportPolicy, "all");
});

void test("setConfiguration() that is refused changes nothing", () => {
  const connection = newConnection({ iceServers: [{ urls: "stun:stun.example.net" }] });
  const before = connection.getConfiguration();
  for (const wrong of [{ iceServers: [{ urls: "http://x" }] }, { bundlePolicy: "max-bundle" as const }]) {
    assert.throws(() => connection.setConfiguration(wrong));
    assert.deepEqual(connection.getConfiguration(), before);
  }
});

void test("bundlePolicy can't change, nor iceCandidatePoolSize after setLocalDescription()", async () => {
  const connection = newConnection({ bundlePolicy: "max-bundle" });
  connection.setConfiguration({ bundlePolicy: "max-bundle", iceCandidatePoolSize: 1 });
  const modification = { name: "InvalidModificationError" };
  assert.throws(() => connection.setConfiguration({ bundlePolicy: "max-compat" }), modification);
  connection.createDataChannel("x");
  await connection.setLocalDescription();
  connection.setConfiguration({ bundlePolicy: "max-bundle", iceCandidatePoolSize: 1 });
  assert.throws(
    () => connection.setConfiguration({ bundlePolicy: "max-bundle", iceCandidatePoolSize: 2 }),
    modification,
  );
});

void test("certificates are used, are the same objects again, and can't change", async () => {
  const [first, second] = [await RTCCertificate.generate(), await RTCCertificate.generate()];
  const connection = newConnection({ certificates: [first] });
  assert.equal(connection.getConfiguration().certificates?.[0], first);
  connection.createDataChannel("x");
  const { sdp } = await connection.createOffer();
  for (const { algorithm, value } of first.getFingerprints()) {
    assert.ok(sdp.includes(`\r\na=fingerprint:${algorithm} ${value.toUpperCase()}\r\n`));
  }
  connection.setConfiguration({ certificates: [first] });
  connection.setConfiguration({});
  for (const certificates of [[second], [first, second]]) {
    assert.throws(() => connection.setConfiguration({ certificates }), { name: "InvalidModificationError" });
  }
});

void test("an expired certificate is refused with an InvalidAccessError", async () => {
  const certificate = await RTCPeerConnection.generateCertificate({ name: "ECDSA", namedCurve: "P-256", expires: 0 });
  assert.ok(certificate.expires <= Date.now());
  assert.throws(() => newConnection({ certificates: [certificate] }), { name: "InvalidAccessError" });
});

void test('iceTransportPolicy "relay" gathers nothing without a relay', async () => {
  const connection = newConnection({ iceTransportPolicy: "relay" });
  connection.createDataChannel("x");
  const candidates: (string | undefined)[] = [];
  const done = new Promise<void>((resolve) => {
    connection.onicecandidate = ({ candidate }) => {
      candidates.push(candidate?.candidate);
      if (candidate === null) resolve();
    };
  });
  await connection.setLocalDescription();
  await done;
  assert.deepEqual(candidates, ["", undefined]);
});

void test("the options of the SCTP transport are passed on", async () => {
  const [one, other] = newPair({ sctp: { maxMessageSize: 1000 } });
  one.createDataChannel("x");
  await exchangeOfferAnswer(one, other);
  assert.match(one.localDescription?.sdp ?? "", /a=max-message-size:1000\r\n/);
  assert.equal(one.sctp?.maxMessageSize, 1000);
});
