// Lines from a stream of bytes, as they come.
import type { Readable } from "node:stream";
import { type Problem, problem } from "./problem.js";

/** A message of 256 KiB in base64 is 350 KB; candidates and certificates are far less. A longer line is dropped whole. */
const maxLineBytes = 1024 * 1024;
const lineFeed = 0x0a;

export interface LineHandlers {
  /** Without its line break; never empty. */
  onLine(line: string): void;
  /** A line that is too long, at once when it grew over the bound; or that is no UTF-8. */
  onUnreadable(why: Problem): void;
  /** Once; also for a stream that can't be read. */
  onEnd(): void;
}

export class LineReader {
  readonly #handlers: LineHandlers;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Inside a line that was too long. */
  #skipping = false;
  #ended = false;

  constructor(stream: Readable, handlers: LineHandlers) {
    this.#handlers = handlers;
    stream.on("data", (bytes: Buffer) => this.#take(bytes));
    stream.on("end", () => this.#end());
    stream.on("error", () => this.#end());
    stream.on("close", () => this.#end());
  }

  #take(bytes: Buffer): void {
    for (let begin = 0; begin < bytes.length;) {
      const end = bytes.indexOf(lineFeed, begin);
      this.#append(bytes.subarray(begin, end < 0 ? bytes.length : end));
      if (end < 0) return;
      this.#endLine();
      begin = end + 1;
    }
  }

  #append(piece: Buffer): void {
    if (this.#skipping) return;
    this.#bytes += piece.length;
    if (this.#bytes > maxLineBytes) {
      this.#skipping = true;
      this.#pieces = [];
      this.#handlers.onUnreadable(problem("QuotaExceededError", `A line is longer than ${maxLineBytes} bytes.`));
    } else if (piece.length > 0) {
      this.#pieces.push(piece);
    }
  }

  #endLine(): void {
    const bytes = Buffer.concat(this.#pieces);
    const skipped = this.#skipping;
    this.#pieces = [];
    this.#bytes = 0;
    this.#skipping = false;
    const length = bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length;
    if (skipped || length === 0) return;
    let line: string;
    try {
      line = this.#decoder.decode(bytes.subarray(0, length));
    } catch {
      this.#handlers.onUnreadable(problem("SyntaxError", "That is no JSON: it is no UTF-8."));
      return;
    }
    this.#handlers.onLine(line);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#endLine(); // the last line may lack its line break
    this.#handlers.onEnd();
  }
}
