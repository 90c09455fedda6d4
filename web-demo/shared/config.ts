// What the page asks the server for first, `/config.json`.
import { isObject } from "./signalling.js";

export interface Config {
  /** The URL of the bridge. */
  bridge: string;
  /** The URL of a STUN server, for the browser's own peer. */
  stun: string;
}

/** null: it is none. */
export function readConfig(value: unknown): Config | null {
  if (!isObject(value)) return null;
  const { bridge, stun } = value;
  return typeof bridge === "string" && typeof stun === "string" ? { bridge, stun } : null;
}
