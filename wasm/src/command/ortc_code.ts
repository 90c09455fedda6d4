// The code that people paste: OrtcParameters, cut down and in base64url.
import { fromBase64, toBase64Url } from "./base64.js";
import { parseJson, toLine } from "./json.js";
import { ortcFromJson, type OrtcParameters, ortcToJson } from "./ortc_parameters.js";
import { fail } from "./problem.js";

/** Forty bytes to eighty each: with sixteen of them a code stays below 2,000 characters. */
const maxCodeCandidates = 16;
/** A terminal's own limit for a pasted line is 4,095. */
const maxCodeLength = 16 * 1024;

/** With one fingerprint and no more than what a peer needs, so that it is short enough to be pasted. */
export function toCode(parameters: OrtcParameters): string {
  const full = ortcToJson({
    ...parameters,
    dtls: { ...parameters.dtls, fingerprints: parameters.dtls.fingerprints.slice(0, 1) },
  });
  const candidates = parameters.candidates.slice(0, maxCodeCandidates).map(({ candidate }) => ({ candidate }));
  return toBase64Url(new TextEncoder().encode(toLine({ ...full, candidates })));
}

function jsonOf(code: string): unknown {
  const digits = code.slice(0, maxCodeLength).replace(/\s/g, "");
  const bytes = digits === "" ? undefined : fromBase64(digits);
  try {
    if (bytes) return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // The same sentence for all that is no code: a user can only paste it again.
  }
  fail("SyntaxError", "That is no code: a piece of it may be missing.");
}

/** White space around and inside it does not count. Throws a SyntaxError or a TypeError. */
export function fromCode(code: string): OrtcParameters {
  return ortcFromJson(jsonOf(code)).parameters;
}
