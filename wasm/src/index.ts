// The package in Node.
import { load, moduleVersion } from "./core.js";
import { nodePlatform, readModule } from "./platform/node.js";

await load(nodePlatform(readModule));

export * from "./api.js";
export const version = moduleVersion();
export { DgramTransport } from "./transports/dgram.js";
