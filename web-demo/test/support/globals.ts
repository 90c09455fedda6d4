// What a page has and Node has from version 20 on; Debian 12 has 18.
import { File } from "node:buffer";
import { webcrypto } from "node:crypto";

for (const [name, value] of Object.entries({ File, crypto: webcrypto })) {
  if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value });
}
