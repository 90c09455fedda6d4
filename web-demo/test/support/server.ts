// The demo's server and the bridge, as the processes that they are.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { packageRoot, page, programs } from "./paths.js";

export interface Finished {
  code: number | null;
  stderr: string;
}

export interface Server {
  url: string;
  stop(): Promise<void>;
}

function start(args: readonly string[]): ChildProcess {
  const all = [join(packageRoot, "dist/server.mjs"), "--page", page, "--native", programs.native, ...args];
  return spawn(process.execPath, all, { stdio: ["ignore", "pipe", "pipe"] });
}

/** `bridge`: the URL of one, which is on loopback; or none: the server starts its own. */
export async function startServer(bridge?: string): Promise<Server> {
  const its =
    bridge === undefined ? ["--bridge-program", programs.bridge] : ["--bridge", bridge, "--udp-address", "127.0.0.1"];
  const child = start(["--port", "0", ...its]);
  child.stderr?.resume();
  const url = await firstMatch(child, /http:\/\/127\.0\.0\.1:\d+\//);
  return { url, stop: () => end(child, "SIGINT") };
}

/** One that does not get far. */
export async function runServer(args: readonly string[]): Promise<Finished> {
  const child = start(args);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stderr };
}

export interface Bridge {
  url: string;
  port: number;
  stop(): Promise<void>;
}

/** Port 0: any. It takes pages of this machine, as it does by default. */
export async function startBridge(port = 0): Promise<Bridge> {
  const listen = ["--listen", `127.0.0.1:${String(port)}`, "--udp-address", "127.0.0.1", "--allow", "127.0.0.0/8"];
  const child = spawn(programs.bridge, listen, { stdio: ["ignore", "pipe", "ignore"] });
  const url = await firstMatch(child, /ws:\/\/127\.0\.0\.1:\d+\/udp/);
  return { url, port: Number(new URL(url).port), stop: () => end(child, "SIGKILL") };
}

async function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  if (!child.stdout) throw new Error("There is no standard output.");
  const lines = createInterface(child.stdout);
  for await (const line of lines) {
    const match = pattern.exec(line);
    if (match) return match[0];
  }
  throw new Error("It ended before it listened.");
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}
