// Base64 (RFC 4648 §4) and base64url without padding (§5), for message bodies and for pasted codes. Here and not
// Buffer's or atob(): the session runs in pages, too, and both of those take what §3.3 and §3.5 refuse.

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const noDigit = 0xff;
const digits = new Uint8Array(128).fill(noDigit);
for (let i = 0; i < alphabet.length; ++i) digits[alphabet.charCodeAt(i)] = i;
digits["-".charCodeAt(0)] = 62;
digits["_".charCodeAt(0)] = 63;

/** What btoa() gets at once: its argument is built from that many arguments of one call. */
const stepBytes = 0x6000;

/** §4, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  // A step of a multiple of 3 bytes has no padding but at the end.
  for (let i = 0; i < bytes.length; i += stepBytes) {
    text += btoa(String.fromCharCode(...bytes.subarray(i, i + stepBytes)));
  }
  return text;
}

/** §5, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
}

/** Takes both alphabets, with or without padding. Anything else, a bit left over included: undefined. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  let end = text.length;
  while (end > 0 && text[end - 1] === "=") --end;
  const padding = text.length - end;
  if (padding > 2 || (padding > 0 && text.length % 4 !== 0) || end % 4 === 1) return undefined;

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
