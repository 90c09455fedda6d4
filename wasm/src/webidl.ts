// What Web IDL does to a method's arguments before the method runs (https://webidl.spec.whatwg.org/ §3.2): the conversions
// that W3C's WebRTC interfaces need, and the looks of an interface.
import { makeError } from "./errors.js";

/** §3.2.17: a dictionary's members are read off an object; undefined and null are one without members. */
export function toDictionary(value: unknown, what: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value === "object" || typeof value === "function") return value as Record<string, unknown>;
  throw makeError("TypeError", `${what} is an object, not ${describe(value)}.`);
}

/** A Symbol is refused, as ECMAScript's ToString does. */
export function toDOMString(value: unknown): string {
  return `${value as string}`;
}

/** §3.2.12: without lone surrogates. */
export function toUSVString(value: unknown): string {
  return toDOMString(value).replace(/\p{Surrogate}/gu, "\ufffd");
}

/** §3.2.18. */
export function toEnum<T extends string>(value: unknown, values: readonly T[], what: string): T {
  const text = toDOMString(value);
  const known = values.find((one) => one === text);
  if (known !== undefined) return known;
  throw makeError("TypeError", `${JSON.stringify(text)} is no ${what}: that is ${listed(values)}.`);
}

/** §3.2.4.9 with [EnforceRange]: the number without its fraction, from 0 to `max`. */
export function toEnforcedRange(value: unknown, max: number, what: string): number {
  const number = toNumber(value, what);
  const whole = Math.trunc(number);
  if (!(whole >= 0 && whole <= max)) {
    throw makeError("TypeError", `${what} is from 0 to ${max}, not ${number}.`);
  }
  return whole + 0; // no -0
}

/** §3.2.4.9 without it: modulo 2^16. */
export function toUnsignedShort(value: unknown, what: string): number {
  const number = toNumber(value, what);
  if (!Number.isFinite(number)) return 0;
  const rest = Math.trunc(number) % 65_536;
  return rest < 0 ? rest + 65_536 : rest + 0;
}

function toNumber(value: unknown, what: string): number {
  if (typeof value === "symbol" || typeof value === "bigint") {
    throw makeError("TypeError", `${what} is a number, not ${describe(value)}.`);
  }
  return Number(value);
}

/** §3.2.21: anything that can be iterated. */
export function toSequence(value: unknown, what: string): unknown[] {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  if (!isObject || !(Symbol.iterator in value)) throw makeError("TypeError", `${what} is a list.`);
  return [...(value as Iterable<unknown>)];
}

/** §3.2.19. */
export function toCallback(value: unknown, what: string): (argument: unknown) => unknown {
  if (typeof value === "function") return value as (argument: unknown) => unknown;
  throw makeError("TypeError", `${what} is a function, not ${describe(value)}.`);
}

/** §3.6: an operation that was given fewer arguments than it needs. */
export function requireArguments(given: number, needed: number, operation: string): void {
  if (given < needed) throw makeError("TypeError", `${operation} takes ${needed} argument(s), and got ${given}.`);
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
function listed(values: readonly string[]): string {
  return values.map((one) => JSON.stringify(one)).join(" or ");
}

/** §3.7.6 and §3.7.7: attributes and methods are enumerable, and the class says its name. What begins with "_" is ours. */
export function defineInterface(...classes: readonly { name: string; prototype: object }[]): void {
  for (const { name, prototype } of classes) {
    for (const [member, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (member === "constructor" || member.startsWith("_")) continue;
      Object.defineProperty(prototype, member, { ...descriptor, enumerable: true });
    }
    Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
  }
}
