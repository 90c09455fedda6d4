// The real bridge, as a process on loopback; and a false one, for what a real one does not do.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type WebSocket, WebSocketServer } from "ws";
import { packageRoot } from "./program.js";

const program = process.env["PORTICO_BRIDGE"] ?? join(packageRoot, "../build/release/native/bridge/portico-bridge");

export interface Bridge {
  url: string;
  port: number;
  /** At once, as by a crash. */
  kill(): Promise<void>;
  /** SIGTERM: it drains. */
  terminate(): void;
}

/** Relays on loopback only. Port 0: any. */
export async function startBridge(port = 0, args: readonly string[] = []): Promise<Bridge> {
  if (!existsSync(program)) {
    throw new Error(`There is no ${program}: build the target portico_bridge, or set PORTICO_BRIDGE.`);
  }
  const all = [
    "--listen",
    `127.0.0.1:${String(port)}`,
    "--udp-address",
    "127.0.0.1",
    "--allow",
    "127.0.0.0/8",
    ...args,
  ];
  const child = spawn(program, all, { stdio: ["ignore", "pipe", "ignore"] });
  const url = await listeningUrl(child);
  return {
    url,
    port: Number(new URL(url).port),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
    terminate() {
      child.kill("SIGTERM");
    },
  };
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("The bridge has no standard output.");
  for await (const line of createInterface(child.stdout)) {
    const said = JSON.parse(line) as { event: string; url: string };
    if (said.event === "listening") return said.url;
  }
  throw new Error("The bridge ended before it listened.");
}

export interface FalseBridge {
  url: string;
  close(): Promise<void>;
}

/** `onConnection` plays the bridge's part; `protocols` are those that the client offered. */
export async function startFalseBridge(
  onConnection: (socket: WebSocket, protocols: string[]) => void,
): Promise<FalseBridge> {
  let offered: string[] = [];
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    handleProtocols: (protocols) => {
      offered = [...protocols];
      return "portico.udp.v1";
    },
  });
  await once(server, "listening");
  server.on("connection", (socket) => onConnection(socket, offered));
  const { port } = server.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${String(port)}/udp`,
    async close() {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, "close");
    },
  };
}
