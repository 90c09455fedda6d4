// Errors: the core's codes as the DOMExceptions and ECMAScript errors that W3C's specifications throw.

/** portico_error, by number. portico_error_name() says the same; this works without a module, too. */
const names = [
  "",
  "InvalidStateError",
  "SyntaxError",
  "TypeError",
  "RangeError",
  "OperationError",
  "NotSupportedError",
  "NetworkError",
  "TimeoutError",
  "QuotaExceededError",
  "DataError",
  "AbortError",
  "InvalidAccessError",
  "InvalidModificationError",
] as const;

export type PorticoErrorName = Exclude<(typeof names)[number], "">;

/** TypeError and RangeError are ECMAScript's; all the others, SyntaxError too, are DOMExceptions (Web IDL §3.14). */
export function makeError(name: PorticoErrorName, message: string): Error {
  if (name === "TypeError") return new TypeError(message);
  if (name === "RangeError") return new RangeError(message);
  return new DOMException(message, name);
}

export function errorOfCode(code: number, message: string): Error {
  return makeError(names[code] || "OperationError", message);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
