// The module's memory: views that are taken anew after it has grown, and texts on their way in and out.
import type { ModuleExports, Pointer } from "./exports.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** One area for what goes in with a call, kept between calls up to this size. */
const keptScratchBytes = 1 << 20;
const firstScratchBytes = 1 << 14;

export class Memory {
  readonly #exports: ModuleExports;
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #scratch: Pointer = 0;
  #scratchBytes = 0;

  constructor(exports: ModuleExports) {
    this.#exports = exports;
    this.#bytes = new Uint8Array(exports.memory.buffer);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.buffer !== this.#exports.memory.buffer) this.#renew();
    return this.#bytes;
  }
  get view(): DataView<ArrayBuffer> {
    if (this.#bytes.buffer !== this.#exports.memory.buffer) this.#renew();
    return this.#view;
  }

  #renew(): void {
    this.#bytes = new Uint8Array(this.#exports.memory.buffer);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** A text that ends with a NUL. */
  text(pointer: Pointer): string {
    const bytes = this.bytes;
    return decoder.decode(bytes.subarray(pointer, bytes.indexOf(0, pointer)));
  }
  /** A text of known length. A BOM is a character of it. */
  textOf(pointer: Pointer, length: number): string {
    return decoder.decode(this.bytes.subarray(pointer, pointer + length));
  }
  copyOut(pointer: Pointer, length: number): ArrayBuffer {
    return this.bytes.buffer.slice(pointer, pointer + length);
  }

  /** Writes texts one behind the other, each with a NUL; null stays NULL. They live until the next call in. */
  texts(values: readonly (string | null)[]): Pointer[] {
    let room = 0;
    for (const value of values) room += value === null ? 0 : 3 * value.length + 1;
    let next = this.scratch(room);
    return values.map((value) => {
      if (value === null) return 0;
      const start = next;
      next += this.#write(value, next) + 1;
      return start;
    });
  }
  #write(text: string, pointer: Pointer): number {
    const bytes = this.bytes;
    const { written } = encoder.encodeInto(text, bytes.subarray(pointer, pointer + 3 * text.length));
    bytes[pointer + written] = 0;
    return written;
  }

  /** UTF-8 without a NUL at the start of the scratch area; its length. */
  encode(text: string): { pointer: Pointer; length: number } {
    const pointer = this.scratch(3 * text.length);
    const area = this.bytes.subarray(pointer, pointer + 3 * text.length);
    return { pointer, length: encoder.encodeInto(text, area).written };
  }
  /** One copy into the scratch area. */
  copyIn(data: Uint8Array): Pointer {
    const pointer = this.scratch(data.byteLength);
    this.bytes.set(data, pointer);
    return pointer;
  }

  scratch(bytes: number): Pointer {
    if (bytes > this.#scratchBytes) {
      if (this.#scratch !== 0) this.#exports.portico_wasm_free(this.#scratch);
      this.#scratch = 0;
      this.#scratchBytes = 0;
      const wanted = Math.max(bytes, firstScratchBytes);
      this.#scratch = this.#exports.portico_wasm_allocate(wanted);
      this.#scratchBytes = wanted;
    }
    return this.#scratch;
  }
  /** After a large message: its room is for others to use. */
  trimScratch(): void {
    if (this.#scratchBytes <= keptScratchBytes) return;
    this.#exports.portico_wasm_free(this.#scratch);
    this.#scratch = 0;
    this.#scratchBytes = 0;
  }
}
