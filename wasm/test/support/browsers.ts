// Headless browsers of the machine, each started with a profile of its own. Nothing drives them: the page reports.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const browsers = {
  Chromium: {
    program: process.env["PORTICO_CHROMIUM"] ?? "chromium",
    args: (profile: string) => [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
      ...["--disable-background-networking", "--disable-component-update", `--user-data-dir=${profile}`],
    ],
  },
  Firefox: {
    program: process.env["PORTICO_FIREFOX"] ?? "firefox-esr",
    args: (profile: string) => ["--headless", "--no-remote", "--profile", profile],
  },
} as const;

export interface Browser {
  readonly child: ChildProcess;
  close(): Promise<void>;
}

export async function openBrowser(name: keyof typeof browsers, url: string): Promise<Browser> {
  const { program, args } = browsers[name];
  const profile = await mkdtemp(join(tmpdir(), "portico-browser-"));
  // A group of its own: browsers have children, and all have to go.
  const child = spawn(program, [...args(profile), url], {
    stdio: "ignore",
    detached: true,
    env: { ...process.env, HOME: profile },
  });
  await once(child, "spawn");
  return {
    child,
    async close() {
      if (child.exitCode === null && child.pid !== undefined) {
        const exited = once(child, "exit");
        process.kill(-child.pid, "SIGKILL");
        await exited;
      }
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
