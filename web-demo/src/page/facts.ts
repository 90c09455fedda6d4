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
    ...lines.flatMap(([name, value]) => [make("dt", "", name), make("dd", "", ...breakable(value))]),
  );
}

/** A suite's name is one word of 40 characters, which may be broken where it has a joint. */
function breakable(text: string): (Node | string)[] {
  return text.split("_").flatMap((part, index) => (index === 0 ? [part] : ["_", make("wbr"), part]));
}

export function clearFacts(): void {
  byId("facts", HTMLElement).replaceChildren();
}
