// Usage: node scripts/build.mjs [--tests]. Bundles the server into dist/server.mjs, beside the page that Vite has built;
// with --tests also test/ into .test-build/.
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node18",
  packages: "external",
  charset: "utf8",
  logLevel: "warning",
  outExtension: { ".js": ".mjs" },
};

await build({ ...node, entryPoints: { server: "server/main.ts" }, outdir: "dist" });
if (process.argv.includes("--tests")) {
  const names = await readdir(join(root, "test"));
  const entryPoints = names.filter((name) => name.endsWith(".test.ts")).map((name) => join("test", name));
  await build({ ...node, entryPoints, outdir: ".test-build", sourcemap: "inline" });
}
