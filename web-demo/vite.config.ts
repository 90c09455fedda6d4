import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  // The npm package next door, built: its Vite way in is `new URL("portico.wasm", import.meta.url)`.
  resolve: { alias: { portico: fileURLToPath(new URL("../wasm/dist/web.js", import.meta.url)) } },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    outDir: "dist/page",
    // The Content-Security-Policy permits no data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
});
