// Usage: node scripts/build.mjs [--tests]. Bundles dist/ from src/, with portico.wasm beside it, and its types; with --tests
// also .test-build/. The module comes from the CMake build, or from where PORTICO_WASM says.
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wasm = process.env.PORTICO_WASM ?? join(root, "../build/wasm/wasm/portico.wasm");
const doctor = join(dirname(wasm), "portico-doctor.wasm");
const dist = join(root, "dist");

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  logLevel: "warning",
  legalComments: "none",
};
const node = { ...common, platform: "node", target: "node18", packages: "external" };

async function buildPackage() {
  await stat(wasm).catch(() => {
    console.error(`There is no ${wasm}: build it first (cmake --preset wasm), or set PORTICO_WASM.`);
    process.exit(1);
  });
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await copyFile(wasm, join(dist, "portico.wasm"));
  await copyFile(doctor, join(dist, "portico-doctor.wasm"));
  const embed = { alias: { "portico.wasm": join(dist, "portico.wasm") }, loader: { ".wasm": "binary" } };
  await build({
    ...node,
    entryPoints: { index: "src/index.ts", portico: "src/command/main.ts" },
    chunkNames: "[name]-[hash]",
    splitting: true,
    outdir: dist,
  });
  // One that shares the package's own module, not a second copy of it.
  await build({ ...node, external: ["./index.js"], entryPoints: ["src/polyfill.ts"], outdir: dist });
  await build({ ...node, ...embed, entryPoints: ["src/single_node.ts"], outdir: dist });
  await build({ ...common, platform: "browser", entryPoints: ["src/web.ts"], outdir: dist });
  await build({
    ...common,
    platform: "browser",
    external: ["./web.js"],
    entryPoints: ["src/polyfill_web.ts"],
    outdir: dist,
  });
  await build({ ...common, ...embed, platform: "browser", entryPoints: ["src/single.ts"], outdir: dist });
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.types.json"], {
    cwd: root,
    stdio: "inherit",
  });
}

/** Tests import the package as `portico`, by its own exports; what is inside it they bundle. */
async function buildTests() {
  const out = join(root, ".test-build");
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await copyFile(wasm, join(out, "portico.wasm"));
  const names = await readdir(join(root, "test"));
  await build({
    ...node,
    entryPoints: names.filter((name) => name.endsWith(".test.ts")).map((name) => join("test", name)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    sourcemap: "inline",
  });
  await build({
    ...common,
    platform: "browser",
    entryPoints: ["page", "worker", "shared_worker"].map((name) => join("test/browser", `${name}.ts`)),
    outdir: join(out, "browser"),
    outExtension: { ".js": ".mjs" },
  });
}

await buildPackage();
if (process.argv.includes("--tests")) await buildTests();
