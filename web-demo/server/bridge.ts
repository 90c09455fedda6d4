// The bridge, as a process of the demo's: for this page only, and towards this machine only.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { isObject, parse } from "../shared/signalling.js";
import { loopback, ownNetworks } from "./addresses.js";

export interface BridgeObserver {
  /** Of its log, what tells of trouble. */
  onLog(line: string): void;
  /** By itself. */
  onEnded(how: string): void;
}

export interface Bridge {
  url: string;
  stop(): void;
}

/** Throws an Error whose message is for people. */
export async function startBridge(
  program: string,
  udpAddress: string,
  origins: readonly string[],
  observer: BridgeObserver,
): Promise<Bridge> {
  const networks = ["127.0.0.0/8", ...ownNetworks()];
  const args = [
    ...["--listen", `${loopback}:0`, "--udp-address", udpAddress, "--drain-timeout", "1"],
    ...origins.flatMap((origin) => ["--origin", origin]),
    ...networks.flatMap((network) => ["--allow", network]),
    // What protects a network from strangers would only hold up this machine's own page.
    ...["--socket-bytes", "0", "--socket-packets", "0", "--address-bytes", "0", "--address-packets", "0"],
  ];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  createInterface(child.stderr).on("line", (line) => {
    if (isWorthTelling(line)) observer.onLog(line);
  });
  let isStopped = false;
  const url = await listeningUrl(child, program);
  child.once("exit", (code, signal) => {
    if (!isStopped) observer.onEnded(signal ?? `status ${String(code)}`);
  });
  return {
    url,
    stop() {
      isStopped = true;
      child.kill("SIGTERM");
    },
  };
}

/** Its log is JSON lines, of which those for each page that comes and goes are left out (docs/bridge.md). */
function isWorthTelling(line: string): boolean {
  const said = parse(line);
  return !isObject(said) || (said["event"] !== "open" && said["event"] !== "close" && said["event"] !== "drain");
}

async function listeningUrl(child: ChildProcess, program: string): Promise<string> {
  const failed = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new Error(`The bridge can't be started: ${error.message}`)));
  });
  return Promise.race([failed, firstLine(child, program)]);
}

async function firstLine(child: ChildProcess, program: string): Promise<string> {
  if (!child.stdout) throw new Error(`${program} has no standard output.`);
  for await (const line of createInterface(child.stdout)) {
    const said = parse(line);
    if (isObject(said) && said["event"] === "listening" && typeof said["url"] === "string") return said["url"];
  }
  throw new Error(`${program} ended before it listened.`);
}
