// The WebAssembly module as the rest of the package sees it: exports that can't be called after it has died, its memory,
// and what belongs to it.
import { errorOfCode, makeError, messageOf } from "./errors.js";
import { RTCError } from "./events.js";
import { EventType, type ModuleExports, type Pointer } from "./exports.js";
import { Memory } from "./memory.js";
import { Operations } from "./operations.js";
import type { Platform } from "./platform/platform.js";
import { Registry } from "./registry.js";
import { Sockets } from "./sockets.js";
import { Streams } from "./streams.js";
import { Turn } from "./turn.js";

type Export = (a?: number, b?: number, c?: number, d?: number, e?: number) => number;

/** crypto.getRandomValues() gives so much at once. */
const maxRandomBytes = 65_536;

export class Core {
  readonly platform: Platform;
  readonly operations = new Operations();
  readonly registry: Registry;
  readonly turn: Turn;
  exports!: ModuleExports;
  memory!: Memory;
  sockets!: Sockets;
  streams!: Streams;
  #death: Error | null = null;
  readonly #queries = new Set<number>();

  private constructor(platform: Platform) {
    this.platform = platform;
    this.registry = new Registry(
      (handle) => this.#quietly(() => this.exports.portico_release(handle)),
      (keep) => this.#setKeepAlive(keep),
    );
    this.turn = new Turn(() =>
      this.#quietly(() => {
        this.exports.portico_wasm_run();
        this.registry.turnEnded();
      }),
    );
    this.turn.setKeepAlive(false);
  }

  static async load(platform: Platform): Promise<Core> {
    const core = new Core(platform);
    const instance = await platform.instantiate({ portico: core.#imports(), ...core.#systemImports() });
    core.exports = core.#guard(instance.exports);
    core.memory = new Memory(core.exports);
    const quietly = (call: () => void) => core.#quietly(call);
    core.sockets = new Sockets(core.exports, core.memory, quietly);
    core.streams = new Streams(core.exports, core.memory, quietly);
    (instance.exports as { _initialize?: () => void })._initialize?.();
    core.exports.portico_wasm_init();
    return core;
  }

  get death(): Error | null {
    return this.#death;
  }

  // Calls ------------------------------------------------------------------------------------------------------------

  /** Throws what a negative status stands for; else returns it. */
  check(status: number): number {
    if (status < 0) throw errorOfCode(-status, this.memory.text(this.exports.portico_last_error()));
    return status;
  }
  /** The text of a call that returns one. */
  text(pointer: Pointer, failure: "InvalidStateError" | "OperationError" | "TypeError" = "InvalidStateError"): string {
    if (pointer === 0) throw makeError(failure, this.memory.text(this.exports.portico_last_error()));
    return this.memory.text(pointer);
  }
  /** Texts for the arguments of one call. */
  texts(...values: (string | null)[]): Pointer[] {
    return this.memory.texts(values);
  }

  /** For calls that no user's code waits for: the module's death has been told to all objects. */
  #quietly(call: () => void): void {
    if (this.#death) return;
    try {
      call();
    } catch (error) {
      this.#die(error);
    }
  }

  // Death ------------------------------------------------------------------------------------------------------------

  #guard(raw: WebAssembly.Exports): ModuleExports {
    const guarded: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(raw)) {
      guarded[name] = typeof value === "function" ? this.#guardOne(value as Export) : value;
    }
    return guarded as unknown as ModuleExports;
  }
  #guardOne(call: Export): Export {
    return (a, b, c, d, e) => {
      if (this.#death) throw this.#death;
      try {
        return call(a, b, c, d, e);
      } catch (error) {
        throw this.#die(error);
      }
    };
  }

  #die(cause: unknown): Error {
    if (this.#death) return this.#death;
    const said = messageOf(cause);
    const message = /memory|RangeError/i.test(said)
      ? `Portico's WebAssembly module is out of memory (${said}). Load the page or start the process anew.`
      : `Portico's WebAssembly module failed (${said}). Load the page or start the process anew, and please report it.`;
    const death = makeError("OperationError", message);
    this.#death = death;
    this.turn.end();
    const objects = this.registry.all();
    this.sockets.closeAll();
    this.streams.closeAll();
    for (const object of objects) object._onModuleDeath(death);
    this.operations.failAll(death);
    return death;
  }

  // Imports ----------------------------------------------------------------------------------------------------------

  #imports(): WebAssembly.ModuleImports {
    return {
      event: (type: number, object: number, number: number, data: Pointer, bytes: number) =>
        this.#onEvent(type, object, number, data, bytes),
      now: () => performance.now(),
      unix_seconds: () => Date.now() / 1000,
      random: (out: Pointer, bytes: number) => this.#random(out, bytes),
      schedule: () => this.turn.schedule(),
      set_timer: (delay: number) => this.turn.setTimer(delay),
      udp_send: (socket: number, batch: Pointer, count: number) => this.sockets.send(socket, batch, count),
      multicast_open: (socket: number, group: Pointer, port: number) =>
        this.sockets.openMulticast(socket, this.memory.text(group), port),
      udp_close: (socket: number) => this.sockets.close(socket),
      tcp_open: (stream: number, socket: number, address: Pointer, port: number, tlsServerName: Pointer) =>
        this.streams.open(stream, this.sockets.find(socket), {
          address: this.memory.text(address),
          port,
          tlsServerName: tlsServerName === 0 ? null : this.memory.text(tlsServerName),
        }),
      tcp_send: (stream: number, data: Pointer, bytes: number) => Number(this.streams.send(stream, data, bytes)),
      tcp_close: (stream: number) => this.streams.close(stream),
      resolve: (query: number, name: Pointer) => this.#resolve(query, this.memory.text(name)),
      cancel_resolve: (query: number) => this.#queries.delete(query),
      out_of_memory: (bytes: number) => {
        throw new RangeError(`the memory can't grow by ${String(bytes)} bytes`);
      },
    };
  }

  /** What a C library may ask for and Portico has no use for. */
  #systemImports(): WebAssembly.Imports {
    return {};
  }

  #onEvent(type: number, object: number, number: number, data: Pointer, bytes: number): void {
    if (this.#death) return;
    if (type === EventType.operation) {
      const text = this.memory.textOf(data, bytes);
      this.operations.settle(object, number === 0 ? text : this.#operationError(number, text));
    } else {
      this.registry.find(object)?._onEvent(type, number, data, bytes);
    }
  }

  /** W3C webrtc-pc §4.4.1.5: a malformed SDP is an RTCError, with its line. */
  #operationError(code: number, message: string): Error {
    const line = this.exports.portico_error_line();
    if (line <= 0) return errorOfCode(code, message);
    return new RTCError({ errorDetail: "sdp-syntax-error", sdpLineNumber: line }, message);
  }

  #random(out: Pointer, bytes: number): void {
    for (let done = 0; done < bytes; done += maxRandomBytes) {
      const end = out + Math.min(bytes, done + maxRandomBytes);
      this.platform.getRandomValues(this.memory.bytes.subarray(out + done, end));
    }
  }

  #resolve(query: number, name: string): void {
    this.#queries.add(query);
    const answer = (addresses: string, message: string) =>
      this.#quietly(() => {
        if (!this.#queries.delete(query)) return;
        const [addressesAt = 0, messageAt = 0] = this.texts(addresses, message);
        this.exports.portico_wasm_resolved(query, addressesAt, messageAt);
      });
    this.platform.resolve(name).then(
      (addresses) => answer(addresses.join(" "), ""),
      (error: unknown) => answer("", messageOf(error)),
    );
  }

  #setKeepAlive(keep: boolean): void {
    this.turn.setKeepAlive(keep);
    this.sockets.setKeepAlive(keep);
    this.streams.setKeepAlive(keep);
  }
}

let loaded: Core | undefined;

/** Once, by the entry that the user imports. */
export async function load(platform: Platform): Promise<void> {
  loaded = await Core.load(platform);
}

export function core(): Core {
  if (!loaded) throw makeError("InvalidStateError", "Portico's WebAssembly module has not been loaded.");
  return loaded;
}

/** The WebAssembly module's. */
export function moduleVersion(): string {
  return core().text(core().exports.portico_version());
}
