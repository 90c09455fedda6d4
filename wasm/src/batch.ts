// portico_wasm_datagram of wasm/module.h, read and written where it lies in the module's memory.
import type { Pointer } from "./exports.js";
import type { Memory } from "./memory.js";
import type { Endpoint, EndpointTable } from "./transports/endpoint.js";
import type { OutgoingBatch } from "./transports/transport.js";

export const descriptorBytes = 32;
const portAt = 16;
const familyAt = 18;
const bytesAt = 20;
const payloadAt = 24;

/** One object for all batches: it is read before send() returns. */
export class ModuleBatch implements OutgoingBatch {
  count = 0;
  totalBytes = 0;
  readonly #memory: Memory;
  readonly #endpoints: EndpointTable;
  #start: Pointer = 0;

  constructor(memory: Memory, endpoints: EndpointTable) {
    this.#memory = memory;
    this.#endpoints = endpoints;
  }

  set(start: Pointer, count: number): this {
    this.#start = start;
    this.count = count;
    this.totalBytes = 0;
    for (let i = 0; i < count; i++) this.totalBytes += this.bytes(i);
    return this;
  }

  endpoint(index: number): Endpoint {
    const view = this.#memory.view;
    const at = this.#start + index * descriptorBytes;
    const length = view.getUint16(at + familyAt, true) === 4 ? 4 : 16;
    return this.#endpoints.ofBytes(this.#memory.bytes, at, length, view.getUint16(at + portAt, true));
  }
  bytes(index: number): number {
    return this.#memory.view.getUint32(this.#start + index * descriptorBytes + bytesAt, true);
  }
  copyPayload(index: number, out: Uint8Array, offset: number): void {
    const view = this.#memory.view;
    const at = this.#start + index * descriptorBytes;
    const payload = view.getUint32(at + payloadAt, true);
    const bytes = view.getUint32(at + bytesAt, true);
    out.set(this.#memory.bytes.subarray(payload, payload + bytes), offset);
  }
}

/** Writes the descriptor of a datagram whose payload is at `payload` already. */
export function writeDescriptor(
  memory: Memory,
  at: Pointer,
  endpoint: Endpoint,
  payload: Pointer,
  bytes: number,
): void {
  memory.bytes.set(endpoint.bytes, at);
  const view = memory.view;
  view.setUint16(at + portAt, endpoint.port, true);
  view.setUint16(at + familyAt, endpoint.family, true);
  view.setUint32(at + bytesAt, bytes, true);
  view.setUint32(at + payloadAt, payload, true);
}
