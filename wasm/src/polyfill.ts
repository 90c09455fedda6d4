// `import "portico/polyfill"` in Node.
import { installGlobals } from "./globals.js";
import * as portico from "./index.js";

installGlobals(portico);
