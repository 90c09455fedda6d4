// Base64 (RFC 4648 §4) and base64url without padding (§5), for message bodies and for pasted codes. Here and not
// Buffer's or atob(): the session runs in pages, too, and both of those take what §3.3 and §3.5 refuse.

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const noDigit = 0xff;
const digits = new Uint8Array(128).fill(noDigit);
for (let i = 0; i < alphabet.length; ++i) digits[alphabet.charCodeAt(i)] = i;
digits["-".charCodeAt(0)] = 62;
digits["_".charCodeAt(0)] = 63;

const alphabetBytes = new TextEncoder().encode(alphabet);
const padding = "=".charCodeAt(0);
const ascii = new TextDecoder("latin1");

/** §4, with padding. */
export function toBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  const put = (at: number, group: number, shift: number): void => {
    text[at] = alphabetBytes[(group >> shift) & 0x3f] ?? padding;
  };
  for (let i = 0, at = 0; i < bytes.length; i += 3, at += 4) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let k = 0; k < 4; ++k) put(at + k, group, 18 - 6 * k);
  }
  const lacking = (3 - (bytes.length % 3)) % 3;
  text.fill(padding, text.length - lacking);
  return ascii.decode(text);
}

/** §5, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
}

/** Takes both alphabets, with or without padding. Anything else, a bit left over included: undefined. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  let end = text.length;
  while (end > 0 && text[end - 1] === "=") --end;
  const padded = text.length - end;
  if (padded > 2 || (padded > 0 && text.length % 4 !== 0) || end % 4 === 1) return undefined;

  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let group = 0;
  let bits = 0;
  let length = 0;
  for (let i = 0; i < end; ++i) {
    const digit = digits[text.charCodeAt(i)] ?? noDigit;
    if (digit === noDigit) return undefined;
    group = ((group << 6) | digit) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (group >> bits) & 0xff;
    }
  }
  // RFC 4648 §3.5: what is left over of the last digit must be zero.
  return (group & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}
