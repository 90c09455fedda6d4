// The package in one file, for bundlers: a page or a worker.
import module from "portico.wasm";
import { load, moduleVersion } from "./core.js";
import { webPlatform } from "./platform/web.js";

await load(
  webPlatform(async (imports) => {
    const { instance } = await WebAssembly.instantiate(module, imports);
    return instance;
  }),
);

export * from "./api.js";
export const version = moduleVersion();
export { DgramTransport } from "./transports/no_dgram.js";
