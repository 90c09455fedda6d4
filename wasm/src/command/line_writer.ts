// Lines to standard output, without holding up the loop for a reader that is slow.
//
// Node's own stream for a pipe never waits, so that a reader which has stopped would cost all memory. Over a bound this
// writer therefore waits, and with it the loop: nothing is lost, and the peer is slowed down by SCTP's own window, which
// is the back-pressure that the reader asks for. That needs a descriptor that can say "not now". A pipe can be opened
// anew for that (Linux), without making the one that others share non-blocking; anything else goes to Node's stream.
import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";

/** What may wait for the reader. */
const maxWaitingBytes = 16 * 1024 * 1024;
/** Of one write; a pipe has room for as much. */
const writeBytes = 64 * 1024;
/** A full pipe is looked at so often. */
const retryMilliseconds = 2;

function openPipe(fd: number): number | undefined {
  try {
    if (!fstatSync(fd).isFIFO()) return undefined;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined; // no Linux, no /proc, or no reader: Node's stream says what is wrong
  }
}

function errorCode(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}

function waitForReader(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMilliseconds);
}

export class LineWriter {
  readonly #onBroken: () => void;
  readonly #pipe = openPipe(1);
  #lines: string[] = [];
  #linesLength = 0;
  #waiting: Buffer = Buffer.alloc(0);
  #flushAsked = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #broken = false;

  /** `onBroken`: the reader is gone. Once. */
  constructor(onBroken: () => void) {
    this.#onBroken = onBroken;
    if (this.#pipe === undefined) process.stdout.on("error", () => this.#break());
  }

  /** The lines of one wake-up go out together, after it. */
  write(line: string): void {
    if (this.#broken) return;
    this.#lines.push(line);
    this.#linesLength += line.length;
    if (this.#waiting.length + this.#linesLength > maxWaitingBytes) {
      this.#flushAll();
    } else if (!this.#flushAsked) {
      this.#flushAsked = true;
      queueMicrotask(() => this.#flush());
    }
  }

  #takeLines(): void {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(this.#lines.join("\n") + "\n");
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    this.#lines = [];
    this.#linesLength = 0;
  }

  #flush(): void {
    this.#flushAsked = false;
    this.#takeLines();
    if (this.#pipe === undefined) {
      if (this.#waiting.length > 0) process.stdout.write(this.#waiting);
      this.#waiting = Buffer.alloc(0);
      return;
    }
    while (!this.#broken && this.#waiting.length > 0) {
      if (this.#writeSome(this.#pipe)) continue;
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.#flush(), retryMilliseconds);
      return;
    }
  }

  /** Whether it took something. */
  #writeSome(pipe: number): boolean {
    try {
      const length = Math.min(this.#waiting.length, writeBytes);
      this.#waiting = this.#waiting.subarray(writeSync(pipe, this.#waiting, 0, length));
      return true;
    } catch (thrown) {
      if (errorCode(thrown) !== "EAGAIN") this.#break();
      return false;
    }
  }

  #flushAll(): void {
    this.#takeLines();
    if (this.#pipe === undefined) {
      this.#flush();
      return;
    }
    while (!this.#broken && this.#waiting.length > 0) {
      if (!this.#writeSome(this.#pipe)) waitForReader();
    }
  }

  /** Resolves when everything is written. For the end of the program. */
  async finish(): Promise<void> {
    clearTimeout(this.#retry);
    this.#flushAll();
    if (this.#pipe !== undefined) closeSync(this.#pipe);
    else if (!this.#broken) await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
  }

  #break(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#lines = [];
    this.#waiting = Buffer.alloc(0);
    clearTimeout(this.#retry);
    queueMicrotask(() => this.#onBroken());
  }
}
