// TCP and TLS connections to TURN servers, by the numbers that the module gives them.
import type { ModuleExports } from "./exports.js";
import type { Memory } from "./memory.js";
import type { Stream, StreamRequest, UdpSocket } from "./transports/transport.js";

/** Bytes for one call in: what is more waits for the next, so that the receive area stays small. */
const maxPieceBytes = 1 << 20;

const udpOnly =
  "This transport carries UDP only, and so does the bridge: use a turn: URL without ?transport=tcp, or Node's own sockets.";

export class Streams {
  readonly #exports: ModuleExports;
  readonly #memory: Memory;
  readonly #open = new Map<number, Stream | null>();
  /** Runs what no user's code waits for. */
  readonly #quietly: (call: () => void) => void;
  #keepAlive = false;

  constructor(exports: ModuleExports, memory: Memory, quietly: (call: () => void) => void) {
    this.#exports = exports;
    this.#memory = memory;
    this.#quietly = quietly;
  }

  /** `beside`: the socket whose transport is to connect. */
  open(id: number, beside: UdpSocket | undefined, request: StreamRequest): void {
    this.#open.set(id, null);
    if (!beside?.connect) {
      queueMicrotask(() => this.#closed(id, udpOnly));
      return;
    }
    const stream = beside.connect(request, {
      opened: () => this.#tell(id, () => this.#exports.portico_wasm_stream_opened(id)),
      receive: (bytes) => this.#tell(id, () => this.#receive(id, bytes)),
      writable: () => this.#tell(id, () => this.#exports.portico_wasm_stream_writable(id)),
      closed: (message) => this.#closed(id, message),
    });
    stream.setKeepAlive(this.#keepAlive);
    this.#open.set(id, stream);
  }

  send(id: number, data: number, bytes: number): boolean {
    return this.#open.get(id)?.send(this.#memory.bytes.subarray(data, data + bytes)) ?? true;
  }

  close(id: number): void {
    const stream = this.#open.get(id);
    this.#open.delete(id);
    stream?.close();
  }

  closeAll(): void {
    for (const id of [...this.#open.keys()]) this.close(id);
  }

  setKeepAlive(keep: boolean): void {
    this.#keepAlive = keep;
    for (const stream of this.#open.values()) stream?.setKeepAlive(keep);
  }

  #tell(id: number, call: () => void): void {
    if (this.#open.has(id)) this.#quietly(call);
  }

  #receive(id: number, bytes: Uint8Array): void {
    for (let start = 0; start < bytes.byteLength && this.#open.has(id); start += maxPieceBytes) {
      const piece = bytes.subarray(start, start + maxPieceBytes);
      const area = this.#exports.portico_wasm_receive_area(0, piece.byteLength);
      this.#memory.bytes.set(piece, area);
      this.#exports.portico_wasm_stream_received(id, piece.byteLength);
    }
  }

  #closed(id: number, message: string): void {
    this.#tell(id, () => {
      this.#open.delete(id);
      const [text = 0] = this.#memory.texts([message]);
      this.#exports.portico_wasm_stream_closed(id, text);
    });
  }
}
