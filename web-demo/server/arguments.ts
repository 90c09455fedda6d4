// The command line of the demo's server, which scripts/demo --web fills in.
import { isIPv4 } from "node:net";
import { parseArgs } from "node:util";
import { udpAddress } from "./addresses.js";

export interface Arguments {
  port: number;
  /** What `vite build` made. */
  page: string;
  /** What the bridge, the STUN server and the native peers are bound to. */
  udpAddress: string;
  /** The `portico` program. */
  native: string;
  /** The `portico-bridge` program, or the URL of one that runs already. */
  bridge: { program: string } | { url: string };
}

const usage =
  "Usage: server --page FOLDER --native PROGRAM (--bridge-program PROGRAM | --bridge URL) [--port N] [--udp-address ADDRESS]";

/** Throws an Error whose message is for people. */
export function readArguments(args: readonly string[]): Arguments {
  const text = { type: "string" } as const;
  const options = { port: text, page: text, native: text, bridge: text, "bridge-program": text, "udp-address": text };
  const { values } = parseArgs({ args: [...args], options });
  const { page, native, bridge, "bridge-program": program, "udp-address": address = udpAddress() } = values;
  if (!isIPv4(address)) throw new Error(`${address} is no IPv4 address.`);
  const port = Number(values.port ?? "8080");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${values.port ?? ""} is no port.`);
  if (page === undefined || native === undefined) throw new Error(usage);
  if (bridge !== undefined) return { port, page, udpAddress: address, native, bridge: { url: bridge } };
  if (program !== undefined) return { port, page, udpAddress: address, native, bridge: { program } };
  throw new Error(usage);
}
