// The page, clicked through in Chromium: what it shows of the three connections.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { type Choice, DemoPage, launch, limitMs, open } from "./support/page.js";
import { type Server, startServer } from "./support/server.js";

let browser: Browser;
let server: Server;

before(async () => {
  [browser, server] = await Promise.all([launch(), startServer()]);
});
after(async () => {
  await browser.close();
  await server.stop();
});

/** Sends it by a drop, and sees the same hash from both ends. */
async function sendFile(page: DemoPage, name: string, bytes: Buffer): Promise<void> {
  await page.drop(name, bytes);
  const row = page.page.locator(".transfer", { hasText: name });
  await row.locator(".verdict", { hasText: "The same SHA-256 at both ends" }).waitFor();
  const hashes = await row.locator(".hashes dd").allTextContents();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  assert.deepEqual(hashes, [sha256, sha256]);
}

async function assertStands(page: DemoPage): Promise<void> {
  assert.deepEqual(
    (await page.layers()).map((state) => state.replace("completed", "connected")),
    ["complete", "connected", "connected", "connected"],
  );
  assert.equal(await page.page.locator("#local-candidates [data-used=true]").count(), 1);
  assert.equal(await page.page.locator("#remote-candidates [data-used=true]").count(), 1);
  assert.equal(await page.page.locator("#curves .used").count(), 1);
  await page.see("#round-trip-now", /^[\d.]+$/);
}

/** Floods until the number of megabytes a second is one, and stops. */
async function flood(page: DemoPage): Promise<void> {
  const button = page.page.getByRole("button", { name: "Flood" });
  await button.click();
  await page.see("#throughput-now", /^[1-9][\d.]*$/);
  await page.page.getByRole("button", { name: "Stop the flood" }).click();
  await button.waitFor();
}

const echoing: readonly [Choice, string][] = [
  ["The native peer", "native"],
  ["The browser’s own", "browser"],
];
for (const [choice, name] of echoing) {
  void test(
    `${choice.toLowerCase()} connects, echoes text, takes files and a flood`,
    { timeout: limitMs },
    async () => {
      const page = await open(browser, server.url);
      await page.connect(choice);
      await page.say("Good day to you");
      await page.hear("Good day to you");
      await sendFile(page, "photo.jpg", randomBytes(3_000_000));
      await sendFile(page, "empty.txt", Buffer.alloc(0));
      await flood(page);
      await assertStands(page);
      await page.picture(name);
      await page.page.getByRole("button", { name: "Disconnect" }).click();
      await page.see("#status", /^Disconnected$/);
      assert.deepEqual(await page.layers(), ["closed", "closed", "closed", "closed"]);
      await page.close();
    },
  );
}

void test(
  "a second tab opens by one click, and both connect, talk and exchange a file",
  { timeout: limitMs },
  async () => {
    const first = await open(browser, server.url);
    const opened = first.page.context().waitForEvent("page");
    await first.choose("A second tab");
    const second = new DemoPage(await opened);
    await Promise.all([first.connected(), second.connected()]);
    await first.say("Is that me?");
    await second.hear("Is that me?");
    await second.say("It is");
    await first.hear("It is");
    await Promise.all([assertStands(first), assertStands(second)]);
    const bytes = randomBytes(1_000_000);
    await sendFile(first, "notes.bin", bytes);
    const arrival = second.page.waitForEvent("download");
    await second.page.getByRole("link", { name: "Save notes.bin" }).click();
    const chunks: Buffer[] = [];
    for await (const chunk of await (await arrival).createReadStream()) chunks.push(chunk as Buffer);
    assert.ok(Buffer.concat(chunks).equals(bytes), "what is saved is what was sent");
    await second.picture("second-tab");
    await second.page.close();
    await first.see(".notice-text", /The other tab has gone\./);
    assert.deepEqual(second.complaints, []);
    await first.close();
  },
);

void test(
  "the link connects a tab that it is opened in, and says when two are in it",
  { timeout: limitMs },
  async () => {
    const first = await open(browser, server.url);
    const opened = first.page.context().waitForEvent("page");
    await first.choose("A second tab");
    await (await opened).close();
    await first.see("#status", /Waiting for the other tab|Not connected/);
    const room = `${server.url}#room=${"A".repeat(22)}`;
    const [one, two] = [await open(browser, room), await open(browser, room)];
    await Promise.all([one.connected(), two.connected()]);
    const three = await open(browser, room);
    await three.see(".notice-text", /Two tabs are in this room already/);
    for (const page of [first, one, two, three]) await page.close();
  },
);

void test("a file that nobody is there to take is refused with a sentence", { timeout: limitMs }, async () => {
  const page = await open(browser, server.url);
  await page.see("#bridge", /^ws:/);
  await page.drop("photo.jpg", 1000);
  await page.see(".notice-text", /Connect this tab to a peer/);
  await page.close();
});

void test("a choice replaces the one before it", { timeout: limitMs }, async () => {
  const page = await open(browser, server.url);
  await page.connect("The browser’s own");
  await page.connect("The native peer");
  await page.see("#far-name", /^Native peer$/);
  await page.connect("The browser’s own");
  await page.say("Again");
  await page.hear("Again");
  await page.close();
});

void test("a cancelled file is told of, and the next one goes on", { timeout: limitMs }, async () => {
  const page = await open(browser, server.url);
  await page.connect("The browser’s own");
  await page.drop("long.bin", 200_000_000);
  await page.page
    .getByLabel("Choose a file")
    .setInputFiles({ name: "short.bin", mimeType: "", buffer: Buffer.from("short") });
  await page.page.getByRole("button", { name: "Cancel long.bin" }).click();
  await page.see(".transfer[data-phase=failed] .verdict", /Cancelled\./);
  await page.see(".transfer[data-phase=done] .transfer-name", /short\.bin/);
  await page.close();
});
