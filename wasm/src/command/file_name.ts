// A name for a file that a peer proposes.
import { existsSync } from "node:fs";

/** Linux takes 255 bytes in a name; ".part" and a number have to fit, too. */
const maxFileNameBytes = 200;

function cutToBytes(name: string, most: number): string {
  let bytes = 0;
  let cut = "";
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    cut += character;
  }
  return cut;
}

/** Without folders, control characters and leading dots; never empty. */
export function safeFileName(proposed: string): string {
  // Both separators: what was named on one system may be saved on another.
  const base = proposed.slice(Math.max(proposed.lastIndexOf("/"), proposed.lastIndexOf("\\")) + 1);
  // eslint-disable-next-line no-control-regex -- these are what a name must not have
  const name = base.replace(/[\u0000-\u001f\u007f]/g, "").replace(/^\.+/, "");
  return cutToBytes(name, maxFileNameBytes) || "received-file";
}

/** A path in `folder` at which nothing is: "photo.jpg", "photo (2).jpg" … */
export function freePath(folder: string, name: string): string {
  const isTaken = (path: string): boolean => existsSync(path) || existsSync(`${path}.part`);
  const dot = name.lastIndexOf(".");
  const stem = dot < 0 ? name : name.slice(0, dot);
  const ending = dot < 0 ? "" : name.slice(dot);
  let path = `${folder}/${name}`;
  for (let number = 2; isTaken(path); ++number) path = `${folder}/${stem} (${number})${ending}`;
  return path;
}
