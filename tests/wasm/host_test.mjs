// What module.h promises of the host's part: turns, timers, sockets, names, memory.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Module, Wire } from "./loader.mjs";
import { Event, Peer, connectedPair, textOf } from "./peer.mjs";

const compiled = Module.compile();
const modules = [];
const make = (options) => {
  modules.push(new Module(compiled, options));
  return modules.at(-1);
};
afterEach(() => modules.splice(0).forEach((module) => module.end()));
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("asks for the timer again when JavaScript's fired too early", async () => {
  let clock = 1000;
  const delays = [];
  const module = make({ imports: { now: () => clock, set_timer: (delay) => void delays.push(delay) } });
  const peer = new Peer(module, "192.0.2.1", 5001);
  await peer.gather();
  const candidate = { foundation: "1", priority: 1, ip: "192.0.2.9", protocol: "udp", port: 9, type: "host" };
  module.call("portico_ice_transport_add_remote_candidate", peer.ice, JSON.stringify(candidate), 1);
  const parameters = '{"usernameFragment":"abcd","password":"abcdefghijklmnopqrstuv"}';
  module.call("portico_ice_transport_start", peer.ice, parameters, "controlling", 2);
  await settled();
  const before = delays.at(-1);
  assert.ok(before > 0);
  const asked = delays.length;
  clock += before / 2;
  module.exports.portico_wasm_run();
  assert.equal(delays.length, asked + 1);
  assert.ok(Math.abs(delays.at(-1) - before / 2) < 0.01);
  const sent = module.wire.sent;
  clock += before / 2;
  module.exports.portico_wasm_run();
  assert.ok(module.wire.sent > sent, "the timer was due");
});

test("closes the sockets that nobody took, and those whose address it can't read", () => {
  const module = make();
  module.offer("192.0.2.1", 5001);
  module.offer("fe80::1%eth0", 5001);
  assert.equal(module.openSockets, 1);
  module.exports.portico_wasm_withdraw_sockets();
  assert.equal(module.openSockets, 0);
});

test("tells ICE of a socket that failed", async () => {
  const module = make();
  const [alice] = await connectedPair(module);
  module.call("portico_wasm_socket_failed", 1, "the bridge is gone");
  await alice.state(alice.ice, "disconnected");
});

test("drops records that lie outside of the receive area", async () => {
  const module = make();
  const [alice, bob] = await connectedPair(module);
  const area = module.exports.portico_wasm_receive_area(3, 100);
  const view = new DataView(module.exports.memory.buffer);
  for (const [index, [payload, bytes]] of [[8, 100], [area + 96, 0xffffffff], [0xffffff00, 100]].entries()) {
    module.bytes(area + 32 * index, 4).set([192, 0, 2, 2]);
    view.setUint16(area + 32 * index + 16, 5002, true);
    view.setUint16(area + 32 * index + 18, 4, true);
    view.setUint32(area + 32 * index + 20, bytes, true);
    view.setUint32(area + 32 * index + 24, payload, true);
  }
  module.exports.portico_wasm_receive(1, 3);
  module.exports.portico_wasm_receive(1, 0x7fffffff);
  module.exports.portico_wasm_receive(99, 1);
  const channel = alice.open("still there");
  await module.next((event) => event.type === Event.dataChannel && event.object === bob.sctp);
  await module.next((event) => event.type === Event.open && event.object === channel);
});

test("asks for names, and takes addresses or a reason for an answer", async () => {
  const asked = new Map();
  const imports = { resolve: (query, name) => void asked.set(module.text(name), query) };
  const module = make({ imports });
  const servers = ["stun:good.example", "stun:bad.example", "stun:printer.local"];
  const gatherer = module.call("portico_ice_gatherer_create", JSON.stringify({ iceServers: servers.map((urls) => ({ urls })) }));
  module.gather(gatherer, 1, "192.0.2.1", 5001);
  assert.deepEqual([...asked.keys()], ["good.example", "bad.example"]);
  module.call("portico_wasm_resolved", asked.get("good.example"), "192.0.2.53 2001:db8::53", "");
  module.call("portico_wasm_resolved", asked.get("bad.example"), "", "nobody knows it");
  const errors = [
    await module.next((event) => event.type === Event.iceCandidateError),
    await module.next((event) => event.type === Event.iceCandidateError),
  ];
  assert.ok(errors.some((error) => textOf(error).includes("nobody knows it")));
  assert.ok(errors.some((error) => textOf(error).includes("multicast DNS")));
  assert.ok(module.wire.sent > 0, "the server is asked");
  module.call("portico_ice_gatherer_close", gatherer);
});

test("says that memory is short in a way that JavaScript can catch", () => {
  const module = make();
  assert.throws(() => module.exports.portico_wasm_allocate(0xf0000000), RangeError);
  assert.throws(() => module.exports.portico_wasm_receive_area(1, 0xf0000000), RangeError);
  assert.throws(() => module.exports.portico_wasm_receive_area(0x7fffffff, 1), RangeError);
});

test("modules are apart, and talk over the same network", async () => {
  const wire = new Wire();
  const [one, other] = [make({ wire }), make({ wire })];
  const [alice, bob] = await connectedPair(one, other);
  const channel = alice.open("between modules");
  await one.next((event) => event.type === Event.open && event.object === channel);
  await Promise.all([alice.stop(), bob.stop()]);
  assert.equal(one.openSockets + other.openSockets, 0);
});
