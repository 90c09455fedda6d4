// JSON as the command speaks it: one value a line, members in the order in which they were written.
import { fail } from "./problem.js";

export type JsonObject = Record<string, unknown>;

/** The deepest line of the contract has four levels. */
export const maxJsonDepth = 16;

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; ++i) {
    const character = text.charCodeAt(i);
    if (inString) {
      if (character === 0x5c /* \ */) ++i;
      else if (character === 0x22 /* " */) inString = false;
    } else if (character === 0x22) {
      inString = true;
    } else if (character === 0x5b /* [ */ || character === 0x7b /* { */) {
      if (++depth > maxJsonDepth) return true;
    } else if (character === 0x5d /* ] */ || character === 0x7d /* } */) {
      --depth;
    }
  }
  return false;
}

/** Any JSON value. Throws a SyntaxError. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) fail("SyntaxError", `The JSON is nested deeper than ${maxJsonDepth} levels.`);
  try {
    return JSON.parse(text);
  } catch {
    fail("SyntaxError", "That is no JSON.");
  }
}

/** Without a line break. */
export function toLine(value: JsonObject): string {
  return JSON.stringify(value);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own member: what the prototype has is not in the line. */
export function has(object: JsonObject, key: string): boolean {
  return Object.hasOwn(object, key);
}

export function findString(object: unknown, key: string): string | undefined {
  const value = isObject(object) && has(object, key) ? object[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** A whole number from 0 to `most`. */
export function findNumber(object: unknown, key: string, most = Number.MAX_SAFE_INTEGER): number | undefined {
  const value = isObject(object) && has(object, key) ? object[key] : undefined;
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= most ? value : undefined;
}

export function findObject(object: unknown, key: string): JsonObject | undefined {
  const value = isObject(object) && has(object, key) ? object[key] : undefined;
  return isObject(value) ? value : undefined;
}
