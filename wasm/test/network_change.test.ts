// Networks that come and go, as a transport tells of them: loopback's two addresses. tests/cli/test_network.py has real
// interfaces and Node's own transport.
import assert from "node:assert/strict";
import test from "node:test";
import {
  type BindRequest,
  DgramTransport,
  type NetworkAddresses,
  type RTCDataChannelEvent,
  RTCIceGatherer,
  RTCNetworkChangeEvent,
  type RTCNetworkChangePolicy,
  RTCPeerConnection,
  SharedTransport,
  type UdpSocket,
  type UdpTransport,
} from "portico";
import { exchangeCandidates, exchangeOfferAnswer, newConnection } from "./support/connections.js";
import { nextMessage, once } from "./support/peers.js";

const home = "127.0.0.1";
const street = "::1";

class Networks implements UdpTransport {
  readonly usesLocalAddresses = true;
  readonly #dgram = new DgramTransport();
  readonly #watchers = new Set<(change: NetworkAddresses) => void>();
  addresses = [home];
  readonly bound: string[] = [];

  bind(request: BindRequest): UdpSocket[] {
    if (this.addresses.length === 0) return [];
    const sockets = this.#dgram.bind({ ...request, bindAddresses: this.addresses });
    this.bound.push(...sockets.map(({ address }) => address));
    return sockets;
  }
  watchNetworks(_request: BindRequest, onChange: (change: NetworkAddresses) => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }
  get watchers(): number {
    return this.#watchers.size;
  }
  change(added: string[], removed: string[]): void {
    this.addresses = [...this.addresses.filter((address) => !removed.includes(address)), ...added];
    for (const watcher of [...this.#watchers]) watcher({ added, removed });
  }
}

async function connected(
  networkChangePolicy: RTCNetworkChangePolicy,
  networks = new Networks(),
  transport: UdpTransport = networks,
) {
  const own = { includeLoopback: true, bindAddresses: [home, street] };
  const roamer = newConnection({ ...own, transport, networkChangePolicy });
  const other = newConnection(own);
  exchangeCandidates(roamer, other);
  const channel = roamer.createDataChannel("data");
  const arrived = once<RTCDataChannelEvent>(other, "datachannel");
  await exchangeOfferAnswer(roamer, other);
  const remote = (await arrived).channel;
  if (channel.readyState !== "open") await once(channel, "open");
  return { networks, roamer, other, channel, remote };
}

function localAddress(connection: RTCPeerConnection): string | undefined {
  return connection.sctp?.transport.iceTransport.getSelectedCandidatePair()?.local.address ?? undefined;
}

async function reachedIce(connection: RTCPeerConnection, ...states: string[]): Promise<void> {
  while (!states.includes(connection.iceConnectionState)) await once(connection, "iceconnectionstatechange");
}

void test("a new network is told, and by default nothing is bound", async () => {
  const { networks, roamer } = await connected("none");
  const told = once<RTCNetworkChangeEvent>(roamer, "networkchange");
  networks.change([street], []);
  const event = await told;
  assert.ok(event instanceof RTCNetworkChangeEvent);
  assert.deepEqual([event.added, event.removed, event.restartNeeded], [[street], [], false]);
  assert.deepEqual(networks.bound, [home]);
});

void test("a connection moves to another network without a restart", async () => {
  const { networks, roamer, other, channel, remote } = await connected("gather");
  const before = roamer.localDescription?.sdp.match(/a=ice-ufrag:.*/)?.[0];
  const candidate = once(roamer, "icecandidate");
  networks.change([street], []);
  await candidate;
  assert.deepEqual(networks.bound, [home, street]);
  networks.change([], [home]);
  await reachedIce(roamer, "disconnected");
  await reachedIce(roamer, "connected", "completed");
  assert.equal(localAddress(roamer), street);
  const message = nextMessage(remote);
  channel.send("from the street");
  assert.equal(await message, "from the street");
  assert.equal(roamer.localDescription?.sdp.match(/a=ice-ufrag:.*/)?.[0], before);
  assert.ok(["connected", "completed"].includes(other.iceConnectionState));
});

void test("a connection that lost its only network restarts ICE by itself when another comes", async () => {
  const { networks, roamer, other, channel, remote } = await connected("restart");
  const gone = once<RTCNetworkChangeEvent>(roamer, "networkchange");
  networks.change([], [home]);
  await reachedIce(roamer, "disconnected");
  assert.equal((await gone).restartNeeded, false, "there is nothing to restart on");
  const needed = once(roamer, "negotiationneeded");
  const told = once<RTCNetworkChangeEvent>(roamer, "networkchange");
  networks.change([street], []);
  assert.equal((await told).restartNeeded, true);
  await needed;
  const message = nextMessage(remote);
  channel.send("from the street");
  await exchangeOfferAnswer(roamer, other);
  assert.equal(await message, "from the street");
  assert.equal(localAddress(roamer), street);
});

void test("a restart by hand takes the networks that are there", async () => {
  const { networks, roamer, other } = await connected("none");
  networks.change([street], []);
  roamer.restartIce();
  const gathering = once(roamer, "icegatheringstatechange");
  await exchangeOfferAnswer(roamer, other);
  await gathering;
  while (roamer.iceGatheringState !== "complete") await once(roamer, "icegatheringstatechange");
  assert.deepEqual(networks.bound, [home, street]);
  assert.match(roamer.localDescription?.sdp ?? "", / ::1 \d+ typ host/);
});

void test("connections that share a socket move to the new network's one together", async () => {
  const networks = new Networks();
  const shared = new SharedTransport(networks);
  const pairs = [await connected("gather", networks, shared), await connected("gather", networks, shared)];
  const last = await connected("none", networks, shared);
  networks.change([street], []);
  networks.change([], [home]);
  for (const { roamer, channel, remote } of pairs) {
    await reachedIce(roamer, "connected", "completed");
    const message = nextMessage(remote);
    channel.send("from the street");
    assert.equal(await message, "from the street");
    assert.equal(localAddress(roamer), street);
  }
  assert.deepEqual(networks.bound, [home, street]);
  // What has not moved does so by a restart, on the same socket, and so does the next connection.
  last.roamer.restartIce();
  await exchangeOfferAnswer(last.roamer, last.other);
  const message = nextMessage(last.remote);
  last.channel.send("me too");
  assert.equal(await message, "me too");
  assert.equal(localAddress((await connected("none", networks, shared)).roamer), street);
  assert.deepEqual(networks.bound, [home, street]);
});

void test("nobody watches before gathering or after the end", async () => {
  const networks = new Networks();
  const gatherer = new RTCIceGatherer({ transport: networks, includeLoopback: true, iceServers: [] });
  assert.equal(networks.watchers, 0);
  await gatherer.gather();
  assert.equal(networks.watchers, 1);
  gatherer.close();
  assert.equal(networks.watchers, 0);
  networks.change([street], [home]);
});

void test("what is no policy is refused", () => {
  const networkChangePolicy = "panic" as RTCNetworkChangePolicy;
  assert.throws(() => new RTCPeerConnection({ networkChangePolicy }), TypeError);
  assert.throws(() => new RTCIceGatherer({ networkChangePolicy }), TypeError);
});

void test("a pool is gathered in advance, and told with the description", async () => {
  const networks = new Networks();
  const connection = newConnection({ transport: networks, includeLoopback: true, iceCandidatePoolSize: 1 });
  const addresses: string[] = [];
  connection.onicecandidate = ({ candidate }) => addresses.push(candidate?.address ?? "end");
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(networks.bound, [home]);
  assert.equal(connection.iceGatheringState, "new");
  assert.deepEqual(addresses, []);
  connection.createDataChannel("data");
  await connection.setLocalDescription();
  while ((connection.iceGatheringState as string) !== "complete") await once(connection, "icegatheringstatechange");
  assert.equal(addresses[0], home);
  assert.deepEqual(networks.bound, [home]);
});
