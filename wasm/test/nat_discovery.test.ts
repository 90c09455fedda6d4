// discoverNatBehaviour(), with a STUN server on loopback.
import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { discoverNatBehaviour } from "portico";

/** Of RFC 8489 alone. */
async function stunServer(): Promise<{ url: string; socket: Socket }> {
  const socket = createSocket("udp4");
  socket.on("message", (request, remote) => {
    const port = (remote.port ^ 0x2112).toString(16).padStart(4, "0");
    const address = remote.address.split(".").map(Number);
    const masked = [0x21, 0x12, 0xa4, 0x42].map((byte, i) => (byte ^ (address[i] ?? 0)).toString(16).padStart(2, "0"));
    const attribute = `00200008 0001 ${port} ${masked.join("")}`.replaceAll(" ", "");
    const header = Buffer.concat([Buffer.from("0101000c", "hex"), request.subarray(4, 20)]);
    socket.send(Buffer.concat([header, Buffer.from(attribute, "hex")]), remote.port, remote.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { url: `stun:127.0.0.1:${String(socket.address().port)}`, socket };
}

const loopback = { bindAddresses: ["127.0.0.1"], includeLoopback: true };

void test("tells where a server sees each local address, and that there is no NAT on loopback", async () => {
  const { url, socket } = await stunServer();
  const { servers, behaviours } = await discoverNatBehaviour({ ...loopback, iceServers: [{ urls: url }] });
  socket.close();
  assert.deepEqual(servers, [{ url, addresses: ["127.0.0.1"], errorText: "" }]);
  const [behaviour] = behaviours;
  assert.ok(behaviour);
  assert.deepEqual(behaviour.mapped, behaviour.local);
  assert.equal(behaviour.translated, false);
  assert.equal(behaviour.mapping, "endpoint-independent");
  assert.equal(behaviour.filtering, "unknown");
  assert.match(behaviour.filteringUnknown, /RFC 5780/);
  assert.ok((behaviour.answers[0]?.roundTripTime ?? 0) > 0);
});

void test("ends when its time is up, and when its signal says so", async () => {
  const silent = createSocket("udp4");
  silent.bind(0, "127.0.0.1");
  await once(silent, "listening");
  const iceServers = [{ urls: `stun:127.0.0.1:${String(silent.address().port)}` }];
  const { behaviours } = await discoverNatBehaviour({ ...loopback, iceServers, timeoutMs: 20 });
  assert.equal(behaviours[0]?.mapped, null);
  assert.equal(behaviours[0]?.answers[0]?.errorCode, 701);
  const controller = new AbortController();
  const aborted = discoverNatBehaviour({ ...loopback, iceServers, signal: controller.signal });
  controller.abort();
  await assert.rejects(aborted, { name: "AbortError" });
  await assert.rejects(discoverNatBehaviour({ ...loopback, iceServers, signal: controller.signal }), {
    name: "AbortError",
  });
  silent.close();
});

void test("refuses what is no server", async () => {
  const iceServers = [{ urls: "stun:example.org:99999" }];
  await assert.rejects(discoverNatBehaviour({ ...loopback, iceServers }), { name: "SyntaxError" });
});
