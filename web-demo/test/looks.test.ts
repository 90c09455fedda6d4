// How the page looks and reads: widths, colours, the keyboard, a screen reader, and what it says when there is no bridge.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { assertAccessible } from "./support/axe.js";
import { launch, limitMs, narrow, open, usual, wide } from "./support/page.js";
import { type Server, startBridge, startServer } from "./support/server.js";

let browser: Browser;
let server: Server;

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer()]);
});
after(async () => {
  await browser.close();
  await server.stop();
});

const windows = { narrow, usual, wide };
for (const [name, viewport] of Object.entries(windows)) {
  for (const colorScheme of ["light", "dark"] as const) {
    void test(
      `a ${name} ${colorScheme} window shows it whole, and axe finds no fault`,
      { timeout: limitMs },
      async () => {
        const page = await open(browser, server.url, { viewport, colorScheme });
        await page.see("#bridge", /^ws:/);
        await page.fits();
        await assertAccessible(page.page);
        await page.picture(`idle-${name}-${colorScheme}`);
        await page.connect("The browser’s own");
        await page.say("A line of text that is long enough to be broken in a narrow window");
        await page.hear("A line of text");
        await page.drop("a-file-with-a-name-that-is-long-enough-to-be-cut-short.bin", Buffer.alloc(500_000));
        await page.see(".verdict", /The same SHA-256/);
        await page.see("#round-trip-now", /^[\d.]+$/);
        await page.fits();
        await assertAccessible(page.page);
        await page.picture(`connected-${name}-${colorScheme}`);
        await page.close();
      },
    );
  }
}

void test("the switch overrules the system's colours, and is remembered", { timeout: limitMs }, async () => {
  const page = await open(browser, server.url, { colorScheme: "light" });
  const paper = () => page.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.page.getByRole("radio", { name: "Dark" }).check();
  const dark = await paper();
  assert.notEqual(dark, light);
  await page.page.reload();
  assert.equal(await paper(), dark);
  await page.page.getByRole("radio", { name: "Auto" }).check();
  assert.equal(await paper(), light);
  await page.close();
});

void test("the keyboard alone connects, talks, floods and disconnects", { timeout: limitMs }, async () => {
  const page = await open(browser, server.url);
  await page.see("#bridge", /^ws:/);
  const { keyboard } = page.page;
  /** Tab by tab, and each stop can be seen. */
  const tabTo = async (name: string) => {
    for (let stops = 0; stops < 30; ++stops) {
      await keyboard.press("Tab");
      const [label, outline] = await page.page.evaluate(() => {
        const { activeElement } = document;
        if (!(activeElement instanceof HTMLElement)) return ["", ""];
        const labels = activeElement instanceof HTMLInputElement ? [...(activeElement.labels ?? [])] : [];
        const seen = activeElement.nextElementSibling ?? activeElement;
        const shown = labels[0] && activeElement.classList.contains("hidden") ? labels[0] : activeElement;
        const outlines = [shown, seen].map((element) => getComputedStyle(element).outlineStyle);
        const text = labels.map(({ textContent }) => textContent).join() || (activeElement.textContent ?? "");
        return [text, outlines.some((style) => style !== "none") ? "seen" : "unseen"];
      });
      assert.equal(outline, "seen", `the focus is seen on ${label ?? ""}`);
      if (label?.includes(name)) return;
    }
    assert.fail(`There is no way to ${name} by Tab.`);
  };
  await tabTo("Skip to the peers");
  await keyboard.press("Enter");
  await tabTo("The browser’s own");
  await keyboard.press("Enter");
  await page.connected();
  await tabTo("Message");
  await keyboard.type("By hand");
  await keyboard.press("Enter");
  await page.hear("By hand");
  await tabTo("Choose a file");
  await tabTo("Flood");
  await keyboard.press("Space");
  await page.see("#flood", /Stop the flood/);
  await keyboard.press("Space");
  await page.see("#flood", /^Flood$/);
  await page.page.getByRole("button", { name: "Disconnect" }).focus();
  await keyboard.press("Enter");
  await page.see("#status", /^Disconnected$/);
  assert.equal(await page.page.evaluate(() => document.activeElement?.id), "connect", "the focus is not lost");
  await page.close();
});

void test("a screen reader is told of the turns, and can ask for the rest", { timeout: limitMs }, async () => {
  const page = await open(browser, server.url);
  await page.connect("The browser’s own");
  await page.see("[role=status]", /^Connected in .* to the browser’s own peer\.$/);
  await page.see("#round-trip-now", /^[\d.]+$/);
  for (const name of ["Connection", "Text", "Files", "Round trip", "Throughput"]) {
    await page.page.getByRole("region", { name }).waitFor();
  }
  await page.page.getByRole("log", { name: "Text" }).waitFor();
  await page.page.getByRole("row", { name: /^SCTP connected / }).waitFor();
  await page.page.getByRole("img", { name: /^Round trips of the last 30 seconds: now [\d.]+ milliseconds/ }).waitFor();
  await page.page.getByRole("list", { name: "Candidates of the other side" }).waitFor();
  await page.close();
});

void test("without a bridge the page says so, and connects once there is one", { timeout: limitMs }, async (t) => {
  const bridge = await startBridge();
  await bridge.stop();
  const alone = await startServer(bridge.url);
  t.after(() => alone.stop());
  for (const viewport of [usual, narrow]) {
    const page = await open(browser, alone.url, { viewport });
    await page.see("[role=alert] .notice-title", /^The bridge is not there$/);
    await page.see(
      ".notice-text",
      /Nothing answers at ws:\/\/127\.0\.0\.1:\d+\/udp\. .*Start it again with scripts\/demo --web\./,
    );
    await page.see("#bridge", /^not there$/);
    await page.fits();
    await page.picture(`no-bridge-${String(viewport.width)}`);
    await page.choose("The browser’s own");
    await page.see("#status", /^No bridge$/);
    await page.page.getByRole("button", { name: "Try again" }).click();
    await page.see("#status", /^No bridge$/);
    await assertAccessible(page.page);
    if (viewport === usual) {
      const back = await startBridge(bridge.port);
      t.after(() => back.stop());
      await page.page.getByRole("button", { name: "Try again" }).click();
      await page.connected();
      await back.stop();
      await page.see(".notice-title", /^The bridge has gone$/);
    }
    // The browser itself tells the console of each WebSocket that was refused.
    page.complaints.length = 0;
    await page.close();
  }
});
