// `import "portico/polyfill"` in a page or a worker.
import { installGlobals } from "./globals.js";
import * as portico from "./web.js";

installGlobals(portico);
