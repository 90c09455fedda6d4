// A file on the channel `file`, which the sender creates:
//
//     sender    text    {"file":{"name":"photo.jpg","size":123456}}
//     sender    binary  the bytes, in messages of 64 KiB or less
//     sender    text    {"end":{"sha256":"…"}}
//     receiver  text    {"received":{"bytes":123456,"sha256":"…"}}   or, at any time,   {"refused":"why"}
//
// The name is a proposal without a path; the receiver decides. A channel is good for one file. The receiver answers
// once the file is in its place, so that the sender's `done` means that it is there.
import { findNumber, findObject, findString, isObject, parseJson } from "./json.js";
import { fail } from "./problem.js";

export type FileMessage =
  | { file: { name: string; size: number } }
  | { end: { sha256: string } }
  | { received: { bytes: number; sha256: string } }
  | { refused: string };

/** A header has a name of at most 255 bytes beside some digits. */
const maxFileMessageLength = 16 * 1024;

/** Throws a SyntaxError or a TypeError. */
export function parseFileMessage(text: string): FileMessage {
  if (text.length > maxFileMessageLength) fail("SyntaxError", "A message about the file is too long.");
  const json = parseJson(text);
  if (isObject(json)) {
    const header = findObject(json, "file");
    const end = findObject(json, "end");
    const received = findObject(json, "received");
    const refused = findString(json, "refused");
    if (header) {
      const name = findString(header, "name");
      const size = findNumber(header, "size");
      if (name !== undefined && size !== undefined) return { file: { name, size } };
    } else if (end) {
      const sha256 = findString(end, "sha256");
      if (sha256 !== undefined) return { end: { sha256 } };
    } else if (received) {
      const bytes = findNumber(received, "bytes");
      const sha256 = findString(received, "sha256");
      if (bytes !== undefined && sha256 !== undefined) return { received: { bytes, sha256 } };
    } else if (refused !== undefined) {
      return { refused };
    }
  }
  fail("TypeError", "A message about the file is none that the file protocol knows.");
}
