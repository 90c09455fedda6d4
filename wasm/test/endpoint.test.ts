import assert from "node:assert/strict";
import { test } from "node:test";
import { EndpointTable, formatIp, isLoopback, parseIp } from "../src/transports/endpoint.js";

void test("IP addresses are written in their plainest form", () => {
  const forms = {
    "192.0.2.1": "192.0.2.1",
    "2001:DB8:0:0:0:0:0:1": "2001:db8::1",
    "::": "::",
    "::1": "::1",
    "2001:db8::": "2001:db8::",
    "2001:db8:0:1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1": "2001:0:0:1::1",
    "::ffff:192.0.2.1": "::ffff:c000:201",
  };
  for (const [text, plain] of Object.entries(forms)) {
    const bytes = parseIp(text);
    assert.ok(bytes, text);
    assert.equal(formatIp(bytes), plain);
  }
});

void test("what is no IP address is refused", () => {
  const wrong = [
    "",
    "1.2.3",
    "1.2.3.256",
    "1.2.3.4.5",
    "a.b.c.d",
    ":::",
    "1::2::3",
    "12345::",
    "1:2:3:4:5:6:7",
    "fe80::1%eth0",
  ];
  for (const text of wrong) assert.equal(parseIp(text), null, text);
});

void test("an endpoint is made once", () => {
  const table = new EndpointTable();
  const one = table.ofText("192.0.2.1", 5000);
  assert.equal(table.ofBytes(Uint8Array.of(9, 192, 0, 2, 1), 1, 4, 5000), one);
  assert.notEqual(table.ofText("192.0.2.1", 5001), one);
  assert.equal(table.ofText("192.0.2.1", 5000), one);
  assert.equal(table.ofText("example.org", 1), null);
});

void test("a table that many remotes fill begins anew", () => {
  const table = new EndpointTable();
  for (let port = 1; port < 10_000; port++) assert.equal(table.ofText("192.0.2.1", port)?.port, port);
});

void test("loopback addresses are known", () => {
  assert.deepEqual(["127.0.0.1", "127.9.9.9", "::1", "128.0.0.1", "2001:db8::1"].map(isLoopback), [
    true,
    true,
    true,
    false,
    false,
  ]);
});
