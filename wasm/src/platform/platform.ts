// What differs between Node and a page: where the module comes from, names, tasks, and the transport that is there.
import type { UdpTransport } from "../transports/transport.js";

export interface Platform {
  instantiate(imports: WebAssembly.Imports): Promise<WebAssembly.Instance>;
  /** IP literals; at least one, or an error with a sentence. */
  resolve(name: string): Promise<string[]>;
  getRandomValues(out: Uint8Array<ArrayBuffer>): void;
  /** Runs the callback in a task of its own, as soon as may be. */
  task(callback: () => void): void;
  /** null: there is none, and the user has to name one. */
  readonly defaultTransport: UdpTransport | null;
}
