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
  /** In order; the first may have been written in part. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
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
    if (this.#waitingBytes + this.#linesLength > maxWaitingBytes) {
      this.#flushAll();
    } else if (!this.#flushAsked) {
      this.#flushAsked = true;
      queueMicrotask(() => this.#flush());
    }
  }

  #takeLines(): void {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(this.#lines.join("\n") + "\n");
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#lines = [];
    this.#linesLength = 0;
  }

  #flush(): void {
    this.#flushAsked = false;
    this.#takeLines();
    if (this.#pipe === undefined) {
      for (const bytes of this.#waiting) process.stdout.write(bytes);
      this.#forgetWaiting();
      return;
    }
    while (this.#waiting[0]) {
      if (this.#writeSome(this.#pipe, this.#waiting[0])) continue;
      clearTimeout(this.#retry);
      if (!this.#broken) this.#retry = setTimeout(() => this.#flush(), retryMilliseconds);
      return;
    }
  }

  /** Whether it took something. */
  #writeSome(pipe: number, bytes: Buffer): boolean {
    try {
      const written = writeSync(pipe, bytes, 0, Math.min(bytes.length, writeBytes));
      this.#waitingBytes -= written;
      if (written === bytes.length) this.#waiting.shift();
      else this.#waiting[0] = bytes.subarray(written);
      return true;
    } catch (thrown) {
      if (errorCode(thrown) !== "EAGAIN") this.#break();
      return false;
    }
  }

  #forgetWaiting(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #flushAll(): void {
    this.#takeLines();
    if (this.#pipe === undefined) {
      this.#flush();
      return;
    }
    while (this.#waiting[0]) {
      if (!this.#writeSome(this.#pipe, this.#waiting[0])) waitForReader();
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
    this.#forgetWaiting();
    clearTimeout(this.#retry);
    queueMicrotask(() => this.#onBroken());
  }
}
