// The capsules of docs/bridge.md: RFC 9297's type, length, value, and the values that the bridge and its client send.
import type { Endpoint, EndpointTable } from "./endpoint.js";

export const CapsuleType = {
  datagram: 0x00,
  compressionAssign: 0x11,
  compressionAck: 0x12,
  compressionClose: 0x13,
  bound: 0x2f10,
  refused: 0x2f11,
} as const;

export interface BoundAddress {
  bound: Endpoint;
  /** Where the world sees it, if elsewhere. */
  public: Endpoint | null;
}
export interface Bound {
  addresses: BoundAddress[];
  largestPayload: number;
  queueBytes: number;
  /** 0: no limit. */
  bytesPerSecond: number;
  packetsPerSecond: number;
}

export interface CapsuleHandler {
  bound(bound: Bound): void;
  /** `endpoint` on context 0 only. The payload is a view of the message. */
  datagram(context: number, endpoint: Endpoint | null, payload: Uint8Array): void;
  /** null: the uncompressed context. */
  compressionAssign(context: number, endpoint: Endpoint | null): void;
  compressionAck(context: number): void;
  compressionClose(context: number): void;
  refused(endpoint: Endpoint, reason: number): void;
}

export class MalformedCapsule extends Error {}

/** RFC 9000 §16. The bounds are checked here and nowhere else. */
class Reader {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    if (end > bytes.byteLength) throw new MalformedCapsule("A capsule ends outside of its message.");
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get at(): number {
    return this.#at;
  }
  get atEnd(): boolean {
    return this.#at >= this.#end;
  }
  #take(count: number): number {
    const start = this.#at;
    if (start + count > this.#end) throw new MalformedCapsule("A capsule is short of its fields.");
    this.#at = start + count;
    return start;
  }
  byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }
  uint16(): number {
    return (this.byte() << 8) | this.byte();
  }
  /** Above 2^53 it loses precision; nothing here is as large. */
  varint(): number {
    const first = this.byte();
    let value = first & 0x3f;
    for (let more = (1 << (first >> 6)) - 1; more > 0; more--) value = value * 256 + this.byte();
    return value;
  }
  endpoint(endpoints: EndpointTable): Endpoint {
    return this.endpointOfVersion(endpoints, this.byte());
  }
  endpointOfVersion(endpoints: EndpointTable, version: number): Endpoint {
    if (version !== 4 && version !== 6) throw new MalformedCapsule(`${String(version)} is no IP version.`);
    const length = version === 4 ? 4 : 16;
    const address = this.#take(length);
    return endpoints.ofBytes(this.#bytes, address, length, this.uint16());
  }
  sub(length: number): Reader {
    const start = this.#take(length);
    return new Reader(this.#bytes, start, start + length);
  }
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#end);
  }
}

/** Throws a MalformedCapsule; what came before it was handled. */
export function readCapsules(message: Uint8Array, endpoints: EndpointTable, handler: CapsuleHandler): void {
  const reader = new Reader(message, 0, message.byteLength);
  while (!reader.atEnd) {
    const type = reader.varint();
    readValue(type, reader.sub(reader.varint()), endpoints, handler);
  }
}

function readValue(type: number, value: Reader, endpoints: EndpointTable, handler: CapsuleHandler): void {
  switch (type) {
    case CapsuleType.datagram: {
      const context = value.varint();
      const endpoint = context === 0 ? value.endpoint(endpoints) : null;
      return handler.datagram(context, endpoint, value.rest());
    }
    case CapsuleType.compressionAssign: {
      const context = value.varint();
      const version = value.byte();
      if (version === 0 && context === 0) return handler.compressionAssign(context, null);
      return handler.compressionAssign(context, value.endpointOfVersion(endpoints, version));
    }
    case CapsuleType.compressionAck:
      return handler.compressionAck(value.varint());
    case CapsuleType.compressionClose:
      return handler.compressionClose(value.varint());
    case CapsuleType.bound:
      return handler.bound(readBound(value, endpoints));
    case CapsuleType.refused:
      return handler.refused(value.endpoint(endpoints), value.varint());
    default: // RFC 9297 §3.2: unknown types are skipped
  }
}

function readBound(value: Reader, endpoints: EndpointTable): Bound {
  const count = value.varint();
  if (count < 1 || count > 2) throw new MalformedCapsule("BOUND has one address or two.");
  const addresses = Array.from({ length: count }, () => {
    const bound = value.endpoint(endpoints);
    const flag = value.byte();
    if (flag > 1) throw new MalformedCapsule("BOUND's Public is 0 or 1.");
    return { bound, public: flag === 1 ? value.endpoint(endpoints) : null };
  });
  const [largestPayload, queueBytes, bytesPerSecond, packetsPerSecond] = [
    value.varint(),
    value.varint(),
    value.varint(),
    value.varint(),
  ];
  return { addresses, largestPayload, queueBytes, bytesPerSecond, packetsPerSecond };
}

export function varintBytes(value: number): 1 | 2 | 4 | 8 {
  if (value < 0x40) return 1;
  if (value < 0x4000) return 2;
  return value < 0x40000000 ? 4 : 8;
}

function endpointBytes(endpoint: Endpoint): number {
  return 1 + endpoint.bytes.byteLength + 2;
}

/** Bytes of a DATAGRAM capsule; `endpoint` on context 0 only. */
export function datagramCapsuleBytes(context: number, endpoint: Endpoint | null, payload: number): number {
  const value = varintBytes(context) + (endpoint ? endpointBytes(endpoint) : 0) + payload;
  return 1 + varintBytes(value) + value;
}

/** Writes capsules one behind the other into memory that is large enough. */
export class CapsuleWriter {
  readonly bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  get written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  /** All but the payload; where that goes. */
  datagram(context: number, endpoint: Endpoint | null, payload: number): number {
    this.#varint(CapsuleType.datagram);
    this.#varint(varintBytes(context) + (endpoint ? endpointBytes(endpoint) : 0) + payload);
    this.#varint(context);
    if (endpoint) this.#endpoint(endpoint);
    const at = this.length;
    this.length += payload;
    return at;
  }
  compressionAssign(context: number, endpoint: Endpoint): void {
    this.#varint(CapsuleType.compressionAssign);
    this.#varint(varintBytes(context) + endpointBytes(endpoint));
    this.#varint(context);
    this.#endpoint(endpoint);
  }
  compressionAck(context: number): void {
    this.#contextOnly(CapsuleType.compressionAck, context);
  }
  compressionClose(context: number): void {
    this.#contextOnly(CapsuleType.compressionClose, context);
  }

  #contextOnly(type: number, context: number): void {
    this.#varint(type);
    this.#varint(varintBytes(context));
    this.#varint(context);
  }
  #endpoint(endpoint: Endpoint): void {
    this.bytes[this.length++] = endpoint.family;
    this.bytes.set(endpoint.bytes, this.length);
    this.length += endpoint.bytes.byteLength;
    this.bytes[this.length++] = endpoint.port >> 8;
    this.bytes[this.length++] = endpoint.port & 0xff;
  }
  #varint(value: number): void {
    const size = varintBytes(value);
    let rest = value;
    for (let i = size - 1; i >= 0; i--) {
      this.bytes[this.length + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.bytes[this.length] = (this.bytes[this.length] ?? 0) | (Math.log2(size) << 6);
    this.length += size;
  }
}
