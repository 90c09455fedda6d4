// The module as a whole, behind a loader of its own: nothing of the package is needed for it.
import { webcrypto as crypto } from "node:crypto";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Module } from "./loader.mjs";
import { Event, Peer, connectedPair, textOf } from "./peer.mjs";

const compiled = Module.compile();
const moduleHeader = readFileSync(process.env.PORTICO_MODULE_HEADER, "utf8");
const apiHeader = readFileSync(process.env.PORTICO_API_HEADER, "utf8");
const all = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]).sort();

test("imports what module.h says and nothing else", () => {
  const imports = WebAssembly.Module.imports(compiled).map(({ module, name }) => `${module}.${name}`);
  const declared = all(moduleHeader, /PORTICO_IMPORT\("(\w+)"\)/g);
  assert.deepEqual(imports.sort(), declared.map((name) => `portico.${name}`));
});

test("exports all of module.h and of portico.h but its loop and the letter", () => {
  const exported = new Set(WebAssembly.Module.exports(compiled).map(({ name }) => name));
  const loop = ["portico_init", "portico_run", "portico_wake", "portico_shutdown"];
  const doctors = ["portico_doctor_letter"]; // a module of its own has it
  const declared = [...all(moduleHeader, /PORTICO_EXPORT\("(\w+)"\)/g), ...all(apiHeader, /^PORTICO_API .*?\b(portico_\w+)\(/gm)];
  assert.deepEqual(declared.filter((name) => !exported.has(name)), [...loop, ...doctors].sort());
  assert.ok(exported.has("memory") && exported.has("_initialize"));
});

test("connects two peers, and a message goes each way", async (context) => {
  const module = new Module(compiled);
  context.after(() => module.end());
  const [alice, bob] = await connectedPair(module);
  const suite = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
  assert.equal(module.textOf("portico_dtls_transport_cipher_suite", alice.dtls), suite);

  const outgoing = alice.open("chat");
  const announced = await module.next((event) => event.type === Event.dataChannel && event.object === bob.sctp);
  assert.equal(JSON.parse(textOf(announced)).label, "chat");
  const incoming = announced.number;
  alice.send(outgoing, "grüße");
  const greeting = await bob.message(incoming);
  assert.equal(greeting.number, 1);
  assert.equal(textOf(greeting), "grüße");
  const large = crypto.getRandomValues(new Uint8Array(65536));
  bob.send(incoming, large);
  const answer = await alice.message(outgoing);
  assert.equal(answer.number, 0);
  assert.deepEqual(answer.data, large);

  await Promise.all([alice.stop(), bob.stop()]);
  assert.equal(module.openSockets, 0);
});
