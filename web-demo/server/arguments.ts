// The command line of the demo's server, which scripts/demo --web fills in.
import { parseArgs } from "node:util";

export interface Arguments {
  port: number;
  /** What `vite build` made. */
  page: string;
  /** The `portico` program. */
  native: string;
  /** The `portico-bridge` program, or the URL of one that runs already. */
  bridge: { program: string } | { url: string };
}

const usage = "Usage: server --page FOLDER --native PROGRAM (--bridge-program PROGRAM | --bridge URL) [--port N]";

/** Throws an Error whose message is for people. */
export function readArguments(args: readonly string[]): Arguments {
  const text = { type: "string" } as const;
  const options = { port: text, page: text, native: text, bridge: text, "bridge-program": text };
  const { values } = parseArgs({ args: [...args], options });
  const { page, native, bridge, "bridge-program": program } = values;
  const port = Number(values.port ?? "8080");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${values.port ?? ""} is no port.`);
  if (page === undefined || native === undefined) throw new Error(usage);
  if (bridge !== undefined) return { port, page, native, bridge: { url: bridge } };
  if (program !== undefined) return { port, page, native, bridge: { program } };
  throw new Error(usage);
}
