// Messages that wait behind a Blob: its bytes take time to read, and the order stays that of the calls.
import { makeError } from "../errors.js";
import { handled } from "../operations.js";

export type Sendable = string | ArrayBuffer | ArrayBufferView | Blob;

/** Web IDL §3.2.25 has no shared memory where it is not asked for: another thread could write it meanwhile. */
export function requireSendable(data: unknown): asserts data is Sendable {
  if (typeof data === "string" || data instanceof ArrayBuffer || data instanceof Blob) return;
  if (ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer) return;
  throw makeError("TypeError", "send() takes a string, an ArrayBuffer, a view of one, or a Blob.");
}

/** Bytes on the wire. */
export function sizeOf(data: Sendable): number {
  if (typeof data === "string") return new TextEncoder().encode(data).byteLength;
  return data instanceof Blob ? data.size : data.byteLength;
}

export class SendQueue {
  readonly #send: (data: string | ArrayBuffer) => void;
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #bytes = 0;

  constructor(send: (data: string | ArrayBuffer) => void) {
    this.#send = send;
  }

  get isEmpty(): boolean {
    return this.#waiting === 0;
  }
  get bytes(): number {
    return this.#bytes;
  }

  add(data: Sendable, bytes: number): void {
    const ready = handled(copyOf(data));
    this.#waiting++;
    this.#bytes += bytes;
    this.#tail = this.#tail.then(async () => {
      try {
        this.#send(await ready);
      } catch {
        // The channel closed meanwhile, and its `close` event tells so; or the Blob's file went away.
      } finally {
        this.#waiting--;
        this.#bytes -= bytes;
      }
    });
  }

  whenEmpty(call: () => void): void {
    if (this.isEmpty) call();
    else this.#tail = this.#tail.then(call);
  }
}

async function copyOf(data: Sendable): Promise<string | ArrayBuffer> {
  if (typeof data === "string") return data;
  if (data instanceof Blob) return data.arrayBuffer();
  if (data instanceof ArrayBuffer) return data.slice(0);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer;
}
