// The package in a page or a worker.
import { load, moduleVersion } from "./core.js";
import { fetchModule, webPlatform } from "./platform/web.js";

await load(webPlatform(fetchModule));

export * from "./api.js";
export const version = moduleVersion();
export { DgramTransport } from "./transports/no_dgram.js";
