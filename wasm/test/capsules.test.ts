import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Bound,
  type CapsuleHandler,
  CapsuleWriter,
  datagramCapsuleBytes,
  MalformedCapsule,
  readCapsules,
} from "../src/transports/capsules.js";
import { type Endpoint, EndpointTable } from "../src/transports/endpoint.js";

const endpoints = new EndpointTable();

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (pair) => parseInt(pair, 16));
}
function endpoint(address: string, port: number): Endpoint {
  const found = endpoints.ofText(address, port);
  assert.ok(found);
  return found;
}

class Log implements CapsuleHandler {
  readonly seen: unknown[][] = [];
  bound(bound: Bound): void {
    this.seen.push(["bound", bound]);
  }
  datagram(context: number, from: Endpoint | null, payload: Uint8Array): void {
    this.seen.push(["datagram", context, from?.text ?? null, [...payload]]);
  }
  compressionAssign(context: number, to: Endpoint | null): void {
    this.seen.push(["assign", context, to?.text ?? null]);
  }
  compressionAck(context: number): void {
    this.seen.push(["ack", context]);
  }
  compressionClose(context: number): void {
    this.seen.push(["close", context]);
  }
  refused(to: Endpoint, reason: number): void {
    this.seen.push(["refused", to.text, reason]);
  }
}
function read(message: Uint8Array): unknown[][] {
  const log = new Log();
  readCapsules(message, endpoints, log);
  return log.seen;
}

void test("BOUND is read as docs/bridge.md writes it", () => {
  const [[name, bound] = []] = read(bytes("6f10 13 01 04 7f000001 c350 00 8000ffe3 80040000 00 00"));
  assert.equal(name, "bound");
  const { addresses, ...limits } = bound as Bound;
  assert.deepEqual(limits, { largestPayload: 65507, queueBytes: 262144, bytesPerSecond: 0, packetsPerSecond: 0 });
  assert.deepEqual(
    addresses.map((one) => [one.bound.text, one.public]),
    [["127.0.0.1:50000", null]],
  );
});

void test("BOUND with a public address, and with fields of a later version", () => {
  const value =
    "02 04 0a000001 1000 01 04 c0000201 2000 06 20010db8000000000000000000000001 3000 00 44b0 00 01 02 ffff";
  const [[, bound] = []] = read(bytes(`6f10 ${bytes(value).length.toString(16)} ${value}`));
  assert.deepEqual(
    (bound as Bound).addresses.map((one) => [one.bound.text, one.public?.text]),
    [
      ["10.0.0.1:4096", "192.0.2.1:8192"],
      ["[2001:db8::1]:12288", undefined],
    ],
  );
});

void test("what the writer writes the reader reads", () => {
  const v4 = endpoint("192.0.2.1", 5000);
  const v6 = endpoint("2001:db8::2", 65535);
  const writer = new CapsuleWriter(4096);
  const payload = Uint8Array.from({ length: 1200 }, (_, i) => i & 0xff);
  writer.bytes.set(payload, writer.datagram(0, v4, 1200));
  writer.bytes.set([1, 2], writer.datagram(3, null, 2));
  writer.datagram(16385, v6, 0);
  writer.compressionAssign(2, v6);
  writer.compressionAck(64);
  writer.compressionClose(1);
  assert.equal(datagramCapsuleBytes(0, v4, 1200), 1 + 2 + 1 + 7 + 1200);
  assert.deepEqual(read(writer.written), [
    ["datagram", 0, "192.0.2.1:5000", [...payload]],
    ["datagram", 3, null, [1, 2]],
    ["datagram", 16385, null, [6, ...v6.bytes, 0xff, 0xff]],
    ["assign", 2, "[2001:db8::2]:65535"],
    ["ack", 64],
    ["close", 1],
  ]);
});

void test("several capsules in a message come in order, and unknown types are skipped", () => {
  const message = bytes("00 03 03 aabb 29 02 ffff 12 01 05 7fff 00 13 01 07 11 02 00 00");
  assert.deepEqual(read(message), [
    ["datagram", 3, null, [0xaa, 0xbb]],
    ["ack", 5],
    ["close", 7],
    ["assign", 0, null],
  ]);
});

void test("an empty message is no error", () => {
  assert.deepEqual(read(new Uint8Array()), []);
});

void test("malformed capsules are told from all others", () => {
  const malformed = {
    "ends outside of its message": "00 05 03 aa",
    "has no length": "00",
    "is short of an address": "00 04 00 04 7f00",
    "has no such IP version": "00 08 00 05 7f000001 0001",
    "has no context": "00 00",
    "assigns version 0 to a context": "11 02 02 00",
    "has no reason": "6f11 07 04 7f000001 0001",
    "is a BOUND without an address": "6f10 01 00",
    "is a BOUND with three": "6f10 01 03",
    "is a BOUND that is public twice": "6f10 09 01 04 7f000001 c350 02",
    "has half a varint": "40",
  };
  for (const [what, hex] of Object.entries(malformed)) {
    assert.throws(() => read(bytes(hex)), MalformedCapsule, what);
  }
});

void test("no prefix of a message reads outside of it", () => {
  const message = bytes(
    "6f10 13 01 04 7f000001 c350 00 8000ffe3 80040000 00 00 00 0a 00 04 c0000201 1388 0102 6f11 08 04 c0000201 1388 02",
  );
  for (let length = 0; length <= message.length; length++) {
    try {
      read(message.subarray(0, length));
    } catch (error) {
      assert.ok(error instanceof MalformedCapsule, String(error));
    }
  }
});

void test("REFUSED names its destination and its reason", () => {
  assert.deepEqual(read(bytes("6f11 08 04 c0000201 1388 03")), [["refused", "192.0.2.1:5000", 3]]);
});
