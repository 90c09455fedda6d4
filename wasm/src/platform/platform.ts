// What differs between Node and a page: where the module comes from, names, tasks, and the transport that is there.
import type { UdpTransport } from "../transports/transport.js";

/** What is used of a WebSocket, a browser's or Node's. */
export interface WebSocketLike {
  readonly protocol: string;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: ((event: { message?: string }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  /** Whether it keeps a Node process alive, where that can be chosen. */
  setKeepAlive?(keep: boolean): void;
}

export interface Platform {
  instantiate(imports: WebAssembly.Imports): Promise<WebAssembly.Instance>;
  /** IP literals; at least one, or an error with a sentence. */
  resolve(name: string): Promise<string[]>;
  getRandomValues(out: Uint8Array<ArrayBuffer>): void;
  /** Runs the callback in a task of its own, as soon as may be. */
  task(callback: () => void): void;
  /** May not be open yet. Messages come as ArrayBuffer or Uint8Array. */
  openWebSocket(url: string, protocols: string[]): Promise<WebSocketLike>;
  /** null: there is none, and the user has to name one. */
  readonly defaultTransport: UdpTransport | null;
}
