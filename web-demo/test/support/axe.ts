// axe-core over the page, as it is now.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const path = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(await readFile(path, "utf8"));
  const results = await page.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
    return axe.run();
  });
  assert.ok(results.passes.length > 10, "axe looked at the page");
  const found = results.violations.map(
    ({ id, help, nodes }) => `${id}: ${help} ${nodes.map(({ html }) => html).join()}`,
  );
  assert.deepEqual(found, []);
}
