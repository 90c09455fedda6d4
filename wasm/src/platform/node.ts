// Node: the module is a file beside this one, names are the system's to resolve.
import { webcrypto } from "node:crypto";
import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { DgramTransport } from "../transports/dgram.js";
import { openNodeWebSocket } from "./node_websocket.js";
import type { Platform } from "./platform.js";

export function nodePlatform(read: () => Promise<BufferSource>): Platform {
  return {
    async instantiate(imports) {
      const { instance } = await WebAssembly.instantiate(await read(), imports);
      return instance;
    },
    async resolve(name) {
      const found = await lookup(name, { all: true, verbatim: true });
      return found.map(({ address }) => address);
    },
    getRandomValues(out) {
      webcrypto.getRandomValues(out);
    },
    task(callback) {
      setImmediate(callback);
    },
    openWebSocket: openNodeWebSocket,
    defaultTransport: new DgramTransport(),
  };
}

export async function readModule(): Promise<BufferSource> {
  const bytes = await readFile(new URL("portico.wasm", import.meta.url));
  return new Uint8Array(bytes);
}
