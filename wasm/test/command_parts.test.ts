// The parts of the command that two processes would test only by luck: codecs, names, codes, arguments.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isLoopback,
  parseAddress,
  parseBridge,
  parseChannelSpec,
  parseIceServer,
  parsePorts,
} from "../src/command/argument_values.js";
import { parseArguments } from "../src/command/arguments.js";
import { fromBase64, toBase64, toBase64Url } from "../src/command/base64.js";
import { safeFileName } from "../src/command/file_name.js";
import { parseFileMessage } from "../src/command/file_protocol.js";
import { maxJsonDepth, parseJson } from "../src/command/json.js";
import { bytesOf } from "../src/command/peer_channel.js";

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

void test("base64 gives the vectors of RFC 4648", () => {
  for (const [text, expected] of [
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foobar", "Zm9vYmFy"],
  ] as const) {
    assert.equal(toBase64(utf8(text)), expected);
  }
  assert.equal(toBase64(Uint8Array.of(0xff, 0xef, 0xbe)), "/+++");
  assert.equal(toBase64Url(Uint8Array.of(0xff, 0xef, 0xbe)), "_---");
  assert.equal(toBase64Url(utf8("f")), "Zg");
});

void test("base64 reads what it writes, as Node does", () => {
  for (let length = 0; length < 100; ++length) {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 37);
    assert.equal(toBase64(bytes), Buffer.from(bytes).toString("base64"));
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
    assert.deepEqual(fromBase64(toBase64Url(bytes)), bytes);
  }
});

void test("base64 refuses what is none", () => {
  for (const text of ["A", "AAAAA", "A===", "AA=", "AAA==", "=", "AB==", "Zg=A", "Zm 8=", "Zm8=\n", "Zé=="]) {
    assert.equal(fromBase64(text), undefined, text);
  }
});

void test("a proposed file name never leaves the folder", () => {
  for (const [proposed, expected] of [
    ["photo.jpg", "photo.jpg"],
    ["../../etc/passwd", "passwd"],
    ["/etc/passwd", "passwd"],
    ["C:\\windows\\system.ini", "system.ini"],
    [".bashrc", "bashrc"],
    ["\u0001.bashrc", "bashrc"],
    ["a\0b\u001b[31m", "ab[31m"],
  ] as const) {
    assert.equal(safeFileName(proposed), expected);
  }
  for (const nothing of ["", ".", "..", "/", "a/", "\\", "..."]) assert.equal(safeFileName(nothing), "received-file");
});

void test("a file name is cut between characters", () => {
  assert.equal(safeFileName("a" + "ü".repeat(200)), "a" + "ü".repeat(99));
});

void test("the file protocol refuses what it does not know", () => {
  assert.deepEqual(parseFileMessage('{"file":{"name":"naïve","size":1}}'), { file: { name: "naïve", size: 1 } });
  for (const text of [
    "",
    "7",
    "[]",
    "{}",
    '{"file":{}}',
    '{"file":{"name":7,"size":1}}',
    '{"end":{}}',
    '{"file":{"name":"x","size":1.5}}',
    '{"received":{"bytes":-1,"sha256":""}}',
    '{"refused":7}',
    JSON.stringify({ refused: "x".repeat(16 * 1024) }),
  ]) {
    assert.throws(() => parseFileMessage(text), text);
  }
});

void test("JSON is bounded in depth, but not by what is in a string", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  assert.ok(parseJson(nested(maxJsonDepth)));
  assert.throws(() => parseJson(nested(maxJsonDepth + 1)), { name: "SyntaxError", message: /deeper/ });
  assert.throws(() => parseJson(nested(400_000)), { name: "SyntaxError" });
  assert.deepEqual(parseJson(JSON.stringify(['\\"' + nested(40)])), ['\\"' + nested(40)]);
});

void test("a text's bytes are those of its UTF-8", () => {
  for (const text of ["", "hello", "grüße\u0000\u2028", "𝄞 clef", "lone \ud834", "\udd1e", "\ud834\ud834\udd1e"]) {
    assert.equal(bytesOf(text), utf8(text).length, JSON.stringify(text));
  }
  assert.equal(bytesOf(new ArrayBuffer(7)), 7);
});

void test("argument values are read, and bad ones refused", () => {
  assert.deepEqual(parseChannelSpec("a,id=1,unordered,lifetime=5,protocol=p=q"), {
    label: "a",
    id: 1,
    ordered: false,
    maxPacketLifeTime: 5,
    protocol: "p=q",
  });
  for (const bad of ["a,,id=1", "a,id=65536", "a,id=1e1", "a,negotiated=1"]) assert.throws(() => parseChannelSpec(bad));
  assert.deepEqual(parseIceServer("turn:relay.example:3478?transport=tcp,user,a,b,c"), {
    urls: ["turn:relay.example:3478?transport=tcp"],
    username: "user",
    credential: "a,b,c",
  });
  assert.deepEqual(parsePorts("7"), [7, 7]);
  assert.deepEqual(parseBridge("ws://[::1]:8089/udp,a.b.c"), { url: "ws://[::1]:8089/udp", token: "a.b.c" });
  for (const address of ["127.0.0.1", "::1", "fe80::1%2", "::ffff:192.0.2.1"]) {
    assert.equal(parseAddress(address), address);
  }
  for (const none of ["localhost", "1.2.3", "1.2.3.256", "::1::", "fe80::1%eth0", "192.0.2.1%1", "[::1]", ""]) {
    assert.equal(parseAddress(none), undefined, none);
  }
  assert.deepEqual(["127.8.9.1", "::1", "0:0::1", "10.0.0.1", "::2"].map(isLoopback), [true, true, true, false, false]);
});

void test("arguments come in any order, with = or without, and --help goes before what is wrong", () => {
  const parsed = parseArguments(["peer", "--size=5", "--ortc", "--channel", "x", "--answer", "--bind", "::1"], "1");
  assert.ok(parsed.program === "peer");
  assert.equal(parsed.peer.messageBytes, 5);
  assert.deepEqual(parsed.peer.channels, [{ label: "x" }]);
  assert.equal(parsed.peer.ice.includeLoopback, true);
  assert.deepEqual(parseArguments(["--version"], "1.2.3"), { program: "none", text: "portico 1.2.3\n" });
  assert.equal(parseArguments(["peer", "--answer", "--help"], "1").program, "none");
  assert.throws(() => parseArguments(["send", "a", "b"], "1"), /not expected: b/);
});
