// The package in a page, a worker and a shared worker of the browsers that this machine has, through the real bridge.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startBridge } from "./support/bridge.js";
import { browsers, openBrowser } from "./support/browsers.js";
import { type Result, Site } from "./support/site.js";

const contexts = ["page", "page, served as another type", "page, in a single file", "worker", "shared worker"];
/** A browser's first start on a loaded machine takes long. */
const limitMs = 120_000;

for (const name of Object.keys(browsers) as (keyof typeof browsers)[]) {
  void test(`${name} connects in a page, a worker and a shared worker`, { timeout: limitMs }, async (t) => {
    const results = new Map<string, Result>();
    let onAll: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (onAll = resolve));
    const site = new Site((result) => {
      if (results.set(result.context, result).size === contexts.length) onAll();
    });
    const bridge = await startBridge();
    const url = new URL(await site.open());
    url.searchParams.set("bridge", bridge.url);
    const browser = await openBrowser(name, url.href);
    try {
      await Promise.race([
        all,
        new Promise((resolve) => t.signal.addEventListener("abort", resolve)),
        new Promise((_, reject) => browser.child.once("exit", () => reject(new Error(`${name} ended by itself.`)))),
      ]);
    } finally {
      await browser.close();
      await site.close();
      await bridge.kill();
    }
    for (const context of contexts) assert.deepEqual(results.get(context), { context, problem: null });
  });
}
