// Pages and workers: the module is fetched, and there is no UDP but through a bridge.
import { makeError } from "../errors.js";
import type { Platform, WebSocketLike } from "./platform.js";

export function webPlatform(load: (imports: WebAssembly.Imports) => Promise<WebAssembly.Instance>): Platform {
  const tasks: (() => void)[] = [];
  // A timer would wait: browsers clamp those, to a second in the background.
  const channel = new MessageChannel();
  channel.port1.onmessage = () => tasks.shift()?.();
  return {
    instantiate: load,
    resolve(name) {
      const message = `A page can't look up ${name}: give ICE servers by IP address.`;
      return Promise.reject(makeError("NotSupportedError", message));
    },
    getRandomValues(out) {
      crypto.getRandomValues(out);
    },
    task(callback) {
      tasks.push(callback);
      channel.port2.postMessage(null);
    },
    openWebSocket(url, protocols) {
      const socket = new WebSocket(url, protocols);
      socket.binaryType = "arraybuffer";
      return Promise.resolve(socket as unknown as WebSocketLike);
    },
    defaultTransport: null,
  };
}

/** From beside this file. */
export async function fetchModule(imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
  const url = new URL("portico.wasm", import.meta.url);
  const response = await fetch(url);
  if (!response.ok) {
    throw makeError("NetworkError", `Can't load ${url.href}: the server answered ${String(response.status)}.`);
  }
  // instantiateStreaming() refuses what is served as another type, which many servers do.
  const isWasm = response.headers.get("Content-Type")?.split(";")[0]?.trim() === "application/wasm";
  const { instance } = isWasm
    ? await WebAssembly.instantiateStreaming(response, imports)
    : await WebAssembly.instantiate(await response.arrayBuffer(), imports);
  return instance;
}
