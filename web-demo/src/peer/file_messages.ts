// A file on a channel `file`, as the `portico` command moves it (native/command/file_protocol.h), which so takes files
// of this page:
//
//     sender    text    {"file":{"name":"photo.jpg","size":123456}}
//     sender    binary  the bytes, in messages of 64 KiB or less
//     sender    text    {"end":{"sha256":"…"}}
//     receiver  text    {"received":{"bytes":123456,"sha256":"…"}}   or, at any time,   {"refused":"why"}
import { isObject, parse } from "../../shared/signalling.js";

export const fileLabel = "file";
export const chunkBytes = 64 * 1024;

export type FileMessage =
  | { file: { name: string; size: number } }
  | { end: { sha256: string } }
  | { received: { bytes: number; sha256: string } }
  | { refused: string };

/** null: it is none. */
export function readFileMessage(text: string): FileMessage | null {
  const value = parse(text);
  if (!isObject(value)) return null;
  const { file, end, received, refused } = value;
  if (isObject(file)) {
    const { name, size } = file;
    if (typeof name === "string" && isCount(size)) return { file: { name, size } };
  } else if (isObject(end)) {
    if (typeof end["sha256"] === "string") return { end: { sha256: end["sha256"] } };
  } else if (isObject(received)) {
    const { bytes, sha256 } = received;
    if (isCount(bytes) && typeof sha256 === "string") return { received: { bytes, sha256 } };
  } else if (typeof refused === "string") {
    return { refused };
  }
  return null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
