// What was agreed with the other side.
import type { Facts } from "../peer/messages.js";
import { byId, make } from "./dom.js";

export function showFacts({ cipher, dtlsRole, iceRole }: Facts): void {
  const lines = [
    ["Cipher", cipher],
    ["DTLS role", dtlsRole],
    ["ICE role", iceRole],
  ].filter((line): line is [string, string] => line[1] !== "");
  byId("facts", HTMLElement).replaceChildren(
    ...lines.flatMap(([name, value]) => [make("dt", "", name), make("dd", "", value)]),
  );
}

export function clearFacts(): void {
  byId("facts", HTMLElement).replaceChildren();
}
