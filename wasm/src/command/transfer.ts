// What moves data on a channel, and how it tells of it: files, floods and plain messages count alike.
import type { RTCDataChannel } from "../api.js";
import type { Problem } from "./problem.js";

/** What may wait in a channel: enough to keep a fast path busy between two turns of the loop, and little beside the
 * 16 MiB at which the library refuses. */
export const highWaterBytes = 4 * 1024 * 1024;
/** Below it, more is queued. */
export const lowWaterBytes = 1024 * 1024;
/** Of a file. Every peer takes 64 KiB (RFC 8841 §6). */
export const chunkBytes = 64 * 1024;

export type Direction = "send" | "receive";

export interface TransferCount {
  label: string;
  bytes: number;
  /** 0: not known. */
  total: number;
  messages: number;
  seconds: number;
  /** Of a file, once it is whole. */
  sha256: string | null;
}

export interface TransferObserver {
  onProgress(direction: Direction, count: TransferCount): void;
  onDone(direction: Direction, count: TransferCount): void;
  onFailed(direction: Direction, problem: Problem): void;
}

/** A message as RTCDataChannel gives it, with `binaryType` "arraybuffer". */
export type Message = string | ArrayBuffer;

/** What has a channel's messages to itself. */
export interface ChannelUser {
  /** `maxMessageBytes`: what the peer takes at most; 0 for any size. */
  onOpen(channel: RTCDataChannel, maxMessageBytes: number): void;
  onMessage(message: Message): void;
  onBufferedAmountLow(): void;
  onClose(): void;
  /** Whether stopping now would lose something. */
  unfinished(): boolean;
}

/** Since start(), or since it was made. */
export class Stopwatch {
  #start = performance.now();

  start(): void {
    this.#start = performance.now();
  }
  milliseconds(): number {
    return performance.now() - this.#start;
  }
  seconds(): number {
    return this.milliseconds() / 1000;
  }
}

/** At most ten a second. */
export class Cadence {
  readonly #since = new Stopwatch();

  due(): boolean {
    if (this.#since.milliseconds() < 100) return false;
    this.#since.start();
    return true;
  }
}
