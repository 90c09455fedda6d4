// Where things are. Tests run from .test-build/, one folder below the package.
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const release = join(packageRoot, "../build/release/native");

export const programs = {
  bridge: process.env["PORTICO_BRIDGE"] ?? join(release, "bridge/portico-bridge"),
  native: process.env["PORTICO"] ?? join(release, "command/portico"),
  chromium: process.env["PORTICO_CHROMIUM"] ?? onPath("chromium"),
};
export const page = process.env["PORTICO_PAGE"] ?? join(packageRoot, "dist/page");
/** To be looked at: build/ is in no commit. */
export const screenshots = join(packageRoot, "../build/web-demo");

function onPath(name: string): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? name;
}
