// Names in place of addresses, and the interfaces that are used. That two processes meet by multicast is in tests/cli.
import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { BridgeTransport, RTCIceCandidate, RTCIceGatherer, type RTCPeerConnectionIceErrorEvent } from "portico";
import { startBridge } from "./support/bridge.js";
import { connect, once, Peer } from "./support/peers.js";

const name = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.local$/;

void test("peers that hide their addresses have names, and connect by them", async () => {
  const [one, other] = [new Peer({ mdns: "hide" }), new Peer({ mdns: "hide" })];
  await connect(one, other);
  for (const peer of [one, other]) {
    assert.deepEqual(peer.gatherer.getLocalCandidates().length, 1);
    assert.match(peer.gatherer.getLocalCandidates()[0]?.address ?? "", name);
    assert.match(peer.ice.getSelectedCandidatePair()?.local.address ?? "", name);
    for (const candidate of peer.ice.getRemoteCandidates()) assert.match(candidate.address ?? "", name);
  }
  await Promise.all([one.stop(), other.stop()]);
});

void test("a name that nobody has is kept, and is no error", async () => {
  const peer = new Peer();
  peer.gatherer.addEventListener("icecandidateerror", () => assert.fail("an error"));
  await peer.gatherer.gather();
  const text = "candidate:1 1 udp 2122262783 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 54596 typ host";
  await peer.ice.addRemoteCandidate(new RTCIceCandidate({ candidate: text, sdpMid: "0" }));
  void peer.ice.start({ usernameFragment: "abcd", password: "0123456789abcdefghijkl" });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(peer.ice.getRemoteCandidates()[0]?.address, "1f4712db-ea17-4bcf-a596-105139dfd8bf.local");
  await peer.stop();
});

void test("over the bridge addresses are hidden, too, and one error says that nobody resolves the names", async () => {
  const bridge = await startBridge();
  const gatherer = new RTCIceGatherer({ iceServers: [], mdns: "hide", transport: new BridgeTransport(bridge.url) });
  const errors: string[] = [];
  gatherer.addEventListener("icecandidateerror", (event) =>
    errors.push((event as RTCPeerConnectionIceErrorEvent).errorText),
  );
  await gatherer.gather();
  assert.match(gatherer.getLocalCandidates()[0]?.address ?? "", name);
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? "", /not answered for.*There is no multicast on 127\.0\.0\.1/);
  gatherer.close();
  await bridge.kill();
});

void test("interfaces are chosen by name, and where none fits an error names those that there are", async () => {
  const some = new RTCIceGatherer({ iceServers: [], interfaces: ["lo*"], includeLoopback: true });
  await some.gather();
  const loopback = Object.entries(networkInterfaces()).flatMap(([key, all]) =>
    key.startsWith("lo") ? (all ?? []) : [],
  );
  const addresses = some.getLocalCandidates().map(({ address }) => address);
  assert.ok(addresses.length > 0);
  for (const address of addresses)
    assert.ok(
      loopback.some((one) => one.address === address),
      address ?? "none",
    );
  some.close();

  const none = new RTCIceGatherer({ iceServers: [], excludedInterfaces: ["*"] });
  const told = once<RTCPeerConnectionIceErrorEvent>(none, "icecandidateerror");
  await none.gather();
  const names = Object.keys(networkInterfaces()).join(", ");
  assert.equal(
    (await told).errorText,
    `No network interface that may be used has a usable address. There are: ${names}.`,
  );
  assert.deepEqual(none.getLocalCandidates(), []);
  none.close();
});

void test("a policy that there is none of is a TypeError", () => {
  assert.throws(() => new RTCIceGatherer({ mdns: "sometimes" as "hide" }), TypeError);
});
