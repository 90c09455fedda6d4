// The page in headless Chromium, and what a person does with it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { programs, screenshots } from "./paths.js";

/** A browser's first start on a loaded machine takes long. */
export const limitMs = 120_000;
const waitMs = 30_000;

export const wide = { width: 1920, height: 1080 };
export const usual = { width: 1280, height: 800 };
export const narrow = { width: 360, height: 740 };

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: programs.chromium, args: ["--no-sandbox", "--disable-gpu"] });
}

export type Choice = "The native peer" | "A second tab" | "The browser’s own";

/** A page that fails the test if it says anything on the console, or throws. */
export async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<DemoPage> {
  const context = await browser.newContext({ viewport: usual, ...options });
  context.setDefaultTimeout(waitMs);
  const page = new DemoPage(await context.newPage());
  await page.page.goto(url);
  return page;
}

export class DemoPage {
  readonly page: Page;
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
  }

  choose(choice: Choice): Promise<void> {
    return this.page.getByRole("button", { name: choice }).click();
  }
  async connect(choice: Choice): Promise<void> {
    await this.choose(choice);
    await this.connected();
  }
  async connected(): Promise<void> {
    await this.see("#status", /^Connected in [\d.]+ (ms|s)$/);
  }

  /** Waits until the element's text matches. */
  async see(selector: string, pattern: RegExp): Promise<void> {
    await this.page.locator(selector).filter({ hasText: pattern }).first().waitFor();
  }
  async say(text: string): Promise<void> {
    await this.page.getByLabel("Message").fill(text);
    await this.page.keyboard.press("Enter");
  }
  async hear(text: string): Promise<void> {
    await this.page.locator(".talk .theirs", { hasText: text }).waitFor();
  }
  /** The state and the time of each layer. */
  layers(): Promise<string[]> {
    return this.page.locator("#layers .state").allTextContents();
  }

  /** Bytes, or a number of zeros. */
  async drop(name: string, content: Buffer | number): Promise<void> {
    const sent = typeof content === "number" ? content : content.toString("base64");
    const data = await this.page.evaluateHandle(
      ([fileName, bytes]) => {
        const all =
          typeof bytes === "number"
            ? new Uint8Array(bytes)
            : Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([all], fileName));
        return transfer;
      },
      [name, sent] as const,
    );
    for (const type of ["dragover", "drop"]) await this.page.dispatchEvent("body", type, { dataTransfer: data });
  }

  async fits(): Promise<void> {
    const [content = 0, window = 0] = await this.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(content <= window, `nothing is wider than the window: ${content} > ${window}`);
  }

  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  }

  async close(): Promise<void> {
    await this.page.context().close();
    assert.deepEqual(this.complaints, [], "the page complains of nothing");
  }
}
