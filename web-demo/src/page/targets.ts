// The three whom this tab can be connected to, in words.
import type { FarSide } from "./diagram.js";

export type Target = "native" | "tab" | "browser";

export interface TargetWords extends FarSide {
  /** Within a sentence. */
  phrase: string;
  /** Before the first text. */
  note: string;
}

export const targets: Record<Target, TargetWords> = {
  native: {
    name: "Native peer",
    what: "Portico, C++ on the server",
    via: "its own ports",
    phrase: "the native peer",
    note: "The native peer sends back what it hears.",
  },
  tab: {
    name: "The other tab",
    what: "Portico, WebAssembly",
    via: "bridge ports",
    phrase: "the other tab",
    note: "You are on both sides: what you say here is heard there.",
  },
  browser: {
    name: "This browser",
    what: "its own WebRTC",
    via: "its own ports",
    phrase: "the browser’s own peer",
    note: "The browser’s RTCPeerConnection sends back what it hears.",
  },
};

export function isTarget(value: unknown): value is Target {
  return value === "native" || value === "tab" || value === "browser";
}
