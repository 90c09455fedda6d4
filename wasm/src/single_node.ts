// The package in one file, for bundlers: Node.
import module from "portico.wasm";
import { load, moduleVersion } from "./core.js";
import { nodePlatform } from "./platform/node.js";

await load(nodePlatform(() => Promise.resolve(module)));

export * from "./api.js";
export const version = moduleVersion();
export { DgramTransport } from "./transports/dgram.js";
